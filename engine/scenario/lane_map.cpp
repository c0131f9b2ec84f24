#include "engine/scenario/lane_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nightfog::scenario {

std::optional<NamedLane> LaneMap::find(const std::string& name) const {
  return roads_.findLane(name);
}

std::vector<std::string> LaneMap::names() const {
  return roads_.laneNames();
}

double LaneMap::length_m(const NamedLane& lane) const {
  return roadOf(lane).length_m();
}

bool LaneMap::exists(const NamedLane& lane, double s) const {
  return roads_.hasLane(lane, s);
}

std::optional<std::pair<double, double>> LaneMap::borders(const NamedLane& lane, double s) const {
  const road::Road& road = roadOf(lane);
  const road::LaneSection& section = road.section(s);
  if (section.find(lane.lane) == nullptr) return std::nullopt;
  const road::Road::Borders borders = road.borders(section, lane.lane, s);
  return std::pair(std::min(borders.inner, borders.outer), std::max(borders.inner, borders.outer));
}

bool LaneMap::isAgainstS(const NamedLane& lane) const {
  return roadOf(lane).isAgainstS(lane.lane);
}

LaneSpot LaneMap::at(const NamedLane& lane, double s, double offset_m) const {
  const double t = roads_.laneCentre_t(lane, s) + (isAgainstS(lane) ? -offset_m : offset_m);
  LaneSpot spot;
  spot.position = roads_.point(lane.road, s, t);
  spot.heading_rad = roads_.laneCentre(lane, s).heading_rad;
  return spot;
}

RoadSpot LaneMap::project(const glm::dvec3& world) const {
  const auto on = roads_.locate(world);
  return on ? RoadSpot{on->road, on->s, on->t} : RoadSpot{};
}

double LaneMap::roadHeading_rad(const RoadSpot& spot) const {
  return roads_.road(spot.road).plan(spot.s).heading_rad;
}

double LaneMap::groundHeight(const glm::dvec3& world) const {
  return roads_.height_m(world);
}

bool LaneMap::isInLane(const glm::dvec3& world, const NamedLane& lane) const {
  return distanceToLane_m(world, lane) == 0;
}

double LaneMap::distanceToLane_m(const glm::dvec3& world, const NamedLane& lane) const {
  const road::RoadPoint on = roadOf(lane).project(world);
  const auto found = borders(lane, on.s);
  if (!found) return std::numeric_limits<double>::infinity();
  return std::max({0.0, found->first - on.t, on.t - found->second});
}

bool LaneMap::isStraight(const NamedLane& lane) const {
  const auto& pieces = roadOf(lane).data().line.pieces();
  return std::all_of(pieces.begin(), pieces.end(), [](const road::PlanPiece& piece) {
    if (std::holds_alternative<road::LineShape>(piece.shape)) return true;
    const auto* arc = std::get_if<road::ArcShape>(&piece.shape);
    return arc != nullptr && arc->curvature_1pm == 0;
  });
}

glm::dvec3 LaneMap::across(const glm::dvec3& world) const {
  const RoadSpot on = project(world);
  const road::Road& road = roads_.road(on.road);
  return road.surfacePoint(on.s, road.leftEdge_m(on.s) + road.rightEdge_m(on.s) - on.t);
}

}  // namespace nightfog::scenario
