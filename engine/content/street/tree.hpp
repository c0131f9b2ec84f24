// Trees with trunk, boughs and leaf cards.
#pragma once

#include "engine/content/mesh_builder.hpp"
#include "engine/content/scene.hpp"
#include "engine/core/random.hpp"

namespace nightfog::content {

enum class TreeKind { kRound, kTall, kConifer };

/// A tree on z = 0 about the z axis, 7 to 14 m high; the lowest leaves of street trees hang above 2.6 m. `foliage`:
/// leaf cards relative to the usual 1,300; fewer are larger.
MeshId makeTree(TreeKind kind, RandomSource rng, double foliage, SceneContent& content, const std::string& name);

/// A hedge along x, centred, standing on z = 0: a dense core under a skin of leaf cards.
MeshId makeHedge(double length_m, double height_m, RandomSource rng, SceneContent& content, const std::string& name);

}  // namespace nightfog::content
