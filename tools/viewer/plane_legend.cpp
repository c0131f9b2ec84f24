// What the colours of a truth plane mean, in the corner of the picture that it is painted over.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "engine/record/point_colour.hpp"
#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {
namespace {

constexpr size_t kMostClasses = 9;
constexpr uint32_t kInk = 0xfff3ede6;

uint32_t screenColour(record::Colour rgb) {
  return 0xff000000U | (rgb & 255) << 16 | (rgb & 0xff00) | rgb >> 16;
}

/// Writes from the lower left corner upwards, on a dark ground.
class Corner {
 public:
  Corner(const Ui& ui, const ScreenRect& rect, ImVec2 size)
      : ui_(ui), at_(rect.left + ui.px(10), rect.bottom - ui.px(10) - size.y) {
    draw_.AddRectFilled({at_.x - ui.px(6), at_.y - ui.px(4)}, {at_.x + size.x + ui.px(6), at_.y + size.y + ui.px(4)},
                        0xc8131016, ui.px(4));
  }
  ImVec2 at(float x, float y) const { return {at_.x + x, at_.y + y}; }
  void text(float x, float y, const std::string& words) const {
    draw_.AddText(ui_.fonts.small, ui_.fonts.small->FontSize, at(x, y), kInk, words.c_str());
  }
  void fill(float x, float y, float width, float height, record::Colour rgb) const {
    draw_.AddRectFilled(at(x, y), at(x + width, y + height), screenColour(rgb));
  }
  ImDrawList& draw() const { return draw_; }

 private:
  const Ui& ui_;
  ImDrawList& draw_ = *ImGui::GetWindowDrawList();
  ImVec2 at_;
};

void depthScale(const Ui& ui, const ScreenRect& rect) {
  const float width = ui.px(200);
  const Corner corner(ui, rect, {width, ui.px(30)});
  constexpr int kBands = 50;
  for (int i = 0; i < kBands; ++i) {
    const double depth_m = kFarthestDepth_m * (i + 0.5) / kBands;
    corner.fill(width * static_cast<float>(i) / kBands, 0, width / kBands + 1, ui.px(10),
                record::colourMap(record::rangeFraction(static_cast<float>(depth_m), kFarthestDepth_m)));
  }
  corner.text(0, ui.px(14), "0 m");
  corner.text(width * 0.46F, ui.px(14), fmt::format("{:.0f} m", 0.5 * kFarthestDepth_m));
  corner.text(width - ui.px(38), ui.px(14), fmt::format("{:.0f} m", kFarthestDepth_m));
}

void flowWheel(const Ui& ui, const Picture& picture, const ScreenRect& rect) {
  const float radius = ui.px(26);
  const Corner corner(ui, rect, {ui.px(210), 2 * radius});
  constexpr int kSpokes = 36, kRings = 4;
  const ImVec2 middle = corner.at(radius, radius);
  const auto point = [&](int spoke, int ring) {
    const float angle = 2 * static_cast<float>(kPi) * static_cast<float>(spoke) / kSpokes;
    const float r = radius * static_cast<float>(ring) / kRings;
    return ImVec2(middle.x + r * std::cos(angle), middle.y + r * std::sin(angle));
  };
  for (int ring = 0; ring < kRings; ++ring) {
    for (int spoke = 0; spoke < kSpokes; ++spoke) {
      const ImVec2 centre = point(spoke, ring + 1);
      const glm::vec2 flow = glm::vec2(centre.x - middle.x, centre.y - middle.y) / radius;
      const std::array<ImVec2, 4> quad{point(spoke, ring), point(spoke + 1, ring), point(spoke + 1, ring + 1),
                                       point(spoke, ring + 1)};
      corner.draw().AddQuadFilled(quad[0], quad[1], quad[2], quad[3], screenColour(record::flowColour(flow)));
    }
  }
  corner.text(2 * radius + ui.px(10), ui.px(4), fmt::format("rim: {:.0f} px", picture.flowScale_px));
  corner.text(2 * radius + ui.px(10), ui.px(20),
              picture.look.sensor ? "to its next frame" : fmt::format("in {} s, the eye still", Studio::kFlow_s));
  corner.text(2 * radius + ui.px(10), ui.px(36), "dark: hidden or outside");
}

void classes(const Ui& ui, const Picture& picture, const ScreenRect& rect) {
  std::map<uint16_t, size_t> counts;
  for (size_t i = 0; i < picture.semantic.size(); i += 3) {
    if (picture.depth_m[i] > 0) ++counts[picture.semantic[i]];
  }
  std::vector<std::pair<size_t, uint16_t>> most;
  for (const auto& [id, count] : counts) most.emplace_back(count, id);
  std::sort(most.rbegin(), most.rend());
  if (most.size() > kMostClasses) most.resize(kMostClasses);
  if (most.empty()) return;
  const float row = ui.px(15);
  const Corner corner(ui, rect, {ui.px(150), row * static_cast<float>(most.size())});
  for (size_t i = 0; i < most.size(); ++i) {
    const ClassInfo& info = classInfo(ClassId{most[i].second});
    const float y = row * static_cast<float>(i);
    corner.fill(0, y + ui.px(2), ui.px(10), ui.px(10), info.colour_rgb);
    corner.text(ui.px(16), y, std::string(info.name));
  }
}

}  // namespace

void planeLegend(const Ui& ui, const WindowState& state, const ScreenRect& rect) {
  if (!state.picture) return;
  const Picture& picture = *state.picture;
  if (state.shownPlane == TruthPlane::kDepth) depthScale(ui, rect);
  if (state.shownPlane == TruthPlane::kFlow && !picture.flow_px.empty()) flowWheel(ui, picture, rect);
  if (state.shownPlane == TruthPlane::kClass) classes(ui, picture, rect);
  if (state.shownPlane == TruthPlane::kNormals && !picture.normals.empty()) {
    const Corner corner(ui, rect, {ui.px(190), ui.px(14)});
    corner.text(0, 0, "red, green, blue: x, y, z of the map");
  }
}

}  // namespace nightfog::viewer
