// The weather in the timeline: a channel as a curve, whose knots can be pulled in time and value.
#include <fmt/format.h>
#include <imgui/imgui.h>

#include <algorithm>

#include "tools/viewer/panels.hpp"
#include "tools/viewer/source_edit.hpp"
#include "tools/viewer/weather_keys.hpp"

namespace nightfog::viewer {
namespace {

constexpr float kKnot_px = 5, kPad_px = 6;

std::string valueText(const WeatherChannel& channel, double si) {
  if (channel.dimension == config::Dimension::kRatio) return fmt::format("{:.0f} %", 100 * si);
  if (channel.dimension == config::Dimension::kLength && si >= 1000) return fmt::format("{:.3g} km", si / 1000);
  const std::string unit(config::canonicalUnit(channel.dimension));
  return fmt::format("{:.3g} {}", si, unit);
}

/// Where time and value lie on the screen.
struct Graph {
  ScreenRect rect;
  double end_s = 1;
  const WeatherChannel& channel;
  float pad = 0;

  float xOf(double at_s) const { return rect.left + (rect.right - rect.left) * static_cast<float>(at_s / end_s); }
  float yOf(double si) const {
    return rect.bottom - pad - (rect.bottom - rect.top - 2 * pad) * static_cast<float>(channel.shareOf(si));
  }
  double timeAt(float x) const { return (x - rect.left) / (rect.right - rect.left) * end_s; }
  double valueAt(float y) const {
    return channel.valueAt((rect.bottom - pad - y) / (rect.bottom - rect.top - 2 * pad));
  }
};

void addKnot(Session& session, const WeatherChannel& channel, double at_s, double si) {
  size_t index = 0;
  const bool isAdded = session.edit(fmt::format("add {}", channel.label), [&](const std::string& text) {
    return addWeatherKey(text, channel, at_s, si, index);
  });
  if (isAdded) session.select({Thing::Kind::kWeather, std::to_string(index)});
}

void curve(const Ui& ui, const Graph& graph, const scenario::WeatherTimeline& weather) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const auto columns = static_cast<int>((graph.rect.right - graph.rect.left) / 3);
  ImVec2 before;
  for (int i = 0; i <= columns; ++i) {
    const double at_s = graph.end_s * i / std::max(columns, 1);
    const double value = graph.channel.value(weather.at(SimTime::fromSeconds(at_s)));
    const ImVec2 point{graph.xOf(at_s), graph.yOf(value)};
    if (i > 0) draw.AddLine(before, point, ui.colours.weather, ui.px(1.5F));
    before = point;
  }
}

void knot(Ui& ui, Session& session, WindowState& state, const Graph& graph, size_t index,
          const scenario::WeatherKeyframe& key) {
  const double value = *(key.*graph.channel.key), reached_s = (key.at + key.ramp).seconds();
  ImVec2 at{graph.xOf(std::min(reached_s, graph.end_s)), graph.yOf(value)};
  const float r = ui.px(kKnot_px);
  const Thing self{Thing::Kind::kWeather, std::to_string(index)};
  ImGui::SetCursorScreenPos({at.x - 1.6F * r, at.y - 1.6F * r});
  const std::string id = fmt::format("knot.{}", index);
  ImGui::InvisibleButton(id.c_str(), {3.2F * r, 3.2F * r});
  ui.mark(id);
  const bool isHovered = ImGui::IsItemHovered(), isHeld = ImGui::IsItemActive();
  if (ImGui::IsItemActivated()) {
    session.select(self);
    state.weatherGesture = session.newGesture();
  }
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool isMoving = isHeld && ImGui::IsMouseDragging(ImGuiMouseButton_Left, 2);
  if (isMoving) {
    const double ramp_s = key.ramp.seconds();
    const double goal_s = std::clamp(graph.timeAt(mouse.x), 0.0, graph.end_s) - ramp_s;
    const double goal = graph.valueAt(mouse.y);
    // Along one axis alone with shift.
    const ImVec2 by = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, 2);
    const bool isShift = ImGui::GetIO().KeyShift, isAcross = std::abs(by.x) > std::abs(by.y);
    session.edit(
        fmt::format("move {}", graph.channel.label),
        [&](const std::string& text) {
          return moveWeatherKey(text, graph.channel, index, isShift && !isAcross ? key.at.seconds() : goal_s,
                                isShift && isAcross ? value : goal);
        },
        state.weatherGesture);
    at = {std::clamp(mouse.x, graph.rect.left, graph.rect.right),
          std::clamp(mouse.y, graph.rect.top, graph.rect.bottom)};
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const bool isSelected = session.selected == self;
  draw.AddCircleFilled(at, r, isSelected || isHovered ? ui.colours.ink : ui.colours.weather);
  draw.AddCircle(at, r, ui.colours.panel, 0, ui.px(1));
  if (!isHovered && !isHeld) return;
  ImGui::SetTooltip("%s %s at %.2f s\nDrag to move (shift: along one axis); delete removes", graph.channel.label,
                    valueText(graph.channel, isMoving ? graph.valueAt(mouse.y) : value).c_str(),
                    isMoving ? graph.timeAt(mouse.x) : reached_s);
}

}  // namespace

