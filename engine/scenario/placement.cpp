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

void reportUnknown(const Reference& reference, const char* kind, const char* code,
                   const std::vector<std::pair<std::string, config::Place>>& known, config::Diagnostics& diagnostics) {
  std::vector<std::string> ids;
  for (const auto& [id, place] : known) ids.push_back(id);
  if (std::find(ids.begin(), ids.end(), reference.value) != ids.end()) return;
  auto& d = diagnostics.error(code, reference.node->place(), fmt::format("unknown {} '{}'", kind, reference.value))
                .withHelp(suggestionHelp(reference.value, ids));
  const auto near = config::suggest(reference.value, ids);
  if (!near) return;
  d.withFix(*near);
  const auto at = std::find(ids.begin(), ids.end(), *near);
  d.withRelated(known[static_cast<size_t>(at - ids.begin())].second, "similar id declared here");
}

/// Walks every reference of a file's places.
class ReferenceCheck {
 public:
  ReferenceCheck(const ScenarioFile& file, config::Diagnostics& diagnostics) : file_(file), diagnostics_(diagnostics) {
    for (const auto& [id, actor] : file.actors) actors_.emplace_back(id, actor.node->keyPlace());
    for (const auto& [id, point] : file.pointNodes) points_.emplace_back(id, point->keyPlace());
  }

  void check() {
    for (const auto& [id, actor] : file_.actors) {
      if (!actor.isSound) continue;
      if (const auto* place = std::get_if<PlaceRelative>(&actor.place)) {
        this->actor(place->relativeTo);
        facing(place->facing);
      }
      if (const auto* place = std::get_if<PlaceLane>(&actor.place)) facing(place->facing);
      if (const auto* walk = std::get_if<WalkToFile>(&actor.behavior)) point(walk->to);
      if (const auto* towed = std::get_if<TowedFile>(&actor.behavior)) this->actor(towed->by);
      if (const auto* path = std::get_if<FollowPathFile>(&actor.behavior)) {
        for (const Point& p : path->points) point(p);
      }
      if (const auto* trajectory = std::get_if<FollowTrajectoryFile>(&actor.behavior)) {
        for (const auto& vertex : trajectory->vertices) point(vertex.point);
      }
      if (const auto* drive = std::get_if<DriveFile>(&actor.behavior)) {
        for (const Point& p : drive->through) point(p);
      }
    }
    for (const auto& [id, p] : file_.points) point(p);
    for (const EventFile& event : file_.events) {
      for (const auto& [id, commands] : event.commands) {
        for (const CommandFile& command : commands) action(command.action);
      }
    }
  }

 private:
  void actor(const Reference& reference) { reportUnknown(reference, "actor", "E0412", actors_, diagnostics_); }
  void point(const Point& point) {
    if (const auto* relative = std::get_if<PointRelative>(&point)) actor(relative->relativeTo);
    if (const auto* named = std::get_if<PointNamed>(&point))
      reportUnknown(named->name, "point", "E0416", points_, diagnostics_);
  }
  void facing(const Facing& facing) {
    const auto* toward = std::get_if<FacingToward>(&facing);
    if (toward == nullptr) return;
    std::vector<std::pair<std::string, config::Place>> both = points_;
    both.insert(both.end(), actors_.begin(), actors_.end());
    reportUnknown(toward->of, "point or actor", "E0416", both, diagnostics_);
  }
  void action(const ActionFile& action) {
    if (const auto* keep = std::get_if<KeepGapFile>(&action)) actor(keep->actor);
    if (const auto* speed = std::get_if<SetSpeedFile>(&action); speed != nullptr && speed->of) actor(*speed->of);
    if (const auto* lane = std::get_if<ChangeLaneFile>(&action); lane != nullptr && lane->beside) actor(*lane->beside);
    if (const auto* teleport = std::get_if<TeleportFile>(&action); teleport != nullptr && teleport->of)
      actor(*teleport->of);
    if (const auto* arrive = std::get_if<ArriveWithFile>(&action)) {
      actor(arrive->actor);
      point(arrive->there);
      point(arrive->here);
    }
    if (const auto* trajectory = std::get_if<FollowTrajectoryAction>(&action)) {
      for (const VertexAction& vertex : trajectory->vertices) point(vertex.point);
      if (trajectory->start) point(*trajectory->start);
    }
    if (const auto* walk = std::get_if<WalkToAction>(&action)) point(walk->to);
    if (const auto* route = std::get_if<FollowRouteAction>(&action)) {
      for (const Point& p : route->through) point(p);
    }
    if (const auto* drive = std::get_if<DriveFile>(&action)) {
      for (const Point& p : drive->through) point(p);
    }
    if (const auto* path = std::get_if<FollowPathAction>(&action)) {
      for (const Point& p : path->points) point(p);
    }
  }

