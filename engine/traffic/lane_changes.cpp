// Changing lanes: MOBIL where it is worth it, and where the lane ends or the way asks for it.
#include <algorithm>
#include <cmath>

#include "engine/traffic/traffic_state.hpp"

namespace nightfog::traffic {
namespace {

/// Thought about once a second, not all at once; where it has to be, more often.
constexpr double kEvery_s = 1;
constexpr double kUrgentEvery_s = 0.3;
constexpr double kPause_s = 4;
constexpr double kChange_s = 4;
constexpr double kLeastChange_m = 12;
/// Nobody changes for comfort this shortly before a junction.
constexpr double kBeforeJunction_s = 6;
constexpr double kBeforeJunction_m = 30;
constexpr double kReach_m = 200;
/// What a change is worth that has to be.
constexpr double kNeeded_mps2 = 1e6;
/// Braking asked of others where a lane ends.
constexpr double kUrgentBraking_mps2 = 3.5;
/// Who is so near the end of a lane is let in.
constexpr double kLetIn_m = 250;
constexpr double kLetIn_s = 4;
/// Nobody changes in between two who would leave less on either side; who is nearer goes by, so that nobody waits for
/// who waits for him.
constexpr double kLeastGap_m = 1;
/// So many may be too fast to let somebody in, one behind the other.
constexpr size_t kGoBy = 6;
/// A lane that ends sooner is not changed into for comfort.
constexpr double kWorthIt_m = 500;
/// Who stands this long where marks forbid the change that he needs makes it none the less.
constexpr double kStuck_s = 10;

}  // namespace

double Traffic::Impl::SideStep::at(double done) const {
  if (over_m <= 0) return 0;
  const double s = std::clamp(done / over_m, 0.0, 1.0);
  return from_m * (1 - s * s * (3 - 2 * s));
}

void Traffic::Impl::changeLanes() {
  const auto every = [&](double period) { return std::max<int64_t>(1, std::llround(period / options.step_s)); };
  for (size_t i = 0; i < agents.size(); ++i) {
    if (!isPresent[i]) continue;
    turnToGoals(i);
    const bool isNeeded = ways[i].change != Ways::Change::kNone || askedLanes[i] != 0;
    if ((steps + agents[i].id) % every(isNeeded ? kUrgentEvery_s : kEvery_s) == 0) considerChange(i);
  }
}

/// Ways that it may drive through a junction already it drives; behind them it turns to its new goals.
void Traffic::Impl::turnToGoals(size_t i) {
  const auto isHeld = [](const Pass& pass) { return pass.isGranted(); };
  if (!isBoundElsewhere[i] || lanes.lane(lane[i]).junction >= 0 ||
      std::any_of(passes[i].begin(), passes[i].end(), isHeld))
    return;
  isBoundElsewhere[i] = 0;
  ways[i] = {};
  passes[i].clear();
  extend(i);
}

Ways::Change Traffic::Impl::wantedChange(size_t i) const {
  if (askedLanes[i] != 0 && !sideStep[i].isUnderWay() && lanes.lane(lane[i]).junction < 0)
    return askedLanes[i] > 0 ? Ways::Change::kLeft : Ways::Change::kRight;
  return mustChangeNow(i) && knownWay(i) <= kLetIn_m ? ways[i].change : Ways::Change::kNone;
}

bool Traffic::Impl::mustChangeNow(size_t i) const {
  if (ways[i].change == Ways::Change::kNone || sideStep[i].isUnderWay() || lanes.lane(lane[i]).junction >= 0)
    return false;
  // A lane beside that the way only later leads to is another one.
  return ways[i].lanes.empty() || !(ways[i].isRouted || firstAsked(i) != nullptr);
}

void Traffic::Impl::letIn() {
  courtesy.assign(agents.size(), 1e9);
  for (size_t i = 0; i < agents.size(); ++i) {
    const Ways::Change change = isPresent[i] ? wantedChange(i) : Ways::Change::kNone;
    if (change == Ways::Change::kNone) continue;
    const LaneIndex to = change == Ways::Change::kLeft ? lanes.lane(lane[i]).left : lanes.lane(lane[i]).right;
    if (to == kNoLane || !facts[to].isUsable || facts[to].isCycleLane) continue;
    const double there = beside_m(lane[i], front_m[i], to);
    // Who is behind lets it in (who is beside it goes by), ...
    const double rear = there - agents[i].shape.length_m;
    const auto yield = [&](const Lead& tail, double gap) {
      const Lead in{std::max(gap, 0.5), speed_mps[i], static_cast<uint32_t>(i)};
      courtesy[tail.who] = std::min(courtesy[tail.who], accelerationBehind(tail.who, in, desiredSpeed(tail.who)));
    };
    const auto isGentle = [&](const Lead& tail, double gap) {
      const double excess = tail.speed_mps * tail.speed_mps - speed_mps[i] * speed_mps[i];
      return excess <= 2 * agents[tail.who].driver.braking_mps2 * gap;
    };
    Lead tail = behind(i, to, rear, -kLeastGap_m, kReach_m);
    if (tail.who < agents.size() && tail.gap_m < 20 + kLetIn_s * tail.speed_mps) yield(tail, tail.gap_m);
    // ... and where the first is too fast for that, so does the first who is not, ...
    double gap = tail.gap_m;
    for (size_t k = 0; k < kGoBy && tail.who < agents.size() && !isGentle(tail, gap); ++k) {
      const double on = agents[tail.who].shape.length_m;
      tail = behind(i, to, rear - gap - on, 0, kReach_m);
      gap += on + tail.gap_m;
      if (tail.who < agents.size() && isGentle(tail, gap)) yield(tail, gap);
    }
    // ... and it goes behind who is before it.
    const Lead lead = ahead(i, to, there, facts[to].next, kReach_m);
    if (lead.isThere() && lead.gap_m < kLetIn_s * speed_mps[i] + 10) {
      const Lead before{std::max(lead.gap_m, 0.5), lead.speed_mps, lead.who};
      courtesy[i] = std::min(courtesy[i], accelerationBehind(i, before, desiredSpeed(i)));
    }
  }
}

void Traffic::Impl::considerChange(size_t i) {
  if (sideStep[i].isUnderWay() || lanes.lane(lane[i]).junction >= 0 || front_m[i] < agents[i].shape.length_m ||
      front_m[i] > length_m(lane[i]))
    return;
  const Driver& driver = agents[i].driver;
  const Pass* next = passes[i].empty() ? nullptr : &passes[i].front();
  // Back in the middle of its lane before any junction.
  if (next != nullptr && (next->isGranted() || next->line_m - travelled_m[i] < changeWay(i) + 2)) return;
  if (askedLanes[i] != 0) {
    const int side = askedLanes[i] > 0 ? 1 : -1;
    if (tryChange(i, side > 0, kNeeded_mps2, kUrgentBraking_mps2)) askedLanes[i] -= side;
    return;
  }
  if (ways[i].change != Ways::Change::kNone) {
    if (mustChangeNow(i)) tryChange(i, ways[i].change == Ways::Change::kLeft, kNeeded_mps2, kUrgentBraking_mps2);
    return;
  }
  if (!agents[i].changesFreely) return;
  if (time_s() < nextChange_s[i]) return;
  if (next != nullptr && next->line_m - travelled_m[i] < kBeforeJunction_m + kBeforeJunction_s * speed_mps[i]) return;
  const bool keepsLeft = lanes.map().road(lanes.lane(lane[i]).key.road).data().keepsLeft;
  const double toRight = keepsLeft ? -driver.keepRight_mps2 : driver.keepRight_mps2;
  if (!tryChange(i, true, -toRight, driver.braking_mps2)) tryChange(i, false, toRight, driver.braking_mps2);
}

double Traffic::Impl::beside_m(LaneIndex from, double distance_m, LaneIndex to) const {
  const double on = std::clamp(distance_m, 0.0, length_m(from));
  return lanes.beside_m(from, on, to) + distance_m - on;
}

double Traffic::Impl::changeWay(size_t i) const {
  return std::max(kLeastChange_m, kChange_s * speed_mps[i]);
}

bool Traffic::Impl::tryChange(size_t i, bool toLeft, double bias, double safe_mps2) {
  const LaneIndex from = lane[i], to = toLeft ? lanes.lane(from).left : lanes.lane(from).right;
  if (to == kNoLane || !facts[to].isUsable || facts[to].isCycleLane != facts[from].isCycleLane) return false;
  const bool isAsked = askedLanes[i] != 0, isNeeded = isAsked || ways[i].change != Ways::Change::kNone;
  if (!lanes.mayChange(from, toLeft, front_m[i]) && !isAsked && !(isNeeded && stood_s[i] > kStuck_s)) return false;
  const double length = agents[i].shape.length_m, v = speed_mps[i];
  const double there = beside_m(from, front_m[i], to);
  // Not into a lane that ends before long.
  if (facts[to].wayAhead_m - there < (isNeeded ? changeWay(i) + 2 : kWorthIt_m)) return false;
  if (there - length < facts[to].first_m || there > facts[to].last_m) return false;

  const std::vector<LaneIndex> none;
  const std::vector<LaneIndex>& next = facts[to].next.empty() ? none : facts[facts[to].next.front()].next;
  std::vector<LaneIndex> on;
  if (!facts[to].next.empty()) on.push_back(facts[to].next.front());
  if (!next.empty()) on.push_back(next.front());
  const Lead newLead = ahead(i, to, there, on, kReach_m), newTail = behind(i, to, there - length, length, kReach_m);
  // Abreast: the one ahead by its bumper counts as leader; its rear beside us is a negative gap.
  if (newLead.gap_m < kLeastGap_m || newTail.gap_m < kLeastGap_m) return false;
  const Lead oldLead = ahead(i, from, front_m[i], ways[i].lanes, kReach_m);
  const Lead oldTail = behind(i, from, front_m[i] - length, 0, kReach_m);
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
  // Both can always stop, should the one ahead of them brake as hard as anybody does.
  if (newLead.isThere() && safeAcceleration(i, newLead.gap_m - 0.7, newLead.speed_mps) < -safe_mps2) return false;
  if (newTail.who < agents.size() && safeAcceleration(newTail.who, newTail.gap_m - 0.7, v) < -safe_mps2) return false;
  if (!(changeGain(agents[i].driver, effect, bias) > 0)) return false;

  const auto was = lanes.path(from).at(front_m[i]).worldFromLane;
  const auto will = lanes.path(to).at(there).worldFromLane;
  const double aside = glm::dot(was.translation - will.translation, will.rotation * glm::dvec3(0, 1, 0));
  lane[i] = to;
  front_m[i] = there;
  trail[i].count = 0;
  sideStep[i] = {aside, changeWay(i), 0, toLeft};
  nextChange_s[i] = time_s() + kPause_s + kChange_s;
  ways[i] = {};
  passes[i].clear();
  extend(i);
  // Seen by who thinks about it later in this step.
  occupy();
  return true;
}

}  // namespace nightfog::traffic
