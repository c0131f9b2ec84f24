// Carrying out what a director says.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/error.hpp"
#include "engine/world/shape.hpp"
#include "engine/world/track_motion.hpp"
#include "engine/world/trajectory.hpp"
#include "engine/world/world_state.hpp"

namespace nightfog::world {
namespace {

constexpr double kAtOnce = std::numeric_limits<double>::infinity();
/// A change of lane goes at least this far along, so that it stays a way that wheels can take.
constexpr double kShortestShift_m = 5.0;

[[noreturn]] void refuse(const Player& player, const std::string& what, std::string help) {
  throw Error(ExitCode::kDiagnostics, fmt::format("actor '{}' {}", player.name, what), std::move(help));
}

Pace& paceOf(Player& player) {
  Pace* pace = player.motion && player.kind != BodyKind::kFree ? player.motion->pace() : nullptr;
  if (pace == nullptr) refuse(player, "goes no way whose speed could change", "let it follow a lane or a path first");
  return *pace;
}

/// Each once, however many of its lanes the way takes.
void appendRoads(const road::LaneGraph& lanes, const road::Route& way, std::vector<uint32_t>& roads) {
  for (const road::RouteStep& step : way.steps) {
    const uint32_t road = lanes.lane(step.lane).key.road;
    if (roads.empty() || roads.back() != road) roads.push_back(road);
  }
}

/// Lamps and doors: whoever moves it goes on.
bool isBesideMotion(const scenario::Action& action) {
  return std::holds_alternative<scenario::SetLights>(action) || std::holds_alternative<scenario::OpenDoor>(action) ||
         std::holds_alternative<scenario::SetSignal>(action);
}

/// What a driver does in his own way; all else is done as it is written, by nobody who minds.
bool isForDrivers(const scenario::Action& action) {
  if (const auto* speed = std::get_if<scenario::SetSpeed>(&action))
    return speed->of.empty() && !speed->over_s && !speed->over_m && speed->shape == scenario::Shape::kLinear &&
           speed->speed_mps > 0;
  if (const auto* change = std::get_if<scenario::ChangeLane>(&action)) return !change->shape && change->offset_m == 0;
  return isBesideMotion(action) || std::holds_alternative<scenario::Drive>(action) ||
         std::holds_alternative<scenario::FollowRoute>(action) || std::holds_alternative<scenario::Release>(action) ||
         std::holds_alternative<scenario::ApplyImpulse>(action);
}

}  // namespace

/// Another motion from where it stands. The wheels' and limbs' own angles begin anew.
void World::Impl::setOut(Player& player, const scenario::Behavior& behavior, const RigidTransform& from) {
  if (player.kind == BodyKind::kFree) refuse(player, "is left to physics", "tell it what to do before it is let go");
  scenario::Actor actor;
  actor.id = player.name;
  actor.asset = player.asset.id;
  actor.worldFromActor = from;
  actor.behavior = behavior;
  if (const auto* road = std::get_if<scenario::FollowRoad>(&behavior)) player.stopsAtEnd = road->stopsAtEnd;
  player.route.clear();
  player.isOnTrajectory = false;
  takeLeave(player);
  moveBy(player, makeMotion(scenario, actor, player.asset, whereabouts()), from);
}

void World::Impl::moveBy(Player& player, std::unique_ptr<Motion> motion, const RigidTransform& from) {
  player.rig->follow(*motion);
  player.motion = std::move(motion);
  if (player.kind == BodyKind::kDriven) return;
  physics.remove(player.body);
  player.kind = BodyKind::kDriven;
  player.body = physics.add(player.asset, player.id, player.kind, from);
}

void World::Impl::letGo(Player& player) {
  if (player.kind == BodyKind::kFree) return;
  const MotionState& now = player.last().motion;
  requireFreeBody(player.name, player.asset, now.velocity_mps, now.angularVelocity_radps);
  takeLeave(player);
  const glm::dvec3 lever = now.worldFromActor.rotate(player.asset.centreOfMass);
  physics.remove(player.body);
  player.kind = BodyKind::kFree;
  player.body = physics.add(player.asset, player.id, player.kind, now.worldFromActor,
                            now.velocity_mps + glm::cross(now.angularVelocity_radps, lever), now.angularVelocity_radps);
}

std::vector<uint32_t> World::Impl::roadsThrough(const Player& player, std::span<const glm::dvec3> through) {
  if (!lanes) lanes.emplace(map);
  const RigidTransform& pose = player.last().motion.worldFromActor;
  std::vector<uint32_t> roads;
  const auto take = [&](const road::LanePlace& from, const glm::dvec3& to) {
    // To the lane meant, else to any lane beside it: who goes there may come along another one.
    const auto meant = map.locate(to);
    const std::optional<road::LanePlace> goal = lanes->locate(to);
    std::optional<road::Route> best = goal ? lanes->route(from, *goal) : std::nullopt;
    if (!best) {
      const road::LaneSection& section = map.road(meant->road).section(meant->s);
      for (const auto* side : {&section.left, &section.right}) {
        for (const road::Lane& lane : *side) {
          if (!road::isDrivable(lane.kind)) continue;
          const road::LaneIndex at = lanes->find(road::LaneRef{meant->road, lane.id}, meant->s);
          const auto way = lanes->route(from, {at, lanes->path(at).distanceAt(meant->s)});
          if (way && (!best || way->length_m < best->length_m)) best = way;
        }
      }
    }
    if (!best) {
      refuse(player, fmt::format("is to go through [{:.1f}, {:.1f}], where no way leads", to.x, to.y),
             "name places that the lanes lead to, one after the other");
    }
    appendRoads(*lanes, *best, roads);
    const road::RouteStep& last = best->steps.back();
    return road::LanePlace{last.lane, last.span.to_m};
  };
  // A way of several places begins at the first, which may lie behind; else where it is.
  const auto here = lanes->locate(pose.translation, pose.yaw_rad());
  std::optional<road::LanePlace> from = here;
  if (through.size() > 1) {
    from = lanes->locate(through[0]);
    through = through.subspan(1);
  }
  if (!from)
    refuse(player, "is to take a way that begins beside all lanes", "put it, or the way's first place, on a lane");
  road::LanePlace at = *from;
  for (const glm::dvec3& to : through) at = take(at, to);
  // Who is not on it yet goes to where it begins, if there is a way.
  if (!here || std::find(roads.begin(), roads.end(), lanes->lane(here->lane).key.road) != roads.end()) return roads;
  std::vector<uint32_t> whole;
  if (const auto way = lanes->route(*here, *from)) {
    appendRoads(*lanes, *way, whole);
    if (!roads.empty() && !whole.empty() && whole.back() == roads.front()) whole.pop_back();
  }
  whole.insert(whole.end(), roads.begin(), roads.end());
  return whole;
}

/// One command to one actor at one instant.
struct World::Executor {
  Impl& world;
  Player& player;
  double now_s;

