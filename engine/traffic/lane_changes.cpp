// Changing lanes: MOBIL where it is worth it, and where the lane ends or the way asks for it.
#include <algorithm>
#include <cmath>

#include "engine/traffic/traffic_state.hpp"

namespace nightfog::traffic {
namespace {

/// Thought about once a second, not all at once.
constexpr double kEvery_s = 1;
constexpr double kPause_s = 4;
constexpr double kChange_s = 4;
constexpr double kLeastChange_m = 12;
/// Nobody changes for comfort this shortly before a junction.
constexpr double kBeforeJunction_s = 6;
constexpr double kBeforeJunction_m = 30;
constexpr double kReach_m = 120;
/// Nearer than this to the end of a lane that one has to leave, more braking is asked of others.
constexpr double kUrgent_m = 60;
constexpr double kUrgentBraking_mps2 = 2;
/// Who stands this long where marks forbid the change that he needs makes it none the less.
constexpr double kStuck_s = 10;

}  // namespace

double Traffic::Impl::SideStep::at(double done) const {
  if (over_m <= 0) return 0;
  const double s = std::clamp(done / over_m, 0.0, 1.0);
  return from_m * (1 - s * s * (3 - 2 * s));
}

void Traffic::Impl::changeLanes() {
  const auto every = std::max<int64_t>(1, std::llround(kEvery_s / options.step_s));
  for (size_t i = 0; i < agents.size(); ++i) {
    if (isPresent[i] && (steps + agents[i].id) % every == 0) considerChange(i);
  }
}

void Traffic::Impl::considerChange(size_t i) {
  if (sideStep[i].isUnderWay() || lanes.lane(lane[i]).junction >= 0 || front_m[i] < agents[i].shape.length_m) return;
  const Driver& driver = agents[i].driver;
  if (ways[i].change != Ways::Change::kNone) {
    // A lane beside that the way only later leads to is another one.
    if (!ways[i].lanes.empty() && (ways[i].isRouted || entrance[i].isThere)) return;
    const double left = knownWay(i);
    const double safe = driver.safeBraking_mps2 + (left < kUrgent_m ? kUrgentBraking_mps2 : 0);
    tryChange(i, ways[i].change == Ways::Change::kLeft, 1e6, safe);
    return;
  }
  if (time_s() < nextChange_s[i]) return;
  if (entrance[i].isThere && entrance[i].begin_m < kBeforeJunction_m + kBeforeJunction_s * speed_mps[i]) return;
  const bool keepsLeft = lanes.map().road(lanes.lane(lane[i]).key.road).data().keepsLeft;
  const double toRight = keepsLeft ? -driver.keepRight_mps2 : driver.keepRight_mps2;
  if (!tryChange(i, true, -toRight, driver.safeBraking_mps2)) tryChange(i, false, toRight, driver.safeBraking_mps2);
}

bool Traffic::Impl::tryChange(size_t i, bool toLeft, double bias, double safe_mps2) {
  const LaneIndex from = lane[i], to = toLeft ? lanes.lane(from).left : lanes.lane(from).right;
  if (to == kNoLane || !facts[to].isUsable) return false;
  const bool isNeeded = ways[i].change != Ways::Change::kNone;
  if (!lanes.mayChange(from, toLeft, front_m[i]) && !(isNeeded && stood_s[i] > kStuck_s)) return false;
  if (!isNeeded && facts[to].next.empty() && !facts[to].isOpenEnd) return false;
  const double length = agents[i].shape.length_m, v = speed_mps[i];
  const double there = lanes.beside_m(from, front_m[i], to);
  if (there - length < facts[to].first_m || there > facts[to].last_m) return false;

  const std::vector<LaneIndex> none;
  const std::vector<LaneIndex>& next = facts[to].next.empty() ? none : facts[facts[to].next.front()].next;
  std::vector<LaneIndex> on;
  if (!facts[to].next.empty()) on.push_back(facts[to].next.front());
  if (!next.empty()) on.push_back(next.front());
  const Lead newLead = ahead(i, to, there, on, kReach_m), newTail = behind(i, to, there - length, kReach_m);
  // Abreast: the one ahead by its bumper counts as leader; its rear beside us is a negative gap.
  if (newLead.gap_m < 1 || newTail.gap_m < 1) return false;
  const Lead oldLead = ahead(i, from, front_m[i], ways[i].lanes, kReach_m);
  const Lead oldTail = behind(i, from, front_m[i] - length, kReach_m);
  const double desired = desiredSpeed(i);
  const auto follow = [&](const Lead& follower, double gap, double leaderSpeed) {
    const bool isOurs = follower.who < agents.size();
    const Driver driver = isOurs ? agents[follower.who].driver : Driver{};
    const double its = std::max(follower.speed_mps, isOurs ? desiredSpeed(follower.who) : follower.speed_mps);
    if (gap > 1e8) return freeAcceleration(driver, follower.speed_mps, its);
    return followingAcceleration(driver, follower.speed_mps, its, gap, follower.speed_mps - leaderSpeed);
  };
  ChangeEffect effect;
  effect.own = accelerationBehind(i, oldLead, desired);
  effect.ownAfter = accelerationBehind(i, newLead, desired);
  if (newTail.isThere()) {
    effect.newFollower = follow(newTail, newTail.gap_m + length + newLead.gap_m, newLead.speed_mps);
    effect.newFollowerAfter = follow(newTail, newTail.gap_m, v);
  }
  if (oldTail.isThere()) {
    effect.oldFollower = follow(oldTail, oldTail.gap_m, v);
    effect.oldFollowerAfter = follow(oldTail, oldTail.gap_m + length + oldLead.gap_m, oldLead.speed_mps);
  }
  if (effect.newFollowerAfter < -safe_mps2 || effect.ownAfter < -safe_mps2) return false;
  if (!(changeGain(agents[i].driver, effect, bias) > 0)) return false;

  const auto was = lanes.path(from).at(front_m[i]).worldFromLane;
  const auto will = lanes.path(to).at(there).worldFromLane;
  const double aside = glm::dot(was.translation - will.translation, will.rotation * glm::dvec3(0, 1, 0));
  lane[i] = to;
  front_m[i] = there;
  trail[i].count = 0;
  sideStep[i] = {aside, std::max(kLeastChange_m, kChange_s * v), 0, toLeft};
  nextChange_s[i] = time_s() + kPause_s + kChange_s;
  ways[i] = {};
  granted[i] = kNoLane;
  entrance[i] = {};
  extend(i);
  // Seen by who thinks about it later in this step.
  occupy();
  return true;
}

}  // namespace nightfog::traffic