float weatherLaneHeight(const Ui& ui) {
  return ui.px(42);
}

void weatherLane(Ui& ui, Session& session, WindowState& state, const ScreenRect& names, const ScreenRect& rect) {
  const auto channels = weatherChannels();
  state.weatherChannel = std::min(state.weatherChannel, channels.size() - 1);
  const WeatherChannel& channel = channels[state.weatherChannel];
  const scenario::WeatherTimeline& weather = session.episode()->scenario().weather;
  const Graph graph{rect, session.duration_s(), channel, ui.px(kPad_px)};
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled({rect.left, rect.top + 2}, {rect.right, rect.bottom - 2},
                     (ui.colours.raised & 0x00ffffff) | 0x50000000, ui.px(3));

  // The channel's name, and a knot for this instant.
  ImGui::SetCursorScreenPos({names.left, names.top + ui.px(3)});
  ImGui::PushFont(ui.fonts.small);
  ImGui::SetNextItemWidth(names.right - names.left - ui.px(30));
  if (ImGui::BeginCombo("##channel", channel.label, ImGuiComboFlags_HeightLarge)) {
    for (size_t i = 0; i < channels.size(); ++i) {
      if (ImGui::Selectable(channels[i].label, i == state.weatherChannel)) state.weatherChannel = i;
      ui.mark(fmt::format("weather.{}", channels[i].path));
    }
    ImGui::EndCombo();
  }
  ui.mark("weather.channel");
  ui.tooltip("What of the weather the curve shows");
  ImGui::SetCursorScreenPos({names.right - ui.px(26), names.top + ui.px(3)});
  if (ui.button("weather.add", "+",
                "A knot at this instant, where the curve is now. A double click in the curve adds one there", false,
                ui.px(22)))
    addKnot(session, channel, session.time_s, channel.value(weather.at(SimTime::fromSeconds(session.time_s))));
  ImGui::PopFont();
  const auto faint = [&](float y, double si) {
    const std::string text = valueText(channel, si);
    const float width = ui.fonts.small->CalcTextSizeA(ui.fonts.small->FontSize, 1e4F, 0, text.c_str()).x;
    draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, {rect.right - width - ui.px(4), y}, ui.colours.faint,
                 text.c_str());
  };
  faint(rect.top + ui.px(3), channel.high);
  faint(rect.bottom - ui.fonts.small->FontSize - ui.px(3), channel.low);
  curve(ui, graph, weather);
  for (size_t i = 0; i < weather.keyframes().size(); ++i) {
    if (weather.keyframes()[i].*channel.key) knot(ui, session, state, graph, i, weather.keyframes()[i]);
  }
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool isInside = mouse.x > rect.left && mouse.x < rect.right && mouse.y > rect.top && mouse.y < rect.bottom;
  if (isInside && ImGui::IsWindowHovered() && !ImGui::IsAnyItemActive() && !ImGui::IsAnyItemHovered() &&
      ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left))
    addKnot(session, channel, graph.timeAt(mouse.x), graph.valueAt(mouse.y));
}

bool removeSelectedKnot(Session& session, const WindowState& state) {
  if (session.selected.kind != Thing::Kind::kWeather) return false;
  const WeatherChannel& channel = weatherChannels()[state.weatherChannel];
  const auto index = static_cast<size_t>(std::atol(session.selected.id.c_str()));
  const bool isRemoved = session.edit(fmt::format("remove {}", channel.label),
                                      [&](const std::string& text) { return removeWeatherKey(text, channel, index); });
  if (isRemoved) session.select({});
  return true;
}

}  // namespace nightfog::viewer
