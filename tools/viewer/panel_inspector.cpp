// The inspector: what the selected thing is, and its fields as a form made from the language's table.
#include <fmt/format.h>
#include <imgui/imgui.h>

#include <algorithm>

#include "tools/viewer/catalogue.hpp"
#include "tools/viewer/form_rows.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

/// What the injector's own table has, of which the language's knows nothing.
void injectorRows(Form& form, const config::Node& node, const std::string& path, const Catalogue& catalogue) {
  const config::Node* use = node.find("use");
  const InjectorEntry* entry = use == nullptr ? nullptr : catalogue.findInjector(use->text);
  if (entry == nullptr) return;
  form.ui.heading("WITH");
  form.ui.tooltip(entry->doc + (entry->source.empty() ? "" : "\n" + entry->source));
  const config::Node* with = node.find("with");
  for (const InjectorField& known : entry->fields) {
    const config::Node* value = with == nullptr ? nullptr : with->find(known.name);
    FormField field;
    field.path = path + "/with/" + known.name;
    field.name = known.name;
    field.isWritten = value != nullptr;
    field.range = value == nullptr ? config::TextRange{} : extentOf(*value);
    const uint32_t length = field.range.end - field.range.begin;
    if (value != nullptr) field.text = std::string(node.source->text().substr(field.range.begin, length));
    field.isEditable = field.text.find('\n') == std::string::npos;
    field.doc = known.doc;
    field.takes = known.takes;
    field.fallback = known.fallback;
    field.words = known.words;
    field.refersTo = known.refersTo;
    field.dimension = known.dimension;
    field.isRequired = known.isRequired;
    fieldRow(form, field);
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
  const config::Document* document = state.documentOf(session.file());
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
  Form form{ui, session, state, *document};
  // A parameter is one value among those of its section.
  const bool isParameter = thing.kind == Thing::Kind::kParameter;
  for (const FormField& field : formFor(*document, isParameter ? "params" : path)) {
    const std::string with = path + "/with";
    if (isInjector && field.path.starts_with(with)) continue;
    if (!isParameter || field.path == path) fieldRow(form, field);
  }
  if (isInjector) injectorRows(form, *node, path, *state.catalogue);
  if (thing.kind != Thing::Kind::kWorld) removeButton(ui, session, path);
}

}  // namespace nightfog::viewer
