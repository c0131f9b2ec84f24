// What stands there before a file is open, how one is opened, and the tour of the first session.
#include <fmt/format.h>
#include <imgui/imgui.h>
#include <imgui/imgui_stdlib.h>

#include <algorithm>
#include <array>

#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostEntries = 2000;
constexpr const char* kEnding = ".scn.yaml";

/// "~/projects/night.scn.yaml"
std::string shortName(const fs::path& path) {
  const char* home = std::getenv("HOME");
  const std::string text = path.string(), start = home == nullptr ? "" : std::string(home) + "/";
  return start.size() > 1 && text.starts_with(start) ? "~/" + text.substr(start.size()) : text;
}

struct Entries {
  std::vector<fs::path> folders, files;
};

/// What can be entered or opened; nothing where it cannot be read.
Entries entriesOf(const fs::path& folder) {
  Entries out;
  std::error_code error;
  auto entry = fs::directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
  for (size_t i = 0; !error && entry != fs::directory_iterator() && i < kMostEntries; entry.increment(error), ++i) {
    std::error_code ignored;
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    if (entry->is_directory(ignored))
      out.folders.push_back(entry->path());
    else if (name.ends_with(kEnding) && entry->is_regular_file(ignored))
      out.files.push_back(entry->path());
  }
  std::sort(out.folders.begin(), out.folders.end());
  std::sort(out.files.begin(), out.files.end());
  return out;
}

void recentFiles(Ui& ui, WindowState& state) {
  for (size_t i = 0; i < state.settings.recent.size(); ++i) {
    const fs::path& file = state.settings.recent[i];
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::Selectable("##recent", false, 0, {0, ImGui::GetTextLineHeight() + ui.px(8)})) state.toOpen = file;
    ImGui::PopID();
    ui.mark(fmt::format("recent.{}", i));
    const ImVec2 at = ImGui::GetItemRectMin(), end = ImGui::GetItemRectMax();
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const std::string name = file.filename().string(), folder = shortName(file.parent_path());
    draw.PushClipRect(at, end, true);
    draw.AddText({at.x + ui.px(8), at.y + ui.px(4)}, ui.colours.ink, name.c_str());
    draw.AddText(ui.fonts.small, ui.fonts.small->FontSize,
                 {at.x + ui.px(20) + ImGui::CalcTextSize(name.c_str()).x, at.y + ui.px(6)}, ui.colours.faint,
                 folder.c_str());
    draw.PopClipRect();
    ui.tooltip(file.string());
  }
}

struct Stop {
  ScreenRect Layout::*part;
  const char *title, *words;
};
constexpr std::array<Stop, 5> kStops{
    {{&Layout::scene, "The scene",
      "Drawn by the sensors' own tracer. The right button turns, shift pans, the wheel zooms; 1 to 4 change the "
      "camera. Pull an actor's round handle to move it, the small one ahead of it to turn it."},
     {&Layout::outline, "What there is",
      "Everything that the scenario names. A click selects it. Add brings actors, rare events, weather, sensors and "
      "checks, each with values that hold."},
     {&Layout::side, "Its words",
      "The fields of what is selected, with units, ranges and the curve of what is drawn; beside it the text. An edit "
      "changes the bytes it means and nothing else."},
     {&Layout::timeline, "Time",
      "Space plays, a drag scrubs. Here stand the weather, whose knots can be pulled, the rare events, how far each "
      "trigger is from firing, and what is expected: green, red or grey."},
     {&Layout::toolbar, "Everything by name",
      "ctrl+p finds whatever can be done, with its shortcut. ctrl+z takes any edit back, ctrl+s writes the file. "
      "What is not saved is kept beside it."}}};

}  // namespace

void welcomePanel(Ui& ui, WindowState& state, const ScreenRect& rect) {
  beginPanel("welcome", {rect.left, rect.top}, {rect.right - rect.left, rect.bottom - rect.top}, false);
  const float width = std::min(ui.px(560), rect.right - rect.left - ui.px(40));
  ImGui::SetCursorPos({0.5F * (rect.right - rect.left - width), 0.16F * (rect.bottom - rect.top)});
  ImGui::BeginChild("welcome.card", {width, 0});
  ui.text(ui.colours.ink, "nightfog", ui.fonts.bold);
  ui.text(ui.colours.faint, "Open a scenario to see it, scrub it, move it, save it.");
  ImGui::Dummy({0, ui.px(10)});
  if (ui.button("welcome.open", "Open …", "Choose a file (ctrl+o)", false, ui.px(120))) state.isOpening = true;
  ImGui::Dummy({0, ui.px(10)});
  if (!state.settings.recent.empty()) {
    ui.heading("LAST OPENED");
    recentFiles(ui, state);
  }
  ImGui::Dummy({0, ui.px(10)});
  ImGui::PushTextWrapPos(0);
  ui.text(ui.colours.faint, "A new one begins with `nightfog new NAME`.", ui.fonts.small);
  if (!state.openFailure.empty()) ui.text(ui.colours.bad, state.openFailure, ui.fonts.small);
  ImGui::PopTextWrapPos();
  ImGui::EndChild();
  ImGui::End();
}

