// Which lanes an agent is about to drive, and how fast they let it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/traffic/traffic_state.hpp"

namespace nightfog::traffic {
namespace {

/// Known ahead: enough to stop comfortably from 130 km/h is 326 m; limits are met from no further.
constexpr double kHorizon_m = 350;

}  // namespace

RandomSource Traffic::Impl::draws(size_t agent, std::string_view what, uint32_t count) const {
  return RandomSource(options.seed, agents[agent].id, what, count);
}

bool Traffic::Impl::isOnWay(size_t i, LaneIndex index) const {
  const std::vector<LaneIndex>& ahead = ways[i].lanes;
  const auto past = trail[i].lanes.begin(), passed = past + static_cast<std::ptrdiff_t>(trail[i].count);
  return index == lane[i] || std::find(ahead.begin(), ahead.end(), index) != ahead.end() ||
         std::find(past, passed, index) != passed;
}

void Traffic::Impl::extend(size_t i) {
  Ways& mine = ways[i];
  if (mine.isComplete) return;
  if (!agents[i].goals.empty() && !mine.isRouted) followRoute(i);
  if (mine.isComplete) return;
  double known = length_m(lane[i]) - front_m[i];
  for (const LaneIndex next : mine.lanes) known += length_m(next);
  while (known < kHorizon_m) {
    const LaneIndex last = mine.lanes.empty() ? lane[i] : mine.lanes.back();
    const std::vector<LaneIndex>& next = facts[last].next;
    if (next.empty()) {
      mine.isComplete = true;
      if (facts[last].isOpenEnd) return;
      // This lane ends and one beside it goes on: the nearest one, to the left where both do.
      LaneIndex left = last, right = last;
      while (mine.change == Ways::Change::kNone && (left != kNoLane || right != kNoLane)) {
        if (left != kNoLane) left = lanes.lane(left).left;
        if (right != kNoLane) right = lanes.lane(right).right;
        if (left != kNoLane && !facts[left].next.empty() && facts[left].isCycleLane == facts[last].isCycleLane)
          mine.change = Ways::Change::kLeft;
        else if (right != kNoLane && !facts[right].next.empty() && facts[right].isCycleLane == facts[last].isCycleLane)
          mine.change = Ways::Change::kRight;
      }
      return;
    }
    // Nobody goes round and round: a roundabout's junctions are granted all at once, up to where one leaves it.
    std::vector<LaneIndex> fresh;
    for (const LaneIndex to : next) {
      if (!isOnWay(i, to)) fresh.push_back(to);
    }
    const std::vector<LaneIndex>& from = fresh.empty() ? next : fresh;
    const size_t which =
        next.size() == 1 ? 0 : static_cast<size_t>(draws(i, "traffic/way", choices[i]++).below(from.size()));
    mine.lanes.push_back(from[which]);
    known += length_m(from[which]);
  }
}

void Traffic::Impl::followRoute(size_t i) {
  Ways& mine = ways[i];
  mine.lanes.clear();
  std::vector<road::LanePlace>& goals = agents[i].goals;
  road::LanePlace from{lane[i], front_m[i]};
  for (size_t g = 0; g < goals.size();) {
    const std::optional<road::Route> route = lanes.route(from, goals[g]);
    if (!route) {
      goals.erase(goals.begin() + static_cast<std::ptrdiff_t>(g));  // no way leads there from where it has got to
      continue;
    }
    mine.isRouted = true;
    for (size_t k = 1; k < route->steps.size(); ++k) {
      const road::RouteStep& step = route->steps[k];
      if (step.entry == road::RouteStep::Entry::kChangeLeft || step.entry == road::RouteStep::Entry::kChangeRight) {
        mine.change = step.entry == road::RouteStep::Entry::kChangeLeft ? Ways::Change::kLeft : Ways::Change::kRight;
        mine.isComplete = true;
        return;
      }
      mine.lanes.push_back(step.lane);
    }
    from = goals[g++];
  }
}

double Traffic::Impl::knownWay(size_t i) const {
  double known = -front_m[i];
  LaneIndex last = lane[i];
  for (const LaneIndex next : ways[i].lanes) {
    known += length_m(last);
    last = next;
  }
  return known + facts[last].last_m;
}

double Traffic::Impl::limitAt(size_t i, LaneIndex index, double distance_m) const {
  const auto& samples = lanes.path(index).samples();
  const auto after = std::upper_bound(samples.begin(), samples.end(), distance_m,
                                      [](double d, const auto& sample) { return d < sample.distance_m; });
  const auto k = static_cast<size_t>(std::max<std::ptrdiff_t>(after - samples.begin() - 1, 0));
  const Driver& driver = agents[i].driver;
  double speed = std::min(driver.top_mps, facts[index].limit_mps[k] * driver.speedFactor);
  if (facts[index].curvature_1pm[k] > 1e-6)
    speed = std::min(speed, std::sqrt(driver.sideAcceleration_mps2 / facts[index].curvature_1pm[k]));
  return speed;
}

double Traffic::Impl::speedFor(size_t i, LaneIndex index, double from_m, double ahead_m, double base_m) const {
  const auto& samples = lanes.path(index).samples();
  const LaneFacts& fact = facts[index];
  const Driver& driver = agents[i].driver;
  const auto after = std::upper_bound(samples.begin(), samples.end(), from_m,
                                      [](double d, const auto& sample) { return d < sample.distance_m; });
  double least = 1e9;  // squared
  for (auto k = static_cast<size_t>(std::max<std::ptrdiff_t>(after - samples.begin() - 1, 0)); k < samples.size();
       ++k) {
    const double way = std::max(0.0, samples[k].distance_m - from_m);
    if (way > ahead_m) break;
    const double limit = std::min(driver.top_mps, fact.limit_mps[k] * driver.speedFactor);
    double square = limit * limit;
    if (fact.curvature_1pm[k] > 1e-6) square = std::min(square, driver.sideAcceleration_mps2 / fact.curvature_1pm[k]);
    // Half of what is comfortable: the model brakes softly for a falling desired speed.
    least = std::min(least, square + driver.braking_mps2 * (base_m + way));
  }
  return std::sqrt(least);
}

double Traffic::Impl::desiredSpeed(size_t i) const {
  const double v = speed_mps[i];
  const double reach = 10 + v * v / agents[i].driver.braking_mps2;
  double least = speedFor(i, lane[i], front_m[i], reach, 0);
  double base = length_m(lane[i]) - front_m[i];
  for (const LaneIndex next : ways[i].lanes) {
    if (base > reach) break;
    least = std::min(least, speedFor(i, next, 0, reach - base, base));
    base += length_m(next);
  }
  return least;
}

}  // namespace nightfog::traffic
