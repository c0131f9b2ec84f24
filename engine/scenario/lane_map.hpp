// Where lanes lie: everything of a road that placing needs, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/transform.hpp"
#include "engine/road/network.hpp"

namespace nightfog::scenario {

using NamedLane = road::LaneRef;

/// The middle of a lane, moved to its left.
struct LaneSpot {
  glm::dvec3 position{0};  ///< on the surface
  double heading_rad = 0;  ///< the lane's driving direction
};

/// A place beside a road's reference line.
struct RoadSpot {
  uint32_t road = 0;
  double s = 0;
  double t = 0;
};

class LaneMap {
 public:
  /// No road at all: an endless plane at z = 0.
  LaneMap() = default;
  explicit LaneMap(road::RoadNetwork roads) : roads_(std::move(roads)) {}

  bool hasRoad() const { return !roads_.isEmpty(); }
  std::optional<NamedLane> find(const std::string& name) const;
  std::vector<std::string> names() const;
  /// Of the road the lane belongs to.
  double length_m(const NamedLane& lane) const;
  /// Whether the lane is there at s of its road.
  bool exists(const NamedLane& lane, double s) const;
  /// s along the road's reference line, offset to the left of the lane's middle seen in its driving direction.
  LaneSpot at(const NamedLane& lane, double s, double offset_m) const;
  bool isAgainstS(const NamedLane& lane) const;
  /// The road nearest to a place. There must be one.
  RoadSpot project(const glm::dvec3& world) const;
  /// Direction of s at a place of a road.
  double roadHeading_rad(const RoadSpot& spot) const;
  double groundHeight(const glm::dvec3& world) const;
  /// What stands at a place with this heading, as the ground lies there.
  RigidTransform standing(const glm::dvec3& world, double heading_rad) const {
    return roads_.standing(world, heading_rad);
  }
  bool isInLane(const glm::dvec3& world, const NamedLane& lane) const;
  /// From a place straight across to the nearer edge of a lane, m; 0 within it.
  double distanceToLane_m(const glm::dvec3& world, const NamedLane& lane) const;
  /// Whether the lane's road is one straight line: along it gaps are differences of s.
  bool isStraight(const NamedLane& lane) const;
  /// Straight across the road from a place: as far beyond the opposite edge of the carriageway.
  glm::dvec3 across(const glm::dvec3& world) const;

 private:
  const road::Road& roadOf(const NamedLane& lane) const { return roads_.road(lane.road); }
  /// t of the lane's right and left border, seen along s; nothing where the lane is not.
  std::optional<std::pair<double, double>> borders(const NamedLane& lane, double s) const;

  road::RoadNetwork roads_;
};

}  // namespace nightfog::scenario
