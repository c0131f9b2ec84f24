#include "tools/cli/episode_loop.hpp"

#include <fmt/format.h>

#include <future>
#include <nlohmann/json.hpp>
#include <span>

#include "engine/config/diagnostics.hpp"
#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/version.hpp"
#include "exporters/builtin.hpp"
#include "sensors/builtin.hpp"
#include "tools/farm/exit_codes.hpp"

namespace nightfog::cli {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> writeExport(const scenario::Export& wanted, const fs::path& record, const fs::path& folder) {
  return exporters::exportRecords(wanted.format, {record}, folder,
                                  {wanted.sensors, wanted.rate_hz, wanted.rectify, wanted.carryMoving, 0},
                                  exporters::Existing::kReplace);
}

void writeRunLog(const fs::path& folder, const simulation::EpisodeReport& report, const Machine& machine) {
  nlohmann::ordered_json json;
  json["host"] = hostName();
  json["engine_version"] = engineVersion();
  json["device"] = machine.device.info().name;
  json["driver"] = machine.device.info().driver;
  json["threads"] = machine.jobs.threads();
  json["frames"] = report.frames;
  json["rays"] = report.rays;
  json["seconds"] = report.seconds;
  json["seconds_to_first_frame"] = report.secondsToFirstFrame;
  json["peak_device_bytes"] = report.peakDeviceBytes;
  json["peak_queue_bytes"] = report.peakQueueBytes;
  json["stage_milliseconds"] = report.stageMilliseconds;
  writeFileAtomically(folder / "run.log.json", json.dump(2) + "\n");
}

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

/// Whether another machine, or the same one later, may do better with the same episode.
bool isMachines(ExitCode code) {
  return code == ExitCode::kIo || code == ExitCode::kNoDevice || code == ExitCode::kTryAgain ||
         code == farm::kCannotCreate || code == farm::kNoInput;
}

}  // namespace

/// An episode whose frames are rendered, while its files are written, judged and hashed.
struct EpisodeLoop::Finishing {
  Job job;
  uint32_t position = 0;
  std::unique_ptr<scenario::Scenario> scenario;
  std::unique_ptr<farm::Try> attempt;             ///< with FarmNotes
  std::future<simulation::EpisodeReport> report;  ///< waits for its thread when it goes
};

EpisodeLoop::EpisodeLoop(const farm::Plan& plan, farm::TemplateCache& templates, simulation::EpisodeDigests& digests,
                         simulation::EpisodeStore& store, Progress& progress, Options options)
    : plan_(plan),
      templates_(templates),
      digests_(digests),
      store_(store),
      progress_(progress),
      options_(std::move(options)) {}

EpisodeLoop::~EpisodeLoop() = default;

std::string EpisodeLoop::nameOf(const Job& job) const {
  const farm::PlannedEpisode& episode = plan_.episodes[job.index];
  return episode.scenario + "/" + episode.run + suffixOf(job.twin);
}

simulation::EpisodeIdentity EpisodeLoop::identityOf(const Job& job) const {
  simulation::EpisodeIdentity identity = farm::identityOf(plan_, plan_.episodes[job.index]);
  return job.twin == simulation::Twin::kNone ? identity : twinOf(std::move(identity), job.twin);
}

std::string EpisodeLoop::reproduce(const farm::PlannedEpisode& episode) const {
  return fmt::format("nightfog render --plan {} --episode {} -o repro", fs::absolute(options_.farm->plan).string(),
                     episode.id.substr(0, 16));
}

uint64_t EpisodeLoop::unmetExpectations(const Job& job) const {
  const fs::path file = store_.folder(identityOf(job)) / "expect.json";
  if (!fs::exists(file)) return 0;
  return nlohmann::json::parse(readFile(file)).at("unmet").get<uint64_t>();
}

EpisodeLoop::Result EpisodeLoop::run(const std::vector<size_t>& episodes) {
  result_ = {};
  position_ = 0;
  waiting_.clear();
  for (const size_t index : episodes) {
    waiting_.push_back({index, simulation::Twin::kNone});
    if (options_.twin != simulation::Twin::kNone) waiting_.push_back({index, options_.twin});
  }
  total_ = static_cast<uint32_t>(waiting_.size());
  while (!waiting_.empty() || finishing_) {
    if (waiting_.empty()) {
      settle();  // it may come back
      continue;
    }
    const Job job = waiting_.front();
    waiting_.pop_front();
    attend(job);
  }
  return result_;
}

void EpisodeLoop::attend(const Job& job) {
  const farm::PlannedEpisode& episode = plan_.episodes[job.index];
  const simulation::EpisodeIdentity identity = identityOf(job);
  progress_.beginEpisode(position_, total_, nameOf(job));
  if (store_.isComplete(identity, options_.verify)) {
    ++position_;
    store_.sweep(identity);  // another worker may have died over it
    progress_.skipEpisode();
    result_.unmetExpectations += unmetExpectations(job);
    if (options_.farm) options_.farm->report.skip(episode.id, false);
    return;
  }
  if (options_.farm && options_.farm->tries.isSpent(episode.id, episode.scenario, episode.run, reproduce(episode))) {
    ++position_;
    options_.farm->report.skip(episode.id, true);
    result_.setAside.push_back(job.index);
    return;
  }
  std::unique_ptr<Finishing> next;
  try {
    if (*options_.stop) throw simulation::Stopped();
    next = renderFrames(job);
  } catch (...) {
    settle();  // what was rendered before is not lost
    throw;
  }
  settle();
  finishing_ = std::move(next);
}