void openDialog(Ui& ui, WindowState& state, const fs::path& near) {
  if (state.isOpening && !ImGui::IsPopupOpen("open")) {
    ImGui::OpenPopup("open");
    std::error_code error;
    state.openFolder = fs::absolute(near.empty() ? fs::current_path(error) : near, error).lexically_normal();
    state.openText.clear();
  }
  const ImVec2 room = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({0.5F * room.x, 0.12F * room.y}, ImGuiCond_Always, {0.5F, 0});
  ImGui::SetNextWindowSize({std::min(ui.px(560), room.x - ui.px(40)), std::min(ui.px(440), 0.8F * room.y)});
  if (!ImGui::BeginPopup("open")) {
    state.isOpening = false;
    return;
  }
  ui.text(ui.colours.faint, shortName(state.openFolder), ui.fonts.small);
  if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
  ImGui::SetNextItemWidth(-1);
  const bool isEntered = ImGui::InputTextWithHint("##path", "A path, or a part of a name", &state.openText,
                                                  ImGuiInputTextFlags_EnterReturnsTrue);
  ui.mark("open.text");
  const Entries entries = entriesOf(state.openFolder);
  std::optional<fs::path> chosen, entered;
  std::error_code error;
  if (const fs::path typed = state.openFolder / state.openText; isEntered && fs::is_regular_file(typed, error))
    chosen = typed;
  else if (isEntered && fs::is_directory(typed, error))
    entered = typed;
  ImGui::BeginChild("open.list");
  const auto isShown = [&](const fs::path& path) {
    return path.filename().string().find(state.openText) != std::string::npos;
  };
  if (state.openFolder.has_parent_path() && state.openFolder != state.openFolder.root_path() &&
      ImGui::Selectable("../"))
    entered = state.openFolder.parent_path();
  for (const fs::path& folder : entries.folders) {
    if (isShown(folder) && ImGui::Selectable((folder.filename().string() + "/").c_str())) entered = folder;
    ui.mark("open." + folder.filename().string());
  }
  bool isFirst = true;
  for (const fs::path& file : entries.files) {
    if (!isShown(file)) continue;
    const bool isMeant = isFirst && !state.openText.empty();
    isFirst = false;
    if (ImGui::Selectable(file.filename().string().c_str(), isMeant) || (isMeant && isEntered && !chosen && !entered))
      chosen = file;
    ui.mark("open." + file.filename().string());
  }
  ImGui::EndChild();
  if (entered) {
    state.openFolder = entered->lexically_normal();
    state.openText.clear();
  }
  if (chosen || ImGui::IsKeyPressed(256)) {
    state.isOpening = false;
    ImGui::CloseCurrentPopup();
  }
  ImGui::EndPopup();
  if (chosen) state.toOpen = chosen->lexically_normal();
}

void tour(Ui& ui, WindowState& state, const Layout& layout) {
  if (!state.tourStop) return;
  const Stop& stop = kStops[std::min(*state.tourStop, kStops.size() - 1)];
  const ScreenRect& part = layout.*stop.part;
  const ImVec2 room = ImGui::GetIO().DisplaySize;
  ImDrawList& front = *ImGui::GetForegroundDrawList();
  front.AddRect({part.left + 2, part.top + 2}, {part.right - 2, part.bottom - 2}, ui.colours.accent, ui.px(4), 0,
                ui.px(2));
  const float width = ui.px(330);
  // Beside the part, within the window.
  const bool isNarrow = part.right - part.left < 0.45F * room.x, isLeft = part.left < 0.5F * room.x;
  const float beside = 0.5F * width + ui.px(12);
  const float middle = !isNarrow ? 0.5F * (part.left + part.right) : isLeft ? part.right + beside : part.left - beside;
  const float x = std::clamp(middle, beside, std::max(beside, room.x - beside));
  const bool isLow = part.top > 0.5F * room.y;
  const float y = isLow ? part.top - ui.px(10) : std::min(part.bottom + ui.px(10), part.top + ui.px(120));
  ImGui::SetNextWindowPos({x, y}, ImGuiCond_Always, {0.5F, isLow ? 1.0F : 0.0F});
  ImGui::SetNextWindowSize({width, 0});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, ImGui::GetStyleColorVec4(ImGuiCol_PopupBg));
  ImGui::PushStyleColor(ImGuiCol_Border, ui.colours.accent);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.px(6));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(14), ui.px(12)));
  ImGui::Begin("tour", nullptr,
               ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_AlwaysAutoResize);
  ui.text(ui.colours.ink, stop.title, ui.fonts.bold);
  ImGui::PushTextWrapPos(0);
  ui.text(ui.colours.ink, stop.words);
  ImGui::PopTextWrapPos();
  ImGui::Dummy({0, ui.px(4)});
  const bool isLast = *state.tourStop + 1 == kStops.size();
  const bool goesOn = ui.button("tour.next", isLast ? "Done" : "Next", "", true);
  ImGui::SameLine();
  const bool isSkipped = !isLast && ui.button("tour.skip", "Skip", "It is in the palette, too");
  ImGui::SameLine();
  ui.text(ui.colours.faint, fmt::format("{} of {}", *state.tourStop + 1, kStops.size()), ui.fonts.small);
  ImGui::End();
  ImGui::PopStyleVar(3);
  ImGui::PopStyleColor(2);
  if (goesOn) ++*state.tourStop;
  if (isSkipped || *state.tourStop >= kStops.size()) {
    state.tourStop.reset();
    state.settings.hasSeenTour = true;
  }
}

}  // namespace nightfog::viewer
