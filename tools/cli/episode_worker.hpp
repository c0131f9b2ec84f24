// One device's share of a render: it takes episodes from the agenda until there are none.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "tools/cli/agenda.hpp"
#include "tools/cli/machine.hpp"

namespace nightfog::cli {

/// Reads and samples scenarios for the workers of a process, one at a time: the caches behind it are shared.
class Sampler {
 public:
  /// All outlive it.
  Sampler(const farm::Plan& plan, farm::TemplateCache& templates, simulation::EpisodeDigests& digests)
      : plan_(plan), templates_(templates), digests_(digests) {}

  /// Throws Error where the scenario, or what it stands on, is not what was planned any more.
  std::unique_ptr<const scenario::Scenario> sample(const farm::PlannedEpisode& episode);
  const lang::InstalledLibrary& library() const { return templates_.library(); }

 private:
  const farm::Plan& plan_;
  farm::TemplateCache& templates_;
  simulation::EpisodeDigests& digests_;
  std::mutex mutex_;
};

/// While an episode's frames are rendered, the world of the next one is built and simulated, and the files of the one
/// before it are finished, each on a thread of its own: hashing, judging, Bullet and waiting for the disk cost no frame
/// time. There are never more than these three, so never more than two record queues' bytes wait to be written.
///
/// By hand, the first error ends the render. With FarmNotes an error that is the episode's own (wrong data, a bug) is
/// noted and the others go on; it is tried again at the end, and set aside when its tries are used up. An error of the
/// machine's (no space, no device, no memory) ends the process either way: another may do better.
class EpisodeWorker {
 public:
  struct Context {
    const farm::Plan& plan;
    const simulation::EpisodeStore& store;
    Agenda& agenda;
    Sampler& sampler;
    simulation::ContentCache& contents;
    const std::atomic<bool>& stop;
    DeviceArguments device;  ///< tracer and validation; the device's name is deviceName
    size_t cacheBytes = simulation::StageCache::kDefaultBudget;
    size_t memoryBytes = 0;  ///< of the device; 0: nine tenths of what it has
    size_t workers = 1;
  };
  /// The device is opened when the first episode needs it.
  EpisodeWorker(Context context, size_t number, std::string deviceName);
  ~EpisodeWorker();

  /// Until the agenda is empty. Throws simulation::Stopped when asked to stop, and what ends the process.
  void run();

 private:
  struct Preparing;
  struct Finishing;
  std::unique_ptr<Preparing> prepare(const Job& job);
  std::unique_ptr<Finishing> render(std::unique_ptr<Preparing> next);
  void settle();
  template <class Action>
  void guarded(const Job& job, farm::Try* attempt, const Action& action);
  const simulation::EpisodeServices& services();

  Context context_;
  size_t number_ = 0;
  std::string deviceName_;
  std::optional<Machine> machine_;
  std::optional<simulation::StageCache> stages_;
  std::optional<simulation::EpisodeServices> services_;
  std::unique_ptr<Finishing> finishing_;
};

}  // namespace nightfog::cli
