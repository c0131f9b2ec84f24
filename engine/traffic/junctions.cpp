// Who may enter a junction, and who waits for whom inside it.
//
// What keeps bodies apart: every way in that is granted has a place in one order, and nobody stands on ground that who
// goes before it has yet to sweep (`Meeting`). Who has no grant goes after all that have one, and stops at the line.
// A grant is given only where all whom it puts in second place can still stop. So the first in the order has nobody to
// wait for, and since there is room kept for it beyond the junction it leaves: nothing can lock up inside.
// Signs, lights and turns decide but who is granted when.
#include <algorithm>
#include <cmath>
#include <map>

#include "engine/traffic/traffic_state.hpp"

namespace nightfog::traffic {
namespace {

constexpr double kSeen_s = 9;
constexpr double kSeen_m = 60;
/// Braking that is still asked of who sees amber, and red.
constexpr double kAmberBraking_mps2 = 3;
constexpr double kRedBraking_mps2 = 3.5;
/// Braking asked of who is put in second place.
constexpr double kYieldBraking_mps2 = 2.5;
constexpr double kStanding_mps = 0.3;
/// Between one leaving what both need and the other coming there.
constexpr double kMargin_s = 1.0;
/// Who waited this long no longer minds those who could stop for it; who waited longer has them stop.
constexpr double kPatience_s = 12;
constexpr double kUrgent_s = 18;
/// Who stops at a line may come to stand so far beyond it: aimed for short of it, or he stands in another's way.
constexpr double kStopsBeyond_m = 0.1;
constexpr double kHalt_s = 0.5;
/// Nobody waits between two junctions so close to each other: a roundabout is entered when one can leave it.
constexpr double kShortLink_m = 20;
/// Lanes one after the other within a junction.
constexpr size_t kMostWaysInside = 8;

/// Who waits is held back from the line by so much at the most; whoever swings out further waits for him instead.
constexpr double kHeldBack_m = 12;

}  // namespace

/// Two who each stand where the other has to swing out would wait for ever. So one waits where the longest body of this
/// traffic clears him, whatever way through the junction it takes from another side.
void Traffic::Impl::holdBack() {
  struct Way {
    LaneIndex before = kNoLane;
    uint32_t crossing = 0;
  };
  std::map<int, std::vector<Way>> waysThrough;
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    if (!facts[i].isUsable || lanes.lane(i).junction >= 0) continue;
    for (const LaneIndex first : facts[i].next) {
      const int junction = lanes.lane(first).junction;
      if (junction < 0) continue;
      std::vector<LaneIndex> path{i, first};
      while (!facts[path.back()].next.empty() && lanes.lane(path.back()).junction == junction &&
             path.size() < kMostWaysInside)
        path.push_back(facts[path.back()].next.front());
      const size_t last = lanes.lane(path.back()).junction == junction ? path.size() : path.size() - 1;
      waysThrough[junction].push_back({i, crossings.intern(path, 1, last)});
    }
  }
  const uint32_t longest = crossings.longestKind();
  for (const auto& [junction, all] : waysThrough) {
    for (const Way& waiting : all) {
      if (length_m(waiting.before) < kShortLink_m) continue;  // nobody waits there
      for (const Way& passing : all) {
        if (passing.before == waiting.before) continue;
        const double limit =
            crossings.meeting(passing.crossing, longest, waiting.crossing, longest).limit_m(-Crossings::kApproach_m);
        if (limit >= -kHeldBack_m)
          facts[waiting.before].stop_m = std::min(facts[waiting.before].stop_m, length_m(waiting.before) + limit);
      }
    }
  }
}

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

