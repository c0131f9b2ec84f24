// What stands still: the street with its houses, trees and lamps, and the laboratory's floor.
#pragma once

#include <cstdint>

#include "engine/content/scene.hpp"
#include "engine/road/network.hpp"

namespace nightfog::content {

/// The street goes on so far before and after its road where that ends.
inline constexpr double kStreetBeyondEnds_m = 90;

/// What to build beside the roads of a map. Places and kinds are drawn from `seed` by named sources: adding a kind
/// moves nothing else.
struct SceneryParameters {
  bool houses = true;
  double treeSpacing_m = 14;  ///< along each sidewalk; 0: none
  double lampSpacing_m = 28;  ///< 0: none
  bool furniture = true;      ///< bins, bollards, hedges, fences, signs
  double foliage = 1;         ///< leaf cards of a tree, relative to the usual; more for benchmarks
  double terrain_m = 120;     ///< how far the ground reaches beyond the road
  uint64_t seed = 0;
};

/// Road surface with markings, kerbs, sidewalks, ground, and what stands on it, as scenery of `content` (whose
/// materials must be loaded). Nothing stands on a driving or parking lane. Deterministic in map and parameters.
void buildScenery(const road::RoadNetwork& map, const SceneryParameters& parameters, SceneContent& content);

/// A flat square floor at z = 0 around the origin, Lambertian 20 % in every band ("lab.ground"), class road.
void buildLabGround(double halfSize_m, SceneContent& content);

/// A straight street of at least 500,000 triangles, 240 m long, for benchmarks.
road::Road benchRoad();
SceneryParameters benchScenery();

}  // namespace nightfog::content
