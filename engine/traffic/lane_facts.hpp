// What traffic wants to know of each lane, computed once. Private to this module.
#pragma once

#include <vector>

#include "engine/road/lane_graph.hpp"

namespace nightfog::traffic {

/// A traffic light at a lane.
struct LaneLight {
  uint32_t signal = 0;
  double stop_m = 0;  ///< where one stops for it
};

struct LaneFacts {
  bool isUsable = false;  ///< drivable, or a cycle lane, and somewhere wide enough
  bool isCycleLane = false;
  double first_m = 0;  ///< from here to `last_m` it is wide enough for a vehicle
  double last_m = 0;
  /// Where one waits before going on into a junction.
  double stop_m = 0;
  bool leadsIntoJunction = false;
  double wayAhead_m = 0;   ///< from its beginning to where it and all it leads to ends; infinite where none does
  bool mustHalt = false;   ///< a stop sign
  bool isOpenEnd = false;  ///< the map ends here: who comes this far leaves it
  bool isEntry = false;    ///< the map begins here
  double beforeBeginning_m = 0, beyondEnd_m = 0;  ///< so far its street goes on there, straight
  std::vector<road::LaneIndex> next;              ///< usable successors
  std::vector<LaneLight> lights;                  ///< ascending
  /// At each of the path's samples: the limit, or what bends let one drive at 1 m/s^2 sideways' worth of curvature.
  std::vector<double> limit_mps;
  std::vector<double> curvature_1pm;
};

/// Streets are drawn, and grounds laid, so far beyond the map's open ends.
inline constexpr double kStreetBeyondEnds_m = 90;
/// Which way a lane leads along its road: the way that s counts.
bool leadsTowardsEnd(const road::LaneGraph& lanes, road::LaneIndex lane);
/// `beyondEnds_m`: of the streets beyond the map's ends no more counts.
std::vector<LaneFacts> factsOf(const road::LaneGraph& lanes, double beyondEnds_m = 0);

}  // namespace nightfog::traffic
