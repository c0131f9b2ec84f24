// A window with Dear ImGui in it: GLFW for window and input, OpenGL 3 to put pixels on the screen. Nothing else of the
// viewer knows either.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tools/viewer/theme.hpp"

namespace nightfog::viewer {

/// A picture that ImGui can show; of the thread of its window, which outlives it.
class ScreenTexture {
 public:
  ScreenTexture();
  ~ScreenTexture();
  ScreenTexture(const ScreenTexture&) = delete;
  ScreenTexture& operator=(const ScreenTexture&) = delete;

  /// Rows from the top, 3 bytes a pixel.
  void set(uint32_t width, uint32_t height, std::span<const uint8_t> rgb);
  /// 4 bytes a pixel, with alpha.
  void setWithAlpha(uint32_t width, uint32_t height, std::span<const uint8_t> rgba);
  bool isEmpty() const { return width_ == 0; }
  uint32_t width() const { return width_; }
  uint32_t height() const { return height_; }
  void* id() const;

 private:
  void upload(uint32_t width, uint32_t height, const uint8_t* bytes, bool hasAlpha);
  unsigned name_ = 0;
  uint32_t width_ = 0, height_ = 0;
};

/// Input that a script plays in place of hands: set before a frame, seen by ImGui exactly as the mouse's and the
/// keyboard's own.
struct PlayedInput {
  bool isOn = false;
  float x = -1, y = -1;
  bool isDown[3] = {false, false, false};
  float wheel = 0;
  std::vector<int> keys;  ///< GLFW's numbers, held
  bool isCtrl = false, isShift = false;
  std::string text;  ///< typed in this frame
};

class Window {
 public:
  /// Throws Error (69) with the reason and a way out where there is no display or no OpenGL.
  Window(const std::string& title, int width, int height, float scale);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  const Fonts& fonts() const;
  bool wantsToClose() const;
  void setTitle(const std::string& title);
  /// Begins a frame; waits for input up to `patience_s` unless there is some.
  void begin(double patience_s, const PlayedInput& played);
  /// Draws what ImGui was told, and shows it.
  void end(uint32_t background_rgb);
  /// What the window shows, 3 bytes a pixel, rows from the top.
  std::vector<uint8_t> pixels(uint32_t& width, uint32_t& height) const;
  static double now_s();
  /// Ends the waiting of begin(), from any thread.
  static void wake();
  std::string clipboard() const;
  void setClipboard(const std::string& text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::viewer
