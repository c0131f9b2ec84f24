// Plays a script's commands, a step a frame, with a hand that moves the mouse and presses keys as a person's would.
#pragma once

#include <deque>
#include <functional>
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
  void play(Session& session, WindowState& state, const Ui& ui, const ScreenRect& scene, double now_s,
            PlayedInput& input);
  /// After a frame was drawn: pictures asked for are written.
  void afterFrame(const Window& window);
  /// It moves nothing, and waits for something to happen.
  bool isWaiting() const { return steps_.empty() && since_s_ >= 0; }
  bool isDone() const { return at_ >= commands_.size() && steps_.empty() && lookUntil_s_ < 0; }

 private:
  struct Context {
    Session& session;
    WindowState& state;
    const Ui& ui;
    const ScreenRect& scene;
    double now_s;
  };
  bool begin(const ScriptCommand& command, const Context& context);
  void check(const ScriptCommand& command, const Context& context) const;
  [[noreturn]] void fail(const ScriptCommand& command, const std::string& found) const;
  void moveTo(float x, float y);
  void press(int clicks);
  void dragTo(const glm::dvec2& from, const glm::dvec2& to);
  void turnActor(const ScriptCommand& command, const Context& context);
  void dragSensor(const ScriptCommand& command, const Context& context, const ScreenRect& rect, const glm::dvec3& by_m);
  void dragActor(const ScriptCommand& command, const Context& context);
  void lookAround(const ScreenRect& scene, PlayedInput& input);
  static FrameFigures figuresOf(const Context& context);

  std::vector<ScriptCommand> commands_;
  size_t at_ = 0;
  int waited_ = 0;
  double since_s_ = -1, lookUntil_s_ = -1;
  int looks_ = 0;
  std::deque<std::function<void(PlayedInput&)>> steps_;  ///< one a frame
  std::string screenshot_;
};

}  // namespace nightfog::viewer
