#include "engine/events/world_environment.hpp"

#include <algorithm>
#include <cmath>

#include "engine/scenario/line_of_sight.hpp"

namespace nightfog::events {

using expression::Value;

namespace {

scenario::PlacedBox boxOf(const world::ActorView& actor) {
  return {actor.worldFromActor, actor.boxCentre, actor.boxSize};
}

double flatLength(const glm::dvec3& v) {
  return std::hypot(v.x, v.y);
}

/// Corners of a box seen from above.
std::array<glm::dvec2, 4> cornersOf(const scenario::PlacedBox& box) {
  std::array<glm::dvec2, 4> corners;
  for (int i = 0; i < 4; ++i) {
    const glm::dvec3 half(box.size.x * (i & 1 ? 0.5 : -0.5), box.size.y * (i & 2 ? 0.5 : -0.5), 0);
    corners[static_cast<size_t>(i)] = glm::dvec2(box.worldFromActor * (box.centre + half));
  }
  return corners;
}

/// Time until two boxes seen from above touch if both keep their velocities: along each axis on which they can be
/// separated the overlap is an interval of time, and they touch in the common part of all of them.
std::optional<double> timeToContact(const world::ActorView& a, const world::ActorView& b) {
  const auto cornersA = cornersOf(boxOf(a)), cornersB = cornersOf(boxOf(b));
  const glm::dvec2 closing = glm::dvec2(b.velocity_mps - a.velocity_mps);
  double from = 0, to = std::numeric_limits<double>::infinity();
  for (const world::ActorView* view : {&a, &b}) {
    for (const glm::dvec3& side : {glm::dvec3(1, 0, 0), glm::dvec3(0, 1, 0)}) {
      const glm::dvec2 axis = glm::normalize(glm::dvec2(view->worldFromActor.rotate(side)));
      double lowA = 1e300, highA = -1e300, lowB = 1e300, highB = -1e300;
      for (int i = 0; i < 4; ++i) {
        const double pa = glm::dot(axis, cornersA[static_cast<size_t>(i)]), pb = glm::dot(axis, cornersB[static_cast<size_t>(i)]);
        lowA = std::min(lowA, pa), highA = std::max(highA, pa);
        lowB = std::min(lowB, pb), highB = std::max(highB, pb);
      }
      const double speed = glm::dot(axis, closing);
      if (speed == 0) {
        if (lowB > highA || highB < lowA) return std::nullopt;
        continue;
      }
      const double t0 = (speed < 0 ? highA - lowB : lowA - highB) / speed;
      const double t1 = (speed < 0 ? lowA - highB : highA - lowB) / speed;
      from = std::max(from, t0);
      to = std::min(to, t1);
    }
  }
  if (from > to) return std::nullopt;
  return from;
}

}  // namespace

WorldEnvironment::WorldEnvironment(const world::World& world, const scenario::Scenario& scenario,
                                   const std::vector<std::string>& cast,
                                   const std::map<std::string, Happening>& happenings)
    : world_(world), scenario_(scenario), cast_(cast), happenings_(happenings) {
  if (scenario.hasRoad) lanes_ = scenario::LaneMap(scenario.road);
}

std::optional<world::ActorView> WorldEnvironment::actor(std::string_view name) const {
  const auto found = std::find(cast_.begin(), cast_.end(), name);
  if (found == cast_.end()) return std::nullopt;
  world::ActorView view = world_.view(ObjectId{static_cast<uint32_t>(found - cast_.begin() + 1)});
  if (!view.isPresent) return std::nullopt;
  return view;
}

Value WorldEnvironment::name(std::string_view name) const {
  if (name == "time") return world_.now().seconds();
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  const auto happening = happenings_.find(std::string(name.substr(0, dot)));
  if (happening == happenings_.end()) return {};
  const std::string_view what = name.substr(dot + 1);
  const Happening& it = happening->second;
  if (what == "started") return it.start.has_value();
  if (what == "ended") return it.end.has_value();
  if (what == "start" && it.start) return it.start->seconds();
  if (what == "end" && it.end) return it.end->seconds();
  return {};
}

bool WorldEnvironment::collided(std::string_view a, std::string_view b) const {
  const auto idOf = [&](std::string_view name) {
    const auto found = std::find(cast_.begin(), cast_.end(), name);
    return ObjectId{static_cast<uint32_t>(found - cast_.begin() + 1)};
  };
  const ObjectId first = std::min(idOf(a), idOf(b)), second = std::max(idOf(a), idOf(b));
  const auto& all = world_.collisions();
  return std::any_of(all.begin(), all.end(),
                     [&](const world::Collision& c) { return c.a == first && c.b == second && c.at <= world_.now(); });
}

Value WorldEnvironment::call(std::string_view function, std::span<const expression::Argument> arguments) const {
  if (function == "elapsed") {
    const auto happening = happenings_.find(std::string(arguments[0].name));
    if (happening == happenings_.end() || !happening->second.start) return {};
    return (world_.now() - *happening->second.start).seconds();
  }
  if (function == "collided") return collided(arguments[0].name, arguments[1].name);
  const auto a = actor(arguments[0].name);
  if (!a) return {};
  const scenario::PlacedBox box = boxOf(*a);
  const double speed = glm::length(a->velocity_mps);
  if (function == "speed") return speed;
  if (function == "in_lane") {
    const auto lane = lanes_.find(std::string(arguments[1].name));
    if (!lane) return {};
    return lanes_.isInLane(middleOf(box), *lane);
  }
  if (function == "distance_to" || function == "time_to") {
    const auto point = scenario_.points.find(std::string(arguments[1].name));
    if (point == scenario_.points.end()) return {};
    if (function == "distance_to") return flatLength(point->second - middleOf(box));
    const glm::dvec3 heading = a->worldFromActor.rotate({1, 0, 0});
    const double ahead = glm::dot(point->second - middleOf(box), heading) - 0.5 * box.size.x;
    const double closing = glm::dot(a->velocity_mps, heading);
    if (!(closing > 0) || ahead < 0) return {};
    return ahead / closing;
  }
  const auto b = actor(arguments[1].name);
  if (!b) return {};
  const scenario::PlacedBox other = boxOf(*b);
  if (function == "distance") return flatLength(middleOf(other) - middleOf(box));
  if (function == "gap") return gapAlong(box, other, 0);
  if (function == "lateral_gap") return gapAlong(box, other, 1);
  if (function == "headway") return speed > 0 ? Value(gapAlong(box, other, 0) / speed) : Value();
  if (function == "ttc") {
    const auto time = timeToContact(*a, *b);
    return time ? Value(*time) : Value();
  }
  return {};
}

}  // namespace nightfog::events
