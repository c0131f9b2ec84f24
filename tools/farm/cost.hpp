// What an episode will take, before it is run.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/scenario/scenario.hpp"
#include "engine/simulation/episode_store.hpp"

namespace nightfog::farm {

struct Cost {
  uint32_t frames = 0;  ///< of all sensors
  uint64_t milliseconds = 1;
};

/// From the sensors, their frames, pixels and beams. In milliseconds of the machine in tools/farm/README.md; elsewhere
/// only ratios matter: they size shards.
Cost estimateCost(const scenario::Scenario& scenario, const std::optional<simulation::FrameRange>& frames,
                  bool labelsOnly);

}  // namespace nightfog::farm