  const ScenarioFile& file_;
  config::Diagnostics& diagnostics_;
  std::vector<std::pair<std::string, config::Place>> actors_, points_;
};

}  // namespace

void checkPlaceReferences(const ScenarioFile& file, config::Diagnostics& diagnostics) {
  ReferenceCheck(file, diagnostics).check();
}

Placement::Placement(const ScenarioFile& file, const std::vector<const AssetInfo*>& assets, const LaneMap& lanes,
                     config::Diagnostics& diagnostics)
    : file_(file), assets_(assets), lanes_(lanes), diagnostics_(diagnostics), spots_(file.actors.size()) {
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

std::map<std::string, glm::dvec3> Placement::points() {
  std::map<std::string, glm::dvec3> out;
  for (const auto& [name, point] : file_.points) {
    Located at;
    Reference reference;
    reference.value = name;
    if (findPoint(reference, at)) out[name] = at.pose.translation;
  }
  return out;
}

void Placement::settle(size_t actor, glm::dvec2 middle, double heading_rad) {
  const AssetInfo& asset = *assets_[actor];
  spots_[actor].heading_rad = heading_rad;
  // It stands as the ground lies under its middle.
  spots_[actor].worldFromActor = lanes_.standing(glm::dvec3(middle, 0), heading_rad) *
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

template <class R>
bool Placement::beside(const R& place, size_t other, double half_m, glm::dvec2& middle, double& base_rad) {
  const AssetInfo& reference = *assets_[other];
  const Spot& from = spots_[other];
  const bool isAhead = place.ahead_m.has_value();
  const double gap_m = isAhead ? *place.ahead_m : place.behind_m.value_or(0);
  const glm::dvec2 origin(from.worldFromActor.translation);
  if (!place.lane) {
    const double edge_m = 0.5 * reference.boxSize.x + half_m + gap_m;
    const double x = reference.boxCentre.x + (isAhead ? edge_m : -edge_m);
    middle = origin + turned({x, reference.boxCentre.y + place.lateral_m}, from.heading_rad);
    base_rad = from.heading_rad;
    return true;
  }
  // Along the lane: s of the reference's middle, its extent along the road there, and on from its edge.
  const auto lane = findLane(*place.lane);
  if (!lane) return false;
  const glm::dvec2 otherMiddle = origin + turned(glm::dvec2(reference.boxCentre), from.heading_rad);
  const RoadSpot on = lanes_.project(glm::dvec3(otherMiddle, from.worldFromActor.translation.z));
  const double reach_m = halfExtent(reference, from.heading_rad - lanes_.roadHeading_rad(on)) + half_m + gap_m;
  // Ahead is where the reference looks.
  const bool looksAlongS = std::cos(from.heading_rad - lanes_.roadHeading_rad(on)) >= 0;
  const double s = on.s + (isAhead == looksAlongS ? reach_m : -reach_m);
  LaneSpot spot;
  if (!spotOnLane(*place.lane, s, place.lateral_m, spot)) return false;
  middle = glm::dvec2(spot.position);
  base_rad = spot.heading_rad;
  return true;
}

bool Placement::placeAt(size_t actor, const PlaceRelative& place) {
  size_t other = 0;
  if (!findPlaced(place.relativeTo, other)) return false;
  glm::dvec2 middle(0);
  double base = 0, heading = 0;
  if (!beside(place, other, halfExtent(*assets_[actor], 0), middle, base) ||
      !face(actor, place.facing, base, middle, heading))
    return false;
  // How far the box reaches depends on how it is turned, and who faces a point turns with its place: a few rounds
  // settle it (the change of direction over a fraction of a box's length is small).
  constexpr int kRounds = 8;
  for (int i = 0; i < kRounds; ++i) {
    const double half_m = halfExtent(*assets_[actor], heading - base);
    if (!beside(place, other, half_m, middle, base) || !face(actor, place.facing, base, middle, heading)) return false;
  }
  settle(actor, middle, heading);
  return true;
}

bool Placement::placeAt(size_t actor, const PlaceLane& place) {
  LaneSpot on;
  if (!spotOnLane(place.lane, place.s_m, place.offset_m, on)) return false;
  double heading = 0;
  if (!face(actor, place.facing, on.heading_rad, glm::dvec2(on.position), heading)) return false;
  if (place.isOrigin) {
    spots_[actor].heading_rad = heading;
    spots_[actor].worldFromActor = lanes_.standing(on.position, heading);
    spots_[actor].worldFromActor.translation = on.position;
    return true;
  }
  settle(actor, glm::dvec2(on.position), heading);
  return true;
}

bool Placement::resolve(const ActorPlace& place, RigidTransform& out) {
  if (const auto* xyz = std::get_if<PlaceXyz>(&place)) {
    out = RigidTransform::fromYawPitchRoll(xyz->xyz, xyz->heading_rad);
    return true;
  }
  const auto& lane = std::get<PlaceLane>(place);
  LaneSpot on;
  if (!spotOnLane(lane.lane, lane.s_m, lane.offset_m, on)) return false;
  double heading = on.heading_rad;
  if (std::holds_alternative<FacingAgainst>(lane.facing)) heading += kPi;
  if (const auto* turned = std::get_if<FacingHeading>(&lane.facing)) heading += turned->heading_rad;
  out = lanes_.standing(on.position, wrapAngle(heading));
  out.translation = on.position;
  return true;
}

bool Placement::face(size_t actor, const Facing& facing, double base_rad, glm::dvec2 middle, double& out) {
  out = base_rad;
  if (std::holds_alternative<FacingAgainst>(facing)) out += kPi;
  if (const auto* heading = std::get_if<FacingHeading>(&facing)) out += heading->heading_rad;
  const auto* toward = std::get_if<FacingToward>(&facing);
  if (toward != nullptr) {
    glm::dvec2 target(0);
    if (const auto actorAt = indexOf_.find(toward->of.value); actorAt != indexOf_.end()) {
      if (actorAt->second == actor) {
        diagnostics_.error("E0410", toward->of.node->place(), "nobody faces themselves")
            .withHelp("name another actor, or a point");
        return false;
      }
      size_t other = 0;
      if (!findPlaced(toward->of, other)) return false;
      target = glm::dvec2(spots_[other].worldFromActor * glm::dvec3(glm::dvec2(assets_[other]->boxCentre), 0));
    } else {
      Located point;
      if (!findPoint(toward->of, point)) return false;
      target = glm::dvec2(point.pose.translation);
    }
    out = std::atan2(target.y - middle.y, target.x - middle.x);
  }
  out = wrapAngle(out);
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

bool Placement::findPoint(const Reference& reference, Located& out) {
  const auto file = std::find_if(file_.points.begin(), file_.points.end(),
                                 [&](const auto& entry) { return entry.first == reference.value; });
  if (file == file_.points.end()) return false;
  Located& known = points_[reference.value];
  if (known.state == State::kOngoing) {
    if (reference.node != nullptr)
      diagnostics_.error("E0410", reference.node->place(), fmt::format("'{}' leads back to itself", reference.value))
          .withHelp("give one of the circle a place of its own");
    return false;
  }
  if (known.state == State::kWaiting) {
    known.state = State::kOngoing;
    Located found;
    const bool ok = resolve(file->second, found.pose, found.lane);
    found.state = ok ? State::kDone : State::kFailed;
    points_[reference.value] = found;
  }
  out = points_[reference.value];
  return out.state == State::kDone;
}

std::string Placement::laneOfPoint(const std::string& name) const {
  const auto at = points_.find(name);
  return at == points_.end() ? std::string() : at->second.lane;
}

std::optional<NamedLane> Placement::findLane(const Reference& reference) {
  if (!lanes_.hasRoad()) {
    diagnostics_.error("E0413", reference.node->place(), "a place on a lane, and the world has no road")
        .withHelp("use `xyz`, or add a road");
    return std::nullopt;
  }
  const auto lane = lanes_.find(reference.value);
  if (!lane) {
    auto& d = diagnostics_.error("E0409", reference.node->place(), fmt::format("unknown lane '{}'", reference.value))
                  .withHelp(suggestionHelp(reference.value, lanes_.names()));
    if (const auto near = config::suggest(reference.value, lanes_.names())) d.withFix(*near);
  }
  return lane;
}

bool Placement::spotOnLane(const Reference& reference, double s_m, double offset_m, LaneSpot& out) {
  const auto lane = findLane(reference);
  if (!lane) return false;
  const double length_m = lanes_.length_m(*lane);
  if (s_m < 0 || s_m > length_m || !lanes_.exists(*lane, s_m)) {
    const config::Node* s = reference.node->parent->find("s");
    const char* where = s_m < 0          ? "lies before the road's beginning"
                        : s_m > length_m ? "lies beyond the road's end"
                                         : "is where the lane is not";
    diagnostics_
        .error("E0601", s != nullptr ? s->place() : reference.node->place(),
               fmt::format("s = {} {}", config::formatQuantity(s_m, config::Dimension::kLength), where))
        .withHelp(fmt::format("the road is {} long", config::formatQuantity(length_m, config::Dimension::kLength)));
    return false;
  }
  out = lanes_.at(*lane, s_m, offset_m);
  return true;
}

bool Placement::resolve(const Point& point, glm::dvec3& out) {
  RigidTransform pose;
  std::string lane;
  const bool ok = resolve(point, pose, lane);
  out = pose.translation;
  return ok;
}

bool Placement::resolve(const Point& point, RigidTransform& out, std::string& lane) {
  if (const auto* xyz = std::get_if<PointXyz>(&point)) {
    out = RigidTransform::fromTranslation(xyz->xyz);
    return true;
  }
  if (const auto* named = std::get_if<PointNamed>(&point)) {
    Located found;
    if (!findPoint(named->name, found)) return false;
    out = found.pose;
    lane = found.lane;
    return true;
  }
  if (const auto* relative = std::get_if<PointRelative>(&point)) {
    size_t other = 0;
    glm::dvec2 at(0);
    double heading = 0;
    if (!findPlaced(relative->relativeTo, other) || !beside(*relative, other, 0, at, heading)) return false;
    const double height = lanes_.groundHeight(glm::dvec3(at, 0));
    out = RigidTransform::fromYawPitchRoll(glm::dvec3(at, height), heading);
    if (relative->lane) lane = relative->lane->value;
    return true;
  }
  const auto& place = std::get<PointLane>(point);
  LaneSpot on;
  if (!spotOnLane(place.lane, place.s_m, place.offset_m, on)) return false;
  out = RigidTransform::fromYawPitchRoll(on.position, on.heading_rad);
  lane = place.lane.value;
  return true;
}

glm::dvec3 Placement::toWorld(const FrameVector& vector, const RigidTransform& at) const {
  if (vector.frame == FrameVector::Frame::kMap) return vector.value;
  if (vector.frame == FrameVector::Frame::kBody || !lanes_.hasRoad()) return at.rotate(vector.value);
  const double heading = lanes_.roadHeading_rad(lanes_.project(at.translation));
  return RigidTransform::fromYawPitchRoll(glm::dvec3(0), heading).rotate(vector.value);
}

bool Placement::resolve(const DriveFile& drive, const AssetInfo& asset, const config::Node& node, Drive& out) {
  if (!lanes_.hasRoad()) {
    diagnostics_.error("E0413", node.keyPlace(), "'drive' needs a road, and the world has none")
        .withHelp("use follow_path or walk_to, or add a road");
    return false;
  }
  if (asset.wheels.empty()) {
    diagnostics_.error("E0425", node.keyPlace(), fmt::format("'{}' has no wheels to drive on", asset.id))
        .withHelp("people walk_to or cross_road");
    return false;
  }
  out = {drive.speed_mps,         drive.initialSpeed_mps,  drive.headway_s,    drive.standstillGap_m,
         drive.acceleration_mps2, drive.deceleration_mps2, drive.changesLanes, {}};
  for (const Point& point : drive.through) {
    glm::dvec3 at(0);
    if (!resolve(point, at)) return false;
    out.through.push_back(at);
  }
  return true;
}

bool Placement::behave(size_t actor, Behavior& out) {
  const RigidTransform& pose = spots_[actor].worldFromActor;
  const ActorFile& file = file_.actors[actor].second;
  const BehaviorFile& behavior = file.behavior;
  const auto needsRoad = [&](const char* name) {
    if (lanes_.hasRoad()) return true;
    diagnostics_
        .error("E0413", file.node->find("behavior")->children.front()->keyPlace(),
               fmt::format("'{}' needs a road, and the world has none", name))
        .withHelp("use follow_path or walk_to, or add a road");
    return false;
  };
  if (const auto* follow = std::get_if<FollowLaneFile>(&behavior)) {
    if (!needsRoad("follow_lane")) return false;
    const auto* onLane = std::get_if<PlaceLane>(&file.place);
    const bool isOrigin = onLane != nullptr && onLane->isOrigin;
    const glm::dvec3 middle =
        isOrigin ? pose.translation : pose * glm::dvec3(assets_[actor]->boxCentre.x, assets_[actor]->boxCentre.y, 0);
    const RoadSpot on = lanes_.project(middle);
    const double alongRoad = std::cos(spots_[actor].heading_rad - lanes_.roadHeading_rad(on));
    out = FollowRoad{follow->speed_mps, on.t, alongRoad < 0, follow->stopsAtEnd};
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
  } else if (const auto* cross = std::get_if<CrossRoadFile>(&behavior)) {
    if (!needsRoad("cross_road")) return false;
    out = WalkTo{lanes_.across(pose.translation), cross->speed_mps, cross->start};
  } else if (const auto* trajectory = std::get_if<FollowTrajectoryFile>(&behavior)) {
    FollowTrajectory t{{{SimTime{}, pose.translation}}};
    for (const TrajectoryVertexFile& vertex : trajectory->vertices) {
      glm::dvec3 at(0);
      if (!resolve(vertex.point, at)) return false;
      t.vertices.push_back({vertex.at, at});
    }
    out = std::move(t);
  } else if (const auto* towed = std::get_if<TowedFile>(&behavior)) {
    size_t by = 0;
    if (!findPlaced(towed->by, by)) return false;
    for (size_t next = by, steps = 0; next != actor;) {
      const auto* pulled = std::get_if<TowedFile>(&file_.actors[next].second.behavior);
      const auto at = pulled == nullptr ? indexOf_.end() : indexOf_.find(pulled->by.value);
      if (at == indexOf_.end()) break;
      next = at->second;
      if (next != actor && ++steps < file_.actors.size()) continue;
      by = actor;
      break;
    }
    if (by == actor) {
      diagnostics_.error("E0410", towed->by.node->place(), fmt::format("'{}' pulls what pulls it", towed->by.value))
          .withHelp("let the first of a train drive by itself");
      return false;
    }
    out = Towed{towed->by.value, towed->hitch_m, towed->coupler_m};
  } else if (const auto* drive = std::get_if<DriveFile>(&behavior)) {
    Drive d;
    if (!resolve(*drive, *assets_[actor], *file.node->find("behavior")->children.front(), d)) return false;
    out = std::move(d);
  } else if (const auto* free = std::get_if<FreeFile>(&behavior)) {
    out = FreeBody{toWorld(free->velocity_mps, pose), toWorld(free->spin_radps, pose)};
  } else if (const auto* constant = std::get_if<ConstantMotionFile>(&behavior)) {
    out = ConstantMotion{toWorld(constant->velocity_mps, pose), toWorld(constant->spin_radps, pose)};
  } else {
    out = Parked{};
  }
  return true;
}

}  // namespace nightfog::scenario
