// The ground that physics and feet stand on: carriageway, kerb, hills, and the raised land beside the road.
#pragma once

#include <array>
#include <glm/glm.hpp>
#include <vector>

#include "engine/core/transform.hpp"
#include "engine/road/network.hpp"

namespace nightfog::world {

/// A box of raised ground.
struct GroundBox {
  RigidTransform worldFromBox;  ///< its centre
  glm::dvec3 halfExtents{0};
};

/// Of a level map: the plane z = 0, and boxes for what lies a kerb higher. Of a hilly one: the road's own surface as
/// triangles, out to 30 m beside it, and a plane below everything that keeps what leaves it from falling for ever.
class Ground {
 public:
  /// The plane z = 0, no road.
  Ground() = default;
  explicit Ground(road::RoadNetwork map) : map_(std::move(map)) {}

  bool hasRoad() const { return !map_.isEmpty(); }
  double height_m(const glm::dvec3& place) const { return map_.height_m(place); }
  /// z of the plane.
  double plane_m() const { return plane_m_; }
  /// The raised ground of a level map as boxes for collisions: along straights one a side, along bends one every 2 m.
  /// From the outermost lane they reach 30 m on, or on the inside of a bend to 90 % of its radius if that is less.
  /// Boxes end with the road.
  std::vector<GroundBox> raisedBoxes() const;
  /// The surface of a hilly map; empty for a level one. Sets plane_m().
  std::vector<std::array<glm::dvec3, 3>> hillTriangles();

 private:
  void raiseSide(const road::Road& road, const road::LaneSection& section, int side,
                 std::vector<GroundBox>& boxes) const;

  road::RoadNetwork map_;
  double plane_m_ = 0;
};

}  // namespace nightfog::world
