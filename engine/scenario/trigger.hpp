// When something starts: a condition over the running world.
#pragma once

#include <optional>

#include "engine/core/sim_time.hpp"
#include "engine/expression/expression.hpp"

namespace nightfog::scenario {

/// Fires when `when` becomes true (a rising edge; true at t = 0 fires at t = 0), after it has been true for `hold`, and
/// then `delay` later. Once, or again after `repeatGap` when the condition has been false in between.
///
/// Names the environment must know: `time`; `X.started`, `X.ended` (truths) of injectors and events. Parameters are
/// literals by now.
/// Functions: functions.hpp, those of Where::kTrigger.
struct Trigger {
  std::optional<expression::Expression> when;  ///< none: fires at t = 0
  SimTime hold;
  SimTime delay;
  std::optional<SimTime> repeatGap;  ///< none: fires once
};

}  // namespace nightfog::scenario
