// Carrying out what a director says.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/error.hpp"
#include "engine/world/world_state.hpp"

namespace nightfog::world {
namespace {

constexpr double kAtOnce = std::numeric_limits<double>::infinity();
/// A change of lane goes at least this far along, so that it stays a way that wheels can take.
constexpr double kShortestShift_m = 5.0;
/// Gains of keeping a gap: a disturbance dies out within some seconds without swinging over (damping ratio 1).
constexpr double kGapGain_1ps2 = 0.25;
constexpr double kClosingGain_1ps = 1.0;

[[noreturn]] void refuse(const Player& player, const std::string& what, std::string help) {
  throw Error(ExitCode::kDiagnostics, fmt::format("actor '{}' {}", player.name, what), std::move(help));
}

Pace& paceOf(Player& player) {
  Pace* pace = player.motion && player.kind != BodyKind::kFree ? player.motion->pace() : nullptr;
  if (pace == nullptr) refuse(player, "goes no way whose speed could change", "let it follow a lane or a path first");
  return *pace;
}

/// Half the length ahead of an actor's origin, and behind it, along its heading.
double frontOf(const catalog::AssetInfo& asset) {
  return asset.boxCentre.x + 0.5 * asset.boxSize.x;
}
double rearOf(const catalog::AssetInfo& asset) {
  return asset.boxCentre.x - 0.5 * asset.boxSize.x;
}

}  // namespace

/// Another motion from where it stands. The wheels' and limbs' own angles begin anew.
void World::Impl::setOut(Player& player, const scenario::Behavior& behavior) {
  if (player.kind == BodyKind::kFree) refuse(player, "is left to physics", "tell it what to do before it is let go");
  scenario::Actor actor;
  actor.id = player.name;
  actor.asset = player.asset.id;
  actor.worldFromActor = player.last().motion.worldFromActor;
  actor.behavior = behavior;
  std::unique_ptr<Motion> motion = makeMotion(scenario, actor, player.asset);
  player.rig->follow(*motion);
  player.motion = std::move(motion);
  if (player.kind == BodyKind::kDriven) return;
  physics.remove(player.body);
  player.kind = BodyKind::kDriven;
  player.body = physics.add(player.asset, player.id, player.kind, actor.worldFromActor);
}

void World::Impl::letGo(Player& player) {
  if (player.kind == BodyKind::kFree) return;
  const MotionState& now = player.last().motion;
  requireFreeBody(player.name, player.asset, now.velocity_mps, now.angularVelocity_radps);
  const glm::dvec3 lever = now.worldFromActor.rotate(player.asset.centreOfMass);
  physics.remove(player.body);
  player.kind = BodyKind::kFree;
  player.body = physics.add(player.asset, player.id, player.kind, now.worldFromActor,
                            now.velocity_mps + glm::cross(now.angularVelocity_radps, lever), now.angularVelocity_radps);
}

/// One command to one actor at one instant.
struct World::Executor {
  Impl& world;
  Player& player;
  double now_s;

