// How the viewer looks: fonts, colours, spacing; dark and light.
#pragma once

#include <cstdint>

struct ImFont;
struct ImVec4;

namespace nightfog::viewer {

/// Colours with a meaning, 0xAABBGGRR as draw lists want them.
struct Palette {
  uint32_t background_rgb = 0x14171b;  ///< of the window and of its panels, 0xRRGGBB
  uint32_t ink = 0, faint = 0, line = 0, panel = 0, raised = 0;
  uint32_t accent = 0, good = 0, bad = 0, warn = 0;
  uint32_t actor = 0, injector = 0, event = 0, weather = 0, lane = 0;
};

/// The same colour, opaque at alpha 255.
inline uint32_t faded(uint32_t colour, uint32_t alpha) {
  return (colour & 0x00ffffff) | alpha << 24;
}

struct Fonts {
  ImFont* text = nullptr;
  ImFont* small = nullptr;
  ImFont* bold = nullptr;
  ImFont* mono = nullptr;
};

/// DejaVu where Debian has it, else ImGui's own; `scale` 1 is 14 pixels. Before the window's first frame.
Fonts loadFonts(float scale);
/// Sets ImGui's colours and spacing.
Palette applyTheme(bool isDark, float scale);

}  // namespace nightfog::viewer
