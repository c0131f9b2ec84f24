// Our lights' programmes as SUMO's phases.
#include <algorithm>
#include <cmath>

#include "engine/road/signal_plan.hpp"
#include "engine/sumo/network.hpp"

namespace nightfog::sumo {
namespace {

using road::SignalState;

/// All times of a SignalPlan are whole seconds; looked at in the middle of each.
constexpr double kLook_s = 1;
constexpr double kLongest_s = 3600;

/// 0: go; the higher, the less one may.
int severity(SignalState state) {
  switch (state) {
    case SignalState::kRed:
      return 3;
    case SignalState::kRedAmber:
      return 2;
    case SignalState::kAmber:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::vector<Phase> phasesOf(const road::LaneGraph& lanes, const Network& network, const Node& node) {
  const road::SignalPlan plan(lanes.map());
  double cycle = kLook_s;
  for (const uint32_t i : node.links) {
    for (const uint32_t light : network.links[i].lights) {
      // The least common multiple, of whole seconds.
      const double own = plan.cycle_s(light);
      double common = cycle;
      while (std::fmod(common, own) > 0.5 && common < kLongest_s) common += cycle;
      cycle = common;
    }
  }
  std::vector<Phase> phases;
  for (double t = 0; t < cycle; t += kLook_s) {
    std::vector<int> severities;
    for (const uint32_t i : node.links) {
      int most = 0;
      for (const uint32_t light : network.links[i].lights)
        most = std::max(most, severity(plan.state(light, SimTime::fromSeconds(t + 0.5 * kLook_s))));
      severities.push_back(most);
    }
    std::string state;
    for (size_t k = 0; k < node.links.size(); ++k) {
      if (network.links[node.links[k]].lights.empty()) continue;  // not controlled
      bool mustYield = false;
      for (size_t other = 0; other < node.links.size(); ++other)
        mustYield |= node.yields[k][other] && severities[other] == 0;
      constexpr char kLetters[] = {'G', 'y', 'u', 'r'};
      state += severities[k] == 0 && mustYield ? 'g' : kLetters[severities[k]];
    }
    if (phases.empty() || phases.back().state != state) phases.push_back({0, state});
    phases.back().duration_s += kLook_s;
  }
  return phases;
}

}  // namespace nightfog::sumo
