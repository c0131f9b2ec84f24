// What stands beside a road, by what kind of road the map says it is. The one place of these shares and distances.
#pragma once

#include <cstdint>

#include "engine/road/network.hpp"

namespace nightfog::content {

/// Of the land beside a road: shares are chances a plot or a tree's place, distances are beyond the outermost lane.
struct LandUse {
  double houseShare = 0;                             ///< of the plots
  double setbackLow_m = 0, setbackHigh_m = 0;        ///< of a house's front, evenly between
  double treeShare = 0;                              ///< of the places along the road
  double treeBeyondLow_m = 0, treeBeyondHigh_m = 0;  ///< evenly between; both 0: in the pavement, just behind the kerb
  bool isBuiltUp = false;                            ///< lamps, pavements' furniture, gardens, ironware
};

/// Built-up: roads of kind town, low speed, pedestrian, bicycle, and where the map says nothing. Rural: a farm now and
/// then, trees in the fields' margins. Motorway: neither near it. Within a tunnel and before its mouths: nothing.
const LandUse& landUse(const road::RoadNetwork& map, uint32_t road, double s);

}  // namespace nightfog::content
