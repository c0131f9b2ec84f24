#include "engine/events/trigger_state.hpp"

#include <algorithm>

namespace nightfog::events {

void TriggerState::remember(SimTime now, const expression::Environment& environment) {
  for (const expression::Comparison& comparison : expression::comparisons(*trigger_->when, environment)) {
    const auto known = std::find_if(nearest_.begin(), nearest_.end(),
                                    [&](const NearMiss& miss) { return miss.node == comparison.node; });
    const NearMiss miss{comparison.node, now, comparison.value, comparison.missing};
    if (known == nearest_.end()) {
      nearest_.push_back(miss);
    } else if (miss.missing < known->missing) {
      *known = miss;
    }
  }
}

bool TriggerState::step(SimTime now, const expression::Environment& environment) {
  const bool isOver = !firings_.empty() && !trigger_->repeatGap;
  if (isOver) return false;
  bool isTrue = true;
  if (trigger_->when) {
    isTrue = expression::isTrue(*trigger_->when, environment).value_or(false);
    remember(now, environment);
  }
  if (!isTrue) {
    trueSince_.reset();
    isArmed_ = true;
  } else {
    if (!trueSince_) trueSince_ = now;
    const bool mayRepeat = firings_.empty() || now - firings_.back() >= *trigger_->repeatGap;
    if (isArmed_ && mayRepeat && !due_ && now - *trueSince_ >= trigger_->hold) {
      due_ = now + trigger_->delay;
      isArmed_ = false;
    }
  }
  if (!due_ || now < *due_) return false;
  due_.reset();
  firings_.push_back(now);
  return true;
}

}  // namespace nightfog::events
