#include "engine/traffic/lane_facts.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/road/extended_road.hpp"

namespace nightfog::traffic {
namespace {

using road::LaneGraph;
using road::LaneIndex;

/// Narrower lanes have just opened, or are about to close.
constexpr double kLeastWidth_m = 2.4;
constexpr double kLeastCycleWidth_m = 0.9;
/// Where nothing is stated: out of town in Germany.
constexpr double kDefaultLimit_mps = 100 / 3.6;
/// A stop line this far before a light, or before a lane's end, belongs to it.
constexpr double kStopLineReach_m = 15;
/// Left between a bumper and what it stops at.
constexpr double kStopShort_m = 0.5;

void findSpan(const LaneGraph& lanes, LaneIndex index, LaneFacts& facts) {
  const auto& samples = lanes.path(index).samples();
  const double least = facts.isCycleLane ? kLeastCycleWidth_m : kLeastWidth_m;
  const auto isWide = [&](const auto& sample) { return sample.width_m >= least; };
  const auto first = std::find_if(samples.begin(), samples.end(), isWide);
  if (first == samples.end()) return;
  const auto last = std::find_if(samples.rbegin(), samples.rend(), isWide);
  facts.isUsable = true;
  facts.first_m = first->distance_m;
  facts.last_m = last->distance_m;
}

void findSpeeds(const LaneGraph& lanes, LaneIndex index, LaneFacts& facts) {
  const auto& samples = lanes.path(index).samples();
  for (size_t i = 0; i < samples.size(); ++i) {
    const double limit = lanes.speedLimit_mps(index, samples[i].distance_m);
    facts.limit_mps.push_back(limit > 0 ? limit : kDefaultLimit_mps);
    // Turn over way between the neighbours.
    const auto &before = samples[i > 0 ? i - 1 : i], &after = samples[std::min(i + 1, samples.size() - 1)];
    const double way = after.distance_m - before.distance_m;
    facts.curvature_1pm.push_back(way > 0 ? std::abs(wrapAngle(after.heading_rad - before.heading_rad)) / way : 0);
  }
}

void findSignals(const LaneGraph& lanes, LaneIndex index, LaneFacts& facts) {
  const auto& signals = lanes.map().furniture().signals;
  const double length = lanes.lane(index).length_m;
  facts.stop_m = length - kStopShort_m;
  const auto stopLineBy = [&](double at, double otherwise) {
    double best = otherwise, nearest = kStopLineReach_m;
    for (const road::LaneSignal& line : lanes.signalsOf(index)) {
      if (signals[line.signal].kind != road::SignalKind::kStopLine) continue;
      if (std::abs(line.distance_m - at) > nearest) continue;
      nearest = std::abs(line.distance_m - at);
      best = line.distance_m - kStopShort_m;
    }
    return best;
  };
  facts.stop_m = std::max(0.0, stopLineBy(length, facts.stop_m));
  for (const road::LaneCrossing& crossing : lanes.crossingsOf(index)) {
    // Nobody waits on a crosswalk that lies right before the junction.
    if (crossing.span.to_m > length - kStopLineReach_m)
      facts.stop_m = std::min(facts.stop_m, std::max(0.0, crossing.span.from_m - kStopShort_m));
  }
  for (const road::LaneSignal& at : lanes.signalsOf(index)) {
    const road::Signal& signal = signals[at.signal];
    if (signal.kind == road::SignalKind::kStop) facts.mustHalt = true;
    if (signal.kind == road::SignalKind::kTrafficLight && signal.isDynamic)
      facts.lights.push_back({at.signal, std::max(0.0, stopLineBy(at.distance_m, at.distance_m - kStopShort_m))});
  }
}

void findStreetsBeyond(const LaneGraph& lanes, double most_m, std::vector<LaneFacts>& all) {
  if (!(most_m > 0)) return;
  std::map<uint32_t, road::ExtendedRoad> extended;
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    LaneFacts& facts = all[i];
    const double length_m = lanes.lane(i).length_m;
    const bool isBeyond = facts.isOpenEnd && facts.last_m >= length_m, isBefore = facts.isEntry && facts.first_m <= 0;
    if (!isBeyond && !isBefore) continue;
    const uint32_t road = lanes.lane(i).key.road;
    const road::ExtendedRoad& street = extended.try_emplace(road, lanes.map(), road, kStreetBeyondEnds_m).first->second;
    double before_m = std::min(most_m, -street.firstS());
    double after_m = std::min(most_m, street.lastS() - street.road().length_m());
    if (!leadsTowardsEnd(lanes, i)) std::swap(before_m, after_m);
    if (isBefore) facts.beforeBeginning_m = before_m;
    if (isBeyond) facts.beyondEnd_m = after_m;
  }
}

/// A junction, or an open end, is as good as a lane for ever.
void findWaysAhead(const LaneGraph& lanes, std::vector<LaneFacts>& all) {
  constexpr double kForEver_m = 1e9;
  std::vector<std::vector<LaneIndex>> before(lanes.size());
  std::vector<LaneIndex> open;
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    all[i].wayAhead_m = kForEver_m;
    if (!all[i].isUsable || lanes.lane(i).junction >= 0 || all[i].leadsIntoJunction) continue;
    for (const LaneIndex next : all[i].next) before[next].push_back(i);
    if (!all[i].next.empty() || all[i].isOpenEnd) continue;
    all[i].wayAhead_m = all[i].last_m;
    open.push_back(i);
  }
  // Back from where lanes end; what has another way on does not.
  for (size_t k = 0; k < open.size(); ++k) {
    for (const LaneIndex i : before[open[k]]) {
      double longest = 0;
      for (const LaneIndex next : all[i].next) longest = std::max(longest, all[next].wayAhead_m);
      if (longest >= kForEver_m || all[i].wayAhead_m < kForEver_m) continue;
      all[i].wayAhead_m = lanes.lane(i).length_m + longest;
      open.push_back(i);
    }
  }
}

}  // namespace

