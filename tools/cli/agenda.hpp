// The episodes that a process has still to render, and what became of the others. Shared by the workers of its devices.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/simulation/episode.hpp"
#include "tools/cli/progress.hpp"
#include "tools/farm/plan.hpp"
#include "tools/farm/shard_report.hpp"
#include "tools/farm/tries.hpp"

namespace nightfog::cli {

/// What a farm wants beyond a render by hand. Everything outlives the agenda.
struct FarmNotes {
  const farm::Tries& tries;
  farm::ShardReport& report;
  std::filesystem::path plan;  ///< for the command that reproduces a failure
};

/// An episode of the plan, or its twin.
struct Job {
  size_t index = 0;
  simulation::Twin twin = simulation::Twin::kNone;
};

struct AgendaResult {
  uint64_t unmetExpectations = 0;
  std::vector<size_t> setAside;  ///< episodes of the plan
};

/// For any number of threads. A job is taken, and then whole, or put back, or given up; when one worker abandons all,
/// nobody is given more.
class Agenda {
 public:
  struct Options {
    bool verify = false;  ///< rehash what is whole before skipping it
    std::optional<FarmNotes> farm = {};
    simulation::Twin twin = simulation::Twin::kNone;  ///< each run again, without this, beside it
  };
  Agenda(const farm::Plan& plan, const simulation::EpisodeStore& store, Progress& progress, Options options);

  /// Episodes of the plan, in this order.
  void fill(const std::vector<size_t>& episodes);
  /// The next that is neither whole nor spent. Waits while there is none, but one under way may come back. None: all is
  /// done, or abandoned.
  std::optional<Job> take();
  /// The next, if there are more than `others` could take.
  std::optional<Job> takeSpare(size_t others);

  void tellFrame(const Job& job, size_t worker, const simulation::FrameProgress& frame);
  void tellWhole(const Job& job, const simulation::EpisodeReport& report);
  /// Of its own failure; it waits again, behind the others.
  void putBack(const Job& job, const std::string& message);
  /// Nobody shall begin anything more; the first reason is kept.
  void abandon(std::exception_ptr why);

  std::string nameOf(const Job& job) const;
  simulation::EpisodeIdentity identityOf(const Job& job) const;
  const std::optional<FarmNotes>& farm() const { return options_.farm; }
  /// Of all that was told. Throws the reason, if it was abandoned.
  AgendaResult result() const;

 private:
  std::optional<Job> nextWaiting(std::unique_lock<std::mutex>& lock);
  std::string reproduce(const farm::PlannedEpisode& episode) const;
  uint64_t unmetExpectations(const Job& job) const;

  const farm::Plan& plan_;
  const simulation::EpisodeStore& store_;
  Progress& progress_;
  Options options_;

  mutable std::mutex mutex_;  // of all below, of the progress and of the farm's report
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  size_t underWay_ = 0;
  std::exception_ptr abandoned_;
  AgendaResult result_;
};

}  // namespace nightfog::cli
