// Positions of OpenSCENARIO as places of ours.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/openscenario/importer.hpp"

namespace nightfog::openscenario {
namespace {

/// A lane's id, seen from the road with so many to the left or right: there is no lane 0.
int laneBeside(int lane, int change) {
  const int sum = lane + change;
  if (change == 0 || (sum != 0 && (sum > 0) == (lane > 0))) return sum;
  return change > 0 ? sum + 1 : sum - 1;
}

}  // namespace

double Importer::offsetSign(const road::LaneRef& lane) const {
  return map_.road(lane.road).isAgainstS(lane.lane) ? -1 : 1;
}

std::optional<Spot> Importer::inWorld(const glm::dvec3& at, double heading, bool hasHeight) {
  Spot spot;
  glm::dvec3 place = at;
  if (!hasHeight && !map_.isEmpty()) place.z = map_.height_m(at);
  spot.pose = RigidTransform::fromYawPitchRoll(place, heading);
  return spot;
}

void Importer::orient(Spot& spot, const Element& orientation, double baseHeading) {
  double heading = baseHeading;
  if (orientation) {
    const std::string type = orientation.text("type", defaultsToRelative_ ? "relative" : "absolute");
    const bool isRelative = type == "relative" || !orientation.has("h");
    heading = isRelative ? baseHeading + orientation.number("h") : orientation.number("h");
    spot.roll_rad = orientation.number("r");
    if (std::abs(orientation.number("p")) > 1e-6) orientation.approximated("pitch is that of the ground");
  }
  spot.turn_rad = wrapAngle(heading - baseHeading);
  spot.pose = RigidTransform::fromYawPitchRoll(spot.pose.translation, wrapAngle(heading));
}

std::optional<Spot> Importer::onLane(const Element& position, const std::string& road, int lane, double s,
                                     double offset) {
  const auto index = map_.findRoad(road);
  if (!index) {
    position.refused(map_.isEmpty() ? "there is no map" : fmt::format("the map has no road '{}'", road));
    return std::nullopt;
  }
  Spot spot;
  spot.lane = road::LaneRef{*index, lane};
  const double length = map_.road(*index).length_m();
  spot.s = std::clamp(s, 0.0, length);
  if (std::abs(spot.s - s) > 1e-3)
    position.approximated(fmt::format("s = {} lies beyond the road; its end is taken", s));
  if (!map_.hasLane(*spot.lane, spot.s)) {
    position.refused(fmt::format("road '{}' has no lane {} at s = {}", road, lane, spot.s));
    return std::nullopt;
  }
  spot.offset_m = offset * offsetSign(*spot.lane);
  const double t = map_.laneCentre_t(*spot.lane, spot.s) + offset;
  const double heading = map_.laneCentre(*spot.lane, spot.s).heading_rad;
  spot.pose.translation = map_.point(*index, spot.s, t);
  orient(spot, position.child("Orientation"), heading);
  return spot;
}

std::optional<Spot> Importer::onRoad(uint32_t road, double s, double t, const Element& orientation) {
  Spot spot;
  spot.pose.translation = map_.point(road, std::clamp(s, 0.0, map_.road(road).length_m()), t);
  const road::Lane* lane = map_.road(road).laneAt(s, t);
  double heading = map_.road(road).plan(s).heading_rad;
  if (lane != nullptr && map_.road(road).isAgainstS(lane->id)) heading += kPi;
  orient(spot, orientation, wrapAngle(heading));
  return spot;
}

std::optional<Spot> Importer::onRoute(const Element& position) {
  const Element reference = position.child("RouteRef");
  const Element route = source_.childOrReference(reference, "Route");
  if (!route) return std::nullopt;
  const auto stops = route.children("Waypoint");
  const Element way = position.path({"InRoutePosition", "FromLaneCoordinates"});
  if (stops.empty() || !way) {
    position.refused("only positions FromLaneCoordinates on a route with waypoints are read");
    return std::nullopt;
  }
  auto from = place(stops.front().child("Position"));
  if (!from || !from->lane) return std::nullopt;
  const bool isAgainst = map_.road(from->lane->road).isAgainstS(from->lane->lane);
  const double s = from->s + (isAgainst ? -1 : 1) * way.number("pathS");
  if (s < 0 || s > map_.road(from->lane->road).length_m()) {
    position.refused("the place lies beyond the first road of its route");
    return std::nullopt;
  }
  position.approximated("a place on the route's first road");
  int lane = static_cast<int>(way.number("laneId", from->lane->lane));
  if (!map_.hasLane({from->lane->road, lane}, s)) lane = from->lane->lane;
  return onLane(position, map_.road(from->lane->road).id(), lane, s, way.number("laneOffset"));
}

std::optional<Spot> Importer::place(const Element& position) {
  const Element what = position.first();
  const std::string kind = what.name();
  const Element orientation = what.child("Orientation");
  if (kind == "LanePosition") {
    auto spot = onLane(what, what.text("roadId"), static_cast<int>(what.number("laneId")), what.number("s"),
                       what.number("offset"));
    if (spot) what.supported();
    return spot;
  }
  if (kind == "WorldPosition") {
    what.supported();
    auto spot = inWorld({what.number("x"), what.number("y"), what.number("z")}, what.number("h"), what.has("z"));
    spot->roll_rad = what.number("r");
    return spot;
  }
  if (kind == "RoadPosition") {
    const auto road = map_.findRoad(what.text("roadId"));
    if (!road) {
      what.refused(fmt::format("the map has no road '{}'", what.text("roadId")));
      return std::nullopt;
    }
    what.supported();
    return onRoad(*road, what.number("s"), what.number("t"), orientation);
  }
  if (kind == "RoutePosition") return onRoute(what);
  if (!kind.starts_with("Relative")) {
    what ? what.refused("no such position is known here") : position.refused("it is empty");
    return std::nullopt;
  }
  Entity* of = entity(what, what.text("entityRef"));
  if (of == nullptr) return std::nullopt;
  if (!of->start) {
    what.refused(fmt::format("'{}' has no place yet", of->name));
    return std::nullopt;
  }
  const Spot& base = *of->start;
  if (kind == "RelativeLanePosition" && base.lane) {
    const double along = what.has("dsLane") ? what.number("dsLane") : what.number("ds");
    const double sign = what.has("dsLane") && map_.road(base.lane->road).isAgainstS(base.lane->lane) ? -1 : 1;
    const int lane = laneBeside(base.lane->lane, static_cast<int>(what.number("dLane")));
    auto spot = onLane(what, map_.road(base.lane->road).id(), lane, base.s + sign * along, what.number("offset"));
    if (!spot) return spot;
    // Beside somebody who drives against his lane one drives as he does.
    const bool isAbout = std::cos(base.turn_rad) < 0 && offsetSign(*spot->lane) == offsetSign(*base.lane);
    if (isAbout && orientation.text("type", "relative") == "relative") {
      spot->turn_rad = wrapAngle(spot->turn_rad + kPi);
      spot->pose.rotation = spot->pose.rotation * glm::angleAxis(kPi, glm::dvec3(0, 0, 1));
    }
    what.supported();
    return spot;
  }
  if ((kind == "RelativeRoadPosition" || kind == "RelativeLanePosition") && !map_.isEmpty()) {
    const auto on = map_.locate(base.pose.translation);
    what.supported();
    return onRoad(on->road, on->s + what.number("ds"), on->t + what.number("dt"), orientation);
  }
  if (kind == "RelativeObjectPosition" || kind == "RelativeWorldPosition") {
    const glm::dvec3 offset(what.number("dx"), what.number("dy"), what.number("dz"));
    const bool isBody = kind == "RelativeObjectPosition";
    Spot spot;
    spot.pose.translation = isBody ? base.pose * offset : base.pose.translation + offset;
    orient(spot, orientation, base.pose.yaw_rad());
    what.supported();
    return spot;
  }
  what.refused("its reference lies on no lane");
  return std::nullopt;
}

/// In the running world.
std::optional<RelativeSpot> Importer::relative(const Element& position) {
  const Element what = position.first();
  if (what.name() != "RelativeObjectPosition") return std::nullopt;
  Entity* of = entity(what, what.text("entityRef"));
  if (of == nullptr) return std::nullopt;
  const Element orientation = what.child("Orientation");
  what.supported();
  return RelativeSpot{of->id,
                      what.number("dx"),
                      what.number("dy"),
                      what.number("dz"),
                      orientation.number("h"),
                      orientation.number("r")};
}

std::string Importer::laneName(const road::LaneRef& lane) {
  const std::string value = fmt::format("{}/{}", map_.road(lane.road).id(), lane.lane);
  for (const auto& [name, known] : lanes_) {
    if (known == value) return name;
  }
  const std::string name = identifier(
      fmt::format("road_{}_{}_{}", map_.road(lane.road).id(), lane.lane > 0 ? "left" : "right", std::abs(lane.lane)),
      "lane");
  lanes_.emplace_back(name, value);
  return name;
}

std::string Importer::pointText(const Spot& spot) {
  if (!spot.lane) {
    const glm::dvec3& p = spot.pose.translation;
    return fmt::format("[{}, {}, {}]", metres(p.x), metres(p.y), metres(p.z));
  }
  std::string text = fmt::format("{{lane: {}, s: {}", laneName(*spot.lane), metres(spot.s));
  if (spot.offset_m != 0) text += fmt::format(", offset: {}", metres(spot.offset_m));
  return text + "}";
}

std::string Importer::pointName(const Spot& spot) {
  const std::string text = pointText(spot);
  for (const auto& [name, known] : points_) {
    if (known == text) return name;
  }
  points_.emplace_back(identifier(fmt::format("point_{}", points_.size() + 1), "point"), text);
  return points_.back().first;
}

std::string Importer::placeText(const Spot& spot) {
  if (!spot.lane) {
    const glm::dvec3& p = spot.pose.translation;
    return fmt::format("{{xyz: [{}, {}, {}], heading: {}}}", metres(p.x), metres(p.y), metres(p.z),
                       radians(spot.pose.yaw_rad()));
  }
  std::string text = pointText(spot);
  text.pop_back();
  if (std::abs(std::abs(spot.turn_rad) - kPi) < 1e-3)
    text += ", facing: against";
  else if (std::abs(spot.turn_rad) > 1e-9)
    text += fmt::format(", facing: {{heading: {}}}", radians(spot.turn_rad));
  return text + ", anchor: origin}";
}

}  // namespace nightfog::openscenario