void Traffic::Impl::findPasses() {
  for (const int junction : busyJunctions) members[static_cast<size_t>(junction)].clear();
  busyJunctions.clear();
  std::vector<LaneIndex> path;
  std::vector<double*> orders;
  for (uint32_t i = 0; i < agents.size(); ++i) {
    std::vector<Pass>& mine = passes[i];
    const double tail = agents[i].shape.length_m + Crossings::kBeyond_m;
    std::erase_if(mine,
                  [&](const Pass& pass) { return !pass.isGranted() || pass.x(travelled_m[i]) > pass.length_m + tail; });
    if (!isPresent[i]) continue;
    // Ahead, from where its held ones end.
    const std::vector<LaneIndex>& next = ways[i].lanes;
    path.clear();
    for (size_t k = trail[i].count; k-- > 0;) path.push_back(trail[i].lanes[k]);
    if (trail[i].count == 0 && !lanes.lane(lane[i]).predecessors.empty())
      path.push_back(lanes.lane(lane[i]).predecessors.front());
    const size_t own = path.size();
    path.push_back(lane[i]);
    path.insert(path.end(), next.begin(), next.end());
    double begin = travelled_m[i] + length_m(lane[i]) - front_m[i];
    const double seen = travelled_m[i] + std::max(kSeen_m, kSeen_s * speed_mps[i]);
    int inside = lanes.lane(lane[i]).junction;
    double end = -1e9;  // of the last junction found
    for (size_t k = own + 1; k < path.size() && (begin < seen || begin < end + kShortLink_m);) {
      const int junction = lanes.lane(path[k]).junction;
      if (junction < 0 || junction == inside) {
        if (junction < 0) inside = -1;
        begin += length_m(path[k++]);
        continue;
      }
      inside = junction;
      size_t last = k;
      while (last < path.size() && lanes.lane(path[last]).junction == junction) ++last;
      const bool isHeld =
          std::any_of(mine.begin(), mine.end(), [&](const Pass& pass) { return std::abs(pass.begin_m - begin) < 1; });
      if (!isHeld) {
        Pass pass;
        pass.crossing = crossings.intern(path, k, last);
        pass.begin_m = begin;
        pass.length_m = crossings[pass.crossing].length_m;
        pass.line_m = begin - length_m(path[k - 1]) + facts[path[k - 1]].stop_m - kStopsBeyond_m;
        pass.nextInPath = static_cast<uint32_t>(last - own - 1);
        mine.push_back(pass);
      }
      for (; k < last; ++k) begin += length_m(path[k]);
      end = begin;
    }
    for (uint32_t k = 0; k < mine.size(); ++k) {
      const int junction = crossings[mine[k].crossing].junction;
      auto& there = members[static_cast<size_t>(junction)];
      if (there.empty()) busyJunctions.push_back(junction);
      there.push_back({i, k});
      if (mine[k].isGranted()) orders.push_back(&mine[k].order);
    }
  }
  // Numbered anew, so that there is room between any two.
  std::sort(orders.begin(), orders.end(), [](const double* a, const double* b) { return *a < *b; });
  for (size_t k = 0; k < orders.size(); ++k) *orders[k] = static_cast<double>(k + 1);
  lastOrder = static_cast<double>(orders.size());
}

void Traffic::Impl::findOtherPasses() {
  otherPasses.clear();
  for (const Occupant& o : occupants) {
    if (o.who < agents.size() || others[o.who - agents.size()].isPerson) continue;
    // Of another actor one does not know the way: it may take any.
    const auto add = [&](LaneIndex before, LaneIndex way, double x) {
      std::vector<LaneIndex> path;
      if (before != kNoLane) path.push_back(before);
      const size_t first = path.size();
      LaneIndex at = way;
      while (at != kNoLane && lanes.lane(at).junction == lanes.lane(way).junction &&
             path.size() < first + kMostWaysInside) {
        path.push_back(at);
        at = facts[at].next.empty() ? kNoLane : facts[at].next.front();
      }
      const size_t last = path.size();
      if (at != kNoLane) path.push_back(at);
      otherPasses.push_back({crossings.intern(path, first, last), x, o.speed_mps});
    };
    const LaneIndex before =
        lanes.lane(o.lane).predecessors.empty() ? kNoLane : lanes.lane(o.lane).predecessors.front();
    if (lanes.lane(o.lane).junction >= 0) {
      add(before, o.lane, o.front_m);
      continue;
    }
    const double left = length_m(o.lane) - o.front_m;
    if (o.speed_mps < kStanding_mps || left > std::max(0.5 * kSeen_m, kSeen_s * o.speed_mps)) continue;
    for (const LaneIndex next : facts[o.lane].next) {
      if (lanes.lane(next).junction >= 0) add(o.lane, next, -left);
    }
  }
}

