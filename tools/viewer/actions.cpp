// Everything that can be done, by name: the palette lists it, shortcuts do it.
#include <fmt/format.h>
#include <imgui/imgui.h>
#include <imgui/imgui_stdlib.h>

#include <algorithm>
#include <cctype>

#include "tools/viewer/catalogue.hpp"
#include "tools/viewer/panels.hpp"
#include "tools/viewer/script.hpp"

namespace nightfog::viewer {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Every word of the question occurs.
bool matches(const std::string& name, const std::string& question) {
  const std::string low = lower(name), asked = lower(question);
  for (size_t begin = 0; begin < asked.size();) {
    const size_t end = std::min(asked.find(' ', begin), asked.size());
    if (low.find(asked.substr(begin, end - begin)) == std::string::npos) return false;
    begin = end + 1;
  }
  return true;
}

void eyeActions(Session& session, std::vector<Action>& out) {
  const auto look = [&](EyeMode mode) {
    return [&session, mode] {
      session.lookThrough(std::nullopt);
      session.eye.setMode(mode, session.followedPose());
    };
  };
  out.push_back({"Look: orbit", "1", look(EyeMode::kOrbit)});
  out.push_back({"Look: follow the selected actor", "2", look(EyeMode::kFollow)});
  out.push_back({"Look: from above", "3", look(EyeMode::kTop)});
  out.push_back({"Look: fly freely", "4", look(EyeMode::kFree)});
  out.push_back({"Look: back to the scene's start", "f", [&session] { session.frameAll(); }});
  out.push_back({"Look: at what is selected", "g", [&session] { session.frameSelected(); }});
  out.push_back({"Show: clear air", "c", [&session] { session.clearAir = !session.clearAir; }});
  out.push_back({"Show: daylight", "", [&session] { session.daylight = !session.daylight; }});
  out.push_back({"Show: boxes", "b", [&session] { session.overlays.boxes = !session.overlays.boxes; }});
  out.push_back({"Show: lanes", "l", [&session] { session.overlays.lanes = !session.overlays.lanes; }});
  out.push_back({"Show: LiDAR points", "p", [&session] { session.overlays.points = !session.overlays.points; }});
  if (session.episode() == nullptr) return;
  const auto& sensors = session.episode()->scenario().sensors;
  for (size_t i = 0; i < sensors.size(); ++i) {
    out.push_back({"Look: through " + sensors[i].id, "", [&session, i] { session.lookThrough(i); }});
  }
}

void addActions(Session& session, const Catalogue& catalogue, std::vector<Action>& out) {
  for (Addition& addition : additions(session, catalogue))
    out.push_back({fmt::format("Add {}: {}", addition.group, addition.name), "", std::move(addition.add)});
}

}  // namespace

std::vector<Action> actions(Session& session, WindowState& state, Ui& ui) {
  EditedFile& file = session.file();
  std::vector<Action> out{{"Save", "ctrl+s", [&session] { session.save(); }},
                          {"Undo", "ctrl+z", [&file] { file.undo(); }},
                          {"Redo", "ctrl+shift+z", [&file] { file.redo(); }},
                          {"Play or pause", "space", [&session] { session.isPlaying = !session.isPlaying; }},
                          {"Time: a step on", "right", [&session] { session.stepBy(1); }},
                          {"Time: a step back", "left", [&session] { session.stepBy(-1); }},
                          {"Time: to the start", "home", [&session] { session.scrub(0); }},
                          {"Time: to the end", "end", [&session] { session.scrub(session.duration_s()); }},
                          {"Command palette", "ctrl+p", [&state] { state.isPaletteOpen = true; }},
                          {"Add …", "ctrl+a", [&state] { state.isCatalogueOpen = true; }},
                          {"Panel: inspector", "ctrl+1", [&state] { state.tab = SideTab::kInspector; }},
                          {"Panel: text", "ctrl+2", [&state] { state.tab = SideTab::kText; }},
                          {"Panel: LiDAR", "ctrl+3", [&state] { state.tab = SideTab::kLidar; }},
                          {"Panel: runs", "ctrl+4", [&state] { state.tab = SideTab::kRuns; }},
                          {"Render: this frame", "", [&session] { session.render(RenderWish::kFrame); }},
                          {"Render: this run", "ctrl+r", [&session] { session.render(RenderWish::kRun); }},
                          {"Render: the sweep", "", [&session] { session.render(RenderWish::kSweep); }},
                          {"Render: cancel", "", [&session] { session.cancelRender(); }},
                          {"Theme: light or dark", "",
                           [&ui] {
                             ui.isDark = !ui.isDark;
                             ui.colours = applyTheme(ui.isDark, ui.scale);
                           }},
                          {"Copy reproduction command", "",
                           [&session] {
                             const std::string command = session.reproduction();
                             ImGui::SetClipboardText(command.c_str());
                             session.say("Copied: " + command);
                           }},
                          {"Take the file's text, forgetting changes", "", [&file] { file.reload(); }},
                          {"Quit", "ctrl+q", [&state] { state.wantsToQuit = true; }}};
  eyeActions(session, out);
  return out;
}

