// Renders the episodes of a plan, or of a shard of it, one after another in one process.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
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

/// While an episode's frames are rendered, the files of the one before it are finished on a thread of their own:
/// hashing, judging and waiting for the disk cost no frame time. There are never more than these two, so never more
/// than two record queues' bytes wait to be written.
///
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
    size_t cacheBytes = simulation::StageCache::kDefaultBudget;
    simulation::Twin twin = simulation::Twin::kNone;  ///< each run again, without this, beside it; by hand only
  };
  EpisodeLoop(const farm::Plan& plan, farm::TemplateCache& templates, simulation::EpisodeDigests& digests,
              simulation::EpisodeStore& store, Progress& progress, Options options);
  ~EpisodeLoop();

  struct Result {
    uint64_t unmetExpectations = 0;
    std::vector<size_t> setAside;  ///< episodes of the plan
  };
  /// Indices into the plan's episodes. Throws simulation::Stopped when asked to stop.
  Result run(const std::vector<size_t>& episodes);

 private:
  /// An episode of the plan, or its twin.
  struct Job {
    size_t index = 0;
    simulation::Twin twin = simulation::Twin::kNone;
  };
  struct Finishing;
  void attend(const Job& job);
  std::unique_ptr<Finishing> renderFrames(const Job& job);
  void settle();
  template <class Action>
  void guarded(const Job& job, farm::Try* attempt, const Action& action);
  std::string nameOf(const Job& job) const;
  simulation::EpisodeIdentity identityOf(const Job& job) const;
  std::string reproduce(const farm::PlannedEpisode& episode) const;
  uint64_t unmetExpectations(const Job& job) const;

  const farm::Plan& plan_;
  farm::TemplateCache& templates_;
  simulation::EpisodeDigests& digests_;
  simulation::EpisodeStore& store_;
  Progress& progress_;
  Options options_;
  std::optional<Machine> machine_;  // opened when the first episode needs it
  std::optional<simulation::StageCache> stages_;
  std::deque<Job> waiting_;
  uint32_t total_ = 0;
  uint32_t position_ = 0;
  Result result_;
  std::unique_ptr<Finishing> finishing_;
};

}  // namespace nightfog::cli