bool Traffic::Impl::areOthersFar(size_t i, const Pass& pass) const {
  const double x = pass.x(travelled_m[i]);
  for (const OtherPass& its : otherPasses) {
    if (crossings[its.crossing].junction != crossings[pass.crossing].junction) continue;
    const Meeting& holdsMe = crossings.meeting(its.crossing, kOtherKind, pass.crossing, kindOf[i]);
    const Meeting& holdsIt = crossings.meeting(pass.crossing, kindOf[i], its.crossing, kOtherKind);
    const double myLimit = holdsMe.limit_m(its.x), itsLimit = holdsIt.limit_m(std::max(x, 0.0));
    if (myLimit == kNever_m || itsLimit == kNever_m) continue;
    // Nobody knows whether it yields. It is through before, or comes long after.
    const double speed = std::max(its.speed_mps, kStanding_mps);
    const double itsClear = (holdsMe.clear_m() - its.x) / speed, itsArrival = (itsLimit - its.x) / speed;
    const double clear = timeTo(i, holdsIt.clear_m() - x, topOf(i, pass));
    const double arrival = timeTo(i, std::max(myLimit - x, 0.0), topOf(i, pass));
    if (itsClear + kMargin_s > arrival && itsArrival < clear + 2 * kMargin_s) return false;
  }
  return true;
}

const Traffic::Impl::Pass* Traffic::Impl::firstAsked(size_t i) const {
  for (const Pass& pass : passes[i]) {
    if (!pass.isGranted()) return &pass;
  }
  return nullptr;
}

bool Traffic::Impl::isRed(size_t i, const Pass& pass) const {
  const LaneIndex before = crossings[pass.crossing].before;
  if (before == kNoLane) return false;
  const double needed = speed_mps[i] * speed_mps[i] / (2 * std::max(pass.line_m - travelled_m[i], 0.1));
  for (const LaneLight& light : facts[before].lights) {
    if (isLightRed[light.signal] || (isLightAmber[light.signal] && needed < kAmberBraking_mps2)) return true;
  }
  return false;
}

bool Traffic::Impl::hasRoomBeyond(size_t i, const Pass& pass) const {
  const std::vector<LaneIndex>& mine = ways[i].lanes;
  if (pass.nextInPath >= mine.size()) return true;
  const LaneIndex exit = mine[pass.nextInPath];
  const double needed = spaceOf(i) + 1;
  const Lead lead = ahead(i, exit, -1e-3, std::span(mine).subspan(pass.nextInPath + 1), 2 * needed + 60);
  if (!lead.isThere()) return true;
  const double stops = lead.speed_mps * lead.speed_mps / (2 * kEmergency_mps2);
  return lead.gap_m + stops - reserved_m[exit] >= needed;
}

double Traffic::Impl::timeTo(size_t i, double way_m, double top_mps) const {
  return travelTime_s(way_m, speed_mps[i], agents[i].driver.acceleration_mps2, std::max(top_mps, speed_mps[i]));
}

double Traffic::Impl::topOf(size_t i, const Pass& pass) const {
  double top = 60;
  for (const LaneIndex way : crossings[pass.crossing].ways) top = std::min(top, limitAt(i, way, 0.5 * length_m(way)));
  return std::max(top, 2.0);
}

bool Traffic::Impl::canStop(size_t i, double way_m, double braking_mps2) const {
  return speed_mps[i] * speed_mps[i] <= 2 * braking_mps2 * std::max(way_m - speed_mps[i] * options.step_s, 0.0) ||
         speed_mps[i] == 0;
}

bool Traffic::Impl::doesYield(const Pass& mine, const Pass& other, const Meeting& meeting) const {
  const Crossing &a = crossings[mine.crossing], &b = crossings[other.crossing];
  if (a.before != kNoLane && !facts[a.before].lights.empty()) return a.turnsAcross && !b.turnsAcross;
  return meeting.goesFirst == road::RightOfWay::kSecond;
}

