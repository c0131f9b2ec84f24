// Who may enter a junction. A way in is granted, before one would have to brake for it, when nobody who holds a
// crossing one is still on it and nobody who goes first would be hindered; what is granted is kept free by all others.
// So no two ever hold what cannot be driven at once: yielding decides who waits, not whether they collide.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/traffic/traffic_state.hpp"

namespace nightfog::traffic {
namespace {

/// Time between one leaving what both cross and the other reaching it.
constexpr double kMargin_s = 1.0;
constexpr double kSeen_s = 9;
constexpr double kSeen_m = 30;
/// Braking that is still asked of who sees amber, and red.
constexpr double kAmberBraking_mps2 = 3;
constexpr double kRedBraking_mps2 = 3.5;
constexpr double kStanding_mps = 0.3;
/// Where all wait for each other, who has waited longest goes after this time.
constexpr double kTurn_s = 4;
/// After this time one goes where others would have to brake comfortably for it.
constexpr double kPatience_s = 20;
constexpr double kFlowing_mps = 3;
constexpr double kHalt_s = 0.5;

}  // namespace

void Traffic::Impl::lookAtLights() {
  const auto& signals = lanes.map().furniture().signals;
  isLightRed.assign(signals.size(), 0);
  isLightAmber.assign(signals.size(), 0);
  const SimTime now = SimTime::fromSeconds(time_s());
  for (uint32_t k = 0; k < signals.size(); ++k) {
    if (signals[k].kind != road::SignalKind::kTrafficLight) continue;
    const road::SignalState state = signalPlan.state(k, now);
    isLightRed[k] = state == road::SignalState::kRed || state == road::SignalState::kRedAmber;
    isLightAmber[k] = state == road::SignalState::kAmber;
  }
}

void Traffic::Impl::findEntrances() {
  for (const LaneIndex index : approached) approaches[index].clear();
  approached.clear();
  const auto announce = [&](LaneIndex index, uint32_t who, double distance, double speed) {
    if (approaches[index].empty()) approached.push_back(index);
    approaches[index].push_back({who, distance, speed});
  };
  for (const Occupant& o : occupants) {
    // Of another actor one does not know the way: it may take any.
    if (o.who < agents.size() || o.speed_mps < kStanding_mps) continue;
    const double left = length_m(o.lane) - o.front_m;
    if (left > std::max(kSeen_m, kSeen_s * o.speed_mps)) continue;
    for (const LaneIndex next : lanes.lane(o.lane).successors) {
      if (lanes.lane(next).junction >= 0) announce(next, o.who, left, o.speed_mps);
    }
  }
  for (uint32_t i = 0; i < agents.size(); ++i) {
    entrance[i] = {};
    if (!isPresent[i]) continue;
    const std::vector<LaneIndex>& mine = ways[i].lanes;
    int junction = lanes.lane(lane[i]).junction;
    double base = length_m(lane[i]) - front_m[i];
    size_t k = 0;
    if (junction >= 0) {
      for (; k < mine.size() && lanes.lane(mine[k]).junction == junction; ++k) {
        announce(mine[k], i, base, speed_mps[i]);
        base += length_m(mine[k]);
      }
    }
    const double seen = std::max(kSeen_m, kSeen_s * speed_mps[i]);
    for (LaneIndex before = k > 0 ? mine[k - 1] : lane[i]; k < mine.size() && base < seen; before = mine[k++]) {
      const int next = lanes.lane(mine[k]).junction;
      if (next < 0 || next == lanes.lane(before).junction) {
        base += length_m(mine[k]);
        continue;
      }
      Entrance& found = entrance[i];
      found.isThere = true;
      found.first = found.last = k;
      found.begin_m = base;
      found.line_m = base - length_m(before) + facts[before].stop_m;
      found.isOverLine = found.line_m < 0;
      if (found.isOverLine) found.line_m = base - 0.2;
      for (; found.last < mine.size() && lanes.lane(mine[found.last]).junction == next; ++found.last) {
        announce(mine[found.last], i, base, speed_mps[i]);
        base += length_m(mine[found.last]);
      }
      break;
    }
  }
}

bool Traffic::Impl::isRed(size_t i) const {
  const Entrance& e = entrance[i];
  const LaneIndex before = e.first > 0 ? ways[i].lanes[e.first - 1] : lane[i];
  const double needed = speed_mps[i] * speed_mps[i] / (2 * std::max(e.line_m, 0.1));
  for (const LaneLight& light : facts[before].lights) {
    if (isLightRed[light.signal] || (isLightAmber[light.signal] && needed < kAmberBraking_mps2)) return true;
  }
  return false;
}

double Traffic::Impl::requestDistance(size_t i) const {
  const double v = speed_mps[i];
  return v * v / (1.5 * agents[i].driver.braking_mps2) + v + 3;
}

LaneIndex Traffic::Impl::exitOf(size_t i) const {
  const std::vector<LaneIndex>& mine = ways[i].lanes;
  const int inside = lanes.lane(lane[i]).junction;
  size_t exit = 0;
  if (inside >= 0) {
    while (exit < mine.size() && lanes.lane(mine[exit]).junction == inside) ++exit;
  } else if (entrance[i].isThere && granted[i] == mine[entrance[i].first]) {
    exit = entrance[i].last;
  } else {
    return kNoLane;
  }
  return exit < mine.size() ? mine[exit] : kNoLane;
}

bool Traffic::Impl::hasRoomBeyond(size_t i) const {
  const Entrance& e = entrance[i];
  const std::vector<LaneIndex>& mine = ways[i].lanes;
  if (e.last >= mine.size()) return true;
  const double needed = agents[i].shape.length_m + agents[i].driver.standstillGap_m + 1;
  const Lead lead = ahead(i, mine[e.last], 0, std::span(mine).subspan(e.last + 1), needed + kSeen_m);
  if (!lead.isThere() || lead.speed_mps > kFlowing_mps) return true;
  double room = lead.gap_m;
  const bool isMine = granted[i] == mine[e.first];
  room -= reserved_m[mine[e.last]] - (isMine ? spaceOf(i) : 0);
  return room >= needed;
}

bool Traffic::Impl::mayEnter(size_t i) const {
  const Entrance& e = entrance[i];
  const std::vector<LaneIndex>& mine = ways[i].lanes;
  const LaneIndex before = e.first > 0 ? mine[e.first - 1] : lane[i];
  const bool isLit = !facts[before].lights.empty();
  const bool keepsLeft = lanes.map().road(lanes.lane(mine[e.first]).key.road).data().keepsLeft;
  const auto crossesOncoming = [&](LaneIndex way) {
    const road::Turn turn = lanes.lane(way).turn;
    return turn == road::Turn::kBack || turn == (keepsLeft ? road::Turn::kRight : road::Turn::kLeft);
  };
  const Driver& driver = agents[i].driver;
  const double v = speed_mps[i];
  double base = e.begin_m;
  for (size_t k = e.first; k < e.last; base += length_m(mine[k]), ++k) {
    const LaneIndex way = mine[k];
    const double top = std::max(limitAt(i, way, 0.5 * length_m(way)), 2.0);
    for (const uint32_t c : lanes.conflictsOf(way)) {
      const road::LaneConflict& conflict = lanes.conflicts()[c];
      if (conflict.kind == road::ConflictKind::kDiverging) continue;
      const bool isFirst = conflict.first == way;
      const LaneIndex other = isFirst ? conflict.second : conflict.first;
      const road::LaneSpan onMine = isFirst ? conflict.onFirst : conflict.onSecond;
      const road::LaneSpan onOther = isFirst ? conflict.onSecond : conflict.onFirst;
      const bool isMerging = conflict.kind == road::ConflictKind::kMerging;
      bool doYield = conflict.goesFirst == (isFirst ? road::RightOfWay::kSecond : road::RightOfWay::kFirst);
      if (isLit) doYield = crossesOncoming(way) && !crossesOncoming(other);
      for (const Occupant& o : on(other)) {
        if (o.who == i || o.rear_m > onOther.to_m) continue;
        if (!isMerging || o.front_m < onOther.from_m) return false;
        const double gap = base + length_m(way) - (length_m(other) - o.rear_m);
        const double slowing = std::max(0.0, v * v - o.speed_mps * o.speed_mps) / (2 * driver.braking_mps2);
        if (gap < driver.standstillGap_m + slowing) return false;
      }
      const double clear =
          travelTime_s(base + onMine.to_m + agents[i].shape.length_m, v, driver.acceleration_mps2, top);
      for (const Approach& p : approaches[other]) {
        if (p.who == i) continue;
        if (p.who >= agents.size()) {
          // Nobody knows whether another actor yields.
          if ((p.distance_m + onOther.from_m) / p.speed_mps < clear + kMargin_s) return false;
          continue;
        }
        const bool isInside = lanes.lane(lane[p.who]).junction == lanes.lane(other).junction;
        const Entrance& its = entrance[p.who];
        const bool holds = isInside || (its.isThere && granted[p.who] == ways[p.who].lanes[its.first]);
        if (holds) return false;
        if (!doYield || isRed(p.who)) continue;
        const double itsSpeed = speed_mps[p.who];
        if (itsSpeed < kStanding_mps) {
          if (!hasRoomBeyond(p.who)) continue;
          const bool isOurTurn = waited_s[i] > waited_s[p.who] || (waited_s[i] == waited_s[p.who] && i < p.who);
          if (waited_s[i] > kTurn_s && isOurTurn) continue;
        } else if (waited_s[i] > kPatience_s &&
                   itsSpeed * itsSpeed / (2 * std::max(its.line_m, 0.1)) < agents[p.who].driver.braking_mps2) {
          continue;
        }
        const double itsArrival =
            travelTime_s(p.distance_m + onOther.from_m, itsSpeed, agents[p.who].driver.acceleration_mps2,
                         std::max(itsSpeed, limitAt(p.who, other, onOther.from_m)));
        if (itsArrival < clear + kMargin_s) return false;
      }
    }
  }
  return true;
}

void Traffic::Impl::grant() {
  std::fill(reserved_m.begin(), reserved_m.end(), 0.0);
  for (size_t i = 0; i < agents.size(); ++i) {
    if (const LaneIndex exit = isPresent[i] ? exitOf(i) : kNoLane; exit != kNoLane) reserved_m[exit] += spaceOf(i);
  }
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < agents.size(); ++i) {
    const Entrance& e = entrance[i];
    const bool isHeld = e.isThere && granted[i] == ways[i].lanes[e.first];
    if (!isHeld) granted[i] = kNoLane;
    if (!isPresent[i] || !e.isThere) {
      waited_s[i] = 0;
      continue;
    }
    if (isHeld) {
      const double needed = speed_mps[i] * speed_mps[i] / (2 * std::max(e.line_m, 0.1));
      if (!e.isOverLine && isRed(i) && needed < kRedBraking_mps2) granted[i] = kNoLane;
      // Nothing is kept for who cannot use it.
      if (speed_mps[i] < kStanding_mps && !hasRoomBeyond(i)) granted[i] = kNoLane;
    }
    if (granted[i] != kNoLane) continue;
    if (speed_mps[i] < kStanding_mps && e.line_m < 3) {
      waited_s[i] += options.step_s;
    } else if (speed_mps[i] > 1) {
      waited_s[i] = 0;
    }
    if (e.line_m < requestDistance(i)) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return waited_s[a] != waited_s[b] ? waited_s[a] > waited_s[b] : a < b; });
  for (const uint32_t i : order) {
    const Entrance& e = entrance[i];
    const LaneIndex before = e.first > 0 ? ways[i].lanes[e.first - 1] : lane[i];
    if (isRed(i) || (facts[before].mustHalt && facts[before].lights.empty() && waited_s[i] < kHalt_s)) continue;
    if (!hasRoomBeyond(i) || !mayEnter(i)) continue;
    granted[i] = ways[i].lanes[e.first];
    if (const LaneIndex exit = exitOf(i); exit != kNoLane) reserved_m[exit] += spaceOf(i);
  }
}

}  // namespace nightfog::traffic
