#include "engine/scenario/box_relations.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/scenario/lane_map.hpp"

namespace nightfog::scenario {
namespace {

double flatLength(const glm::dvec3& v) {
  return std::hypot(v.x, v.y);
}

/// Corners of a box seen from above.
std::array<glm::dvec2, 4> cornersOf(const PlacedBox& box) {
  std::array<glm::dvec2, 4> corners;
  for (size_t i = 0; i < 4; ++i) {
    const glm::dvec3 half(box.size.x * (i % 2 == 1 ? 0.5 : -0.5), box.size.y * (i >= 2 ? 0.5 : -0.5), 0);
    corners[i] = glm::dvec2(box.worldFromActor * (box.centre + half));
  }
  return corners;
}

struct Shadow {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
};
Shadow shadowOn(const glm::dvec2& axis, const std::array<glm::dvec2, 4>& corners) {
  Shadow shadow;
  for (const glm::dvec2& corner : corners) {
    shadow.low = std::min(shadow.low, glm::dot(axis, corner));
    shadow.high = std::max(shadow.high, glm::dot(axis, corner));
  }
  return shadow;
}

}  // namespace

std::optional<double> timeToContact(const BoxInMotion& a, const BoxInMotion& b) {
  // Rectangles touch while their shadows overlap on each of their four axes: every axis gives an interval of time, and
  // the first instant of what all have in common is the answer.
  const auto cornersA = cornersOf(a.box), cornersB = cornersOf(b.box);
  const glm::dvec2 closing(b.velocity_mps - a.velocity_mps);
  double from = 0, to = std::numeric_limits<double>::infinity();
  for (const BoxInMotion* body : {&a, &b}) {
    for (const glm::dvec3& side : {glm::dvec3(1, 0, 0), glm::dvec3(0, 1, 0)}) {
      const glm::dvec2 axis = glm::normalize(glm::dvec2(body->box.worldFromActor.rotate(side)));
      const Shadow shadowA = shadowOn(axis, cornersA), shadowB = shadowOn(axis, cornersB);
      const double speed = glm::dot(axis, closing);
      if (speed == 0) {
        if (shadowB.low > shadowA.high || shadowB.high < shadowA.low) return std::nullopt;
        continue;
      }
      const double touch = ((speed < 0 ? shadowA.high - shadowB.low : shadowA.low - shadowB.high)) / speed;
      const double part = ((speed < 0 ? shadowA.low - shadowB.high : shadowA.high - shadowB.low)) / speed;
      from = std::max(from, touch);
      to = std::min(to, part);
    }
  }
  if (from > to) return std::nullopt;
  return from;
}

expression::Value relation(const Scenario& scenario, std::string_view function, const BoxInMotion& a,
                           const std::optional<BoxInMotion>& b, std::string_view name) {
  using expression::Value;
  const double speed = glm::length(a.velocity_mps);
  if (function == "speed") return speed;
  if (function == "in_lane") {
    const LaneMap lanes(scenario.map);
    const auto lane = lanes.find(std::string(name));
    return lane ? Value(lanes.isInLane(middleOf(a.box), *lane)) : Value();
  }
  if (function == "distance_to" || function == "time_to") {
    const auto point = scenario.points.find(std::string(name));
    if (point == scenario.points.end()) return {};
    const glm::dvec3 towards = point->second - middleOf(a.box);
    if (function == "distance_to") return flatLength(towards);
    const glm::dvec3 heading = a.box.worldFromActor.rotate({1, 0, 0});
    const double ahead = glm::dot(towards, heading) - 0.5 * a.box.size.x;
    const double closing = glm::dot(a.velocity_mps, heading);
    return closing > 0 && ahead >= 0 ? Value(ahead / closing) : Value();
  }
  if (!b) return {};
  if (function == "distance") return flatLength(middleOf(b->box) - middleOf(a.box));
  if (function == "gap") return gapAlong(a.box, b->box, 0);
  if (function == "lateral_gap") return gapAlong(a.box, b->box, 1);
  if (function == "headway") return speed > 0 ? Value(gapAlong(a.box, b->box, 0) / speed) : Value();
  if (function == "ttc") {
    const auto time = timeToContact(a, *b);
    return time ? Value(*time) : Value();
  }
  return {};
}

}  // namespace nightfog::scenario