  void operator()(const scenario::Drive& order) const {
    if (player.kind == BodyKind::kFree) refuse(player, "is left to physics", "tell it to drive before it is let go");
    NF_ASSERT(world.background != nullptr, "actor '{}' is to drive in a world without a background", player.name);
    takeNothing();
    if (player.driver) {
      world.background->wish(*player.driver, order);
    } else {
      player.wantsToDrive = order;
    }
    both(false);
  }
  void operator()(const scenario::SetSpeed& order) const {
    if (player.driver) {
      world.background->wish(*player.driver, order.speed_mps, order.acceleration_mps2, order.deceleration_mps2);
      longitudinal(now_s);
      return;
    }
    Pace& pace = takePace();
    double target = order.speed_mps;
    if (!order.of.empty()) {
      const Player& other = whoIs(order.of);
      target = std::max(glm::length(other.last().motion.velocity_mps) * order.factor + order.more_mps, 0.0);
      if (order.continuous) player.matching = Matching{other.id, order.factor, order.more_mps};
    }
    const double speed = pace.speed_mps(now_s), change = std::abs(target - speed);
    double over_s = order.over_s.value_or(0);
    const auto& rate = target < speed && order.deceleration_mps2 ? order.deceleration_mps2 : order.acceleration_mps2;
    if (rate) over_s = change * steepest(order.shape) / *rate;
    // Every shape lies evenly about its middle: the mean speed is that of the ends.
    if (order.over_m && speed + target > 0) over_s = 2 * *order.over_m / (speed + target);
    if (order.shape == scenario::Shape::kLinear && rate) {
      pace.changeSpeed(now_s, target, *rate);
    } else {
      pace.changeSpeed(now_s, target, over_s, order.shape);
    }
    setOutOnFoot(target);
    longitudinal(player.matching ? kAtOnce : now_s + over_s);
  }
  void operator()(const scenario::SpeedProfile& order) const {
    Pace& pace = takePace();
    std::vector<Pace::Entry> entries;
    double over_s = 0, fastest = 0;
    for (const auto& entry : order.entries) {
      entries.push_back({entry.after_s, entry.speed_mps});
      over_s += entry.after_s;
      fastest = std::max(fastest, entry.speed_mps);
    }
    constexpr double kAnyJerk_mps3 = 1e9;
    const bool isSmooth = (order.jerkUp_mps3 || order.jerkDown_mps3) &&
                          pace.profile(now_s, entries, order.jerkUp_mps3.value_or(kAnyJerk_mps3),
                                       order.jerkDown_mps3.value_or(kAnyJerk_mps3));
    if (!isSmooth) pace.profile(now_s, entries);
    setOutOnFoot(fastest);
    longitudinal(now_s + over_s);
  }
  void operator()(const scenario::ArriveWith& order) const {
    takePace();
    player.meeting = Meeting{whoIs(order.actor).id, order};
    longitudinal(kAtOnce);
  }
  void operator()(const scenario::Brake& order) const {
    Pace& pace = takePace();
    const double change = pace.speed_mps(now_s) - order.until_mps;
    longitudinal(now_s + std::max(change, 0.0) / order.deceleration_mps2);
    if (change <= 0) return;
    pace.changeSpeed(now_s, order.until_mps, order.deceleration_mps2);
    player.lamps.brake = true;
  }
  void operator()(const scenario::KeepGap& order) const {
    takePace();
    player.following = Following{whoIs(order.actor).id, order};
    longitudinal(kAtOnce);
  }
  void operator()(const scenario::ChangeLane& order) const {
    if (player.driver) {
      askForLane(order);
      return;
    }
    const road::NetworkPoint here = onRoad();
    const road::LaneRef lane = laneOf(order, here);
    if (lane.road != here.road || !world.map.hasLane(lane, here.s)) {
      refuse(player,
             fmt::format("is to take lane {} of road '{}', which is not beside it", lane.lane,
                         world.map.road(lane.road).id()),
             "name a lane of the road it is on, where that lane is");
    }
    const double centre = world.map.laneCentre_t(lane, here.s);
    const bool isAgainst = facesAgainstRoad();
    if (!order.shape) {
      const bool countsAgainst = !order.leftOfRoad && world.map.road(lane.road).isAgainstS(lane.lane);
      shiftTo(centre + (countsAgainst ? -order.offset_m : order.offset_m), order.duration_s);
      return;
    }
    TrackMotion& motion = onTrack();
    const double left = isAgainst ? centre - here.t : here.t - centre;
    motion.take(
        now_s,
        Track::alongRoad(world.map, {here.road, here.s, centre}, isAgainst, place().z, player.stopsAtEnd, player.route),
        left);
    player.isOnTrajectory = false;
    const bool countsAgainst = !order.leftOfRoad && world.map.road(lane.road).isAgainstS(lane.lane);
    const double to = countsAgainst != isAgainst ? -order.offset_m : order.offset_m;
    if (order.over_m) {
      motion.moveAlong(now_s, to, *order.over_m, *order.shape);
    } else {
      const double over_s =
          order.rate_mps ? std::abs(to - left) * steepest(*order.shape) / *order.rate_mps : order.duration_s;
      motion.moveInTime(now_s, to, over_s, *order.shape);
    }
    lateral(kAtOnce, false, true);
  }
  void operator()(const scenario::OffsetInLane& order) const {
    const road::NetworkPoint here = onRoad();
    const road::Road& road = world.map.road(here.road);
    // The lane that it follows, which it may have left by an offset before.
    double base_t = here.t;
    if (order.shape) {
      const TrackMotion& motion = onTrack();
      const auto base = world.map.locate(motion.place(motion.progress_m(now_s)));
      if (base && base->road == here.road) base_t = base->t;
    }
    const road::Lane* lane = road.laneAt(here.s, std::clamp(base_t, road.rightEdge_m(here.s), road.leftEdge_m(here.s)));
    if (lane == nullptr) refuse(player, "has no lane to keep an offset in", "put it on a road with lanes");
    const double centre = world.map.laneCentre_t({here.road, lane->id}, here.s);
    const double to = centre + (!order.leftOfRoad && road.isAgainstS(lane->id) ? -order.offset_m : order.offset_m);
    if (!order.shape) {
      shiftTo(to, order.duration_s);
      return;
    }
    TrackMotion& motion = onTrack();
    const double change = facesAgainstRoad() ? here.t - to : to - here.t;
    const double over_s = order.maxAcceleration_mps2
                              ? std::sqrt(std::abs(change) * sharpest(*order.shape) / *order.maxAcceleration_mps2)
                              : order.duration_s;
    motion.moveInTime(now_s, motion.lateral().at(now_s, motion.progress_m(now_s)).left_m + change, over_s,
                      *order.shape);
    lateral(kAtOnce, false, true);
  }
  void operator()(const scenario::FollowRoute& order) const {
    if (player.driver) {
      world.background->goThrough(*player.driver, order.through);
      lateral(now_s, false, false);
      return;
    }
    const road::NetworkPoint here = onRoad();
    TrackMotion& motion = onTrack();
    player.route = world.roadsThrough(player, order.through);
    motion.take(now_s,
                Track::alongRoad(world.map, here, facesAgainstRoad(), place().z, player.stopsAtEnd, player.route), 0);
    player.isOnTrajectory = false;
    lateral(now_s, false, false);
  }
  void operator()(const scenario::FollowLane& order) const {
    const road::NetworkPoint here = onRoad();
    scenario::FollowRoad follow;
    follow.speed_mps = order.speed_mps;
    follow.t_m = here.t;
    follow.stopsAtEnd = order.stopsAtEnd;
    follow.start = world.self.now();
    follow.againstS = facesAgainstRoad();
    if (!order.lane.empty()) {
      const road::LaneRef lane = laneCalled(order.lane);
      follow.t_m = world.map.laneCentre_t(lane, here.s);
      follow.againstS = world.map.road(lane.road).isAgainstS(lane.lane);
    }
    begin(follow);
  }
  void operator()(const scenario::TakePath& order) const {
    scenario::FollowPath follow;
    follow.points.push_back(place());
    follow.points.insert(follow.points.end(), order.points.begin(), order.points.end());
    follow.speed_mps = order.speed_mps;
    follow.start = world.self.now();
    begin(follow);
    both(true);
  }
  void operator()(const scenario::Walk& order) const {
    begin(scenario::WalkTo{order.target, order.speed_mps, world.self.now()});
    both(true);
  }
  void operator()(const scenario::TakeTrajectory& order) const {
    const bool isTimed =
        order.bends.empty() ? order.vertices.front().at_s.has_value() : order.bends.front().at_s.has_value();
    Pace& pace = isTimed ? takePace() : paceOf(player);
    TrackMotion& motion = onTrack();
    PlannedTrajectory plan = planTrajectory(order, player.last().motion.worldFromActor, world.map);
    motion.take(now_s, std::move(plan.track), 0);
    if (isTimed) {
      pace.schedule(now_s, plan.schedule, order.isEven);
      const auto& knots = plan.schedule;
      const double over_s = knots.back().after_s;
      setOutOnFoot(over_s > 0 ? knots.back().distance_m / over_s : 0);
      player.isOnTrajectory = true;
      longitudinal(now_s + over_s);
      lateral(now_s + over_s, false, false);
      return;
    }
    player.isOnTrajectory = true;
    lateral(kAtOnce, true, false);
  }
  void operator()(const scenario::Teleport& order) const {
    RigidTransform to = order.place.value_or(RigidTransform{});
    double roll = 0;
    if (!order.place) {
      const RigidTransform& other = whoIs(order.of).last().motion.worldFromActor;
      to = RigidTransform::fromYawPitchRoll(other * order.offset_m, other.yaw_rad() + order.heading_rad);
    }
    roll = order.roll_rad;
    if (roll != 0) to.rotation = to.rotation * glm::angleAxis(roll, glm::dvec3(1, 0, 0));
    Pace* pace = player.motion ? player.motion->pace() : nullptr;
    scenario::FollowRoad follow;
    follow.speed_mps = pace != nullptr ? pace->speed_mps(now_s) : 0;
    follow.start = world.self.now();
    follow.stopsAtEnd = player.stopsAtEnd;
    if (world.map.isEmpty()) refuse(player, "is to be elsewhere, and there is no road", "add a road");
    const road::NetworkPoint at = *world.map.locate(to.translation);
    follow.t_m = at.t;
    follow.againstS = std::cos(to.yaw_rad() - world.map.road(at.road).plan(at.s).heading_rad) < 0;
    const auto following = player.following;
    const auto matching = player.matching;
    world.setOut(player, follow, to);
    player.following = following;
    player.matching = matching;
    if (roll != 0) player.motion->onTrack()->lieDown(roll);
    lateral(now_s, false, false);
  }
  void operator()(const scenario::CrossRoad& order) const {
    const road::NetworkPoint here = onRoad();
    const road::Road& road = world.map.road(here.road);
    // As far beyond the opposite edge of the carriageway as it stands before this one.
    double left = -kAtOnce, right = kAtOnce;
    const road::LaneSection& section = road.section(here.s);
    for (const auto* lanes : {&section.left, &section.right}) {
      for (const road::Lane& lane : *lanes) {
        if (!road::isDrivable(lane.kind)) continue;
        const road::Road::Borders borders = road.borders(section, lane.id, here.s);
        left = std::max({left, borders.inner, borders.outer});
        right = std::min({right, borders.inner, borders.outer});
      }
    }
    if (!(left > right)) refuse(player, "is to cross a road that nobody drives on", "give it a path");
    const bool isOnLeft = here.t > 0.5 * (left + right);
    const double before = isOnLeft ? here.t - left : right - here.t;
    const double there = isOnLeft ? right - std::max(before, 0.5) : left + std::max(before, 0.5);
    const glm::dvec3 target = road.pose(here.s, there).translation;
    begin(scenario::WalkTo{target, order.speed_mps, world.self.now()});
    both(true);
  }
  void operator()(const scenario::OpenDoor& order) const {
    player.rig->swing(order.part, now_s, order.angle_rad, order.duration_s);
  }
  void operator()(const scenario::SetLights& order) const {
    player.areLampsOrdered = player.areLampsOrdered || order.indicator || order.brake;
    if (order.beam) player.lamps.beam = order.beam;
    if (order.indicator) player.lamps.indicator = order.indicator;
    if (order.brake) player.lamps.brake = *order.brake;
    if (order.rearFog) player.lamps.rearFog = *order.rearFog;
  }
  void operator()(const scenario::SetSignal&) const {
    refuse(player, "is no traffic light", "give the command to an actor whose asset shows signals");
  }
  void operator()(const scenario::ApplyImpulse& order) const {
    world.letGo(player);
    const RigidTransform& pose = player.last().motion.worldFromActor;
    world.physics.push(player.body, order.inBodyFrame ? pose.rotate(order.impulse_Ns) : order.impulse_Ns,
                       pose.rotate(order.at_m));
  }
  void operator()(const scenario::Release&) const { world.letGo(player); }
  void operator()(const scenario::Park&) const {
    takePace().changeSpeed(now_s, 0, kAtOnce);
    longitudinal(now_s);
  }

