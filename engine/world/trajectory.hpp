// A commanded trajectory as a way and, if it has times, when to be where on it.
#pragma once

#include <vector>

#include "engine/scenario/action.hpp"
#include "engine/world/pace.hpp"
#include "engine/world/track.hpp"

namespace nightfog::world {

struct PlannedTrajectory {
  Track track;
  std::vector<Pace::Knot> schedule;  ///< empty: it is gone at the speed that somebody has
};

/// `from`: where the actor is. Bends lie on the ground of `map`.
PlannedTrajectory planTrajectory(const scenario::TakeTrajectory& order, const RigidTransform& from,
                                 const road::RoadNetwork& map);

}  // namespace nightfog::world
