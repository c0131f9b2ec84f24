// Boxes that hold a moving body for a whole exposure: the leaves of every top level.
#pragma once

#include <span>

#include "engine/trace/tracer.hpp"

namespace nightfog::trace {

struct Box {
  glm::vec3 low{0};
  glm::vec3 high{0};
  bool isEmpty() const { return !(low.x <= high.x && low.y <= high.y && low.z <= high.z); }
};

/// Holds the body at every time between its keys, with room for rounding. A point at distance r from the axis that
/// turns by phi between two keys leaves the line between its places at those keys by at most r phi^2 / 8 (error of
/// linear interpolation, |f''| = r phi^2), so the boxes at the keys, widened by that, hold the arc. Empty for an empty
/// mesh.
Box sweptBox(const MeshBounds& bounds, std::span<const shared::PoseKey> keys);

}  // namespace nightfog::trace