 private:
  /// What steers its speed by now gives way.
  Pace& takePace() const {
    player.following.reset();
    player.matching.reset();
    player.meeting.reset();
    return paceOf(player);
  }
  TrackMotion& onTrack() const {
    TrackMotion* motion = player.motion && player.kind != BodyKind::kFree ? player.motion->onTrack() : nullptr;
    if (motion == nullptr) refuse(player, "goes no way that it could leave", "let it follow a lane or a path first");
    return *motion;
  }
  const Player& whoIs(const std::string& name) const {
    for (const Player& other : world.players) {
      if (other.name == name) return other;
    }
    refuse(player, fmt::format("is to heed '{}', whom nobody knows", name), "name an actor");
  }
  void longitudinal(double end_s) const { player.longitudinal = {++world.serial, end_s, false, false}; }
  void lateral(double end_s, bool untilWayEnds, bool untilBeside) const {
    player.lateral = {++world.serial, end_s, untilWayEnds, untilBeside};
  }
  void both(bool untilWayEnds) const {
    longitudinal(untilWayEnds ? kAtOnce : now_s);
    player.longitudinal.untilWayEnds = untilWayEnds;
    player.lateral = player.longitudinal;
  }
  /// Somebody who stood has limbs that do not know how to walk yet.
  void setOutOnFoot(double speed_mps) const {
    TrackMotion* motion = player.motion->onTrack();
    if (motion == nullptr || motion->cruiseSpeed_mps() > 0 || !(speed_mps > 0)) return;
    motion->setCruiseSpeed(speed_mps);
    player.rig->follow(*motion);
  }
  road::LaneRef laneOf(const scenario::ChangeLane& order, const road::NetworkPoint& here) const {
    if (order.number) return {here.road, *order.number};
    if (order.beside.empty()) return laneCalled(order.lane);
    const RigidTransform& other = whoIs(order.beside).last().motion.worldFromActor;
    const road::NetworkPoint at = *world.map.locate(other.translation);
    const road::Road& road = world.map.road(at.road);
    const road::Lane* lane = road.laneAt(at.s, std::clamp(at.t, road.rightEdge_m(at.s), road.leftEdge_m(at.s)));
    if (lane == nullptr)
      refuse(player, fmt::format("is to drive beside '{}', who is in no lane", order.beside),
             "put it on a road with lanes");
    const bool looksAlongS = glm::dot(road.pose(at.s).rotate({1, 0, 0}), other.rotate({1, 0, 0})) >= 0;
    int number = lane->id;
    // Lanes are numbered away from the line, and there is no lane 0.
    for (int step = looksAlongS == (order.left > 0) ? 1 : -1, left = std::abs(order.left); left > 0; --left) {
      number += step;
      if (number == 0) number += step;
    }
    return {here.road, number};
  }

