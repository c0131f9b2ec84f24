// What actors go on doing between commands, and when it is over.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/world/track_motion.hpp"
#include "engine/world/world_state.hpp"

namespace nightfog::world {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
/// Gains of keeping a gap: a disturbance dies out within some seconds without swinging over (damping ratio 1).
constexpr double kGapGain_1ps2 = 0.25;
constexpr double kClosingGain_1ps = 1.0;
/// A gap that is to be reached once is reached when it is off by less.
constexpr double kGapReached_m = 0.1;
constexpr double kStands_mps = 0.01;

/// Half the length ahead of an actor's origin, and behind it, along its heading.
double frontOf(const catalog::AssetInfo& asset) {
  return asset.boxCentre.x + 0.5 * asset.boxSize.x;
}
double rearOf(const catalog::AssetInfo& asset) {
  return asset.boxCentre.x - 0.5 * asset.boxSize.x;
}

}  // namespace

/// Followers speed up and slow down by the gap to their leader and how fast it closes, once a step.
void World::Impl::keepGaps() {
  const double now_s = self.now().seconds();
  for (Player& player : players) {
    if (player.kind == BodyKind::kFree || !player.motion || player.motion->pace() == nullptr) continue;
    Pace& pace = *player.motion->pace();
    if (player.matching) {
      const Player& leader = players[player.matching->leader.value - 1];
      const double speed = glm::length(leader.last().motion.velocity_mps);
      const double wanted = std::max(speed * player.matching->factor + player.matching->more_mps, 0.0);
      if (wanted != pace.speed_mps(now_s)) pace.changeSpeed(now_s, wanted, kNever);
    }
    if (player.meeting) keepMeeting(player, now_s);
    if (!player.following) continue;
    const Player& leader = players[player.following->leader.value - 1];
    if (!leader.isPresent) continue;
    const scenario::KeepGap& order = player.following->order;
    const MotionState& own = player.last().motion;
    const MotionState& other = leader.last().motion;
    const glm::dvec3 along = own.worldFromActor.rotate({1, 0, 0});
    const double between = glm::dot(other.worldFromActor.translation - own.worldFromActor.translation, along);
    const double gap = order.betweenOrigins ? between : between + rearOf(leader.asset) - frontOf(player.asset);
    const double speed = pace.speed_mps(now_s);
    const double wanted = order.gap_m ? *order.gap_m : order.headway_s.value_or(0) * speed;
    const double closing = speed - glm::dot(other.velocity_mps, along);
    if (order.once && std::abs(gap - wanted) < kGapReached_m) {
      player.following.reset();
      player.longitudinal.end_s = now_s;
      pace.accelerate(now_s, 0);
      continue;
    }
    const double acceleration = kGapGain_1ps2 * (gap - wanted) - kClosingGain_1ps * closing;
    const double most = speed >= order.maxSpeed_mps ? 0 : order.maxAcceleration_mps2;
    pace.accelerate(now_s, std::clamp(acceleration, -order.maxDeceleration_mps2, most));
  }
}

/// The acceleration that brings it there in time, and with a last speed: as if the speed changed evenly until halfway,
/// and evenly from there.
void World::Impl::keepMeeting(Player& player, double now_s) {
  const scenario::ArriveWith& order = player.meeting->order;
  const MotionState& own = player.last().motion;
  const MotionState& other = players[player.meeting->other.value - 1].last().motion;
  const auto left = [](const MotionState& state, const glm::dvec3& place) {
    const glm::dvec3 towards = place - state.worldFromActor.translation;
    return glm::dot(towards, state.worldFromActor.rotate({1, 0, 0})) <= 0 ? 0 : std::hypot(towards.x, towards.y);
  };
  const double theirs_m = left(other, order.there), own_m = left(own, order.here);
  const double theirs_mps = glm::length(other.velocity_mps);
  Pace& pace = *player.motion->pace();
  const double speed = pace.speed_mps(now_s);
  std::optional<double> last = order.finalSpeed_mps;
  if (order.finalMore_mps) last = std::max(theirs_mps + *order.finalMore_mps, 0.0);
  const double time_s = theirs_mps > 0 ? theirs_m / theirs_mps : kNever;
  if (time_s < 2 * step.seconds() || own_m == 0) {
    player.meeting.reset();
    player.longitudinal.end_s = now_s;
    if (last) pace.changeSpeed(now_s, *last, kNever);
    return;
  }
  if (std::isinf(time_s)) return;
  double acceleration = 2 * (own_m - speed * time_s) / (time_s * time_s);
  if (last) acceleration = 2 * (2 * own_m / time_s - 1.5 * speed - 0.5 * *last) / time_s;
  pace.accelerate(now_s, std::clamp(acceleration, -10.0, 10.0));
}

