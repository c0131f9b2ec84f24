// A road that goes on straight beyond the ends that meet nothing, so that a map has no edge to fall off.
#pragma once

#include "engine/road/network.hpp"

namespace nightfog::road {

/// Borrows the road. s may run from firstS() ≤ 0 to lastS() ≥ length; lanes beyond an end are those at the end. The
/// grade fades out over the extension.
class ExtendedRoad {
 public:
  /// With what it meets: linked ends, and ends whose extension would run into another road, are not extended.
  ExtendedRoad(const RoadNetwork& network, uint32_t road, double beyond_m);
  /// By itself: both ends go on.
  ExtendedRoad(const Road& road, double beyond_m) : road_(&road), before_m_(beyond_m), after_m_(beyond_m) {}

  const Road& road() const { return *road_; }
  double firstS() const { return -before_m_; }
  double lastS() const { return road_->length_m() + after_m_; }
  /// As Road::pose and Road::crossSection.
  RigidTransform pose(double s, double t = 0, double h = 0) const;
  Road::CrossSection crossSection(double s) const;
  glm::dvec3 surfacePoint(double s, double t) const { return crossSection(s).at(t, road_->height_m(s, t)); }
  /// Rise per metre along the line.
  double grade(double s) const;
  /// Distance of the outermost lane's outer edge from the line on a side (1 left, -1 right).
  double edge(double s, double side) const { return side > 0 ? road_->leftEdge_m(s) : -road_->rightEdge_m(s); }

 private:
  /// How far a place beyond an end lies from that end's own.
  glm::dvec3 past(double s) const;

  const Road* road_;
  double before_m_ = 0;
  double after_m_ = 0;
};

}  // namespace nightfog::road
