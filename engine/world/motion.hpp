// Behaviours whose motion is a closed form of time: no state, so no drift, and any instant may be asked for.
#pragma once

#include <limits>
#include <memory>

#include "engine/catalog/asset_info.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/world/pace.hpp"
#include "engine/world/track.hpp"

namespace nightfog::world {

/// An actor's origin at one instant. Velocities along world axes; at a change of speed the value after it.
struct MotionState {
  RigidTransform worldFromActor;
  glm::dvec3 velocity_mps{0};
  glm::dvec3 angularVelocity_radps{0};
  double travelled_m = 0;         ///< along its way, for wheels and gait
  double steerCurvature_1pm = 0;  ///< of the way under the wheelbase, left positive
};

/// Pure function of time; `time_s` since the start of the episode. An order may change it from an instant on: see
/// pace().
class Motion {
 public:
  virtual ~Motion() = default;
  virtual MotionState at(double time_s) const = 0;
  /// Distance rolled by a wheel at (x, y) of the actor's frame; x along, y to the left.
  virtual double rolled_m(double travelled_m, const glm::dvec2& wheel) const = 0;
  /// Length of the way; infinite when it does not end, 0 when it does not begin.
  virtual double wayLength_m() const = 0;
  /// Speed once under way, m/s.
  virtual double cruiseSpeed_mps() const = 0;
  /// Where the origin is after this distance.
  virtual glm::dvec3 place(double travelled_m) const = 0;
  /// How fast it goes its way, to be changed; nullptr for who has no way.
  virtual Pace* pace() { return nullptr; }
  /// The way itself, to be changed beyond what is already travelled; nullptr for who has none.
  virtual Track* track() { return nullptr; }
  /// The way as something that may be left, and other ways taken; nullptr for who has none.
  virtual class TrackMotion* onTrack() { return nullptr; }
};

/// Between the foremost and the hindmost axle; 0 without wheels.
double wheelbase(const catalog::AssetInfo& asset);

/// nullptr for a FreeBody, which only physics can move. Throws Error (naming the actor) for a behaviour that cannot be
/// carried out: no road, a speed that is negative or not finite, a path without points.
std::unique_ptr<Motion> makeMotion(const scenario::Scenario& scenario, const scenario::Actor& actor,
                                   const catalog::AssetInfo& asset);

}  // namespace nightfog::world