bool Traffic::Impl::tryGrant(size_t i) {
  // All that have to be driven at once: where there is no room to wait between two, both.
  std::vector<Pass>& mine = passes[i];
  const size_t first = static_cast<size_t>(firstAsked(i) - mine.data());
  size_t last = first + 1;
  while (last < mine.size() && mine[last].line_m - (mine[last - 1].begin_m + mine[last - 1].length_m) < kShortLink_m)
    ++last;
  if (!hasRoomBeyond(i, mine[last - 1])) return false;

  for (size_t k = first; k < last; ++k) {
    if (!areOthersFar(i, mine[k])) return false;
  }
  double before = 0;  // of the first one in the order that it has to go before; 0: none
  const auto eachMeeting = [&](const auto& visit) {
    for (size_t k = first; k < last; ++k) {
      for (const Member& member : members[static_cast<size_t>(crossings[mine[k].crossing].junction)]) {
        if (member.who == i) continue;
        const Pass& its = passes[member.who][member.pass];
        const Meeting& holdsIt = crossings.meeting(mine[k].crossing, kindOf[i], its.crossing, kindOf[member.who]);
        const Meeting& holdsMe = crossings.meeting(its.crossing, kindOf[member.who], mine[k].crossing, kindOf[i]);
        if (!holdsIt.isAny() && !holdsMe.isAny()) continue;
        if (!visit(mine[k], member.who, its, holdsIt, holdsMe)) return false;
      }
    }
    return true;
  };
  const bool isPatient = waited_s[i] < kPatience_s;
  const bool isFree =
      eachMeeting([&](const Pass& my, uint32_t who, const Pass& its, const Meeting& holdsIt, const Meeting& holdsMe) {
        const double myX = my.x(travelled_m[i]), itsX = its.x(travelled_m[who]);
        // Beyond the first junction of several lanes before it say nothing about who is ahead now.
        const LaneIndex from = crossings[my.crossing].before;
        const bool isSameApproach = &my == &mine[first] && from != kNoLane && from == crossings[its.crossing].before &&
                                    (its.isGranted() || firstAsked(who) == &its);
        if (its.isGranted()) {
          if (isSameApproach) return true;
          const double limit = holdsMe.limit_m(itsX);
          if (limit == kNever_m) return true;
          double moves = itsX;
          while (holdsMe.limit_m(moves) < limit + 3) moves += 1;
          const double arrival = timeTo(i, std::max(limit - myX, 0.0), topOf(i, my));
          if (canStop(i, limit - myX, kYieldBraking_mps2) &&
              timeTo(who, moves - itsX, topOf(who, its)) < arrival + kMargin_s)
            return true;
          before = before == 0 ? its.order : std::min(before, its.order);
          return true;
        }
        if (isSameApproach) return itsX < myX;  // who stands first in the lane asks first
        const double itsLimit = holdsIt.limit_m(myX);
        if (itsLimit != kNever_m && !canStop(who, itsLimit - itsX, kYieldBraking_mps2)) return false;
        if (itsLimit != kNever_m && itsX > itsLimit + 1e-6) return false;
        const bool isUrgent =
            urgent[static_cast<size_t>(crossings[my.crossing].junction)] == who && waited_s[who] > waited_s[i];
        if (isUrgent && myX <= holdsMe.limit_m(itsX) && hasRoomBeyond(who, its)) return false;
        if (!isPatient || isRed(who, its) || !doesYield(my, its, holdsMe)) return true;
        if (firstAsked(who) != &its) return true;
        if (speed_mps[who] < kStanding_mps) {
          const bool isOurTurn = waited_s[i] > waited_s[who] || (waited_s[i] == waited_s[who] && i < who);
          if (itsX < -15 || (isOurTurn && waited_s[i] > 4) || !hasRoomBeyond(who, its)) return true;
        }
        const double clear = timeTo(i, holdsIt.clear_m() - myX, topOf(i, my));
        const double touch = holdsIt.limit_m(0) == kNever_m ? kNever_m : holdsIt.limit_m(std::max(myX, 0.0));
        if (touch == kNever_m) return true;
        return timeTo(who, touch - itsX, topOf(who, its)) > clear + kMargin_s;
      });
  if (!isFree) return false;
  if (before > 0) {
    const bool isFreeBefore =
        eachMeeting([&](const Pass& my, uint32_t who, const Pass& its, const Meeting& holdsIt, const Meeting&) {
          if (!its.isGranted() || its.order < before) return true;
          const LaneIndex from = crossings[my.crossing].before;
          if (&my == &mine[first] && from != kNoLane && from == crossings[its.crossing].before) return false;
          const double myX = my.x(travelled_m[i]), itsX = its.x(travelled_m[who]);
          const double limit = holdsIt.limit_m(myX);
          if (limit == kNever_m) return true;
          if (itsX > limit || !canStop(who, limit - itsX, kYieldBraking_mps2)) return false;
          double moves = std::max(myX, 0.0);
          while (holdsIt.limit_m(moves) < limit + 3) moves += 1;
          return timeTo(i, moves - myX, topOf(i, my)) + kMargin_s < timeTo(who, limit - itsX, topOf(who, its));
        });
    if (!isFreeBefore) return false;
  }
  double order = lastOrder + 1;
  if (before > 0) {
    double previous = 0;
    for (const std::vector<Pass>& all : passes) {
      for (const Pass& pass : all) {
        if (pass.isGranted() && pass.order < before) previous = std::max(previous, pass.order);
      }
    }
    order = 0.5 * (previous + before);
  }
  lastOrder = std::max(lastOrder, order);
  for (size_t k = first; k < last; ++k) mine[k].order = order;
  if (const Pass& exit = mine[last - 1]; exit.nextInPath < ways[i].lanes.size())
    reserved_m[ways[i].lanes[exit.nextInPath]] += spaceOf(i);
  return true;
}

