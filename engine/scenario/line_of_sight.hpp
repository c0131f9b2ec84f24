// Who could see whom at the start: geometry of boxes, no rendering.
#pragma once

#include <span>

#include "engine/catalog/asset_info.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::scenario {

/// A box standing in the world.
struct PlacedBox {
  RigidTransform worldFromActor;
  glm::dvec3 centre{0};  ///< in the actor's frame
  glm::dvec3 size{1};
};

/// Whether some part of `seen` can be seen from `from`, past `others`: 125 points of the box are looked at, on its
/// corners, edges, faces and within.
bool isAnyPartVisible(const glm::dvec3& from, const PlacedBox& seen, std::span<const PlacedBox> others);
/// Where an actor looks from: the front quarter of its box, at 0.8 of its height.
glm::dvec3 eyeOf(const PlacedBox& box);
/// Clear distance of two boxes along `axis` (0: along the heading of `a`, 1: across); 0 where they overlap along it.
double gapAlong(const PlacedBox& a, const PlacedBox& b, int axis);
/// Middle of the box, in the world.
glm::dvec3 middleOf(const PlacedBox& box);

}  // namespace nightfog::scenario
