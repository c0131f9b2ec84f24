// What traffic lights show, and when: OpenDRIVE says which change together, not how. Each junction goes round its
// controllers, in their sequence.
// @code
//   const SignalPlan plan(map);
//   if (plan.state(signal, now) == SignalState::kRed) …
// @endcode
#pragma once

#include <vector>

#include "engine/core/sim_time.hpp"
#include "engine/road/network.hpp"

namespace nightfog::road {

enum class SignalState { kDark, kRed, kRedAmber, kGreen, kAmber };

/// RiLSA 2015: amber 3 s where 50 km/h are allowed, red and amber 1 s; between two groups' times all see red.
struct SignalTimes {
  double green_s = 20;
  double amber_s = 3;
  double redAmber_s = 1;
  double allRed_s = 3;
};

/// Borrows nothing. A pure function of the map, the signal and the time.
class SignalPlan {
 public:
  SignalPlan() = default;
  /// `since`: how far on it is at the beginning.
  explicit SignalPlan(const RoadNetwork& map, const SignalTimes& times = {}, SimTime since = {});
  /// Of the signal with this index in the map's furniture; what is no light is dark. A light without a controller has
  /// red for as long as it would have green. Pedestrians' lights know no amber: they are red then.
  SignalState state(uint32_t signal, SimTime at) const;
  /// After so long it shows the same again.
  double cycle_s(uint32_t signal) const { return signal < entries_.size() ? entries_[signal].cycle_s : 1; }

 private:
  struct Entry {
    bool isLight = false;
    bool isPedestrians = false;
    double offset_s = 0;  ///< of its turn in the cycle
    double cycle_s = 1;
  };
  SignalTimes times_;
  SimTime since_;
  std::vector<Entry> entries_;
};

}  // namespace nightfog::road
