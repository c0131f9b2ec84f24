// Renders the episodes of a plan, or of a shard of it, one after another in one process.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/simulation/episode.hpp"
#include "tools/cli/machine.hpp"
#include "tools/cli/progress.hpp"
#include "tools/farm/plan.hpp"
#include "tools/farm/shard_report.hpp"
#include "tools/farm/tries.hpp"

namespace nightfog::cli {

/// What a farm wants beyond a render by hand. Everything outlives the loop.
struct FarmNotes {
  const farm::Tries& tries;
  farm::ShardReport& report;
  std::filesystem::path plan;  ///< for the command that reproduces a failure
};

/// By hand, the first error ends the render. With FarmNotes an error that is the episode's own (wrong data, a bug) is
/// noted and the others go on; it is tried again at the end, and set aside when its tries are used up. An error of the
/// machine's (no space, no device, no memory) ends the process either way: another may do better.
class EpisodeLoop {
 public:
  struct Options {
    DeviceArguments device;
    bool verify = false;  ///< rehash what is whole before skipping it
    const std::atomic<bool>* stop = nullptr;
    std::optional<FarmNotes> farm = {};
    bool twins = false;  ///< each run again, without weather, beside it; by hand only
  };
  EpisodeLoop(const farm::Plan& plan, farm::TemplateCache& templates, simulation::EpisodeDigests& digests,
              simulation::EpisodeStore& store, Progress& progress, Options options);

  struct Result {
    uint64_t unmetExpectations = 0;
    std::vector<size_t> setAside;  ///< episodes of the plan
  };
  /// Indices into the plan's episodes. Throws simulation::Stopped when asked to stop.
  Result run(const std::vector<size_t>& episodes);

 private:
  enum class Outcome { kWhole, kFailed, kSetAside };
  Outcome attend(size_t index);
  void render(const farm::PlannedEpisode& episode, const std::function<void()>& onFrame, bool isTwin = false);
  std::string reproduce(const farm::PlannedEpisode& episode) const;
  uint64_t unmetExpectations(const farm::PlannedEpisode& episode) const;

  const farm::Plan& plan_;
  farm::TemplateCache& templates_;
  simulation::EpisodeDigests& digests_;
  simulation::EpisodeStore& store_;
  Progress& progress_;
  Options options_;
  std::optional<Machine> machine_;  // opened when the first episode needs it
  uint64_t unmet_ = 0;
};

}  // namespace nightfog::cli
