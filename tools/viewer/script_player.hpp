// Plays a script's commands, a step a frame, with a hand that moves the mouse and presses keys as a person's would.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/viewer/panels.hpp"
#include "tools/viewer/script.hpp"

namespace nightfog::viewer {

class ScriptPlayer {
 public:
  explicit ScriptPlayer(std::vector<ScriptCommand> commands) : commands_(std::move(commands)) {}

  /// Before each frame: what the hand does in it. Throws Error with the script's line for an assertion that does not
  /// hold (exit code 1), and for something that never came.
  /// `session`: nullptr while no file is open.
  void play(Session* session, WindowState& state, Ui& ui, const ScreenRect& scene, double now_s, PlayedInput& input);
  /// After a frame was drawn: pictures asked for are written.
  void afterFrame(const Window& window);
  /// It moves nothing, and waits for something to happen.
  bool isWaiting() const { return steps_.empty() && since_s_ >= 0; }
  bool isDone() const { return at_ >= commands_.size() && steps_.empty() && lookUntil_s_ < 0; }

 private:
  struct Context {
    Session* opened;
    WindowState& state;
    Ui& ui;
    const ScreenRect& scene;
    double now_s;
    Session& session() const { return *opened; }
  };
  bool begin(const ScriptCommand& command, const Context& context);
  std::optional<bool> beginAnywhere(const ScriptCommand& command, const Context& context);
  /// Against an assertion; empty: it holds.
  static std::string objection(const ScriptCommand& command, const Context& context);
  [[noreturn]] static void fail(const ScriptCommand& command, const std::string& found);
  void typeText(const std::string& text);
  void moveTo(float x, float y);
  void press(int clicks);
  void dragTo(const glm::dvec2& from, const glm::dvec2& to);
  /// Where a drag of an actor by metres ends on the screen.
  static glm::dvec2 goalOf(const ScriptCommand& command, const Context& context);
  void turnActor(const ScriptCommand& command, const Context& context);
  void dragSensor(const ScriptCommand& command, const Context& context, const ScreenRect& rect, const glm::dvec3& by_m);
  void dragActor(const ScriptCommand& command, const Context& context);
  void lookAround(const ScreenRect& scene, PlayedInput& input);
  static FrameFigures figuresOf(const Context& context);

  std::vector<ScriptCommand> commands_;
  size_t at_ = 0;
  int waited_ = 0;
  bool isForHands_ = false;  ///< mouse and keyboard, until the script moves them again
  double since_s_ = -1, lookUntil_s_ = -1;
  int looks_ = 0;
  std::deque<std::function<void(PlayedInput&)>> steps_;  ///< one a frame
  std::string screenshot_;
};

}  // namespace nightfog::viewer
