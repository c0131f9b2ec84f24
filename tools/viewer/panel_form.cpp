// A form's rows: a field with its value, what it may be, what is wrong with it; and the curve of what is drawn.
#include <fmt/format.h>
#include <imgui/imgui.h>
#include <imgui/imgui_stdlib.h>

#include <algorithm>

#include "tools/viewer/drawn_value.hpp"
#include "tools/viewer/form_rows.hpp"
#include "tools/viewer/proofreader.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

constexpr float kNames_px = 112, kPlot_px = 40;

std::string help(const FormField& field) {
  std::string out = field.doc;
  if (!field.takes.empty()) out += (out.empty() ? "" : "\n") + field.takes;
  if (!field.fallback.empty()) out += fmt::format("\ndefault: {}", field.fallback);
  if (field.isRequired) out += "\nmust be given";
  return out;
}

/// The first mistake of the field: in what is being typed, or in what is written.
const config::Diagnostic* mistakeOf(const Form& form, const FormField& field, std::vector<config::Diagnostic>& typed) {
  const auto isError = [](const config::Diagnostic& finding) { return finding.severity == config::Severity::kError; };
  const auto& known = form.session.rehearsed().findings;
  if (form.state.typedPath == field.path && form.state.proofreader != nullptr) {
    typed = form.state.proofreader->findings().value_or(std::vector<config::Diagnostic>{});
    const auto isNew = [&](const config::Diagnostic& finding) {
      return isError(finding) && std::none_of(known.begin(), known.end(), [&](const config::Diagnostic& old) {
               return old.code == finding.code && old.message == finding.message;
             });
    };
    const auto found = std::find_if(typed.begin(), typed.end(), isNew);
    return found == typed.end() ? nullptr : &*found;
  }
  if (!form.session.isChecked() || field.range.isEmpty()) return nullptr;
  const auto found = std::find_if(known.begin(), known.end(), [&](const config::Diagnostic& finding) {
    const uint32_t at = finding.place.bytes.begin;
    return isError(finding) && finding.place.file == form.session.file().path().string() && at >= field.range.begin &&
           at < field.range.end;
  });
  return found == known.end() ? nullptr : &*found;
}

std::vector<std::string> suggestionsFor(const Session& session, const FormField& field) {
  std::vector<std::string> out = field.words;
  if (session.episode() == nullptr) return out;
  const scenario::Scenario& scenario = session.episode()->scenario();
  const std::string& what = field.refersTo;
  const bool isActor = what.find("actor") != std::string::npos, isPoint = what.find("point") != std::string::npos;
  for (size_t i = 0; isActor && i < scenario.actors.size(); ++i) out.push_back(scenario.actors[i].id);
  if (isPoint) {
    for (const auto& [name, place] : scenario.points) out.push_back(name);
  }
  if (what == "a lane's name" || what == "a lane") {
    for (const std::string& lane : scenario.map.laneNames()) out.push_back(lane);
  }
  if (what.find("sensor") != std::string::npos) {
    for (const scenario::SensorMount& mount : scenario.sensors) out.push_back(mount.id);
  }
  if (what.find("event") != std::string::npos) {
    for (const scenario::Event& event : scenario.events) out.push_back(event.id);
    for (const scenario::Injector& injector : scenario.injectors) out.push_back(injector.id);
  }
  if (what.find("asset") != std::string::npos) {
    for (const auto& [id, asset] : session.library().catalog().all()) out.push_back(id);
  }
  return out;
}

void commit(const Form& form, const FormField& field, const std::string& value) {
  form.state.typedPath.clear();
  form.session.edit(fmt::format("set {}", field.name),
                    [&](const std::string& text) { return putValue(text, field.path, withUnit(field, value)); });
}

void typing(const Form& form, const FormField& field, const std::string& value) {
  form.state.typedPath = field.path;
  try {
    form.state.proofreader->read(putValue(form.session.file().text(), field.path, withUnit(field, value)),
                                 form.session.file().path());
  } catch (const Error&) {
    form.state.typedPath.clear();  // said when it is entered
  }
}

