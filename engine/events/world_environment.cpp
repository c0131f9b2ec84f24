#include "engine/events/world_environment.hpp"

#include <algorithm>
#include <cmath>

#include "engine/scenario/box_relations.hpp"

namespace nightfog::events {

using expression::Value;

namespace {

scenario::BoxInMotion boxOf(const world::ActorView& actor) {
  return {{actor.worldFromActor, actor.boxCentre, actor.boxSize}, actor.velocity_mps};
}

}  // namespace

WorldEnvironment::WorldEnvironment(const world::World& world, const scenario::Scenario& scenario,
                                   const std::vector<std::string>& cast,
                                   const std::map<std::string, Happening>& happenings)
    : world_(world), scenario_(scenario), cast_(cast), happenings_(happenings) {}

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

std::optional<Value> WorldEnvironment::ofOne(std::string_view function, const world::ActorView& a) const {
  if (function == "acceleration") return Value(a.acceleration_mps2);
  if (function == "travelled") return Value(a.travelled_m);
  if (function == "standing") return Value(a.standing_s);
  if (function == "off_road") return Value(a.offRoad_s);
  if (function == "at_road_end") return Value(a.atRoadEnd_s);
  return std::nullopt;
}

std::optional<Value> WorldEnvironment::ofOrigins(std::string_view function, const world::ActorView& a,
                                                 std::string_view other) const {
  const bool toPoint = function == "apart_from" || function == "ahead_to";
  if (!toPoint && function != "ahead" && function != "to_left" && function != "apart" && function != "along_road")
    return std::nullopt;
  const std::optional<Value> nothing(std::in_place);  // known to be not a value
  glm::dvec3 to(0);
  if (toPoint) {
    const auto point = scenario_.points.find(std::string(other));
    if (point == scenario_.points.end()) return nothing;
    to = point->second;
  } else {
    const auto b = actor(other);
    if (!b) return nothing;
    to = b->worldFromActor.translation;
  }
  const glm::dvec3 there = a.worldFromActor.inverse() * to;
  if (function == "apart" || function == "apart_from") {
    const glm::dvec3 between = to - a.worldFromActor.translation;
    return Value(std::hypot(between.x, between.y));
  }
  if (function == "ahead" || function == "ahead_to") return Value(there.x);
  if (function == "to_left") return Value(there.y);
  const auto own = scenario_.map.locate(a.worldFromActor.translation), its = scenario_.map.locate(to);
  if (!own || !its || own->road != its->road) return nothing;
  const glm::dvec3 along = scenario_.map.road(own->road).pose(own->s).rotate({1, 0, 0});
  const bool looksAlongS = glm::dot(along, a.worldFromActor.rotate({1, 0, 0})) >= 0;
  return Value(looksAlongS ? its->s - own->s : own->s - its->s);
}

Value WorldEnvironment::lanesBeside(const world::ActorView& a, bool toLeft) const {
  const auto here = scenario_.map.locate(a.worldFromActor.translation);
  if (!here) return {};
  const road::Road& road = scenario_.map.road(here->road);
  const road::Lane* own = road.laneAt(here->s, here->t);
  if (own == nullptr) return {};
  const int step = toLeft != road.isAgainstS(own->id) ? 1 : -1;  // ids ascend to the left of the reference line
  int count = 0;
  for (int id = own->id + step; id != 0; id += step) {
    const road::Lane* beside = road.section(here->s).find(id);
    if (beside == nullptr || !road::isDrivable(beside->kind)) break;
    ++count;
  }
  return static_cast<double>(count);
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
  if (const auto own = ofOne(function, *a)) return *own;
  if (function == "lanes_left" || function == "lanes_right") return lanesBeside(*a, function == "lanes_left");
  if (function == "closing") {
    const auto other = actor(arguments[1].name);
    const glm::dvec3 heading = a->worldFromActor.rotate({1, 0, 0});
    return other ? Value(glm::dot(a->velocity_mps - other->velocity_mps, heading)) : Value();
  }
  if (arguments.size() > 1) {
    if (const auto value = ofOrigins(function, *a, arguments[1].name)) return *value;
  }
  std::optional<scenario::BoxInMotion> b;
  if (arguments.size() > 1) {
    if (const auto other = actor(arguments[1].name)) b = boxOf(*other);
  }
  return scenario::relation(scenario_, function, boxOf(*a), b,
                            arguments.size() > 1 ? arguments[1].name : std::string_view());
}

}  // namespace nightfog::events
