// The LiDAR's sweep at this instant: as a range image beside the scene or in its place, in any colours; any of its
// beams picked, and what became of all of them.
#include <fmt/format.h>
#include <imgui/imgui_internal.h>

#include <algorithm>
#include <map>

#include "engine/record/cause.hpp"
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
                                     {record::ColourBy::kRing, "lidar.ring", "ring"},
                                     {record::ColourBy::kRange, "lidar.range", "range"},
                                     {record::ColourBy::kHeight, "lidar.height", "height"},
                                     {record::ColourBy::kInstance, "lidar.instance", "object"}};
constexpr int kColouringsInARow = 4;

uint32_t packed(uint32_t rgb) {
  return 0xff000000U | (rgb & 255) << 16 | (rgb & 0xff00) | rgb >> 16;
}

void swatch(Ui& ui, uint32_t rgb) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddRectFilled({at.x, at.y + 3}, {at.x + ui.px(10), at.y + ui.px(13)}, packed(rgb), 2);
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ui.px(18));
}

void share(Ui& ui, size_t count, size_t all) {
  ImGui::SameLine(ui.px(190));
  ui.text(ui.colours.faint,
          fmt::format("{:>7}   {:.1f} %", count,
                      100.0 * static_cast<double>(count) / static_cast<double>(std::max<size_t>(all, 1))),
          ui.fonts.mono);
}

/// What the colours mean, where they are names; else from what to what.
void legend(Ui& ui, const record::LidarSweep& sweep, record::ColourBy by) {
  if (by == record::ColourBy::kClass) {
    std::map<uint16_t, size_t> classes;
    for (const record::LidarPoint& point : sweep.points) ++classes[point.semantic];
    ui.heading("POINTS BY CLASS");
    for (const auto& [id, count] : classes) {
      const ClassInfo& info = classInfo(ClassId{id});
      swatch(ui, info.colour_rgb);
      ui.text(ui.colours.ink, std::string(info.name));
      share(ui, count, sweep.points.size());
    }
    return;
  }
  std::map<uint8_t, size_t> outcomes;
  for (const uint8_t outcome : sweep.beamOutcomes) ++outcomes[outcome];
  ui.heading("WHAT BECAME OF THE BEAMS");
  for (const auto& [outcome, count] : outcomes) {
    const record::CauseInfo* cause = record::findCause(outcome);
    if (cause == nullptr) continue;
    swatch(ui, cause->colour_rgb);
    ui.text(ui.colours.ink, std::string(cause->name));
    ui.tooltip(std::string(cause->description));
    share(ui, count, sweep.beamOutcomes.size());
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

void colourings(Ui& ui, Session& session) {
  for (const Colouring& colouring : kColourings) {
    if ((&colouring - kColourings) % kColouringsInARow != 0) ImGui::SameLine(0, ui.px(4));
    if (ui.button(colouring.id, colouring.label, "What colours mean, here and in the scene",
                  session.pointColours == colouring.by))
      session.pointColours = colouring.by;
  }
}

/// Shows the sweep unrolled in a rectangle; the beam under the mouse is told of and, clicked, picked.
void unrolled(Ui& ui, Session& session, WindowState& state, WindowState::Unrolled& shown,
              const std::shared_ptr<const Sweep>& sweep, const ScreenRect& rect, const char* id) {
  const auto width = static_cast<uint32_t>(rect.right - rect.left),
             rows = static_cast<uint32_t>(rect.bottom - rect.top);
  if (width == 0 || rows == 0) return;
  if (shown.texture == nullptr) shown.texture = std::make_unique<ScreenTexture>();
  if (shown.sweep != sweep || shown.by != session.pointColours || shown.image.width != width ||
      shown.image.rows != rows) {
    shown.image = rangeImage(sweep->sweep, session.pointColours, width, rows);
    shown.texture->set(width, rows, shown.image.rgb);
    shown.sweep = sweep;
    shown.by = session.pointColours;
  }
  ImGui::SetCursorScreenPos({rect.left, rect.top});
  ImGui::InvisibleButton(id, {rect.right - rect.left, rect.bottom - rect.top});
  ui.mark(id);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddImage(shown.texture->id(), {rect.left, rect.top}, {rect.right, rect.bottom});
  if (state.beam && state.beam->sweep == sweep) {
    // Where the picked one lies.
    const auto at = std::find(shown.image.beams.begin(), shown.image.beams.end(), state.beam->beam);
    if (at != shown.image.beams.end()) {
      const auto pixel = static_cast<size_t>(at - shown.image.beams.begin());
      const ImVec2 centre(rect.left + static_cast<float>(pixel % width), rect.top + static_cast<float>(pixel / width));
      draw.AddCircle(centre, ui.px(6), 0xff000000, 0, 3.5F);
      draw.AddCircle(centre, ui.px(6), 0xffffffff, 0, 1.8F);
    }
  }
  if (!ImGui::IsItemHovered()) return;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const auto x = static_cast<uint32_t>(std::clamp(mouse.x - rect.left, 0.0F, static_cast<float>(width - 1)));
  const auto y = static_cast<uint32_t>(std::clamp(mouse.y - rect.top, 0.0F, static_cast<float>(rows - 1)));
  // A turn has more columns than pixels, or fewer: then the nearest.
  std::optional<uint32_t> beam;
  for (const int by : {0, -1, 1, -2, 2}) {
    const auto column = static_cast<uint32_t>(std::clamp(static_cast<int>(x) + by, 0, static_cast<int>(width) - 1));
    const uint32_t found = shown.image.beams[size_t{y} * width + column];
    if (found != RangeImage::kNoBeam && !beam) beam = found;
  }
  if (!beam) return;
  const WindowState::PickedBeam picked{sweep, *beam};
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    state.beam = picked;
    state.tab = SideTab::kLidar;
  } else if (GImGui->HoveredIdTimer > 0.35F) {
    ImGui::SetNextWindowSize({ui.px(330), 0});
    ImGui::BeginTooltip();
    beamRows(ui, session, picked, true);
    ImGui::EndTooltip();
  }
}

}  // namespace

