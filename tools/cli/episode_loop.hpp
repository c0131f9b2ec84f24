// Renders the episodes of a plan, or of a shard of it, in one process: one after another on each device.
#pragma once

#include <atomic>
#include <vector>

#include "tools/cli/agenda.hpp"
#include "tools/cli/commands.hpp"
#include "tools/farm/template_cache.hpp"

namespace nightfog::cli {

/// What the whole process works with. Everything outlives the call.
struct LoopContext {
  const farm::Plan& plan;
  farm::TemplateCache& templates;
  simulation::EpisodeDigests& digests;
  const simulation::EpisodeStore& store;
  const std::atomic<bool>& stop;  ///< set by a signal
  DeviceArguments device;
  size_t cacheBytes = simulation::StageCache::kDefaultBudget;  ///< for the worlds of all devices
  size_t memoryBytes = 0;                                      ///< of each device; 0: nine tenths of what it has
};

/// A worker a device, until the agenda is empty. What is written does not depend on how many there are. Throws
/// simulation::Stopped when asked to stop; an error that ends one device's work ends the others' after their episode.
AgendaResult renderEpisodes(const LoopContext& context, Agenda& agenda);

}  // namespace nightfog::cli
