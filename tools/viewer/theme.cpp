#include "tools/viewer/theme.hpp"

#include <imgui/imgui.h>

#include <filesystem>

namespace nightfog::viewer {
namespace {

constexpr float kText_px = 14, kSmall_px = 12, kMono_px = 13;

ImFont* load(const char* file, float size) {
  static const ImWchar kRanges[] = {0x20,   0x17f,  0x2010, 0x2027, 0x2190, 0x21ff, 0x2200, 0x23ff,
                                    0x25a0, 0x25ff, 0x2600, 0x26ff, 0x2713, 0x2718, 0};
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  for (const char* folder : {"/usr/share/fonts/truetype/dejavu/", "/usr/share/fonts/dejavu-sans-fonts/",
                             "/usr/share/fonts/TTF/", "/usr/local/share/fonts/"}) {
    const std::filesystem::path path = std::filesystem::path(folder) / file;
    std::error_code error;
    if (std::filesystem::exists(path, error)) return atlas.AddFontFromFileTTF(path.c_str(), size, nullptr, kRanges);
  }
  return atlas.AddFontDefault();
}

constexpr uint32_t rgb(uint32_t hex, uint32_t alpha = 255) {
  return alpha << 24 | (hex & 255) << 16 | (hex & 0xff00) | hex >> 16;
}
ImVec4 colour(uint32_t hex, float alpha = 1) {
  return {static_cast<float>(hex >> 16 & 255) / 255, static_cast<float>(hex >> 8 & 255) / 255,
          static_cast<float>(hex & 255) / 255, alpha};
}

struct Shades {
  uint32_t panel, raised, raisedMore, line, ink, faint, accent, onAccent;
};
constexpr Shades kDark{0x171b20, 0x20262d, 0x2b333c, 0x2a3138, 0xe4e9ee, 0x8d99a6, 0x4aa3df, 0xffffff};
constexpr Shades kLight{0xf8f9fa, 0xe6eaee, 0xd8dfe5, 0xcfd6dc, 0x1d2329, 0x66727e, 0x1673b1, 0xffffff};

}  // namespace

Fonts loadFonts(float scale) {
  return {load("DejaVuSans.ttf", kText_px * scale), load("DejaVuSans.ttf", kSmall_px * scale),
          load("DejaVuSans-Bold.ttf", kText_px * scale), load("DejaVuSansMono.ttf", kMono_px * scale)};
}

Palette applyTheme(bool isDark, float scale) {
  Palette current;
  const Shades& s = isDark ? kDark : kLight;
  current.background_rgb = s.panel;
  current.ink = rgb(s.ink);
  current.faint = rgb(s.faint);
  current.line = rgb(s.line);
  current.panel = rgb(s.panel);
  current.raised = rgb(s.raised);
  current.accent = rgb(s.accent);
  current.good = rgb(isDark ? 0x4cb782 : 0x1d8a55);
  current.bad = rgb(isDark ? 0xe5655e : 0xc23b34);
  current.warn = rgb(isDark ? 0xe2b14a : 0xa9780c);
  current.actor = rgb(0x5fb3e8);
  current.injector = rgb(0xe8985f);
  current.event = rgb(isDark ? 0xc79bf2 : 0x8a53c4);
  current.weather = rgb(isDark ? 0x7fd1c7 : 0x218b7f);
  current.lane = rgb(0x6fd08c);

  ImGuiStyle style;
  style.WindowRounding = 0;
  style.ChildRounding = 4;
  style.FrameRounding = 4;
  style.GrabRounding = 4;
  style.PopupRounding = 6;
  style.TabRounding = 4;
  style.ScrollbarRounding = 6;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 0;
  style.PopupBorderSize = 1;
  style.FrameBorderSize = 0;
  style.WindowPadding = {10, 8};
  style.FramePadding = {8, 4};
  style.ItemSpacing = {8, 6};
  style.ItemInnerSpacing = {6, 4};
  style.IndentSpacing = 14;
  style.ScrollbarSize = 10;
  style.ScaleAllSizes(scale);
  const auto set = [&](ImGuiCol index, uint32_t hex, float alpha = 1) { style.Colors[index] = colour(hex, alpha); };
  set(ImGuiCol_Text, s.ink);
  set(ImGuiCol_TextDisabled, s.faint);
  set(ImGuiCol_WindowBg, s.panel);
  set(ImGuiCol_ChildBg, s.panel, 0);
  set(ImGuiCol_PopupBg, s.panel, 0.98F);
  set(ImGuiCol_Border, s.line);
  set(ImGuiCol_FrameBg, s.raised);
  set(ImGuiCol_FrameBgHovered, s.raisedMore);
  set(ImGuiCol_FrameBgActive, s.raisedMore);
  set(ImGuiCol_Button, s.raised);
  set(ImGuiCol_ButtonHovered, s.raisedMore);
  set(ImGuiCol_ButtonActive, s.accent, 0.8F);
  set(ImGuiCol_Header, s.accent, 0.28F);
  set(ImGuiCol_HeaderHovered, s.raisedMore);
  set(ImGuiCol_HeaderActive, s.accent, 0.4F);
  set(ImGuiCol_Tab, s.panel);
  set(ImGuiCol_TabHovered, s.raisedMore);
  set(ImGuiCol_TabActive, s.raised);
  set(ImGuiCol_CheckMark, s.accent);
  set(ImGuiCol_SliderGrab, s.accent);
  set(ImGuiCol_SliderGrabActive, s.accent);
  set(ImGuiCol_Separator, s.line);
  set(ImGuiCol_ScrollbarBg, s.panel, 0);
  set(ImGuiCol_ScrollbarGrab, s.raisedMore);
  set(ImGuiCol_ScrollbarGrabHovered, s.faint, 0.6F);
  set(ImGuiCol_ScrollbarGrabActive, s.faint);
  set(ImGuiCol_TextSelectedBg, s.accent, 0.35F);
  set(ImGuiCol_NavHighlight, s.accent, 0.6F);
  set(ImGuiCol_TableRowBgAlt, s.raised, 0.35F);
  set(ImGuiCol_ModalWindowDimBg, 0x000000, 0.45F);
  ImGui::GetStyle() = style;
  return current;
}

}  // namespace nightfog::viewer
