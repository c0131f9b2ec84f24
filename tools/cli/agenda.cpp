#include "tools/cli/agenda.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <span>

#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"

namespace nightfog::cli {
namespace fs = std::filesystem;
namespace {

/// What a twin's folder is called beyond its run's.
const char* suffixOf(simulation::Twin twin) {
  switch (twin) {
    case simulation::Twin::kWeather:
      return "_clear";
    case simulation::Twin::kFaults:
      return "_sound";
    case simulation::Twin::kNone:
      break;
  }
  return "";
}

/// The place of a run's twin.
simulation::EpisodeIdentity twinOf(simulation::EpisodeIdentity identity, simulation::Twin twin) {
  identity.runId += suffixOf(twin);
  const std::string content =
      identity.digest + (twin == simulation::Twin::kWeather ? " without weather" : " without faults");
  Sha256 hash;
  hash.update(std::as_bytes(std::span(content)));
  identity.digest = hash.hex();
  return identity;
}

}  // namespace

Agenda::Agenda(const farm::Plan& plan, const simulation::EpisodeStore& store, Progress& progress, Options options)
    : plan_(plan), store_(store), progress_(progress), options_(std::move(options)) {}

std::string Agenda::nameOf(const Job& job) const {
  const farm::PlannedEpisode& episode = plan_.episodes[job.index];
  return episode.scenario + "/" + episode.run + suffixOf(job.twin);
}

simulation::EpisodeIdentity Agenda::identityOf(const Job& job) const {
  simulation::EpisodeIdentity identity = farm::identityOf(plan_, plan_.episodes[job.index]);
  return job.twin == simulation::Twin::kNone ? identity : twinOf(std::move(identity), job.twin);
}

std::string Agenda::reproduce(const farm::PlannedEpisode& episode) const {
  return fmt::format("nightfog render --plan {} --episode {} -o repro", fs::absolute(options_.farm->plan).string(),
                     episode.id.substr(0, 16));
}

uint64_t Agenda::unmetExpectations(const Job& job) const {
  const fs::path file = store_.folder(identityOf(job)) / "expect.json";
  if (!fs::exists(file)) return 0;
  return nlohmann::json::parse(readFile(file)).at("unmet").get<uint64_t>();
}

void Agenda::fill(const std::vector<size_t>& episodes) {
  const std::lock_guard lock(mutex_);
  for (const size_t index : episodes) {
    waiting_.push_back({index, simulation::Twin::kNone});
    if (options_.twin != simulation::Twin::kNone) waiting_.push_back({index, options_.twin});
  }
  progress_.begin(static_cast<uint32_t>(waiting_.size()));
}

/// Of those that wait; what is whole or spent is told of on the way. Whether one is whole may take a look at all its
/// bytes: the lock is given up meanwhile.
std::optional<Job> Agenda::nextWaiting(std::unique_lock<std::mutex>& lock) {
  while (!waiting_.empty() && !abandoned_) {
    const Job job = waiting_.front();
    waiting_.pop_front();
    ++underWay_;
    const farm::PlannedEpisode& episode = plan_.episodes[job.index];
    const simulation::EpisodeIdentity identity = identityOf(job);
    lock.unlock();
    const bool whole = store_.isComplete(identity, options_.verify);
    if (whole) store_.sweep(identity);  // another worker may have died over it
    const bool spent = !whole && options_.farm &&
                       options_.farm->tries.isSpent(episode.id, episode.scenario, episode.run, reproduce(episode));
    lock.lock();
    if (whole) {
      progress_.skipEpisode(nameOf(job));
      result_.unmetExpectations += unmetExpectations(job);
    }
    if (spent) result_.setAside.push_back(job.index);
    if (whole || spent || abandoned_) {
      if (options_.farm && (whole || spent)) options_.farm->report.skip(episode.id, spent);
      --underWay_;
      changed_.notify_all();
      continue;
    }
    progress_.beginEpisode(nameOf(job));
    if (options_.farm) options_.farm->report.begin(episode.id);
    return job;
  }
  return std::nullopt;
}

std::optional<Job> Agenda::take() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (const auto job = nextWaiting(lock)) return job;
    if (abandoned_ || (waiting_.empty() && underWay_ == 0)) {
      changed_.notify_all();  // the others wait for nothing, too
      return std::nullopt;
    }
    changed_.wait(lock);
  }
}

std::optional<Job> Agenda::takeSpare(size_t others) {
  std::unique_lock lock(mutex_);
  return waiting_.size() > others ? nextWaiting(lock) : std::nullopt;
}

void Agenda::tellFrame(const Job& job, size_t worker, const simulation::FrameProgress& frame) {
  const std::lock_guard lock(mutex_);
  progress_.frame(nameOf(job), frame.done, frame.total);
  if (options_.farm) options_.farm->report.frame(worker, frame);
}

void Agenda::tellWhole(const Job& job, const simulation::EpisodeReport& report) {
  const std::lock_guard lock(mutex_);
  progress_.endEpisode(nameOf(job), report.frames, report.seconds);
  fmt::print(stderr, "{}", expect::toText(report.expectations));
  result_.unmetExpectations += unmetExpectations(job);
  if (options_.farm) {
    const auto summary = store_.summary(identityOf(job));
    options_.farm->report.finish(plan_.episodes[job.index].id, report, summary ? summary->bytes : 0);
  }
  --underWay_;
  changed_.notify_all();
}

void Agenda::putBack(const Job& job, const std::string& message) {
  const std::lock_guard lock(mutex_);
  progress_.takeBack(nameOf(job));
  if (options_.farm) options_.farm->report.fail(plan_.episodes[job.index].id, message);
  fmt::print(stderr, "{}: {}\n", nameOf(job), message);
  waiting_.push_back(job);
  --underWay_;
  changed_.notify_all();
}

void Agenda::abandon(std::exception_ptr why) {
  const std::lock_guard lock(mutex_);
  if (!abandoned_) abandoned_ = std::move(why);
  changed_.notify_all();
}

AgendaResult Agenda::result() const {
  const std::lock_guard lock(mutex_);
  if (abandoned_) std::rethrow_exception(abandoned_);
  return result_;
}

}  // namespace nightfog::cli
