// Something that happens when a condition comes true: actors get commands.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/action.hpp"
#include "engine/scenario/trigger.hpp"

namespace nightfog::scenario {

/// Events are looked at in file order, which breaks ties. An event exposes `id.start`, `id.end`, `id.started`,
/// `id.ended` as injectors do: it has ended when what it told actors to do is done, or gave way to something else.
struct Event {
  std::string id;
  Trigger trigger;
  std::vector<Command> commands;                ///< in file order
  std::vector<std::string> stops;               ///< events whose doings stop when it starts
  std::optional<expression::Expression> until;  ///< stops its own doings; it does not start any more
  config::Place place;                          ///< of its `id`, for the trigger trace
};

}  // namespace nightfog::scenario