void shortcuts(Ui& ui, Session& session, WindowState& state) {
  const ImGuiIO& io = ImGui::GetIO();
  for (const Action& action : actions(session, state, ui)) {
    if (action.shortcut.empty()) continue;
    const Chord chord = parseChord(action.shortcut);
    if (chord.isCtrl != io.KeyCtrl || chord.isShift != io.KeyShift) continue;
    if (io.WantTextInput && !chord.isCtrl) continue;                                    // letters go into the field
    const bool isEditing = io.WantTextInput && (chord.key == 'Z' || chord.key == 'A');  // the field's own
    if (!isEditing && ImGui::IsKeyPressed(chord.key)) action.run();
  }
}

void commandPalette(Ui& ui, Session& session, WindowState& state) {
  if (state.isPaletteOpen && !ImGui::IsPopupOpen("palette")) {
    ImGui::OpenPopup("palette");
    state.paletteText.clear();
  }
  const ImVec2 room = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({0.5F * room.x, 0.16F * room.y}, ImGuiCond_Always, {0.5F, 0});
  ImGui::SetNextWindowSize({ui.px(520), ui.px(360)});
  if (!ImGui::BeginPopup("palette")) {
    state.isPaletteOpen = false;
    return;
  }
  if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
  ImGui::SetNextItemWidth(-1);
  const bool isEntered = ImGui::InputTextWithHint("##question", "What would you like to do?", &state.paletteText,
                                                  ImGuiInputTextFlags_EnterReturnsTrue);
  ui.mark("palette.text");
  ImGui::BeginChild("palette.list");
  bool isFirst = true;
  std::function<void()> chosen;
  std::vector<Action> all = actions(session, state, ui);
  if (state.catalogue != nullptr) addActions(session, *state.catalogue, all);
  for (const Action& action : all) {
    if (!matches(action.name, state.paletteText)) continue;
    if (ImGui::Selectable(action.name.c_str(), isFirst) || (isFirst && isEntered)) chosen = action.run;
    if (!action.shortcut.empty()) {
      ImGui::SameLine(ui.px(400));
      ui.text(ui.colours.faint, action.shortcut, ui.fonts.small);
    }
    isFirst = false;
  }
  ImGui::EndChild();
  if (chosen || ImGui::IsKeyPressed(256)) {
    state.isPaletteOpen = false;
    ImGui::CloseCurrentPopup();
  }
  ImGui::EndPopup();
  if (chosen) chosen();
}

void cataloguePopup(Ui& ui, Session& session, WindowState& state) {
  if (state.isCatalogueOpen && !ImGui::IsPopupOpen("catalogue")) {
    ImGui::OpenPopup("catalogue");
    state.catalogueText.clear();
  }
  const ImVec2 room = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({ui.px(224), ui.px(52)});
  ImGui::SetNextWindowSize({ui.px(560), std::min(ui.px(460), room.y - ui.px(90))});
  if (!ImGui::BeginPopup("catalogue")) {
    state.isCatalogueOpen = false;
    return;
  }
  if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
  ImGui::SetNextItemWidth(-1);
  const bool isEntered = ImGui::InputTextWithHint("##question", "Add what? An actor, a rare event, weather, a check …",
                                                  &state.catalogueText, ImGuiInputTextFlags_EnterReturnsTrue);
  ui.mark("catalogue.text");
  ImGui::BeginChild("catalogue.list");
  std::string group;
  bool isFirst = true;
  std::function<void()> chosen;
  std::vector<Addition> all = additions(session, *state.catalogue);
  // What is called so comes before what is only described so.
  const auto isNamed = [&](const Addition& a) { return matches(a.group + " " + a.name, state.catalogueText); };
  std::stable_partition(all.begin(), all.end(), isNamed);
  for (const Addition& addition : all) {
    if (!matches(addition.group + " " + addition.name + " " + addition.doc, state.catalogueText)) continue;
    if (addition.group != group) ui.heading(group = addition.group);
    ImGui::PushID(addition.group.c_str());
    if (ImGui::Selectable(addition.name.c_str(), isFirst && !state.catalogueText.empty()) || (isFirst && isEntered))
      chosen = addition.add;
    ImGui::PopID();
    ui.mark("add." + addition.name);
    ui.tooltip(addition.doc);
    ImGui::SameLine(ui.px(210));
    ui.text(ui.colours.faint, addition.doc, ui.fonts.small);
    isFirst = false;
  }
  ImGui::EndChild();
  if (chosen || ImGui::IsKeyPressed(256)) {
    state.isCatalogueOpen = false;
    ImGui::CloseCurrentPopup();
  }
  ImGui::EndPopup();
  if (chosen) chosen();
}

}  // namespace nightfog::viewer
