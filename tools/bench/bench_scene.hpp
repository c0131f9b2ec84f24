// The benchmark's scene: a dense street with traffic and people, and a 128 x 2048 LiDAR driving through it.
#pragma once

#include <memory>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/scene.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/shared/geometry.h"
#include "engine/world/world.hpp"

namespace nightfog::bench {

struct BenchScene {
  content::SceneContent content;  ///< at least 500,000 triangles
  scenario::Scenario scenario;    ///< the actors, and the LiDAR on the first one
  std::unique_ptr<world::World> world;
};

BenchScene makeBenchScene(const catalog::Catalog& catalog, const std::filesystem::path& assetsFolder);

/// The rays of one turn, ring by ring, in floats relative to `origin`: from the sensor's place at each firing's own
/// time.
std::vector<shared::Ray> benchRays(const BenchScene& scene, const content::SceneSnapshot& snapshot,
                                   const glm::dvec3& origin);

}  // namespace nightfog::bench
