// A road as a reference line of arcs with lanes beside it. s runs along the line (m), t to its left (m); ISO 8855.
//
// Use it to place things by lane, to drive along, and to build the street's surface. Everything is in closed form: no
// sampling.
// @code
//   Road road({{0, 0}, 0, {{100, 0}, {50, 0.01}}}, {{"oncoming"}}, {{"ego_lane"}, {"walk", LaneKind::kSidewalk, 2.5}});
//   RigidTransform worldFromCar = road.pose(40, -1.625);   // x forward along the road, z up
// @endcode
#pragma once

#include <string>
#include <vector>

#include "engine/core/transform.hpp"

namespace nightfog::road {

/// A stretch of constant curvature (0: straight; positive: turns left).
struct Segment {
  double length_m = 0;
  double curvature_1pm = 0;
};

enum class LaneKind { kDriving, kParking, kSidewalk, kShoulder, kVerge };

/// A lane beside the reference line; the order from the line outwards gives its place. Traffic keeps to the right.
struct Lane {
  std::string name;
  LaneKind kind = LaneKind::kDriving;
  double width_m = 3.25;
};

struct RoadLine {
  glm::dvec2 start{0, 0};
  double heading_rad = 0;
  std::vector<Segment> segments;
};

/// Road coordinates.
struct RoadPoint {
  double s = 0;
  double t = 0;
};

class Road {
 public:
  Road() = default;
  /// Throws Error when a length or width is not positive, a number is not finite, or an arc turns more than once round.
  Road(RoadLine line, std::vector<Lane> left, std::vector<Lane> right, double kerbHeight_m = 0.12);

  double length_m() const { return length_m_; }
  /// World pose on the line at s (clamped to the road), moved t to the left, x along the road.
  RigidTransform pose(double s, double t = 0) const;
  double curvature_1pm(double s) const;
  /// The nearest point of the line; s clamped to the road.
  RoadPoint project(const glm::dvec3& world) const;
  const std::vector<Lane>& left() const { return left_; }
  const std::vector<Lane>& right() const { return right_; }
  double kerbHeight_m() const { return kerbHeight_m_; }
  /// Ground height at a lateral place: 0 on the carriageway (driving, parking, shoulder), kerbHeight_m() from the first
  /// sidewalk or verge outwards.
  double height_m(double t) const;
  /// t of the outer edge of the outermost lane on the left (≥ 0) and on the right (≤ 0).
  double leftEdge_m() const;
  double rightEdge_m() const;
  /// t of a lane's centre, and whether it is driven against s. Nothing of that name: false.
  bool findLane(const std::string& name, double& centre_t, bool& againstS) const;
  const RoadLine& line() const { return line_; }

 private:
  /// Where a segment begins.
  struct Knot {
    double s = 0;
    glm::dvec2 position{0};
    double heading_rad = 0;
  };

  size_t segmentAt(double s) const;
  Knot along(size_t segment, double ds) const;

  RoadLine line_;
  std::vector<Knot> knots_;
  std::vector<Lane> left_;
  std::vector<Lane> right_;
  double kerbHeight_m_ = 0.12;
  double length_m_ = 0;
};

}  // namespace nightfog::road