  void operator()(const scenario::SetSpeed& order) const {
    player.following.reset();
    paceOf(player).changeSpeed(now_s, order.speed_mps, order.acceleration_mps2.value_or(kAtOnce));
  }
  void operator()(const scenario::Brake& order) const {
    player.following.reset();
    Pace& pace = paceOf(player);
    if (pace.speed_mps(now_s) <= order.until_mps) return;
    pace.changeSpeed(now_s, order.until_mps, order.deceleration_mps2);
    player.lamps.brake = true;
  }
  void operator()(const scenario::KeepGap& order) const {
    paceOf(player);
    for (const Player& other : world.players) {
      if (other.name == order.actor) {
        player.following = Following{other.id, order};
        return;
      }
    }
    refuse(player, fmt::format("is to follow '{}', whom nobody knows", order.actor), "name an actor");
  }
  void operator()(const scenario::ChangeLane& order) const {
    double centre_t = 0;
    bool againstS = false;
    if (!world.road.findLane(order.lane, centre_t, againstS)) {
      refuse(player, fmt::format("is to take lane '{}', which there is not", order.lane), "name a lane of the road");
    }
    shiftTo(centre_t, order.duration_s);
  }
  void operator()(const scenario::OffsetInLane& order) const {
    const double t = world.road.project(place()).t;
    double best = kAtOnce, centre = 0;
    bool isAgainst = false;
    for (const auto* side : {&world.road.left(), &world.road.right()}) {
      for (const road::Lane& lane : *side) {
        double centre_t = 0;
        bool againstS = false;
        if (!world.road.findLane(lane.name, centre_t, againstS) || std::abs(centre_t - t) >= best) continue;
        best = std::abs(centre_t - t);
        centre = centre_t;
        isAgainst = againstS;
      }
    }
    if (!(best < kAtOnce)) refuse(player, "has no lane to keep an offset in", "put it on a road with lanes");
    shiftTo(centre + (isAgainst ? -order.offset_m : order.offset_m), order.duration_s);
  }
  void operator()(const scenario::FollowLane& order) const {
    scenario::FollowRoad follow;
    follow.speed_mps = order.speed_mps;
    follow.t_m = world.road.project(place()).t;
    follow.againstS = facesAgainstRoad();
    if (!order.lane.empty() && !world.road.findLane(order.lane, follow.t_m, follow.againstS)) {
      refuse(player, fmt::format("is to take lane '{}', which there is not", order.lane), "name a lane of the road");
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
  }
  void operator()(const scenario::Walk& order) const {
    begin(scenario::WalkTo{order.target, order.speed_mps, world.self.now()});
  }
  void operator()(const scenario::CrossRoad& order) const {
    const road::RoadPoint here = world.road.project(place());
    // As far beyond the opposite edge of the carriageway as it stands before this one.
    const double left = edge(world.road.left()), right = -edge(world.road.right());
    const bool isOnLeft = here.t > 0.5 * (left + right);
    const double before = isOnLeft ? here.t - left : right - here.t;
    const double there = isOnLeft ? right - std::max(before, 0.5) : left + std::max(before, 0.5);
    const glm::dvec3 target = world.road.pose(here.s, there).translation;
    begin(scenario::WalkTo{target, order.speed_mps, world.self.now()});
  }
  void operator()(const scenario::OpenDoor& order) const {
    player.rig->swing(order.part, now_s, order.angle_rad, order.duration_s);
  }
  void operator()(const scenario::SetLights& order) const {
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
    player.following.reset();
    paceOf(player).changeSpeed(now_s, 0, kAtOnce);
  }

 private:
  glm::dvec3 place() const { return player.last().motion.worldFromActor.translation; }
  void begin(const scenario::Behavior& behavior) const {
    player.following.reset();
    world.setOut(player, behavior);
  }
  bool facesAgainstRoad() const {
    const RigidTransform along = world.road.pose(world.road.project(place()).s);
    return glm::dot(along.rotate({1, 0, 0}), player.last().motion.worldFromActor.rotate({1, 0, 0})) < 0;
  }
  /// Width of the lanes that are driven, from the reference line.
  static double edge(const std::vector<road::Lane>& lanes) {
    double width = 0, driven = 0;
    for (const road::Lane& lane : lanes) {
      width += lane.width_m;
      if (lane.kind == road::LaneKind::kDriving) driven = width;
    }
    return driven;
  }
  void shiftTo(double t, double duration_s) const {
    Pace& pace = paceOf(player);
    const double here_t = world.road.project(place()).t;
    const double left = facesAgainstRoad() ? here_t - t : t - here_t;
    const double from = pace.distance_m(now_s);
    const double over = std::max(pace.distance_m(now_s + duration_s) - from, kShortestShift_m);
    player.motion->track()->shift(from, left, over);
  }
};

void World::command(ObjectId actor, const scenario::Action& action) {
  Impl& w = *impl_;
  Player& player = w.player(actor);
  if (!player.isPresent) refuse(player, "is not there yet", "wait for the injector that brings it: <its id>.started");
  player.startMoving(w.lastStep);
  std::visit(Executor{w, player, now().seconds()}, action);
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

/// Followers speed up and slow down by the gap to their leader and how fast it closes, once a step.
void World::Impl::keepGaps() {
  const double now_s = self.now().seconds();
  for (Player& player : players) {
    if (!player.following || player.kind == BodyKind::kFree) continue;
    const Player& leader = players[player.following->leader.value - 1];
    if (!leader.isPresent) continue;
    const scenario::KeepGap& order = player.following->order;
    const MotionState& own = player.last().motion;
    const MotionState& other = leader.last().motion;
    const glm::dvec3 along = own.worldFromActor.rotate({1, 0, 0});
    const double between = glm::dot(other.worldFromActor.translation - own.worldFromActor.translation, along);
    const double gap = between + rearOf(leader.asset) - frontOf(player.asset);
    Pace& pace = paceOf(player);
    const double speed = pace.speed_mps(now_s);
    const double wanted = order.gap_m ? *order.gap_m : order.headway_s.value_or(0) * speed;
    const double closing = speed - glm::dot(other.velocity_mps, along);
    const double acceleration = kGapGain_1ps2 * (gap - wanted) - kClosingGain_1ps * closing;
    pace.accelerate(now_s, std::clamp(acceleration, -order.maxDeceleration_mps2, order.maxAcceleration_mps2));
  }
}

}  // namespace nightfog::world