void valueField(const Form& form, const FormField& field, bool isWrong) {
  const Ui& ui = form.ui;
  const std::vector<std::string> suggestions = suggestionsFor(form.session, field);
  const float arrow = suggestions.empty() ? 0 : ImGui::GetFrameHeight() + ui.px(2);
  ImGui::SetNextItemWidth(-std::max(arrow, 1.0F));
  std::string value = field.text;
  const std::string hint = field.fallback.empty() ? field.takes : field.fallback;
  if (isWrong) {
    ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, ui.px(1));
    ImGui::PushStyleColor(ImGuiCol_Border, ui.colours.bad);
  }
  ImGui::InputTextWithHint("##value", hint.c_str(), &value, ImGuiInputTextFlags_EnterReturnsTrue);
  if (isWrong) {
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
  }
  form.ui.mark("field." + field.path);
  if (!ImGui::IsItemActive()) ui.tooltip(help(field));
  if (ImGui::IsItemDeactivatedAfterEdit() && !value.empty() && value != field.text)
    commit(form, field, value);
  else if (ImGui::IsItemActive() && value != field.text && !value.empty())
    typing(form, field, value);
  else if (form.state.typedPath == field.path)
    form.state.typedPath.clear();
  if (suggestions.empty()) return;
  ImGui::SameLine(0, ui.px(2));
  if (ImGui::ArrowButton("##more", ImGuiDir_Down)) ImGui::OpenPopup("suggestions");
  form.ui.mark("more." + field.path);
  ui.tooltip("What it may be");
  ImGui::SetNextWindowSizeConstraints({ui.px(160), 0}, {ui.px(320), ui.px(260)});
  if (!ImGui::BeginPopup("suggestions")) return;
  for (const std::string& word : suggestions) {
    if (ImGui::Selectable(word.c_str(), word == field.text)) commit(form, field, word);
    form.ui.mark("choose." + word);
  }
  ImGui::EndPopup();
}

/// The curve of what may be drawn, with this run's draw.
void plot(const Form& form, const DrawnValue& drawn) {
  const Ui& ui = form.ui;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x - ui.px(2), height = ui.px(kPlot_px);
  draw.AddRectFilled(at, {at.x + width, at.y + height}, faded(ui.colours.raised, 0x80), ui.px(3));
  const auto xOf = [&](double si) {
    return at.x + width * static_cast<float>((si - drawn.low) / (drawn.high - drawn.low));
  };
  const auto count = static_cast<float>(drawn.density.size() - 1);
  const ImDrawListFlags flags = draw.Flags;
  draw.Flags &= ~ImDrawListFlags_AntiAliasedFill;  // pieces side by side would show their seams
  for (size_t i = 0; i + 1 < drawn.density.size(); ++i) {
    const auto yOf = [&](size_t k) {
      return at.y + height - (height - ui.px(4)) * static_cast<float>(drawn.density[k]);
    };
    const float left = at.x + width * static_cast<float>(i) / count;
    const float right = at.x + width * static_cast<float>(i + 1) / count;
    draw.AddQuadFilled({left, at.y + height}, {left, yOf(i)}, {right, yOf(i + 1)}, {right, at.y + height},
                       faded(ui.colours.accent, 0x48));
    draw.AddLine({left, yOf(i)}, {right, yOf(i + 1)}, ui.colours.accent, ui.px(1));
  }
  draw.Flags = flags;
  const auto label = [&](float x, float y, const std::string& text, uint32_t colour, float share) {
    const float size = ui.fonts.small->CalcTextSizeA(ui.fonts.small->FontSize, 1e4F, 0, text.c_str()).x;
    draw.AddText(ui.fonts.small, ui.fonts.small->FontSize,
                 {std::clamp(x - share * size, at.x + ui.px(2), at.x + width - size - ui.px(2)), y}, colour,
                 text.c_str());
  };
  const float below = at.y + height + ui.px(1);
  label(at.x, below, drawn.textOf(drawn.low), ui.colours.faint, 0);
  label(at.x + width, below, drawn.textOf(drawn.high), ui.colours.faint, 1);
  if (drawn.value_si) {
    const float x = std::clamp(xOf(*drawn.value_si), at.x, at.x + width);
    draw.AddLine({x, at.y}, {x, at.y + height}, ui.colours.ink, ui.px(1.5F));
    label(at.x + 0.5F * width, below, "this run " + drawn.value, ui.colours.ink, 0.5F);
  }
  ImGui::Dummy({width, height + ui.fonts.small->FontSize + ui.px(4)});
  ui.tooltip("How likely each value is, and what this run has drawn");
}

