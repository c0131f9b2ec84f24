// How quick the window is: what a script measures between two of its lines, and `--stats` writes.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace nightfog::viewer {

/// Of one stretch of a session.
struct FrameFigures {
  std::string name;
  double seconds = 0;
  size_t frames = 0;             ///< of the window
  size_t pictures = 0;           ///< of the scene, new ones that were asked for by moving on
  double longestAnswer_ms = 0;   ///< from an input, wherever between two frames it comes, until the window shows it
  double meanAnswer_ms = 0;      ///< likewise, had each frame one input
  double longestPicture_ms = 0;  ///< from a wish to look elsewhere until its picture is on the screen
  double meanPicture_ms = 0;
  double cpu_s = 0;       ///< processor time of the whole viewer, without renders in the background
  double busiest_ms = 0;  ///< processor time that the window's thread took in one frame; tells a slow window from a
                          ///< machine that had something else to do
  double picturesPerSecond() const { return seconds > 0 ? static_cast<double>(pictures) / seconds : 0; }
};

/// Told by the window's loop what happens when; seconds of Window::now_s().
/// @code
///   meter.polled(now, waited); draw(); meter.shown(now);   // each frame
///   meter.begin("moving", now);                    // a stretch of its own from here on
/// @endcode
class FrameMeter {
 public:
  /// `opened_s`: when the window was there.
  explicit FrameMeter(double opened_s);

  /// Input has been taken; what comes later waits for the next frame. `waited_s` were spent waiting for some, which it
  /// would have cut short.
  void polled(double now_s, double waited_s);
  /// What the frame made of it is on the screen.
  void shown(double now_s);
  /// With the next shown() a picture is, that was wished for `waited_s` ago; `isNew`: of another view than the last.
  void pictureTaken(double waited_s, bool isNew);

  void begin(std::string name, double now_s);
  /// Of the stretch that is going on.
  FrameFigures figures(double now_s) const;
  /// After the window was opened; none: no picture so far.
  std::optional<double> firstPicture_s() const { return firstPicture_s_; }
  /// Every stretch, in order, as JSON.
  std::string json(double now_s) const;

 private:
  double opened_s_;
  std::optional<double> firstPicture_s_;
  double began_s_ = 0, beganCpu_s_ = 0, polled_s_ = 0, before_s_ = 0, busy_s_ = 0;
  double answers_s_ = 0, pictures_s_ = 0;  ///< sums
  std::optional<double> waited_s_;
  bool isNew_ = false;
  FrameFigures now_;
  std::vector<FrameFigures> done_;
};

}  // namespace nightfog::viewer
