#include "engine/road/signal_plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace nightfog::road {

SignalPlan::SignalPlan(const RoadNetwork& map, const SignalTimes& times, SimTime since) : times_(times), since_(since) {
  const RoadFurniture& furniture = map.furniture();
  const double turn = times.redAmber_s + times.green_s + times.amber_s + times.allRed_s;
  for (const Signal& signal : furniture.signals) {
    Entry entry;
    entry.isPedestrians = signal.kind == SignalKind::kPedestrianLight;
    entry.isLight = entry.isPedestrians || signal.kind == SignalKind::kTrafficLight;
    entry.cycle_s = 2 * turn;
    entries_.push_back(entry);
  }
  std::map<int, std::vector<uint32_t>> byJunction;
  for (uint32_t i = 0; i < furniture.controllers.size(); ++i)
    byJunction[furniture.controllers[i].junction].push_back(i);
  for (auto& [junction, controllers] : byJunction) {
    std::stable_sort(controllers.begin(), controllers.end(), [&](uint32_t a, uint32_t b) {
      return furniture.controllers[a].sequence < furniture.controllers[b].sequence;
    });
    const double cycle = turn * static_cast<double>(std::max<size_t>(controllers.size(), 2));
    // Junctions do not all change at once.
    const double shift = std::fmod(7.0 * std::max(junction, 0), cycle);
    for (size_t k = 0; k < controllers.size(); ++k) {
      for (const uint32_t signal : furniture.controllers[controllers[k]].signals) {
        entries_[signal].cycle_s = cycle;
        entries_[signal].offset_s = shift + turn * static_cast<double>(k);
      }
    }
  }
}

SignalState SignalPlan::state(uint32_t signal, SimTime at) const {
  if (signal >= entries_.size() || !entries_[signal].isLight) return SignalState::kDark;
  const Entry& entry = entries_[signal];
  double phase = std::fmod((at + since_).seconds() - entry.offset_s, entry.cycle_s);
  if (phase < 0) phase += entry.cycle_s;
  const bool hasAmber = !entry.isPedestrians;
  if (phase < times_.redAmber_s) return hasAmber ? SignalState::kRedAmber : SignalState::kRed;
  phase -= times_.redAmber_s;
  if (phase < times_.green_s) return SignalState::kGreen;
  phase -= times_.green_s;
  if (phase < times_.amber_s) return hasAmber ? SignalState::kAmber : SignalState::kRed;
  return SignalState::kRed;
}

}  // namespace nightfog::road
