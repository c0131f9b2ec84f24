// The road as scenery sees it: it goes on straight beyond its ends, so that a street has no edge to fall off.
#pragma once

#include <cmath>

#include "engine/road/road.hpp"

namespace nightfog::content {

class StreetLine {
 public:
  StreetLine(const road::Road& road, double beyond_m) : road_(road), beyond_m_(beyond_m) {}
  double firstS() const { return -beyond_m_; }
  double lastS() const { return road_.length_m() + beyond_m_; }
  /// As Road::pose, and along the end's heading beyond it.
  RigidTransform pose(double s, double t) const {
    RigidTransform at = road_.pose(s, t);
    const double past = s < 0 ? s : s > road_.length_m() ? s - road_.length_m() : 0.0;
    at.translation += past * at.rotate({1, 0, 0});
    return at;
  }
  const road::Road& road() const { return road_; }
  /// t of the outermost lane's outer edge on a side (1 left, -1 right), without sign.
  double edge(double side) const { return side > 0 ? road_.leftEdge_m() : -road_.rightEdge_m(); }
  /// How far a place lies beyond that edge; negative on the road.
  double beyondEdge(const glm::dvec3& world) const {
    const road::RoadPoint at = road_.project(world);
    return std::abs(at.t) - edge(at.t > 0 ? 1.0 : -1.0);
  }

 private:
  const road::Road& road_;
  double beyond_m_ = 0;
};

}  // namespace nightfog::content
