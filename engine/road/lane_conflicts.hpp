// Where lanes through a junction take up the same ground, and who goes first there. Part of the lane graph.
#pragma once

#include <vector>

#include "engine/road/lane_graph.hpp"

namespace nightfog::road {

/// Of one junction. `ways`: its lanes, ascending. `ranks`: by lane, what signs say: the higher one goes first.
std::vector<LaneConflict> findConflicts(const RoadNetwork& map, const std::vector<GraphLane>& lanes,
                                        const std::vector<LanePath>& paths, const std::vector<int>& ranks,
                                        const std::vector<LaneIndex>& ways);

}  // namespace nightfog::road