void beamRows(Ui& ui, const Session& session, const WindowState::PickedBeam& picked, bool isShort) {
  const record::LidarSweep& sweep = picked.sweep->sweep;
  size_t headings = 0;
  for (const BeamFact& fact : factsOf(sweep, picked.beam, session.episode()->cast())) {
    if (fact.value.empty() && ++headings > 2 && isShort) break;
    if (fact.value.empty())
      ui.heading(fact.name);
    else
      ui.row(fact.name, fact.value);
  }
  const auto [first, last] = returnsOf(sweep, picked.beam);
  if (first < last) ui.row("why there", session.whyThere(ObjectId{sweep.points[first].instance}));
}

void lidarView(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect) {
  const auto sweep = session.studio().sweep();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled({rect.left, rect.top}, {rect.right, rect.bottom}, 0xff0a0c0e);
  const bool isThere = sweep != nullptr && sweep->episode == session.episode() && sweep->sensor == *session.viewedLidar;
  const auto write = [&](float x, float y, const std::string& words, uint32_t colour) {
    draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, {x, y}, colour, words.c_str());
  };
  const float left = rect.left + ui.px(12), right = rect.right - ui.px(12);
  if (!isThere) {
    write(left, 0.5F * (rect.top + rect.bottom), "The sweep is being taken …", ui.colours.faint);
    return;
  }
  const scenario::SensorMount& mount = session.episode()->scenario().sensors[*session.viewedLidar];
  write(left, rect.top + ui.px(10),
        fmt::format("{}: {} rings, {} firings a turn, frame {}, {} points", mount.id, sweep->sweep.ringCount,
                    sweep->sweep.columnCount, sweep->frame, sweep->sweep.points.size()),
        0xffe6edf3);
  const float top = rect.top + ui.px(32), bottom = rect.bottom - ui.px(30);
  const ScreenRect inner{left, top, right, std::min(bottom, top + 0.62F * (right - left))};
  unrolled(ui, session, state, state.unrolledWhole, sweep, inner, "lidar.view");
  constexpr const char* kWays[] = {"behind", "left", "ahead", "right", "behind"};
  for (int i = 0; i < 5; ++i) {
    const float size = ui.fonts.small->CalcTextSizeA(ui.fonts.small->FontSize, 1e4F, 0, kWays[i]).x;
    const float x = left + 0.25F * static_cast<float>(i) * (right - left - size);
    write(x, inner.bottom + ui.px(6), kWays[i], ui.colours.faint);
  }
}

void lidarTab(Ui& ui, Session& session, WindowState& state) {
  if (session.episode() == nullptr) return;
  const auto& sensors = session.episode()->scenario().sensors;
  std::vector<size_t> lidars;
  for (size_t i = 0; i < sensors.size(); ++i) {
    if (std::holds_alternative<scenario::LidarSpec>(sensors[i].spec)) lidars.push_back(i);
  }
  if (lidars.empty()) {
    ui.text(ui.colours.faint, "This scenario has no LiDAR.");
    return;
  }
  if (!session.shownLidar) session.shownLidar = lidars.front();
  for (const size_t i : lidars) {
    if (i != lidars.front()) ImGui::SameLine(0, ui.px(4));
    if (ui.button("lidar.of." + sensors[i].id, sensors[i].id.c_str(), "Whose sweep", session.shownLidar == i))
      session.shownLidar = i;
  }
  colourings(ui, session);
  ImGui::Checkbox("points in the scene", &session.overlays.points);
  ui.mark("lidar.points");
  const auto sweep = session.studio().sweep();
  if (sweep == nullptr || sweep->episode != session.episode()) {
    ui.text(ui.colours.faint, "The sweep is being taken …");
    return;
  }
  const float width = ImGui::GetContentRegionAvail().x;
  ui.heading(fmt::format("RANGE IMAGE, FRAME {}, {} POINTS", sweep->frame, sweep->sweep.points.size()));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  unrolled(ui, session, state, state.unrolled, sweep, {at.x, at.y, at.x + width, at.y + ui.px(130)}, "lidar.image");
  ImGui::SetCursorScreenPos({at.x, at.y + ui.px(134)});
  ui.text(ui.colours.faint, "behind         left          ahead          right         behind", ui.fonts.small);
  ImGui::BeginChild("lidar.numbers");
  // A beam stays picked while time goes on: the same of the sweep that is shown now.
  if (state.beam && state.beam->sweep != sweep && state.beam->sweep->sensor == sweep->sensor) state.beam->sweep = sweep;
  if (state.beam && state.beam->sweep == sweep) {
    beamRows(ui, session, *state.beam, false);
    if (ui.button("lidar.forget", "Let go", "Back to all of the beams")) state.beam.reset();
  } else {
    legend(ui, sweep->sweep, session.pointColours);
    objects(ui, session, sweep->sweep);
    ImGui::Dummy({0, ui.px(4)});
    ui.text(ui.colours.faint, "Click a point, here or in the scene, to be told all about it.", ui.fonts.small);
  }
  ImGui::EndChild();
}

}  // namespace nightfog::viewer
