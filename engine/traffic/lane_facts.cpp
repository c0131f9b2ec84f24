#include "engine/traffic/lane_facts.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::traffic {
namespace {

using road::LaneGraph;
using road::LaneIndex;

/// Narrower lanes have just opened, or are about to close.
constexpr double kLeastWidth_m = 2.4;
/// Where nothing is stated: out of town in Germany.
constexpr double kDefaultLimit_mps = 100 / 3.6;
/// A stop line this far before a light, or before a lane's end, belongs to it.
constexpr double kStopLineReach_m = 15;
/// Left between a bumper and what it stops at.
constexpr double kStopShort_m = 0.5;

void findSpan(const LaneGraph& lanes, LaneIndex index, LaneFacts& facts) {
  const auto& samples = lanes.path(index).samples();
  const auto isWide = [](const auto& sample) { return sample.width_m >= kLeastWidth_m; };
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

}  // namespace

std::vector<LaneFacts> factsOf(const LaneGraph& lanes) {
  std::vector<LaneFacts> all(lanes.size());
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    if (lanes.lane(i).isDrivable) findSpan(lanes, i, all[i]);
    if (!all[i].isUsable) continue;
    findSpeeds(lanes, i, all[i]);
    findSignals(lanes, i, all[i]);
  }
  // A lane goes on where it is wide enough to its end, and what follows is from its beginning.
  constexpr double kAlmost_m = 1;
  const auto leadsTo = [&](LaneIndex from, LaneIndex to) {
    return all[from].isUsable && all[to].isUsable && all[from].last_m > lanes.lane(from).length_m - kAlmost_m &&
           all[to].first_m < kAlmost_m;
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
        if (all[i].isUsable && test(i)) return true;
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
  return all;
}

}  // namespace nightfog::traffic
