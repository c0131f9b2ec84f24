#include "engine/world/trajectory.hpp"

#include <algorithm>
#include <cmath>

#include "engine/road/plan_view.hpp"

namespace nightfog::world {
namespace {

constexpr double kSample_m = 0.25;

glm::dvec3 onGround(const road::RoadNetwork& map, glm::dvec2 at, double z) {
  const glm::dvec3 place(at, z);
  return map.isFlat() ? place : glm::dvec3(at, map.height_m(place));
}

}  // namespace

PlannedTrajectory planTrajectory(const scenario::TakeTrajectory& order, const RigidTransform& from,
                                 const road::RoadNetwork& map) {
  PlannedTrajectory plan;
  if (order.bends.empty()) {
    std::vector<glm::dvec3> points;
    for (const auto& vertex : order.vertices) points.push_back(vertex.point);
    plan.track = Track::throughPoints(points, 0);
    double along = 0;
    for (size_t i = 0; i < points.size(); ++i) {
      if (i > 0) along += glm::distance(points[i - 1], points[i]);
      if (order.vertices[i].at_s) plan.schedule.push_back({*order.vertices[i].at_s, along});
    }
    return plan;
  }
  double heading = order.start ? order.startHeading_rad : from.yaw_rad() + order.startTurn_rad;
  const glm::dvec3 origin = order.start ? *order.start : from * glm::dvec3(order.startForward_m, order.startLeft_m, 0);
  glm::dvec2 at(origin);
  std::vector<glm::dvec3> samples{onGround(map, at, origin.z)};
  double along = 0;
  for (const auto& bend : order.bends) {
    if (bend.at_s) plan.schedule.push_back({*bend.at_s, along});
    heading += bend.turn_rad.value_or(0);
    const double rate = (bend.endCurvature_1pm - bend.startCurvature_1pm) / bend.length_m;
    const int count = std::max(2, static_cast<int>(std::ceil(bend.length_m / kSample_m)));
    const glm::dvec2 ahead(std::cos(heading), std::sin(heading)), left(-ahead.y, ahead.x);
    road::ClothoidEnd end;
    for (int i = 1; i <= count; ++i) {
      end = road::clothoid(bend.startCurvature_1pm, rate, bend.length_m * i / count);
      samples.push_back(onGround(map, at + end.displacement.x * ahead + end.displacement.y * left, origin.z));
    }
    at += end.displacement.x * ahead + end.displacement.y * left;
    heading += end.turn_rad;
    along += bend.length_m;
  }
  plan.track = Track::throughSamples(samples);
  if (!plan.schedule.empty()) {
    if (order.end_s) plan.schedule.push_back({*order.end_s, along});
    // Arcs between the samples are a hair longer or shorter than the curve.
    for (auto& knot : plan.schedule) knot.distance_m *= plan.track.length_m() / along;
  }
  return plan;
}

}  // namespace nightfog::world
