// On the left: everything that the scenario names.
#include <fmt/format.h>

#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {
namespace {

void entry(Ui& ui, Session& session, const Thing& thing, const std::string& detail, uint32_t colour,
           const std::string& shown = {}) {
  const std::string& name = shown.empty() ? thing.id : shown;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::PushID(static_cast<int>(thing.kind));
  ImGui::PushID(thing.id.c_str());
  const bool isPressed =
      ImGui::Selectable("##entry", session.selected == thing, 0, {width, ImGui::GetTextLineHeight() + ui.px(4)});
  ImGui::PopID();
  ImGui::PopID();
  ui.mark("outline." + thing.id);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float middle = at.y + 0.5F * ImGui::GetTextLineHeight() + ui.px(2);
  draw.AddCircleFilled({at.x + ui.px(8), middle}, ui.px(3.5F), colour);
  draw.PushClipRect(at, {at.x + width, at.y + ImGui::GetTextLineHeight() + ui.px(6)}, true);
  draw.AddText({at.x + ui.px(20), at.y + ui.px(1)}, ui.colours.ink, name.c_str());
  const float after = at.x + ui.px(28) + ImGui::CalcTextSize(name.c_str()).x;
  draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, {after, at.y + ui.px(2)}, ui.colours.faint, detail.c_str());
  draw.PopClipRect();
  if (isPressed) session.select(thing);
}

/// As much of a name as there is room for.
void heading(const Ui& ui, const std::string& name, float right) {
  const auto widthOf = [&](const std::string& text) {
    return ui.fonts.bold->CalcTextSizeA(ui.fonts.bold->FontSize, 1e4F, 0, text.c_str()).x;
  };
  const float room = right - ImGui::GetCursorPosX();
  std::string shown = name;
  for (size_t length = name.size(); length > 1 && widthOf(shown) > room; --length)
    shown = name.substr(0, length - 1) + "…";  // an id is ASCII
  ui.text(ui.colours.ink, shown, ui.fonts.bold);
  ui.tooltip(name);
}

/// Those of this file.
void parameters(Ui& ui, Session& session, WindowState& state) {
  const config::Document* document = state.documentOf(session.file());
  const config::Node* section = document == nullptr ? nullptr : document->root().find("params");
  if (section == nullptr || section->children.empty()) return;
  ui.heading("PARAMETERS");
  const auto& drawn = session.episode()->scenario().parameters;
  for (const config::Node* parameter : section->children) {
    const auto value = drawn.find(parameter->key);
    const std::string kind = parameter->isMap() && !parameter->children.empty() ? parameter->children[0]->key : "";
    entry(ui, session, {Thing::Kind::kParameter, parameter->key},
          value == drawn.end() ? kind : fmt::format("{:.4g}", value->second), ui.colours.accent);
  }
}

}  // namespace

void outlinePanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect) {
  beginPanel("outline", {rect.left, rect.top}, {rect.right - rect.left, rect.bottom - rect.top});
  if (session.episode() == nullptr) {
    ui.text(ui.colours.faint, "…");
    ImGui::End();
    return;
  }
  const scenario::Scenario& scenario = session.episode()->scenario();
  ImGui::AlignTextToFramePadding();
  heading(ui, scenario.id, ImGui::GetWindowContentRegionMax().x - ui.px(54));
  ImGui::SameLine(ImGui::GetWindowContentRegionMax().x - ui.px(46));
  if (ui.button("add", "Add", "An actor, a rare event, weather, a sensor, a check (ctrl+a)", false, ui.px(46)))
    state.isCatalogueOpen = true;
  if (!scenario.title.empty()) {
    ImGui::PushTextWrapPos(0);
    ui.text(ui.colours.faint, scenario.title, ui.fonts.small);
    ImGui::PopTextWrapPos();
  }
  ui.heading("ACTORS");
  for (const scenario::Actor& actor : scenario.actors)
    entry(ui, session, {Thing::Kind::kActor, actor.id}, actor.asset, ui.colours.actor);
  if (!scenario.injectors.empty()) ui.heading("RARE EVENTS");
  for (const scenario::Injector& injector : scenario.injectors)
    entry(ui, session, {Thing::Kind::kInjector, injector.id}, injector.type, ui.colours.injector);
  if (!scenario.events.empty()) ui.heading("EVENTS");
  for (const scenario::Event& event : scenario.events)
    entry(ui, session, {Thing::Kind::kEvent, event.id}, "", ui.colours.event);
  if (!scenario.sensors.empty()) ui.heading("SENSORS");
  for (const scenario::SensorMount& mount : scenario.sensors) {
    const bool isCamera = std::holds_alternative<scenario::CameraSpec>(mount.spec);
    entry(ui, session, {Thing::Kind::kSensor, mount.id}, isCamera ? "camera" : "LiDAR", ui.colours.warn);
  }
  if (!scenario.expectations.empty()) ui.heading("EXPECTED");
  for (const scenario::Expectation& expectation : scenario.expectations)
    entry(ui, session, {Thing::Kind::kExpectation, expectation.id}, "",
          verdictColour(ui, session.verdictOf(expectation.id)));
  parameters(ui, session, state);
  if (!scenario.points.empty()) ui.heading("POINTS");
  for (const auto& [name, place] : scenario.points)
    entry(ui, session, {Thing::Kind::kPoint, name}, "", ui.colours.lane);
  ui.heading("WORLD");
  entry(ui, session, {Thing::Kind::kWorld, "world"}, "", ui.colours.lane);
  const auto& keyframes = scenario.weather.keyframes();
  for (size_t i = 0; i < keyframes.size(); ++i)
    entry(ui, session, {Thing::Kind::kWeather, std::to_string(i)},
          keyframes[i].ramp.ns == 0 ? "" : fmt::format("over {:g} s", keyframes[i].ramp.seconds()), ui.colours.weather,
          fmt::format("weather from {:g} s", keyframes[i].at.seconds()));
  ImGui::GetWindowDrawList()->AddLine({rect.right - 1, rect.top}, {rect.right - 1, rect.bottom}, ui.colours.line);
  ImGui::End();
}

}  // namespace nightfog::viewer
