#include "engine/scenario/lane_map.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::scenario {

namespace {

/// Lanes count 1, 2 … to the left of the line and -1, -2 … to the right, as maps do.
const road::Lane* laneOf(const road::Road& road, int number) {
  const std::vector<road::Lane>& side = number > 0 ? road.left() : road.right();
  const size_t index = static_cast<size_t>(std::abs(number)) - 1;
  return index < side.size() ? &side[index] : nullptr;
}

}  // namespace

std::optional<NamedLane> LaneMap::find(const std::string& name) const {
  if (road_ == nullptr) return std::nullopt;
  for (const int sign : {1, -1}) {
    const auto& side = sign > 0 ? road_->left() : road_->right();
    for (size_t i = 0; i < side.size(); ++i) {
      if (side[i].name == name) return NamedLane{0, sign * static_cast<int>(i + 1)};
    }
  }
  return std::nullopt;
}

std::vector<std::string> LaneMap::names() const {
  std::vector<std::string> names;
  if (road_ == nullptr) return names;
  for (const auto& lane : road_->left()) names.push_back(lane.name);
  for (const auto& lane : road_->right()) names.push_back(lane.name);
  return names;
}

double LaneMap::length_m(const NamedLane&) const {
  return road_->length_m();
}

bool LaneMap::exists(const NamedLane&, double s) const {
  return s >= 0 && s <= road_->length_m();
}

std::pair<double, double> LaneMap::borders(const NamedLane& lane, double) const {
  const auto& side = lane.lane > 0 ? road_->left() : road_->right();
  const size_t index = static_cast<size_t>(std::abs(lane.lane)) - 1;
  double inner = 0;
  for (size_t i = 0; i < index; ++i) inner += side[i].width_m;
  const double outer = inner + laneOf(*road_, lane.lane)->width_m;
  return lane.lane > 0 ? std::pair(inner, outer) : std::pair(-outer, -inner);
}

bool LaneMap::isAgainstS(const NamedLane& lane) const {
  return lane.lane > 0;
}

LaneSpot LaneMap::at(const NamedLane& lane, double s, double offset_m) const {
  const auto [right, left] = borders(lane, s);
  const bool againstS = isAgainstS(lane);
  const double t = 0.5 * (right + left) + (againstS ? -offset_m : offset_m);
  const RigidTransform pose = road_->pose(s, t);
  LaneSpot spot;
  spot.position = pose.translation;
  spot.position.z = road_->height_m(t);
  spot.heading_rad = road_->pose(s).yaw_rad() + (againstS ? kPi : 0);
  return spot;
}

RoadSpot LaneMap::project(const glm::dvec3& world) const {
  const road::RoadPoint on = road_->project(world);
  return {0, on.s, on.t};
}

double LaneMap::roadHeading_rad(const RoadSpot& spot) const {
  return road_->pose(spot.s).yaw_rad();
}

double LaneMap::groundHeight(const glm::dvec3& world) const {
  return road_ == nullptr ? 0.0 : road_->height_m(road_->project(world).t);
}

bool LaneMap::isInLane(const glm::dvec3& world, const NamedLane& lane) const {
  const road::RoadPoint on = road_->project(world);
  const auto [right, left] = borders(lane, on.s);
  return on.t >= right && on.t <= left;
}

double LaneMap::distanceToLane_m(const glm::dvec3& world, const NamedLane& lane) const {
  const road::RoadPoint on = road_->project(world);
  const auto [right, left] = borders(lane, on.s);
  return std::max({0.0, right - on.t, on.t - left});
}

bool LaneMap::isStraight(const NamedLane&) const {
  const auto& segments = road_->line().segments;
  return std::all_of(segments.begin(), segments.end(),
                     [](const road::Segment& segment) { return segment.curvature_1pm == 0; });
}

glm::dvec3 LaneMap::across(const glm::dvec3& world) const {
  const road::RoadPoint on = road_->project(world);
  const double target_t = road_->leftEdge_m() + road_->rightEdge_m() - on.t;
  glm::dvec3 out = road_->pose(on.s, target_t).translation;
  out.z = road_->height_m(target_t);
  return out;
}

}  // namespace nightfog::scenario
