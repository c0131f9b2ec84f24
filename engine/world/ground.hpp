// The ground that physics and feet stand on: carriageway, kerb, and the raised land beside it.
#pragma once

#include <glm/glm.hpp>
#include <vector>

#include "engine/core/transform.hpp"
#include "engine/road/road.hpp"

namespace nightfog::world {

/// A box of raised ground.
struct GroundBox {
  RigidTransform worldFromBox;  ///< its centre
  glm::dvec3 halfExtents{0};
};

/// Flat at z = 0, but for what lies behind a kerb: from the first sidewalk or verge outwards the ground is
/// kerbHeight_m() higher.
class Ground {
 public:
  /// The plane z = 0, no road.
  Ground() = default;
  explicit Ground(const road::Road& road) : road_(&road) {}

  bool hasRoad() const { return road_ != nullptr; }
  double height_m(const glm::dvec3& place) const;
  /// The raised ground as boxes for collisions: along straights one a side, along bends one every 2 m. Reaches 30 m
  /// beyond the kerb, or on the inside of a bend to 90 % of its radius if that is less. Boxes end with the road.
  std::vector<GroundBox> raisedBoxes() const;

 private:
  void raiseSide(double side, std::vector<GroundBox>& boxes) const;

  const road::Road* road_ = nullptr;  ///< outlives this
};

}  // namespace nightfog::world
