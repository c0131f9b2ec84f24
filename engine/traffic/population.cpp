#include "engine/traffic/population.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "engine/traffic/lane_facts.hpp"

namespace nightfog::traffic {
namespace {

constexpr int kDraws = 50;
constexpr double kMostAgents = 100'000;
/// A lane shorter than this is left to who drives through.
constexpr double kShortest_m = 15;

struct Stretch {
  road::LaneIndex lane = 0;
  double from_m = 0, to_m = 0;
  bool isOutside = false;
};

double within(double x, double low, double high) {
  return std::clamp(x, low, high);
}

}  // namespace

std::vector<Kind> defaultKinds() {
  return {{"car", 0.80, {4.5, 1.8, 0.9, 2.7}, 0.97, 1.6, 60},
          {"van", 0.12, {5.6, 2.0, 1.1, 3.4}, 0.96, 1.3, 45},
          {"lorry", 0.06, {9.0, 2.5, 2.2, 5.0}, 0.94, 0.9, 25},
          {"bus", 0.02, {12.0, 2.55, 3.4, 5.9}, 0.94, 1.0, 25}};
}

std::vector<Kind> cyclistKinds() {
  return {{"bicycle", 1, {1.8, 0.6, 0.35, 1.05}, 1, 1.0, 5}};
}

std::vector<Agent> populate(const road::LaneGraph& lanes, const std::vector<Kind>& kinds, const Filling& filling,
                            std::vector<size_t>* kindOf) {
  double shares = 0;
  for (const Kind& kind : kinds) {
    if (!(kind.share >= 0) || !std::isfinite(kind.share))
      throw Error(ExitCode::kDiagnostics, fmt::format("The mix gives '{}' a share of {}.", kind.name, kind.share),
                  "Shares are 0 or more.");
    shares += kind.share;
  }
  const std::vector<LaneFacts> facts = factsOf(lanes, filling.beyondEnds_m);
  std::vector<Stretch> stretches;
  double total = 0;
  for (road::LaneIndex i = 0; i < lanes.size(); ++i) {
    if (!facts[i].isUsable || facts[i].isCycleLane != filling.onCycleLanes || lanes.lane(i).junction >= 0) continue;
    if (const double outside_m = facts[i].beforeBeginning_m + facts[i].beyondEnd_m; outside_m > 0) {
      stretches.push_back({i, 0, outside_m, true});
      total += outside_m;
    }
    const Stretch stretch{i, facts[i].first_m, std::min(facts[i].last_m, facts[i].stop_m)};
    if (stretch.to_m - stretch.from_m < kShortest_m) continue;
    stretches.push_back(stretch);
    total += stretch.to_m - stretch.from_m;
  }
  const double wanted = filling.density_pkm * total / 1000;
  if (!(wanted >= 0 && wanted <= kMostAgents)) {
    throw Error(ExitCode::kDiagnostics,
                fmt::format("A density of {} per km asks for {:.0f} vehicles.", filling.density_pkm, wanted),
                fmt::format("From 0 to {:.0f} vehicles in all.", kMostAgents));
  }
  if (wanted > 0 && !(shares > 0))
    throw Error(ExitCode::kDiagnostics, "The mix has no vehicles.", "Give at least one kind a share above 0.");
  struct Taken {
    double rear_m, front_m;
  };
  std::vector<std::vector<Taken>> taken(lanes.size());
  std::vector<Agent> agents;
  const auto count = static_cast<uint32_t>(std::llround(wanted));
  for (uint32_t k = 0; k < count; ++k) {
    RandomSource rng(filling.seed, k, filling.onCycleLanes ? "traffic/cyclist" : "traffic/agent");
    double pick = rng.uniform(0, shares);
    size_t which = 0;
    while (which + 1 < kinds.size() && pick >= kinds[which].share) pick -= kinds[which++].share;
    const Kind& kind = kinds[which];
    Agent agent;
    agent.id = filling.firstId + k;
    agent.shape = kind.shape;
    agent.driver.speedFactor = kind.speedFactor * within(rng.normal(1, 0.06), 0.88, 1.12);
    agent.driver.top_mps = kind.top_mps * (filling.onCycleLanes ? agent.driver.speedFactor : 1);
    agent.driver.timeGap_s = within(rng.normal(1.4, 0.28), 0.9, 2.2);
    agent.driver.acceleration_mps2 = kind.acceleration_mps2 * within(rng.normal(1, 0.1), 0.7, 1.3);
    for (int draw = 0; draw < kDraws; ++draw) {
      double along = rng.uniform(0, total);
      size_t s = 0;
      while (s + 1 < stretches.size() && along >= stretches[s].to_m - stretches[s].from_m) {
        along -= stretches[s].to_m - stretches[s].from_m;
        ++s;
      }
      const road::LaneIndex lane = stretches[s].lane;
      if (stretches[s].isOutside) {
        agent.isOutside = true;
        agent.front = {lane, std::min(agent.shape.length_m, lanes.lane(lane).length_m)};
        agents.push_back(agent);
        if (kindOf != nullptr) kindOf->push_back(which);
        break;
      }
      const double front = stretches[s].from_m + along, rear = front - agent.shape.length_m;
      if (rear < stretches[s].from_m) continue;
      const double gap = agent.driver.standstillGap_m + 6;
      const auto isNear = [&](const Taken& t) { return front + gap > t.rear_m && rear - gap < t.front_m; };
      if (std::any_of(taken[lane].begin(), taken[lane].end(), isNear)) continue;
      const glm::dvec3 place = lanes.path(lane).at(front).worldFromLane.translation;
      const auto isClose = [&](const glm::dvec3& p) { return glm::length(p - place) < filling.keepFree_m; };
      if (std::any_of(filling.keptFree.begin(), filling.keptFree.end(), isClose)) continue;
      taken[lane].push_back({rear, front});
      agent.front = {lane, front};
      // Slow enough to stop before the lane's end, and for the gap it begins with.
      const double limit =
          std::min(kind.top_mps, *std::min_element(facts[lane].limit_mps.begin(), facts[lane].limit_mps.end()));
      agent.speed_mps =
          std::min({0.8 * limit, std::sqrt(2 * 1.5 * (stretches[s].to_m - front)), 6.0 / agent.driver.timeGap_s});
      agents.push_back(agent);
      if (kindOf != nullptr) kindOf->push_back(which);
      break;
    }
  }
  return agents;
}

}  // namespace nightfog::traffic
