// How far along its way a traveller is at any instant: stretches of constant acceleration, or of a speed that changes
// along a curve, one after another.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/scenario/action.hpp"

namespace nightfog::world {

/// Distance (m) and speed (m/s, never negative) as functions of time (s). Closed forms, so that any instant may be
/// asked for, and a contact or a sensor's ray between two steps sees the same motion as the step does. What lies before
/// `now` is never changed.
/// @code Pace pace = Pace::steady(13.9); pace.changeSpeed(2.0, 0, 6); pace.distance_m(3.5); @endcode
class Pace {
 public:
  /// Stands until `start_s`, then goes at this speed for ever.
  static Pace steady(double speed_mps, double start_s = 0);

  double distance_m(double time_s) const;
  double speed_mps(double time_s) const;
  double acceleration_mps2(double time_s) const;
  /// The first instant at which this distance is reached; none if it never is.
  std::optional<double> timeAt(double distance_m) const;

  /// From `now_s` on: to `target_mps` at this rate (m/s^2, above 0; infinite: at once), then steady.
  void changeSpeed(double now_s, double target_mps, double rate_mps2);
  /// From `now_s` on: to `target_mps` within this time (s), the speed going along a curve of this shape; then steady.
  void changeSpeed(double now_s, double target_mps, double over_s, scenario::Shape shape);
  /// From `now_s` on: this acceleration, until it stands or somebody says otherwise.
  void accelerate(double now_s, double acceleration_mps2);
  /// So long after the entry before, this speed; evenly in between.
  struct Entry {
    double after_s = 0;
    double speed_mps = 0;
  };
  /// From `now_s` on: these speeds, the last one for ever.
  void profile(double now_s, std::span<const Entry> entries);
  /// Where to be so long after `now_s`. Between two knots the speed changes evenly and without jumps where that can be
  /// (the first stretch is gone at one speed), else it is the mean one. The first knot's distance is where it is.
  struct Knot {
    double after_s = 0;
    double distance_m = 0;
  };
  void schedule(double now_s, std::span<const Knot> knots);

 private:
  struct Stretch {
    double start_s = 0;
    double distance_m = 0;  ///< at its start
    double speed_mps = 0;   ///< at its start
    double acceleration_mps2 = 0;
    // A curve instead: from the speed to the speed and this, within so long.
    double change_mps = 0;
    double over_s = 0;
    scenario::Shape shape = scenario::Shape::kLinear;

    double distanceAfter(double since_s) const;
    double speedAfter(double since_s) const;
    double accelerationAfter(double since_s) const;
    double firstInstantAt(double missing_m) const;
  };
  const Stretch& stretchAt(double time_s) const;
  /// Forgets what was planned from `now_s` on.
  void cut(double now_s);
  void append(double start_s, double acceleration_mps2, double speed_mps);

  std::vector<Stretch> stretches_;  ///< ascending; the last has no end
};

}  // namespace nightfog::world
