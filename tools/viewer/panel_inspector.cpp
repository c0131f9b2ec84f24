// The inspector: what the selected thing is, and its fields as a form made from the language's table.
#include <fmt/format.h>
#include <imgui/imgui.h>
#include <imgui/imgui_stdlib.h>

#include <algorithm>

#include "tools/viewer/catalogue.hpp"
#include "tools/viewer/form.hpp"
#include "tools/viewer/panels.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

std::string help(const FormField& field) {
  std::string out = field.doc;
  if (!field.takes.empty()) out += (out.empty() ? "" : "\n") + field.takes;
  if (!field.fallback.empty()) out += fmt::format("\ndefault: {}", field.fallback);
  return out;
}

void commit(Session& session, const FormField& field, const std::string& value) {
  session.edit(fmt::format("set {}", field.name),
               [&](const std::string& text) { return putValue(text, field.path, value); });
}

void fieldRow(Ui& ui, Session& session, const FormField& field) {
  const float indent = ui.px(12) * static_cast<float>(field.depth), names = ui.px(112);
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + indent);
  ImGui::AlignTextToFramePadding();
  if (!field.isEditable && field.isWritten && field.text.empty()) {
    ui.text(ui.colours.ink, field.name, ui.fonts.bold);
    ui.tooltip(help(field));
    return;
  }
  ui.text(field.isWritten ? ui.colours.ink : ui.colours.faint, field.name);
  ui.tooltip(help(field));
  ImGui::SameLine(names + indent);
  ImGui::SetNextItemWidth(-1);
  ImGui::PushID(field.path.c_str());
  if (!field.words.empty()) {
    if (ImGui::BeginCombo("##choice", field.isWritten ? field.text.c_str() : field.fallback.c_str())) {
      for (const std::string& word : field.words) {
        if (ImGui::Selectable(word.c_str(), word == field.text)) commit(session, field, word);
      }
      ImGui::EndCombo();
    }
  } else if (field.isEditable) {
    std::string value = field.text;
    const std::string hint = field.fallback.empty() ? field.takes : field.fallback;
    ImGui::InputTextWithHint("##value", hint.c_str(), &value, ImGuiInputTextFlags_EnterReturnsTrue);
    if (ImGui::IsItemDeactivatedAfterEdit() && !value.empty() && value != field.text) commit(session, field, value);
  } else {
    ui.text(ui.colours.faint, "in the text");
  }
  ui.mark("field." + field.path);
  ui.tooltip(help(field));
  ImGui::PopID();
}

/// What the injector's own table has, of which the language's knows nothing.
void injectorRows(Ui& ui, Session& session, const config::Node& node, const std::string& path,
                  const Catalogue& catalogue) {
  const config::Node* use = node.find("use");
  const InjectorEntry* entry = use == nullptr ? nullptr : catalogue.findInjector(use->text);
  if (entry == nullptr) return;
  ui.heading("WITH");
  ui.tooltip(entry->doc + (entry->source.empty() ? "" : "\n" + entry->source));
  const config::Node* with = node.find("with");
  for (const InjectorField& known : entry->fields) {
    const config::Node* value = with == nullptr ? nullptr : with->find(known.name);
    FormField field;
    field.path = path + "/with/" + known.name;
    field.name = known.name;
    field.isWritten = value != nullptr;
    const config::TextRange range = value == nullptr ? config::TextRange{} : extentOf(*value);
    field.text = value == nullptr ? "" : std::string(node.source->text().substr(range.begin, range.end - range.begin));
    field.isEditable = field.text.find('\n') == std::string::npos;
    field.doc = known.doc;
    field.takes = known.takes;
    field.fallback = known.fallback;
    field.words = known.words;
    fieldRow(ui, session, field);
  }
}

void title(Ui& ui, const Session& session, const Thing& thing) {
  ui.text(ui.colours.ink, thing.id, ui.fonts.bold);
  const auto pose = session.poseOf(thing.id);
  if (!pose) return;
  const SnapshotPtr now = session.snapshot();
  for (const content::SnapshotObject& object : now->objects) {
    if (object.name != thing.id) continue;
    const double speed = glm::length(object.velocity_mps.front());
    ui.row("asset", object.asset);
    ui.row("now", fmt::format("x {:.2f} m, y {:.2f} m, {:.1f}°", pose->translation.x, pose->translation.y,
                              pose->yaw_rad() * 180 / kPi));
    ui.row("speed", fmt::format("{:.2f} m/s ({:.1f} km/h)", speed, 3.6 * speed));
    ui.row("why", session.whyThere(object.id));
  }
}

void nothingSelected(Ui& ui, const Session& session) {
  ImGui::PushTextWrapPos(0);
  ui.text(ui.colours.faint, "Select something: click it in the scene or in the list on the left.");
  ImGui::PopTextWrapPos();
  if (session.episode() == nullptr) return;
  const scenario::Scenario& scenario = session.episode()->scenario();
  ui.heading("THIS RUN");
  ui.row("seed", std::to_string(scenario.seed));
  ui.row("run", std::to_string(scenario.run));
  for (const auto& [name, value] : scenario.variant) ui.row(name, value, ui.colours.accent);
  for (const auto& [name, value] : scenario.parameters) ui.row(name, fmt::format("{:.4g}", value));
}

void removeButton(Ui& ui, Session& session, const std::string& path) {
  ImGui::Dummy({0, ui.px(6)});
  if (ui.button("remove", "Remove", "Takes it out of the text")) {
    session.edit("remove " + session.selected.id, [&](const std::string& text) { return removeEntry(text, path); });
    session.select({});
  }
}

}  // namespace

void inspectorTab(Ui& ui, Session& session, WindowState& state) {
  const Thing thing = session.selected;
  if (thing.kind == Thing::Kind::kNone || thing.kind == Thing::Kind::kScenery) {
    nothingSelected(ui, session);
    return;
  }
  title(ui, session, thing);
  const auto document = parseSource(session.file().text());
  if (document == nullptr) {
    ui.text(ui.colours.bad, "The text has errors: mend it first.");
    return;
  }
  const std::string path = sourcePath(*document, thing);
  const config::Node* node = path.empty() ? nullptr : findNode(document->root(), path);
  if (node == nullptr) {
    ImGui::PushTextWrapPos(0);
    ui.text(ui.colours.faint, "It has no words of its own in this file.");
    ImGui::PopTextWrapPos();
    return;
  }
  ImGui::AlignTextToFramePadding();
  ui.text(ui.colours.faint, "in the text");
  ImGui::SameLine(ui.px(92));
  if (ui.button("goto", fmt::format("line {}", node->keyPlace().line).c_str(), "Show it in the text")) {
    state.tab = SideTab::kText;
    state.gotoLine = node->keyPlace().line;
  }
  if (const Verdict* verdict = thing.kind == Thing::Kind::kExpectation ? session.verdictOf(thing.id) : nullptr)
    ui.row("decided by", verdictText(*verdict), verdictColour(ui, verdict));
  ui.heading("FIELDS");
  const bool isInjector = thing.kind == Thing::Kind::kInjector && state.catalogue != nullptr;
  for (const FormField& field : formFor(*document, path)) {
    const std::string with = path + "/with";
    if (isInjector && field.path.starts_with(with)) continue;
    fieldRow(ui, session, field);
  }
  if (isInjector) injectorRows(ui, session, *node, path, *state.catalogue);
  if (thing.kind != Thing::Kind::kWorld) removeButton(ui, session, path);
}

}  // namespace nightfog::viewer
