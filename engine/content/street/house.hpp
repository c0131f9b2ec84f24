// Houses with windows, doors and roofs; drawn, not designed.
#pragma once

#include "engine/content/mesh_builder.hpp"
#include "engine/content/scene.hpp"
#include "engine/core/random.hpp"

namespace nightfog::content {

/// A house in its own frame: the front looks to -y and stands on y = 0; x runs along it from 0 to width; the ground is
/// z = 0.
struct House {
  MeshId mesh;
  double width_m = 0;
  double depth_m = 0;
};

/// Kinds: a detached house under a gable or hip roof, or a block of flats with balconies.
House makeHouse(RandomSource rng, SceneContent& content, const std::string& name);

}  // namespace nightfog::content
