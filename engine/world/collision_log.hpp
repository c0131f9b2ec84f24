// From contacts, substep by substep, to collisions: one entry when two things meet, none while they stay together.
#pragma once

#include <map>
#include <tuple>
#include <vector>

#include "engine/world/physics.hpp"
#include "engine/world/world.hpp"

namespace nightfog::world {

/// Feed it every substep's touches in order of time, then close the step.
class CollisionLog {
 public:
  /// Together at the start: not a collision.
  void startWith(const std::vector<Touch>& touches);
  void add(SimTime at, const std::vector<Touch>& touches);
  /// Reports what began in the step, by time and ids. Its impulse is the sum over the rest of that step.
  void closeStep();
  const std::vector<Collision>& collisions() const { return collisions_; }

 private:
  using Pair = std::tuple<ObjectId, ObjectId, Standing>;  ///< a, b, and what b is where it is nobody

  std::map<Pair, SimTime> lastTouch_;
  std::map<Pair, Collision> beginning_;
  std::vector<Collision> collisions_;
};

}  // namespace nightfog::world
