#include "tools/viewer/ui.hpp"

#include <imgui/imgui_internal.h>

namespace nightfog::viewer {
namespace {
constexpr float kTipAfter_s = 0.5F;
}

void Ui::mark(const std::string& id) {
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  places[id] = {low.x, low.y, high.x, high.y};
}

bool Ui::button(const std::string& id, const char* label, const char* tip, bool isOn, float width) {
  if (isOn) {
    ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_Header));
    ImGui::PushStyleColor(ImGuiCol_Text, ImGui::ColorConvertU32ToFloat4(colours.accent));
  }
  ImGui::PushID(id.c_str());
  const bool isPressed = ImGui::Button(label, {width, 0});
  ImGui::PopID();
  if (isOn) ImGui::PopStyleColor(2);
  mark(id);
  if (tip != nullptr && *tip != 0) tooltip(tip);
  return isPressed;
}

void Ui::tooltip(const std::string& text) const {
  if (!ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled) || GImGui->HoveredIdTimer < kTipAfter_s) return;
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(px(340));
  ImGui::TextUnformatted(text.c_str());
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
}

void Ui::text(uint32_t colour, const std::string& words, ImFont* font) const {
  if (font != nullptr) ImGui::PushFont(font);
  ImGui::PushStyleColor(ImGuiCol_Text, colour);
  ImGui::TextUnformatted(words.c_str());
  ImGui::PopStyleColor();
  if (font != nullptr) ImGui::PopFont();
}

void Ui::heading(const std::string& words) const {
  ImGui::Dummy({0, px(2)});
  text(colours.faint, words, fonts.small);
}

void Ui::row(const std::string& label, const std::string& value, uint32_t colour) const {
  text(colours.faint, label);
  ImGui::SameLine(px(92));
  ImGui::PushTextWrapPos(0);
  text(colour == 0 ? colours.ink : colour, value);
  ImGui::PopTextWrapPos();
}

bool beginPanel(const char* id, ImVec2 position, ImVec2 size, bool scrolls) {
  ImGui::SetNextWindowPos(position);
  ImGui::SetNextWindowSize(size);
  const ImGuiWindowFlags flags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove |
                                 ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoBringToFrontOnFocus |
                                 ImGuiWindowFlags_NoSavedSettings |
                                 ImGuiWindowFlags_NoBackground |  // the window's own: half of what a frame would draw
                                 (scrolls ? 0 : ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  return ImGui::Begin(id, nullptr, flags);
}

}  // namespace nightfog::viewer