bool leadsTowardsEnd(const LaneGraph& lanes, LaneIndex lane) {
  const road::LaneKey& key = lanes.lane(lane).key;
  return !lanes.map().road(key.road).isAgainstS(key.lane);
}

std::vector<LaneFacts> factsOf(const LaneGraph& lanes, double beyondEnds_m) {
  std::vector<LaneFacts> all(lanes.size());
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    all[i].isCycleLane = lanes.lane(i).kind == road::LaneKind::kBiking;
    if (lanes.lane(i).isDrivable || all[i].isCycleLane) findSpan(lanes, i, all[i]);
    if (!all[i].isUsable) continue;
    findSpeeds(lanes, i, all[i]);
    findSignals(lanes, i, all[i]);
  }
  // A lane goes on where it is wide enough to its end, and what follows is from its beginning.
  constexpr double kAlmost_m = 1;
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    for (const LaneIndex to : lanes.lane(i).successors)
      all[i].leadsIntoJunction |= lanes.lane(i).junction < 0 && lanes.lane(to).junction >= 0;
  }
  const auto leadsTo = [&](LaneIndex from, LaneIndex to) {
    return all[from].isUsable && all[to].isUsable && all[from].isCycleLane == all[to].isCycleLane &&
           all[from].last_m > lanes.lane(from).length_m - kAlmost_m && all[to].first_m < kAlmost_m;
  };
  std::vector<bool> isMet(lanes.size());
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    for (const LaneIndex to : lanes.lane(i).successors) {
      if (!leadsTo(i, to)) continue;
      all[i].next.push_back(to);
      isMet[to] = true;
    }
  }
  // Of the lanes side by side: do any go on (or come from somewhere)? Then who is in one that does not changes over.
  const auto anyBeside = [&](LaneIndex start, const auto& test) {
    for (const bool toLeft : {true, false}) {
      for (LaneIndex i = start; i != road::kNoLane; i = toLeft ? lanes.lane(i).left : lanes.lane(i).right) {
        if (all[i].isUsable && all[i].isCycleLane == all[start].isCycleLane && test(i)) return true;
      }
    }
    return false;
  };
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    if (!all[i].isUsable) continue;
    all[i].isOpenEnd = !anyBeside(i, [&](LaneIndex k) { return !all[k].next.empty(); });
    all[i].isEntry = lanes.lane(i).junction < 0 && all[i].first_m < kAlmost_m &&
                     !anyBeside(i, [&](LaneIndex k) { return bool(isMet[k]); });
  }
  findWaysAhead(lanes, all);
  findStreetsBeyond(lanes, beyondEnds_m, all);
  return all;
}

}  // namespace nightfog::traffic
