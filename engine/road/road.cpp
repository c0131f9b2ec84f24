#include "engine/road/road.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"

namespace nightfog::road {
namespace {

void requireLanes(const std::vector<Lane>& lanes) {
  for (const Lane& lane : lanes) {
    if (!(lane.width_m > 0) || !std::isfinite(lane.width_m)) {
      throw Error(ExitCode::kDiagnostics, fmt::format("Lane '{}' has width {} m.", lane.name, lane.width_m),
                  "Give each lane a positive width, e.g. 3.25 m.");
    }
  }
}

bool isRaised(LaneKind kind) {
  return kind == LaneKind::kSidewalk || kind == LaneKind::kVerge;
}

double totalWidth(const std::vector<Lane>& lanes) {
  double width = 0;
  for (const Lane& lane : lanes) width += lane.width_m;
  return width;
}

}  // namespace

Road::Road(RoadLine line, std::vector<Lane> left, std::vector<Lane> right, double kerbHeight_m)
    : line_(std::move(line)), left_(std::move(left)), right_(std::move(right)), kerbHeight_m_(kerbHeight_m) {
  requireLanes(left_);
  requireLanes(right_);
  if (!std::isfinite(kerbHeight_m_) || kerbHeight_m_ < 0) {
    throw Error(ExitCode::kDiagnostics, fmt::format("The kerb is {} m high.", kerbHeight_m_),
                "Give it a height of 0 m or more.");
  }
  if (!std::isfinite(line_.start.x + line_.start.y + line_.heading_rad)) {
    throw Error(ExitCode::kDiagnostics, "The road's start is not a finite place and heading.", "Give numbers.");
  }
  Knot knot{0, line_.start, line_.heading_rad};
  for (size_t i = 0; i < line_.segments.size(); ++i) {
    const Segment& segment = line_.segments[i];
    if (!(segment.length_m > 0) || !std::isfinite(segment.length_m) || !std::isfinite(segment.curvature_1pm) ||
        std::abs(segment.length_m * segment.curvature_1pm) > 2 * kPi) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("Road segment {} has length {} m and curvature {} 1/m.", i, segment.length_m,
                              segment.curvature_1pm),
                  "A segment needs a positive length and may turn once round at most.");
    }
    knots_.push_back(knot);
    knot = along(i, segment.length_m);
  }
  length_m_ = knot.s;
}

size_t Road::segmentAt(double s) const {
  size_t segment = 0;
  while (segment + 1 < knots_.size() && s >= knots_[segment + 1].s) ++segment;
  return segment;
}

// The chord of an arc of angle a is 2 R sin(a/2) long and points along heading + a/2; sin(x)/x keeps it exact for small
// curvature.
Road::Knot Road::along(size_t segment, double ds) const {
  const Knot& from = knots_[segment];
  const double half = 0.5 * ds * line_.segments[segment].curvature_1pm;
  const double chord = half == 0 ? ds : ds * std::sin(half) / half;
  const double bearing = from.heading_rad + half;
  return {from.s + ds, from.position + chord * glm::dvec2(std::cos(bearing), std::sin(bearing)),
          from.heading_rad + 2 * half};
}

RigidTransform Road::pose(double s, double t) const {
  Knot at{0, line_.start, line_.heading_rad};
  if (!knots_.empty()) {
    s = std::clamp(s, 0.0, length_m_);
    const size_t segment = segmentAt(s);
    at = along(segment, s - knots_[segment].s);
  }
  const glm::dvec2 left(-std::sin(at.heading_rad), std::cos(at.heading_rad));
  return RigidTransform::fromYawPitchRoll(glm::dvec3(at.position + t * left, 0), at.heading_rad);
}

double Road::curvature_1pm(double s) const {
  return knots_.empty() ? 0 : line_.segments[segmentAt(std::clamp(s, 0.0, length_m_))].curvature_1pm;
}

RoadPoint Road::project(const glm::dvec3& world) const {
  const glm::dvec2 point(world.x, world.y);
  RoadPoint best;
  double bestDistance = -1;
  const auto consider = [&](size_t segment, double ds) {
    const Knot at = along(segment, ds);
    const glm::dvec2 offset = point - at.position;
    const double distance = glm::dot(offset, offset);
    if (bestDistance >= 0 && distance >= bestDistance) return;
    bestDistance = distance;
    best = {at.s, glm::dot(offset, glm::dvec2(-std::sin(at.heading_rad), std::cos(at.heading_rad)))};
  };
  for (size_t i = 0; i < knots_.size(); ++i) {
    const double length = line_.segments[i].length_m;
    const double curvature = line_.segments[i].curvature_1pm;
    const glm::dvec2 forward(std::cos(knots_[i].heading_rad), std::sin(knots_[i].heading_rad));
    const glm::dvec2 left(-forward.y, forward.x);
    const glm::dvec2 offset = point - knots_[i].position;
    consider(i, 0);
    consider(i, length);
    if (curvature == 0) {
      consider(i, std::clamp(glm::dot(offset, forward), 0.0, length));
      continue;
    }
    // Seen from the arc's centre, the foot of the perpendicular lies at the point's own bearing.
    const double side = curvature > 0 ? 1.0 : -1.0;
    const double radius = 1.0 / std::abs(curvature);
    const glm::dvec2 fromCentre = offset - left * (side * radius);
    double angle = std::atan2(glm::dot(fromCentre, forward), -side * glm::dot(fromCentre, left));
    if (angle < 0) angle += 2 * kPi;
    if (angle * radius <= length) consider(i, angle * radius);
  }
  if (knots_.empty()) {
    const glm::dvec2 left(-std::sin(line_.heading_rad), std::cos(line_.heading_rad));
    best = {0, glm::dot(point - line_.start, left)};
  }
  return best;
}

double Road::height_m(double t) const {
  double edge = 0;
  for (const Lane& lane : t > 0 ? left_ : right_) {
    if (isRaised(lane.kind) && std::abs(t) >= edge) return kerbHeight_m_;
    edge += lane.width_m;
  }
  return 0.0;
}

double Road::leftEdge_m() const {
  return totalWidth(left_);
}
double Road::rightEdge_m() const {
  return -totalWidth(right_);
}

bool Road::findLane(const std::string& name, double& centre_t, bool& againstS) const {
  for (const bool isLeft : {true, false}) {
    double edge = 0;
    for (const Lane& lane : isLeft ? left_ : right_) {
      if (lane.name == name) {
        centre_t = (isLeft ? 1 : -1) * (edge + 0.5 * lane.width_m);
        againstS = isLeft;
        return true;
      }
      edge += lane.width_m;
    }
  }
  return false;
}

}  // namespace nightfog::road
