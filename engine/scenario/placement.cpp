#include "engine/scenario/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/config/suggest.hpp"

namespace nightfog::scenario {

using catalog::AssetInfo;
using config::suggestionHelp;

namespace {

glm::dvec2 turned(glm::dvec2 v, double angle_rad) {
  const double c = std::cos(angle_rad), s = std::sin(angle_rad);
  return {c * v.x - s * v.y, s * v.x + c * v.y};
}

/// Half the extent, along x, of a box turned by an angle.
double halfExtent(const AssetInfo& asset, double angle_rad) {
  return 0.5 * (std::abs(std::cos(angle_rad)) * asset.boxSize.x + std::abs(std::sin(angle_rad)) * asset.boxSize.y);
}

/// x of a point or box's middle in the frame of a reference, edge to edge.
template <class R>
double alongReference(const R& place, const AssetInfo& reference, double half_m) {
  const double edge_m = 0.5 * reference.boxSize.x + half_m;
  return reference.boxCentre.x + (place.ahead_m ? edge_m + *place.ahead_m : -edge_m - place.behind_m.value_or(0));
}

}  // namespace

void checkActorReferences(const ScenarioFile& file, config::Diagnostics& diagnostics) {
  std::vector<std::string> ids;
  for (const auto& [id, actor] : file.actors) ids.push_back(id);
  const auto check = [&](const Reference& reference) {
    if (std::find(ids.begin(), ids.end(), reference.value) != ids.end()) return;
    auto& d = diagnostics.error("E0412", reference.node->place(), fmt::format("unknown actor '{}'", reference.value))
                  .withHelp(suggestionHelp(reference.value, ids));
    const auto near = config::suggest(reference.value, ids);
    const auto at = near ? std::find(ids.begin(), ids.end(), *near) : ids.end();
    if (at != ids.end())
      d.withRelated(file.actors[static_cast<size_t>(at - ids.begin())].second.node->keyPlace(),
                    "similar id declared here");
  };
  const auto checkPoint = [&](const Point& point) {
    if (const auto* relative = std::get_if<PointRelative>(&point)) check(relative->relativeTo);
  };
  for (const auto& [id, actor] : file.actors) {
    if (!actor.isSound) continue;
    if (const auto* relative = std::get_if<PlaceRelative>(&actor.place)) check(relative->relativeTo);
    if (const auto* walk = std::get_if<WalkToFile>(&actor.behavior)) checkPoint(walk->to);
    if (const auto* path = std::get_if<FollowPathFile>(&actor.behavior))
      std::for_each(path->points.begin(), path->points.end(), checkPoint);
  }
}

Placement::Placement(const ScenarioFile& file, const std::vector<const AssetInfo*>& assets,
                     const road::RoadNetwork& map, config::Diagnostics& diagnostics)
    : file_(file), assets_(assets), map_(map), diagnostics_(diagnostics), spots_(file.actors.size()) {
  for (size_t i = 0; i < file.actors.size(); ++i) {
    indexOf_.emplace(file.actors[i].first, i);
    if (assets[i] == nullptr || !file.actors[i].second.isSound) spots_[i].state = State::kFailed;
  }
}

std::vector<Actor> Placement::actors() {
  std::vector<Actor> out;
  for (size_t i = 0; i < spots_.size(); ++i) {
    if (!place(i)) continue;
    Actor actor;
    actor.id = file_.actors[i].first;
    actor.asset = assets_[i]->id;
    actor.worldFromActor = spots_[i].worldFromActor;
    if (behave(i, actor.behavior)) out.push_back(std::move(actor));
  }
  return out;
}

void Placement::settle(size_t actor, glm::dvec2 middle, double heading_rad) {
  const AssetInfo& asset = *assets_[actor];
  spots_[actor].heading_rad = heading_rad;
  // It stands as the ground lies under its middle.
  spots_[actor].worldFromActor = map_.standing(glm::dvec3(middle, 0), heading_rad) *
                                 RigidTransform::fromTranslation({-asset.boxCentre.x, -asset.boxCentre.y, 0});
}

bool Placement::place(size_t actor) {
  Spot& spot = spots_[actor];
  if (spot.state != State::kWaiting) return spot.state == State::kDone;
  spot.state = State::kOngoing;
  const bool ok = std::visit([&](const auto& p) { return placeAt(actor, p); }, file_.actors[actor].second.place);
  spots_[actor].state = ok ? State::kDone : State::kFailed;
  return ok;
}

bool Placement::placeAt(size_t actor, const PlaceXyz& place) {
  spots_[actor].heading_rad = place.heading_rad;
  spots_[actor].worldFromActor = RigidTransform::fromYawPitchRoll(place.xyz, place.heading_rad);
  return true;
}

bool Placement::placeAt(size_t actor, const PlaceRelative& place) {
  size_t other = 0;
  if (!findPlaced(place.relativeTo, other)) return false;
  const AssetInfo& reference = *assets_[other];
  const double x = alongReference(place, reference, halfExtent(*assets_[actor], place.heading_rad));
  const Spot& from = spots_[other];
  const glm::dvec2 middle = glm::dvec2(from.worldFromActor.translation) +
                            turned({x, reference.boxCentre.y + place.lateral_m}, from.heading_rad);
  settle(actor, middle, from.heading_rad + place.heading_rad);
  return true;
}

bool Placement::placeAt(size_t actor, const PlaceLane& place) {
  OnLane on;
  if (!findLane(place.lane, place.s_m, place.offset_m, on)) return false;
  double heading = on.heading_rad;
  if (std::holds_alternative<FacingAgainst>(place.facing)) heading += kPi;
  if (const auto* facing = std::get_if<FacingHeading>(&place.facing)) heading += facing->heading_rad;
  settle(actor, on.place, wrapAngle(heading));
  return true;
}

bool Placement::findPlaced(const Reference& reference, size_t& index) {
  const auto found = indexOf_.find(reference.value);
  if (found == indexOf_.end()) return false;
  index = found->second;
  if (spots_[index].state == State::kOngoing) {
    diagnostics_
        .error("E0410", reference.node->place(),
               fmt::format("'{}' is placed relative to what is placed relative to it", reference.value))
        .withHelp("give one of the circle a place of its own");
    return false;
  }
  return place(index);
}

bool Placement::findLane(const Reference& reference, double s_m, double offset_m, OnLane& out) {
  if (map_.isEmpty()) {
    diagnostics_.error("E0413", reference.node->place(), "a place on a lane, and the world has no road")
        .withHelp("use `xyz`, or add a road");
    return false;
  }
  const std::optional<road::LaneRef> lane = map_.findLane(reference.value);
  if (!lane) {
    diagnostics_.error("E0409", reference.node->place(), fmt::format("unknown lane '{}'", reference.value))
        .withHelp(suggestionHelp(reference.value, map_.laneNames()));
    return false;
  }
  const double length_m = map_.road(lane->road).length_m();
  if (s_m > length_m || !map_.hasLane(*lane, s_m)) {
    const config::Node* s = reference.node->parent->find("s");
    const char* where = s_m > length_m ? "lies beyond the road's end" : "is where the lane is not";
    diagnostics_
        .error("E0601", s->place(),
               fmt::format("s = {} {}", config::formatQuantity(s_m, config::Dimension::kLength), where))
        .withHelp(fmt::format("the road is {} long", config::formatQuantity(length_m, config::Dimension::kLength)));
    return false;
  }
  const road::LanePose pose = map_.laneCentre(*lane, s_m);
  out.place = glm::dvec2(pose.worldFromLane * glm::dvec3(0, offset_m, 0));
  out.heading_rad = pose.heading_rad;
  return true;
}

bool Placement::resolve(const Point& point, glm::dvec3& out) {
  glm::dvec2 at(0);
  if (const auto* xyz = std::get_if<PointXyz>(&point)) {
    out = xyz->xyz;
    return true;
  }
  if (const auto* relative = std::get_if<PointRelative>(&point)) {
    size_t other = 0;
    if (!findPlaced(relative->relativeTo, other)) return false;
    const AssetInfo& reference = *assets_[other];
    const glm::dvec2 local(alongReference(*relative, reference, 0), reference.boxCentre.y + relative->lateral_m);
    at = glm::dvec2(spots_[other].worldFromActor.translation) + turned(local, spots_[other].heading_rad);
  } else {
    const auto& lane = std::get<PointLane>(point);
    OnLane on;
    if (!findLane(lane.lane, lane.s_m, lane.offset_m, on)) return false;
    at = on.place;
  }
  out = glm::dvec3(at, map_.height_m(glm::dvec3(at, 0)));
  return true;
}

bool Placement::behave(size_t actor, Behavior& out) {
  const RigidTransform& pose = spots_[actor].worldFromActor;
  const BehaviorFile& behavior = file_.actors[actor].second.behavior;
  const auto inWorld = [&](const FrameVector& v) { return v.inBodyFrame ? pose.rotate(v.value) : v.value; };
  if (const auto* follow = std::get_if<FollowLaneFile>(&behavior)) {
    if (map_.isEmpty()) {
      diagnostics_
          .error("E0413", file_.actors[actor].second.node->find("behavior")->children.front()->keyPlace(),
                 "'follow_lane' needs a road, and the world has none")
          .withHelp("use follow_path, or add a road");
      return false;
    }
    const glm::dvec3 middle = pose * glm::dvec3(assets_[actor]->boxCentre.x, assets_[actor]->boxCentre.y, 0);
    const road::NetworkPoint on = *map_.locate(middle);
    const double alongRoad = std::cos(spots_[actor].heading_rad - map_.road(on.road).plan(on.s).heading_rad);
    out = FollowRoad{follow->speed_mps, on.t, alongRoad < 0};
  } else if (const auto* path = std::get_if<FollowPathFile>(&behavior)) {
    FollowPath p{{pose.translation}, path->speed_mps, path->start};
    for (const Point& point : path->points) {
      glm::dvec3 at(0);
      if (!resolve(point, at)) return false;
      p.points.push_back(at);
    }
    out = std::move(p);
  } else if (const auto* walk = std::get_if<WalkToFile>(&behavior)) {
    WalkTo w{glm::dvec3(0), walk->speed_mps, walk->start};
    if (!resolve(walk->to, w.target)) return false;
    out = w;
  } else if (const auto* free = std::get_if<FreeFile>(&behavior)) {
    out = FreeBody{inWorld(free->velocity_mps), inWorld(free->spin_radps)};
  } else if (const auto* constant = std::get_if<ConstantMotionFile>(&behavior)) {
    out = ConstantMotion{inWorld(constant->velocity_mps), inWorld(constant->spin_radps)};
  } else {
    out = Parked{};
  }
  return true;
}

}  // namespace nightfog::scenario
