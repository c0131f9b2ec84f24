// On the right: what is selected, the text, the LiDAR.
#include <fmt/format.h>
#include <imgui/imgui.h>
#include <imgui/imgui_stdlib.h>

#include <algorithm>

#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {
namespace {

void tabs(Ui& ui, Session& session, WindowState& state) {
  const auto tab = [&](const char* id, const char* label, SideTab which, const char* tip) {
    if (ui.button(id, label, tip, state.tab == which)) {
      if (which == SideTab::kRuns) session.lookAtRuns();
      state.tab = which;
    }
    ImGui::SameLine(0, ui.px(4));
  };
  tab("tab.inspector", "Inspector", SideTab::kInspector, "The selected thing's fields");
  tab("tab.text", "Text", SideTab::kText, "The file itself");
  tab("tab.lidar", "LiDAR", SideTab::kLidar, "The sweep of this instant");
  tab("tab.runs", "Runs", SideTab::kRuns, "Render, and what has been rendered");
  ImGui::NewLine();
  ImGui::Separator();
}

void findings(Ui& ui, const Session& session, WindowState& state) {
  for (const config::Diagnostic& finding : session.rehearsed().findings) {
    const uint32_t colour = finding.severity == config::Severity::kError ? ui.colours.bad : ui.colours.warn;
    ImGui::PushTextWrapPos(0);
    ui.text(colour, fmt::format("{}:{} {} {}", finding.place.line, finding.place.column, finding.code, finding.message),
            ui.fonts.small);
    if (ImGui::IsItemClicked()) state.gotoLine = finding.place.line;
    if (!finding.help.empty()) ui.text(ui.colours.faint, finding.help, ui.fonts.small);
    ImGui::PopTextWrapPos();
  }
}

}  // namespace

void textTab(Ui& ui, Session& session, WindowState& state) {
  EditedFile& file = session.file();
  if (state.editedRevision != file.revision()) {
    state.editedText = file.text();
    state.editedRevision = file.revision();
  }
  const float below = session.rehearsed().findings.empty() ? 0 : ui.px(120);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float gutter = ui.px(34);
  const float lineHeight = ui.fonts.mono->FontSize;
  ImGui::PushFont(ui.fonts.mono);
  const auto lines = static_cast<int>(std::count(state.editedText.begin(), state.editedText.end(), '\n')) + 2;
  ImGui::BeginChild("text.scroll", {0, room.y - below - ui.px(4)}, false, ImGuiWindowFlags_HorizontalScrollbar);
  if (state.gotoLine > 0) {
    ImGui::SetScrollY(std::max(0.0F, (static_cast<float>(state.gotoLine) - 6) * lineHeight));
    state.gotoLine = 0;
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float padding = ImGui::GetStyle().FramePadding.y;
  for (const config::Diagnostic& finding : session.rehearsed().findings) {
    if (finding.place.line == 0 || session.rehearsed().serial == 0) continue;
    const float y = at.y + padding + static_cast<float>(finding.place.line - 1) * lineHeight;
    const uint32_t colour = finding.severity == config::Severity::kError ? ui.colours.bad : ui.colours.warn;
    draw.AddRectFilled({at.x, y}, {at.x + ui.px(3), y + lineHeight}, colour);
  }
  for (int line = 1; line < lines; ++line) {
    const std::string number = fmt::format("{:>3}", line);
    draw.AddText({at.x + ui.px(5), at.y + padding + static_cast<float>(line - 1) * lineHeight}, ui.colours.faint,
                 number.c_str());
  }
  ImGui::SetCursorScreenPos({at.x + gutter, at.y});
  ImGui::PushStyleColor(ImGuiCol_FrameBg, ImVec4(0, 0, 0, 0));
  const ImVec2 size{std::max(room.x - gutter, ui.px(900)), static_cast<float>(lines) * lineHeight + 2 * padding};
  const bool isChanged =
      ImGui::InputTextMultiline("##text", &state.editedText, size, ImGuiInputTextFlags_NoHorizontalScroll);
  ui.mark("text");
  ImGui::PopStyleColor();
  if (ImGui::IsItemActivated()) state.typing = session.newGesture();
  if (isChanged) {
    file.edit(state.editedText, "typing", state.typing);
    state.editedRevision = file.revision();
  }
  ImGui::EndChild();
  ImGui::PopFont();
  if (below > 0) {
    ImGui::Separator();
    ImGui::BeginChild("findings");
    findings(ui, session, state);
    ImGui::EndChild();
  }
}

void sidePanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect) {
  beginPanel("side", {rect.left, rect.top}, {rect.right - rect.left, rect.bottom - rect.top}, false);
  ImGui::GetWindowDrawList()->AddLine({rect.left, rect.top}, {rect.left, rect.bottom}, ui.colours.line);
  tabs(ui, session, state);
  switch (state.tab) {
    case SideTab::kInspector:
      ImGui::BeginChild("inspector");
      inspectorTab(ui, session, state);
      ImGui::EndChild();
      break;
    case SideTab::kText:
      textTab(ui, session, state);
      break;
    case SideTab::kRuns:
      runsTab(ui, session, state);
      break;
    case SideTab::kLidar:
      lidarTab(ui, session, state);
      break;
  }
  ImGui::End();
}

}  // namespace nightfog::viewer
