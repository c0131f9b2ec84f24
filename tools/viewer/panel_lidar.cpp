// The LiDAR's sweep at this instant: as a range image and from above, in any colours; its points in the scene.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/record/cause.hpp"
#include "engine/record/point_colour.hpp"
#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {
namespace {

struct Colouring {
  record::ColourBy by;
  const char *id, *label;
};
constexpr Colouring kColourings[] = {{record::ColourBy::kIntensity, "lidar.intensity", "intensity"},
                                     {record::ColourBy::kCause, "lidar.cause", "cause"},
                                     {record::ColourBy::kClass, "lidar.class", "class"},
                                     {record::ColourBy::kRange, "lidar.range", "range"},
                                     {record::ColourBy::kHeight, "lidar.height", "height"},
                                     {record::ColourBy::kInstance, "lidar.instance", "object"}};

uint32_t packed(uint32_t rgb) {
  return 0xff000000U | (rgb & 255) << 16 | (rgb & 0xff00) | rgb >> 16;
}

/// Rings from above, columns from behind by way of the left: pixels of `width` by `rows`.
std::vector<uint8_t> rangePicture(const record::LidarSweep& sweep, record::ColourBy by, uint32_t width, uint32_t rows) {
  std::vector<uint8_t> out(size_t{3} * width * rows, 14);
  const auto set = [&](double azimuth, uint32_t ring, uint32_t rgb) {
    const double turn = 0.5 - azimuth / (2 * kPi);
    const auto x = static_cast<uint32_t>(std::clamp(turn - std::floor(turn), 0.0, 0.999999) * width);
    const uint32_t y0 = ring * rows / sweep.ringCount, y1 = std::max(y0 + 1, (ring + 1) * rows / sweep.ringCount);
    for (uint32_t y = y0; y < y1 && y < rows; ++y) {
      uint8_t* pixel = &out[size_t{3} * (y * width + x)];
      pixel[0] = static_cast<uint8_t>(rgb >> 16);
      pixel[1] = static_cast<uint8_t>(rgb >> 8);
      pixel[2] = static_cast<uint8_t>(rgb);
    }
  };
  for (const record::LidarPoint& point : sweep.points) {
    if (point.returnIndex == 0) set(point.azimuth_rad, point.ring, record::pointColour(point, by, 120));
  }
  return out;
}

void legend(Ui& ui, const record::LidarSweep& sweep) {
  std::map<uint8_t, size_t> outcomes;
  for (const uint8_t outcome : sweep.beamOutcomes) ++outcomes[outcome];
  ui.heading("WHAT BECAME OF THE BEAMS");
  for (const auto& [outcome, count] : outcomes) {
    const record::CauseInfo* cause = record::findCause(outcome);
    if (cause == nullptr) continue;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::GetWindowDrawList()->AddRectFilled({at.x, at.y + 3}, {at.x + ui.px(10), at.y + ui.px(13)},
                                              packed(cause->colour_rgb), 2);
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ui.px(18));
    ui.text(ui.colours.ink, std::string(cause->name));
    ui.tooltip(std::string(cause->description));
    ImGui::SameLine(ui.px(190));
    ui.text(ui.colours.faint,
            fmt::format("{:>7}   {:.1f} %", count,
                        100.0 * static_cast<double>(count) /
                            static_cast<double>(std::max<size_t>(sweep.beamOutcomes.size(), 1))),
            ui.fonts.mono);
  }
}

void objects(Ui& ui, const Session& session, const record::LidarSweep& sweep) {
  ui.heading("POINTS ON OBJECTS");
  const std::vector<std::string> cast = session.episode()->cast();
  for (const record::LidarObjectVisibility& seen : sweep.visibility) {
    if (seen.object.value == 0 || seen.object.value > cast.size() || seen.possibleHits == 0) continue;
    ui.row(cast[seen.object.value - 1], fmt::format("{} of {} possible", seen.hits, seen.possibleHits));
  }
}

}  // namespace

void lidarTab(Ui& ui, Session& session, WindowState& state) {
  if (session.episode() == nullptr) return;
  const auto& sensors = session.episode()->scenario().sensors;
  const auto first = std::find_if(sensors.begin(), sensors.end(), [](const scenario::SensorMount& mount) {
    return std::holds_alternative<scenario::LidarSpec>(mount.spec);
  });
  if (first == sensors.end()) {
    ui.text(ui.colours.faint, "This scenario has no LiDAR.");
    return;
  }
  if (!session.shownLidar) session.shownLidar = static_cast<size_t>(first - sensors.begin());
  ui.text(ui.colours.ink, sensors[*session.shownLidar].id, ui.fonts.bold);
  for (const Colouring& colouring : kColourings) {
    if (&colouring != kColourings && &colouring != kColourings + 3) ImGui::SameLine(0, ui.px(4));
    if (ui.button(colouring.id, colouring.label, "What colours mean, here and in the scene",
                  session.pointColours == colouring.by))
      session.pointColours = colouring.by;
  }
  ImGui::Checkbox("points in the scene", &session.overlays.points);
  ui.mark("lidar.points");
  const auto sweep = session.studio().sweep();
  if (sweep == nullptr || sweep->episode != session.episode()) {
    ui.text(ui.colours.faint, "The sweep is being taken …");
    return;
  }
  if (state.sweepShown != sweep || state.sweepColours != session.pointColours) {
    if (state.sweepTexture == nullptr) state.sweepTexture = std::make_unique<ScreenTexture>();
    constexpr uint32_t kWidth = 720, kRows = 256;
    state.sweepTexture->set(kWidth, kRows, rangePicture(sweep->sweep, session.pointColours, kWidth, kRows));
    state.sweepShown = sweep;
    state.sweepColours = session.pointColours;
  }
  const float width = ImGui::GetContentRegionAvail().x;
  ui.heading(fmt::format("RANGE IMAGE, FRAME {}, {} POINTS", sweep->frame, sweep->sweep.points.size()));
  ImGui::Image(state.sweepTexture->id(), {width, ui.px(150)});
  ui.text(ui.colours.faint, "behind         left          ahead          right         behind", ui.fonts.small);
  ImGui::BeginChild("lidar.numbers");
  legend(ui, sweep->sweep);
  objects(ui, session, sweep->sweep);
  ImGui::EndChild();
}

}  // namespace nightfog::viewer
