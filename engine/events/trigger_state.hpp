// When a trigger fires, and how near it came.
#pragma once

#include <optional>
#include <vector>

#include "engine/expression/evaluate.hpp"
#include "engine/scenario/trigger.hpp"

namespace nightfog::events {

/// The nearest that one comparison of a condition came to being true.
struct NearMiss {
  uint32_t node = 0;  ///< in Expression::nodes: the comparison
  SimTime at;
  double value = 0;    ///< of its left side, SI
  double missing = 0;  ///< ≤ 0: it was true
};

/// Follows one condition through the episode.
class TriggerState {
 public:
  explicit TriggerState(const scenario::Trigger& trigger) : trigger_(&trigger) {}

  /// Once a step, in order of time. True: it fires now.
  bool step(SimTime now, const expression::Environment& environment);
  const std::vector<SimTime>& firings() const { return firings_; }
  /// One for each comparison that could be evaluated at least once, in the order of the text.
  const std::vector<NearMiss>& nearest() const { return nearest_; }

 private:
  void remember(SimTime now, const expression::Environment& environment);

  const scenario::Trigger* trigger_;
  bool isArmed_ = true;  ///< it may fire at the next rising edge
  std::optional<SimTime> trueSince_;
  std::optional<SimTime> due_;
  std::vector<SimTime> firings_;
  std::vector<NearMiss> nearest_;
};

}  // namespace nightfog::events