  /// A driver changes over when there is room.
  void askForLane(const scenario::ChangeLane& order) const {
    const road::LaneKey mine = world.background->laneOf(*player.driver);
    road::NetworkPoint here = onRoad();
    here.road = mine.road;
    const road::LaneRef lane = laneOf(order, here);
    if (lane.road != mine.road || lane.lane == 0 || (lane.lane > 0) != (mine.lane > 0)) {
      refuse(player,
             fmt::format("is to take lane {} of road '{}', which leads elsewhere", lane.lane,
                         world.map.road(lane.road).id()),
             "name a lane of its road and direction; with a `shape` it goes as told, whatever lies there");
    }
    const int alongRoad = lane.lane - mine.lane;
    world.background->changeLanes(*player.driver,
                                  world.map.road(mine.road).isAgainstS(mine.lane) ? -alongRoad : alongRoad);
    lateral(kAtOnce, false, true);
  }

  glm::dvec3 place() const { return player.last().motion.worldFromActor.translation; }
  void begin(const scenario::Behavior& behavior) const {
    takeNothing();
    world.setOut(player, behavior, player.last().motion.worldFromActor);
    longitudinal(now_s);
    player.lateral = player.longitudinal;
  }
  void takeNothing() const {
    player.following.reset();
    player.matching.reset();
    player.meeting.reset();
    player.isOnTrajectory = false;
  }
  road::NetworkPoint onRoad() const {
    const std::optional<road::NetworkPoint> here = world.map.locate(place());
    if (!here) refuse(player, "is to keep to a road, and there is none", "add a road, or give it a path");
    return *here;
  }
  road::LaneRef laneCalled(const std::string& name) const {
    const std::optional<road::LaneRef> lane = world.map.findLane(name);
    if (!lane) refuse(player, fmt::format("is to take lane '{}', which there is not", name), "name a lane of the road");
    return *lane;
  }
  bool facesAgainstRoad() const {
    const road::NetworkPoint here = onRoad();
    const RigidTransform along = world.map.road(here.road).pose(here.s);
    return glm::dot(along.rotate({1, 0, 0}), player.last().motion.worldFromActor.rotate({1, 0, 0})) < 0;
  }
  void shiftTo(double t, double duration_s) const {
    Pace& pace = paceOf(player);
    const double here_t = onRoad().t;
    const double left = facesAgainstRoad() ? here_t - t : t - here_t;
    const double over = std::max(pace.distance_m(now_s + duration_s) - pace.distance_m(now_s), kShortestShift_m);
    player.motion->track()->shift(onTrack().along_m(now_s), left, over);
    lateral(now_s + duration_s, false, false);
  }
};

Doing World::command(ObjectId actor, const scenario::Action& action) {
  Impl& w = *impl_;
  Player& player = w.player(actor);
  if (!player.isPresent) refuse(player, "is not there yet", "wait for the injector that brings it: <its id>.started");
  player.startMoving(w.lastStep);
  if (player.driver && !isForDrivers(action)) w.takeWheel(player);
  if (!isBesideMotion(action)) player.wantsToDrive.reset();
  const Activity alongBefore = player.longitudinal, acrossBefore = player.lateral;
  std::visit(Executor{w, player, now().seconds()}, action);
  Doing doing{actor, 0, 0};
  if (player.longitudinal.serial != alongBefore.serial) doing.longitudinal = player.longitudinal.serial;
  if (player.lateral.serial != acrossBefore.serial) doing.lateral = player.lateral.serial;
  return doing;
}

void World::enter(ObjectId actor, const RigidTransform& worldFromActor, const glm::dvec3& velocity_mps,
                  const glm::dvec3& angularVelocity_radps) {
  Impl& w = *impl_;
  Player& player = w.player(actor);
  NF_ASSERT(!player.isPresent, "actor '{}' enters twice", player.name);
  requireFreeBody(player.name, player.asset, velocity_mps, angularVelocity_radps);
  player.kind = BodyKind::kFree;
  player.body =
      w.physics.add(player.asset, player.id, player.kind, worldFromActor, velocity_mps, angularVelocity_radps);
  player.appear(w.lastStep, player.evaluate(w.physics, now().seconds()));
  player.startMoving(w.lastStep);
  w.witness(player.last());
}

size_t World::breakSensor(const content::SensorFault& fault) {
  impl_->faults.push_back({fault, now(), std::nullopt});
  impl_->faults.back().fault.since = now();
  return impl_->faults.size() - 1;
}

void World::repair(size_t fault) {
  impl_->faults.at(fault).to = now();
}

}  // namespace nightfog::world
