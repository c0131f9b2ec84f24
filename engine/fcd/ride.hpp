// How one mover of a trace moves at any instant: a vehicle whose rear axle does not slip sideways, or a person.
//
// SUMO's angles are chords between bumpers and jump, its lanes are changed in no time, and its steps are half a second
// or more apart. Here the front axle follows the smoothed way of the front bumper, and the rear axle is drawn behind it
// (a tractrix), so heading and yaw rate are those of a car that drives that way. Steps that lie on a lane of the map
// within 10 cm take the lane's direction, and within 3 cm its middle.
// @code
//   Ride ride(mover.samples, {.wheelbase_m = 2.7, .front_m = 3.6}, findLane);
//   RideState now = ride.at(12.34);
// @endcode
#pragma once

#include <functional>
#include <glm/glm.hpp>
#include <memory>
#include <optional>
#include <span>

#include "engine/fcd/trace.hpp"

namespace nightfog::fcd {

/// Of a vehicle seen from above; a person has none.
struct Figure {
  double wheelbase_m = 0;  ///< 0: a person
  double front_m = 0;      ///< rear axle to front bumper
};

/// The middle of a lane beside a place.
struct LaneSpot {
  glm::dvec3 position{0};
  double heading_rad = 0;
};
/// Of the lane that leads about this way there; nullopt: none.
using FindLane = std::function<std::optional<LaneSpot>(const glm::dvec3& place, double heading_rad)>;

struct RideState {
  glm::dvec3 position{0};  ///< of the rear axle's middle, or the person; z as the trace or the lane has it
  double heading_rad = 0;
  double speed_mps = 0;          ///< of that place, along the heading
  double acceleration_mps2 = 0;  ///< along the way
  double yawRate_radps = 0;
  double curvature_1pm = 0;  ///< of the rear axle's way, left positive
  double travelled_m = 0;    ///< by the rear axle
  double turning_rad = 0;    ///< how far the way turns over the next 3 s, a change of lanes counted as a quarter turn
};

class Ride {
 public:
  /// Copies what it needs; `findLane` is asked while it is built only. Samples ascend in time; there is one at least.
  Ride(std::span<const Sample> samples, const Figure& figure, const FindLane& findLane);
  ~Ride();
  Ride(Ride&&) noexcept;
  double begin_s() const;
  double end_s() const;
  /// Before its beginning and after its end: as it is there, at rest.
  RideState at(double time_s) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::fcd
