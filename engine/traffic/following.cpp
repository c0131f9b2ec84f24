// Who is where on the lanes, who is ahead of whom, and how hard one has to brake for it.
#include <algorithm>
#include <cmath>

#include "engine/traffic/traffic_state.hpp"

namespace nightfog::traffic {
namespace {

constexpr double kLeastReach_m = 40;
constexpr double kReach_s = 7;
/// Who walks within this beside a lane and its crosswalk is let over.
constexpr double kBesideCrossing_m = 2.5;
constexpr double kWalking_mps = 0.2;
/// An edge that reaches this far into a lane only touches it.
constexpr double kTouching_m = 0.15;
constexpr double kBeyondLine_m = 1;

}  // namespace

void Traffic::Impl::Trail::push(LaneIndex lane) {
  for (size_t k = std::min(count, kTrail - 1); k > 0; --k) lanes[k] = lanes[k - 1];
  lanes[0] = lane;
  count = std::min(count + 1, kTrail);
}

void Traffic::Impl::occupy() {
  occupants.clear();
  const auto add = [&](LaneIndex index, uint32_t who, double rear, double front, double speed) {
    occupants.push_back({index, who, rear, front, speed});
  };
  for (uint32_t i = 0; i < agents.size(); ++i) {
    if (!isPresent[i]) continue;
    const double length = agents[i].shape.length_m;
    double front = front_m[i];
    add(lane[i], i, front - length, front, speed_mps[i]);
    for (size_t k = 0; k < trail[i].count && front < length; ++k) {
      front += length_m(trail[i].lanes[k]);
      add(trail[i].lanes[k], i, front - length, front, speed_mps[i]);
    }
    if (sideStep[i].isUnderWay()) {
      const LaneIndex left = sideStep[i].toLeft ? lanes.lane(lane[i]).right : lanes.lane(lane[i]).left;
      if (left != kNoLane && facts[left].isUsable) {
        const double there = beside_m(lane[i], front_m[i], left);
        add(left, i, there - length, there, speed_mps[i]);
      }
    }
  }
  occupyByOthers();
  std::sort(occupants.begin(), occupants.end(), [](const Occupant& a, const Occupant& b) {
    if (a.lane != b.lane) return a.lane < b.lane;
    if (a.front_m != b.front_m) return a.front_m < b.front_m;
    return a.who < b.who;
  });
  firstOccupant.assign(lanes.size() + 1, 0);
  for (const Occupant& o : occupants) ++firstOccupant[o.lane + 1];
  for (size_t k = 1; k < firstOccupant.size(); ++k) firstOccupant[k] += firstOccupant[k - 1];
}

void Traffic::Impl::occupyByOthers() {
  walkedOn.clear();
  for (uint32_t k = 0; k < others.size(); ++k) {
    const Other& other = others[k];
    const auto who = static_cast<uint32_t>(agents.size()) + k;
    // In every lane that its middle or a corner lies in: it may stand across two, or reach into one.
    const glm::dvec2 along(std::cos(other.heading_rad), std::sin(other.heading_rad));
    const double length = std::max(other.length_m - 2 * kTouching_m, 0.0),
                 width = std::max(other.width_m - 2 * kTouching_m, 0.0);
    LaneIndex known[5];
    size_t count = 0;
    for (const glm::dvec2& corner : {glm::dvec2(0, 0), glm::dvec2(0.5, 0.5), glm::dvec2(0.5, -0.5),
                                     glm::dvec2(-0.5, 0.5), glm::dvec2(-0.5, -0.5)}) {
      const glm::dvec2 out = corner.x * length * along + corner.y * width * glm::dvec2(-along.y, along.x);
      const glm::dvec3 place = other.position + glm::dvec3(out, 0);
      if (other.isPerson && corner != glm::dvec2(0)) break;
      const auto found = other.isPerson ? lanes.locate(place) : lanes.locate(place, other.heading_rad);
      if (!found || !facts[found->lane].isUsable || std::find(known, known + count, found->lane) != known + count)
        continue;
      known[count++] = found->lane;
      const double turned = wrapAngle(lanes.path(found->lane).at(found->distance_m).heading_rad - other.heading_rad);
      const double cosine = std::abs(std::cos(turned)), sine = std::abs(std::sin(turned));
      const double middle = found->distance_m - glm::dot(out, along) * std::cos(turned);
      const double half = 0.5 * (cosine * other.length_m + sine * other.width_m);
      const double speed = std::max(0.0, other.speed_mps * std::cos(turned));
      occupants.push_back({found->lane, who, middle - half, middle + half, speed});
    }
    if (!other.isPerson) continue;
    for (const Crosswalk& crosswalk : crosswalks) {
      if (glm::length(glm::dvec2(other.position) - crosswalk.middle) > crosswalk.reach_m) continue;
      const auto foot = lanes.path(crosswalk.lane).foot(other.position);
      const road::LaneSpan& span = crosswalk.span;
      if (foot.distance_m < span.from_m - 1 || foot.distance_m > span.to_m + 1) continue;
      const auto at = lanes.path(crosswalk.lane).at(foot.distance_m);
      const double aside = std::abs(foot.left_m) - 0.5 * at.width_m;
      // Towards the lane: to its right when left of it.
      const double across = other.speed_mps * std::sin(wrapAngle(other.heading_rad - at.heading_rad));
      const bool isComing = foot.left_m > 0 ? across < -kWalking_mps : across > kWalking_mps;
      if (aside <= 0 || (aside < kBesideCrossing_m && isComing)) walkedOn.emplace_back(crosswalk.lane, span);
    }
  }
}

std::span<const Occupant> Traffic::Impl::on(LaneIndex index) const {
  return {occupants.data() + firstOccupant[index], firstOccupant[index + 1] - firstOccupant[index]};
}

Traffic::Impl::Lead Traffic::Impl::ahead(size_t i, LaneIndex index, double from_m, std::span<const LaneIndex> next,
                                         double reach_m) const {
  double base = -from_m;
  size_t k = 0;
  while (true) {
    const auto there = on(index);
    // Of who is further: abreast, the higher number is behind.
    const auto isBehind = [&](const Occupant& o) {
      const double front = o.front_m + base;
      return front < 0 || (front == 0 && o.who <= i);
    };
    auto found = std::partition_point(there.begin(), there.end(), isBehind);
    Lead lead;
    for (; found != there.end(); ++found) {
      if (found->who == i) continue;
      // Whose bumper is nearest has not always the nearest rear: a lorry's may be further back.
      if (found->rear_m + base < lead.gap_m) lead = {found->rear_m + base, found->speed_mps, found->who};
    }
    if (lead.isThere()) return lead;
    base += length_m(index);
    if (base > reach_m || k >= next.size()) return {};
    index = next[k++];
  }
}

Traffic::Impl::Lead Traffic::Impl::behind(size_t i, LaneIndex index, double rear_m, double abreast_m,
                                          double reach_m) const {
  Lead lead;
  double base = rear_m;  // from the lane's beginning to the rear
  std::vector<std::pair<LaneIndex, double>> open{{index, base}};
  for (size_t k = 0; k < open.size() && k < 16; ++k) {
    const auto [here, to] = open[k];
    bool isFound = false;
    const auto there = on(here);
    for (auto o = there.rbegin(); o != there.rend(); ++o) {
      if (o->who == i || o->front_m > to + abreast_m) continue;
      if (to - o->front_m < lead.gap_m) lead = {to - o->front_m, o->speed_mps, o->who};
      isFound = true;
      break;
    }
    if (isFound || to > reach_m) continue;
    for (const LaneIndex before : lanes.lane(here).predecessors) {
      if (facts[before].isUsable) open.emplace_back(before, to + length_m(before));
    }
  }
  return lead;
}

double Traffic::Impl::accelerationBehind(size_t i, const Lead& lead, double desired) const {
  const Driver& driver = agents[i].driver;
  if (!lead.isThere()) return freeAcceleration(driver, speed_mps[i], desired);
  return followingAcceleration(driver, speed_mps[i], desired, lead.gap_m, speed_mps[i] - lead.speed_mps);
}

double Traffic::Impl::stopWithin(size_t i, double distance_m, double gentle_mps2) const {
  const Driver& driver = agents[i].driver;
  const double v = speed_mps[i];
  // What it takes now; less than gently it is not yet time.
  const double room = distance_m - v * options.step_s;
  // The last hand's breadth softly, not to the millimetre.
  if (room <= 0.05) return -std::clamp(v / options.step_s, 0.01, v < 1 ? driver.braking_mps2 : 1e9);
  const double needed = v * v / (2 * std::max(distance_m - 0.5 * v * options.step_s, 0.05));
  return needed < gentle_mps2 ? 1e9 : -needed;
}

double Traffic::Impl::safeAcceleration(size_t i, double gap_m, double leader_mps) const {
  // [Krauss1998], eq. 4.9, with the step as the time of reaction.
  const double b = kEmergency_mps2, dt = options.step_s;
  const double most = -b * dt + std::sqrt(b * b * dt * dt + leader_mps * leader_mps + 2 * b * std::max(gap_m, 0.0));
  return (std::max(most, 0.0) - speed_mps[i]) / dt;
}

double Traffic::Impl::keepClear(size_t i) const {
  double a = 1e9;
  for (const Pass& mine : passes[i]) {
    const size_t junction = static_cast<size_t>(crossings[mine.crossing].junction);
    const double x = mine.x(travelled_m[i]);
    for (const Member& member : members[junction]) {
      if (member.who == i) continue;
      const Pass& its = passes[member.who][member.pass];
      const bool goesBefore = its.isGranted() && (!mine.isGranted() || its.order < mine.order);
      const bool isUrgent = !mine.isGranted() && urgent[junction] == member.who;
      if (!goesBefore && !isUrgent) continue;
      const Meeting& meeting = crossings.meeting(its.crossing, kindOf[member.who], mine.crossing, kindOf[i]);
      const double itsX = its.x(travelled_m[member.who]), limit = meeting.limit_m(itsX);
      if (limit == kNever_m) continue;
      const double way = limit - x;
      if (!goesBefore && (way < 0 || !canStop(i, way, agents[i].driver.braking_mps2))) continue;
      const auto isSteady = [](double moved) { return moved > 0.4 && moved < 2; };
      const double next = meeting.limit_m(itsX + 1) - limit;
      if (isSteady(next) || (next >= 2 && isSteady(limit - meeting.limit_m(itsX - 1)))) {
        // It goes ahead on our way.
        a = std::min(a, safeAcceleration(i, way + 0.5, speed_mps[member.who]));
      } else {
        a = std::min(a, stopWithin(i, way, 0.75 * agents[i].driver.braking_mps2));
      }
    }
  }
  return a;
}

double Traffic::Impl::keepClearOfOthers(size_t i) const {
  double a = 1e9;
  for (const Pass& mine : passes[i]) {
    const Crossing& crossing = crossings[mine.crossing];
    for (const OtherPass& its : otherPasses) {
      if (its.x < 0 || crossings[its.crossing].junction != crossing.junction) continue;
      const Meeting& meeting = crossings.meeting(its.crossing, kOtherKind, mine.crossing, kindOf[i]);
      const double limit = meeting.limit_m(its.x);
      const double way = limit - mine.x(travelled_m[i]);
      if (limit == kNever_m || way < 0 || !canStop(i, way, kEmergency_mps2)) continue;
      a = std::min(a, stopWithin(i, way, 0.75 * agents[i].driver.braking_mps2));
    }
  }
  return a;
}

double Traffic::Impl::acceleration(size_t i) const {
  const Driver& driver = agents[i].driver;
  const double v = speed_mps[i], gentle = 0.75 * driver.braking_mps2;
  const double desired = desiredSpeed(i);
  const double reach = std::max(kLeastReach_m, kReach_s * v);
  double a = freeAcceleration(driver, v, desired);
  double hardest = kEmergency_mps2;
  const auto follow = [&](const Lead& lead) {
    if (!lead.isThere()) return;
    a = std::min({a, accelerationBehind(i, lead, desired), safeAcceleration(i, lead.gap_m - 0.5, lead.speed_mps)});
    if (lead.who >= agents.size()) hardest = driver.hardBraking_mps2;
  };
  follow(ahead(i, lane[i], front_m[i], ways[i].lanes, reach));
  if (sideStep[i].isUnderWay()) {
    // Until it is over, who is ahead in the lane that it comes from counts too.
    const LaneIndex old = sideStep[i].toLeft ? lanes.lane(lane[i]).right : lanes.lane(lane[i]).left;
    if (old != kNoLane && std::abs(sideStep[i].at(sideStep[i].done_m)) > agents[i].shape.width_m * 0.5)
      follow(ahead(i, old, beside_m(lane[i], front_m[i], old), {}, reach));
  }
  a = std::min(a, std::max(courtesy[i], -driver.braking_mps2));
  if (const Pass* asked = firstAsked(i)) {
    const double line = asked->line_m - travelled_m[i];
    // Who has come to stand a hand's width beyond the line waits there; only who was beyond it already, at the
    // junction.
    const double way = line > -kBeyondLine_m ? std::max(line, 0.0) : asked->begin_m - 0.2 - travelled_m[i];
    a = std::min(a, stopWithin(i, way, gentle));
  }
  a = std::min({a, keepClear(i), keepClearOfOthers(i)});
  if (ways[i].change != Ways::Change::kNone) a = std::min(a, stopWithin(i, knownWay(i) - 2, gentle));
  // Lights between junctions, and crosswalks with people.
  double base = -front_m[i];
  const auto mind = [&](LaneIndex index) {
    for (const auto& [walked, span] : walkedOn) {
      if (walked != index) continue;
      const double to = base + span.from_m - 1;
      if (to > -1 && (to < 0 || v * v / (2 * to) < driver.hardBraking_mps2)) {
        a = std::min(a, stopWithin(i, std::max(to, 0.0), gentle));
        hardest = driver.hardBraking_mps2;
      }
    }
    if (facts[index].leadsIntoJunction) return;
    for (const LaneLight& light : facts[index].lights) {
      const double to = base + light.stop_m;
      if (to < 0 || !(isLightRed[light.signal] || isLightAmber[light.signal])) continue;
      if (canStop(i, to, isLightRed[light.signal] ? 3.5 : 3.0)) a = std::min(a, stopWithin(i, to, gentle));
    }
  };
  mind(lane[i]);
  base += length_m(lane[i]);
  for (const LaneIndex after : ways[i].lanes) {
    if (base > reach) break;
    mind(after);
    base += length_m(after);
  }
  return std::clamp(a, -hardest, driver.acceleration_mps2);
}

}  // namespace nightfog::traffic
