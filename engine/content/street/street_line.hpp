// The roads as scenery sees them: they go on straight beyond their open ends, so that a street has no edge to fall off.
#pragma once

#include <vector>

#include "engine/road/extended_road.hpp"

namespace nightfog::content {

/// All roads of a map, extended. Borrows the map.
class StreetMap {
 public:
  StreetMap(const road::RoadNetwork& network, double beyond_m);

  const road::RoadNetwork& network() const { return network_; }
  const std::vector<road::ExtendedRoad>& roads() const { return roads_; }

  /// A place beside the nearest road: how far beyond its lanes (negative: on them), and where its surface ends there.
  struct Beside {
    double beyond_m = 0;
    double edge_m = 0;     ///< z of the surface at the lanes' edge
    double surface_m = 0;  ///< z of the surface at the place, or of its plane carried on beyond the edge
    double verge_m = 0;    ///< how far the verge reaches on that side
  };
  Beside beside(const glm::dvec3& world) const;
  double beyondEdge(const glm::dvec3& world) const { return beside(world).beyond_m; }

 private:
  /// nullopt: not abreast of the road.
  bool besideRoad(uint32_t road, const glm::dvec3& world, bool isNear, Beside& out) const;

  const road::RoadNetwork& network_;
  std::vector<road::ExtendedRoad> roads_;
  std::vector<uint32_t> extended_;  ///< roads with an open end
  struct Verges {
    double left = 0, right = 0;
  };
  std::vector<Verges> verges_;
};

/// One of its roads.
class StreetLine {
 public:
  StreetLine(const StreetMap& map, uint32_t road) : map_(map), road_(map.roads()[road]) {}
  double firstS() const { return road_.firstS(); }
  double lastS() const { return road_.lastS(); }
  const road::Road& road() const { return road_.road(); }
  /// Upright at (s, t), x along the road, at the height of the road's plane.
  RigidTransform pose(double s, double t) const {
    return RigidTransform::fromYawPitchRoll(road_.crossSection(s).at(t, 0), road().plan(s).heading_rad);
  }
  /// |t| of the outermost lane's outer edge on a side (1 left, -1 right).
  double edge(double s, double side) const { return road_.edge(s, side); }
  /// |t| of the first raised lane's inner border, or of the outermost lane's edge where none is raised.
  double kerb(double s, double side, bool& isRaised) const;
  double beyondEdge(const glm::dvec3& world) const { return map_.beyondEdge(world); }

 private:
  const StreetMap& map_;
  const road::ExtendedRoad& road_;
};

}  // namespace nightfog::content
