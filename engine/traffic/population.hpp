// Who is on the road: vehicles drawn for a map, at a density, of a mix of kinds.
// @code
//   std::vector<Agent> agents = populate(lanes, defaultKinds(), {.density_pkm = 15, .seed = 7});
// @endcode
#pragma once

#include <string>
#include <vector>

#include "engine/traffic/traffic.hpp"

namespace nightfog::traffic {

/// One kind of vehicle and how its drivers drive. Drivers differ: time gaps by 20 % (standard deviation, within 0.9 and
/// 2.2 s), speeds by 6 % (within 12 %).
struct Kind {
  std::string name;
  double share = 1;  ///< of all, relative to the others'
  Shape shape;
  double speedFactor = 0.97;  ///< of the limit, on average
  double acceleration_mps2 = 1.5;
  double top_mps = 60;  ///< not more than this, whatever the limit
};

/// For cycle lanes.
std::vector<Kind> cyclistKinds();
/// Cars, vans, lorries and buses as in German towns: 80, 12, 6 and 2 % (KBA VK5, rounded).
std::vector<Kind> defaultKinds();

struct Filling {
  double density_pkm = 0;  ///< vehicles per km of drivable lane, outside junctions
  uint64_t seed = 0;
  uint32_t firstId = 0;       ///< of the agents; their numbers count from it
  bool onCycleLanes = false;  ///< fills these instead
  double beyondEnds_m = 0;    ///< streets go on so far beyond the map's open ends: who is there begins outside
  /// Kept free: nobody begins within `keepFree_m` of these.
  std::vector<glm::dvec3> keptFree = {};
  double keepFree_m = 20;
};

/// Agent k is drawn from (seed, k): a higher density adds agents and moves none. Where a vehicle finds no gap of its
/// own in 50 draws it is left out. Throws Error for shares or densities that are negative or not finite, and for more
/// than 100,000 vehicles. `kindOf`, where given, receives for each agent its kind's index.
std::vector<Agent> populate(const road::LaneGraph& lanes, const std::vector<Kind>& kinds, const Filling& filling,
                            std::vector<size_t>* kindOf = nullptr);

}  // namespace nightfog::traffic