void optionBars(const Form& form, const DrawnValue& drawn) {
  const Ui& ui = form.ui;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float row = ui.fonts.small->FontSize + ui.px(5), width = ImGui::GetContentRegionAvail().x - ui.px(2);
  for (const auto& [name, share] : drawn.options) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const bool isDrawn = name == drawn.value;
    draw.AddRectFilled({at.x, at.y + 1}, {at.x + width, at.y + row - 1}, faded(ui.colours.raised, 0x80), ui.px(3));
    draw.AddRectFilled({at.x, at.y + 1}, {at.x + width * static_cast<float>(share), at.y + row - 1},
                       faded(ui.colours.accent, isDrawn ? 0x90 : 0x48), ui.px(3));
    const std::string right = fmt::format("{}{:.0f} %", isDrawn ? "this run   " : "", 100 * share);
    const float size = ui.fonts.small->CalcTextSizeA(ui.fonts.small->FontSize, 1e4F, 0, right.c_str()).x;
    draw.PushClipRect(at, {at.x + width - size - ui.px(10), at.y + row}, true);
    draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, {at.x + ui.px(6), at.y + ui.px(2)}, ui.colours.ink,
                 name.c_str());
    draw.PopClipRect();
    draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, {at.x + width - size - ui.px(6), at.y + ui.px(2)},
                 isDrawn ? ui.colours.ink : ui.colours.faint, right.c_str());
    ImGui::Dummy({width, row - ImGui::GetStyle().ItemSpacing.y + ui.px(2)});
  }
  ImGui::Dummy({0, ui.px(2)});
}

void drawnRows(Form& form, const FormField& field) {
  const config::Node* node = field.isWritten ? findNode(form.document.root(), field.path) : nullptr;
  if (node == nullptr) return;
  const auto drawn = drawnValueAt(*node, field.dimension,
                                  form.session.episode() == nullptr ? nullptr : &form.session.episode()->scenario());
  if (!drawn) return;
  const float indent = form.ui.px(12) * static_cast<float>(field.depth + 1);
  ImGui::Indent(indent);
  if (drawn->kind.empty()) {
    form.ui.text(form.ui.colours.faint, "this run " + drawn->value, form.ui.fonts.small);
    if (ImGui::IsItemClicked()) form.session.select({Thing::Kind::kParameter, node->text.substr(1)});
    form.ui.tooltip("A parameter: click to see it");
  }
  if (drawn->density.size() > 1) plot(form, *drawn);
  if (!drawn->options.empty()) optionBars(form, *drawn);
  form.ui.mark("plot." + field.path);
  ImGui::Unindent(indent);
  for (const DrawnValue::Term& term : drawn->terms) {
    FormField part;
    part.path = term.path;
    part.name = term.name;
    part.text = term.text;
    part.depth = field.depth + 1;
    part.isWritten = part.isEditable = true;
    part.takes = fmt::format("a number of the {} distribution", drawn->kind);
    const bool isPlain = drawn->kind == "bernoulli" || drawn->kind == "choice" || term.name == "sigma";
    if (!isPlain) part.dimension = field.dimension;
    if (!isPlain && drawn->unit != nullptr) part.dimension = drawn->unit->dimension;
    fieldRow(form, part);
  }
}

}  // namespace

void fieldRow(Form& form, const FormField& field) {
  Ui& ui = form.ui;
  const float indent = ui.px(12) * static_cast<float>(field.depth);
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + indent);
  ImGui::AlignTextToFramePadding();
  if (!field.isEditable && field.isWritten && field.text.empty()) {
    ui.text(ui.colours.ink, field.name, ui.fonts.bold);
    ui.tooltip(help(field));
    return;
  }
  std::vector<config::Diagnostic> typed;
  const config::Diagnostic* mistake = mistakeOf(form, field, typed);
  ui.text(field.isWritten ? ui.colours.ink : field.isRequired ? ui.colours.warn : ui.colours.faint, field.name);
  ui.tooltip(help(field));
  ImGui::SameLine(ui.px(kNames_px) + indent);
  ImGui::PushID(field.path.c_str());
  if (field.isEditable) {
    valueField(form, field, mistake != nullptr);
  } else {
    ImGui::AlignTextToFramePadding();
    ui.text(ui.colours.faint, "in the text");
    ui.mark("field." + field.path);
    ui.tooltip(help(field));
  }
  if (mistake != nullptr) {
    ImGui::Indent(indent + ui.px(6));
    ImGui::PushTextWrapPos(0);
    ui.text(ui.colours.bad, mistake->message, ui.fonts.small);
    ui.mark("mistake." + field.path);
    if (!mistake->help.empty()) ui.text(ui.colours.faint, mistake->help, ui.fonts.small);
    ImGui::PopTextWrapPos();
    ImGui::Unindent(indent + ui.px(6));
  }
  ImGui::PopID();
  drawnRows(form, field);
}

}  // namespace nightfog::viewer