/// Runs what may fail. An error that is the episode's own is noted, and the episode waits again, behind the others.
template <class Action>
void EpisodeLoop::guarded(const Job& job, farm::Try* attempt, const Action& action) {
  if (!options_.farm) {
    action();
    return;
  }
  const auto failed = [&](const std::string& message) {
    attempt->fail(message);
    options_.farm->report.fail(plan_.episodes[job.index].id, message);
    fmt::print(stderr, "{}: {}\n", nameOf(job), message);
    waiting_.push_back(job);
  };
  try {
    action();
  } catch (const simulation::Stopped&) {
    throw;
  } catch (const config::DiagnosticsError& error) {
    failed(error.what());
  } catch (const Error& error) {
    // A full disk is nobody's failure, and leaves no room to note one.
    if (error.code() == ExitCode::kIo) throw;
    failed(error.help().empty() ? error.what() : error.what() + ("; " + error.help()));
    if (isMachines(error.code())) throw;
  } catch (const std::bad_alloc&) {
    attempt->fail("memory is exhausted");  // of this episode on this machine: another may have more
    throw;
  } catch (const std::exception& error) {
    failed(error.what());
  }
}

/// nullptr: it failed, and waits again.
std::unique_ptr<EpisodeLoop::Finishing> EpisodeLoop::renderFrames(const Job& job) {
  const farm::PlannedEpisode& episode = plan_.episodes[job.index];
  auto next = std::make_unique<Finishing>();
  next->job = job;
  next->position = position_;
  farm::Try* attempt = nullptr;
  if (options_.farm) {
    options_.farm->report.begin(episode.id);
    next->attempt = options_.farm->tries.begin(episode.id);
    attempt = next->attempt.get();
  }
  bool isRendered = false;
  guarded(job, attempt, [&] {
    const simulation::EpisodeIdentity identity = identityOf(job);
    const lang::InstalledLibrary& library = templates_.library();
    const fs::path file = farm::scenarioFile(episode.file, library.dataFolder());
    next->scenario =
        std::make_unique<scenario::Scenario>(scenario::sample(templates_.at(file), plan_.seed, episode.index));
    if (digests_.of(*next->scenario, plan_.frames, plan_.labelsOnly) != episode.id) {
      throw Error(farm::kBadData,
                  fmt::format("{} run {} is no longer what was planned: the scenario, or something it stands on, has "
                              "changed",
                              file.string(), episode.index),
                  "plan again");
    }
    const auto tracer = trace::tracerKindFromName(options_.device.tracer);
    const fs::path assets = library.dataFolder() / "assets";
    if (!machine_) {
      machine_.emplace(options_.device);
      stages_.emplace(machine_->device, machine_->jobs, tracer, library.catalog(), assets, options_.cacheBytes);
    }
    const simulation::EpisodeServices services{machine_->device, machine_->jobs,      tracer,      library.catalog(),
                                               assets,           sensors::makeSensor, writeExport, &*stages_};
    const auto tellFrame = [&](uint32_t done, uint32_t count) {
      progress_.frame(done, count);
      if (!options_.farm) return;
      attempt->touch();
      options_.farm->report.frame();
    };
    const simulation::EpisodeOptions options{plan_.frames, tellFrame, options_.stop, plan_.labelsOnly, job.twin};
    const fs::path folder = store_.begin(identity);
    auto rendered = simulation::renderEpisode(*next->scenario, services, options, folder);
    next->report =
        std::async(std::launch::async, [this, identity, folder, attempt, rendered = std::move(rendered)]() mutable {
          if (attempt != nullptr) attempt->claimThread();
          std::vector<std::string> files;
          simulation::EpisodeReport report = rendered.finish(files);
          writeRunLog(folder, report, *machine_);
          store_.finish(identity, files, report.frames, report.provenance);
          return report;
        });
    isRendered = true;
  });
  if (!isRendered) return nullptr;
  ++position_;
  return next;
}

/// Waits for the episode whose files are being finished, if there is one.
void EpisodeLoop::settle() {
  if (!finishing_) return;
  const std::unique_ptr<Finishing> last = std::move(finishing_);
  bool isWhole = false;
  guarded(last->job, last->attempt.get(), [&] {
    const simulation::EpisodeReport report = last->report.get();
    isWhole = true;
    progress_.endEpisode(last->position, nameOf(last->job), report.frames, report.seconds);
    fmt::print(stderr, "{}", expect::toText(report.expectations));
    result_.unmetExpectations += unmetExpectations(last->job);
    if (!options_.farm) return;
    last->attempt->succeed();
    const farm::PlannedEpisode& episode = plan_.episodes[last->job.index];
    const auto summary = store_.summary(farm::identityOf(plan_, episode));
    options_.farm->report.finish(episode.id, report, summary ? summary->bytes : 0);
  });
  if (!isWhole) --position_;  // it waits again
}

}  // namespace nightfog::cli
