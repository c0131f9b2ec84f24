// Cars that park: along parking lanes and on the parking spaces of a map, drawn from a seed.
#pragma once

#include <vector>

#include "engine/road/lane_graph.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::world {

/// Each place is taken or not, and by what, as a function of (seed, the place): a higher share adds cars and moves
/// none. Nothing stands within 4 m of the points in `keptFree` or on the last 6 m before a lane ends.
std::vector<scenario::Actor> parkedVehicles(const road::LaneGraph& lanes, const scenario::Traffic& traffic,
                                            const catalog::Catalog& catalog, const std::vector<glm::dvec3>& keptFree);

}  // namespace nightfog::world
