// What panels draw with: fonts and colours, widgets that scripts can find by name.
#pragma once

#include <imgui/imgui.h>

#include <map>
#include <set>
#include <string>

#include "tools/viewer/theme.hpp"

namespace nightfog::viewer {

struct ScreenRect {
  float left = 0, top = 0, right = 0, bottom = 0;
};

struct Ui {
  Fonts fonts;
  Palette colours;
  float scale = 1;
  bool isDark = true;
  std::map<std::string, ScreenRect> places = {};  ///< of this frame's widgets, by id
  std::set<std::string> hidden = {};              ///< of these, those that would have to be scrolled to
  std::string scrollTo = {};                      ///< the widget that is brought into sight next; empty: none

  float px(float pixels) const { return pixels * scale; }
  /// The last item is known by this id.
  void mark(const std::string& id);
  /// `isOn`: drawn as pressed.
  bool button(const std::string& id, const char* label, const char* tooltip, bool isOn = false, float width = 0);
  void tooltip(const std::string& text) const;
  void text(uint32_t colour, const std::string& text, ImFont* font = nullptr) const;
  /// A name above a group of things.
  void heading(const std::string& text) const;
  /// A label on the left and a value on the right of one row.
  void row(const std::string& label, const std::string& value, uint32_t colour = 0) const;
};

/// A fixed window without decoration; false: nothing of it is visible. End with ImGui::End().
bool beginPanel(const char* id, ImVec2 position, ImVec2 size, bool scrolls = true);

}  // namespace nightfog::viewer
