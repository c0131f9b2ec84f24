// Something that happens when a condition comes true: actors get commands.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/action.hpp"
#include "engine/scenario/trigger.hpp"

namespace nightfog::scenario {

/// Events are looked at in file order, which breaks ties. An event exposes `id.start`, `id.started` as injectors do.
struct Event {
  std::string id;
  Trigger trigger;
  std::vector<Command> commands;  ///< in file order
  config::Place place;            ///< of its `id`, for the trigger trace
};

}  // namespace nightfog::scenario