/// Along the lane that it is in, as it faces, as far from the lane's middle as it is.
void World::Impl::followRoadFromHere(Player& player, double now_s) {
  const RigidTransform& pose = player.last().motion.worldFromActor;
  TrackMotion& motion = *player.motion->onTrack();
  player.isOnTrajectory = false;
  const auto here = map.locate(pose.translation);
  if (!here) {
    constexpr double kFarAhead_m = 100'000;
    const std::array<glm::dvec3, 2> line{pose.translation, pose * glm::dvec3(kFarAhead_m, 0, 0)};
    motion.take(now_s, Track::throughPoints(line, 0), 0);
    return;
  }
  const bool isAgainst = glm::dot(map.road(here->road).pose(here->s).rotate({1, 0, 0}), pose.rotate({1, 0, 0})) < 0;
  motion.take(now_s, Track::alongRoad(map, *here, isAgainst, pose.translation.z, player.stopsAtEnd, player.route), 0);
}

void World::Impl::driveOn() {
  const double now_s = self.now().seconds();
  for (Player& player : players) {
    if (!player.isOnTrajectory || player.kind == BodyKind::kFree) continue;
    if (player.motion->onTrack()->isAtEnd(now_s)) followRoadFromHere(player, now_s);
  }
}

void World::Impl::observe(Player& player) {
  const double now_s = self.now().seconds();
  const MotionState& state = player.last().motion;
  const glm::dvec3 change = state.velocity_mps - player.lastVelocity_mps;
  player.acceleration_mps2 = glm::dot(change, state.worldFromActor.rotate({1, 0, 0})) / step.seconds();
  player.travelled_m += glm::length(state.velocity_mps) * step.seconds();
  player.lastVelocity_mps = state.velocity_mps;
  if (glm::length(state.velocity_mps) >= kStands_mps)
    player.standsSince_s = kNever;
  else
    player.standsSince_s = std::min(player.standsSince_s, now_s);
  if (!watchesRoad || map.isEmpty()) return;
  const road::NetworkPoint here = *map.locate(state.worldFromActor.translation);
  const road::Lane* lane = map.road(here.road).laneAt(here.s, here.t);
  const bool isBeside = here.beyond_m > 0 || (lane != nullptr && lane->kind == road::LaneKind::kVerge);
  player.offRoadSince_s = isBeside ? std::min(player.offRoadSince_s, now_s) : kNever;
  TrackMotion* motion = player.motion ? player.motion->onTrack() : nullptr;
  const bool isAtEnd = motion != nullptr && !player.isOnTrajectory && motion->isAtEnd(now_s);
  player.atEndSince_s = isAtEnd ? std::min(player.atEndSince_s, now_s) : kNever;
}

bool World::isOver(const Doing& doing) const {
  const Player& player = impl_->player(doing.actor);
  const double now_s = now().seconds();
  TrackMotion* motion = player.motion ? player.motion->onTrack() : nullptr;
  const auto isDone = [&](uint64_t serial, const Activity& activity) {
    if (serial == 0 || activity.serial != serial || now_s >= activity.end_s) return true;
    if (player.driver) return !activity.untilBeside || !impl_->background->isChangingLanes(*player.driver);
    if (motion == nullptr) return true;
    if (activity.untilBeside) return motion->lateral().isDone(now_s, motion->progress_m(now_s));
    return activity.untilWayEnds &&
           (motion->isAtEnd(now_s) ||
            (player.lateral.serial == serial && !player.isOnTrajectory && player.longitudinal.serial != serial));
  };
  return isDone(doing.longitudinal, player.longitudinal) && isDone(doing.lateral, player.lateral);
}

void World::stop(const Doing& doing) {
  if (isOver(doing)) return;
  Player& player = impl_->player(doing.actor);
  const double now_s = now().seconds();
  if (doing.longitudinal != 0 && player.longitudinal.serial == doing.longitudinal) {
    player.following.reset();
    player.matching.reset();
    player.meeting.reset();
    player.longitudinal = {++impl_->serial, now_s};
    if (player.motion && player.motion->pace() != nullptr) player.motion->pace()->accelerate(now_s, 0);
  }
  if (doing.lateral == 0 || player.lateral.serial != doing.lateral || !player.motion) return;
  player.lateral = {++impl_->serial, now_s};
  if (player.driver) impl_->background->changeLanes(*player.driver, 0);
  if (TrackMotion* motion = player.motion->onTrack()) {
    if (player.isOnTrajectory)
      impl_->followRoadFromHere(player, now_s);
    else
      motion->hold(now_s);
  }
}

}  // namespace nightfog::world