void Traffic::Impl::grant() {
  std::fill(reserved_m.begin(), reserved_m.end(), 0.0);
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < agents.size(); ++i) {
    if (!isPresent[i]) continue;
    // Given back where the light has changed and it can stop; what is beyond it is given back with it.
    bool isBack = false;
    Pass* last = nullptr;
    for (Pass& pass : passes[i]) {
      if (!pass.isGranted()) break;
      const double line = pass.line_m - travelled_m[i];
      if (line > 0 && isRed(i, pass) && canStop(i, line, kRedBraking_mps2)) isBack = true;
      if (isBack) pass.order = 0;
      if (pass.isGranted()) last = &pass;
    }
    if (last != nullptr && last->x(travelled_m[i]) < last->length_m) {
      const LaneIndex exit = crossings[last->crossing].after;
      if (exit != kNoLane) reserved_m[exit] += spaceOf(i);
    }
    const Pass* asked = firstAsked(i);
    if (asked == nullptr) {
      waited_s[i] = 0;
      continue;
    }
    const double line = asked->line_m - travelled_m[i];
    const bool red = isRed(i, *asked);
    if (speed_mps[i] < kStanding_mps && line < 3) {
      if (!red) waited_s[i] += options.step_s;
    } else if (speed_mps[i] > 1) {
      waited_s[i] = 0;
    }
    if (red) continue;
    const LaneIndex from = crossings[asked->crossing].before;
    if (from != kNoLane && facts[from].mustHalt && facts[from].lights.empty() && waited_s[i] < kHalt_s) continue;
    const double v = speed_mps[i];
    if (line < v * v / (1.2 * agents[i].driver.braking_mps2) + v + 3) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return waited_s[a] != waited_s[b] ? waited_s[a] > waited_s[b] : a < b; });
  for (const int junction : busyJunctions) urgent[static_cast<size_t>(junction)] = kNobody;
  for (const uint32_t i : order) {
    if (waited_s[i] < kUrgent_s) break;
    uint32_t& there = urgent[static_cast<size_t>(crossings[firstAsked(i)->crossing].junction)];
    if (there == kNobody) there = i;
  }
  for (const uint32_t i : order) tryGrant(i);
}

}  // namespace nightfog::traffic
