// The ground that physics and feet stand on: carriageway, kerb, hills, and the raised land beside the road.
#pragma once

#include <glm/glm.hpp>
#include <vector>

#include "engine/core/transform.hpp"
#include "engine/road/extended_road.hpp"
#include "engine/road/network.hpp"

namespace nightfog::world {

/// A box of raised ground.
struct GroundBox {
  RigidTransform worldFromBox;  ///< its centre
  glm::dvec3 halfExtents{0};
};

/// The surface under a place.
struct GroundPoint {
  double height_m = 0;
  glm::dvec3 normal{0, 0, 1};  ///< up
};

/// The road's own surface: a plane where the map is level, else its elevation and banking in closed form; and boxes for
/// what lies a kerb higher. It goes on beyond the road's open ends as far as the street that one sees, and level beyond
/// its edges.
class Ground {
 public:
  /// The plane z = 0, no road.
  Ground() = default;
  explicit Ground(road::RoadNetwork map);

  bool hasRoad() const { return !map_.isEmpty(); }
  /// `under()` is the plane z = 0 everywhere.
  bool isPlane() const { return map_.isFlat(); }
  /// Of what one stands on, kerbs included.
  double height_m(const glm::dvec3& place) const { return map_.height_m(place); }
  /// The carriageway under a place, or where there is none, its continuation: without what is raised by a kerb.
  GroundPoint under(const glm::dvec3& place) const;
  /// What lies a kerb higher, as boxes on the carriageway: on level straights one a side, else one every 2 m.
  /// From the outermost lane they reach 30 m on, or on the inside of a bend to 90 % of its radius if that is less.
  std::vector<GroundBox> raisedBoxes() const;

 private:
  void raiseSide(const road::ExtendedRoad& extended, const road::LaneSection& section, int side,
                 std::vector<GroundBox>& boxes) const;

  road::RoadNetwork map_;
  std::vector<road::ExtendedRoad> roads_;  ///< of map_, which shares what it was built of
};

}  // namespace nightfog::world
