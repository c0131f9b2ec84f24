#include "tools/cli/episode_worker.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <future>
#include <nlohmann/json.hpp>
#include <system_error>

#include "engine/config/diagnostics.hpp"
#include "engine/core/files.hpp"
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

/// Whether another machine, or the same one later, may do better with the same episode.
bool isMachines(ExitCode code) {
  return code == ExitCode::kIo || code == ExitCode::kNoDevice || code == ExitCode::kTryAgain ||
         code == farm::kCannotCreate || code == farm::kNoInput;
}

/// What episodes freed lies about in the heaps of the threads that worked for them, and an allocator that is left alone
/// holds the more of it the longer it runs. A few milliseconds an episode.
void giveBackFreedMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace

std::unique_ptr<const scenario::Scenario> Sampler::sample(const farm::PlannedEpisode& episode) {
  const std::lock_guard lock(mutex_);
  const fs::path file = farm::scenarioFile(episode.file, templates_.library().dataFolder());
  auto scenario =
      std::make_unique<const scenario::Scenario>(scenario::sample(templates_.at(file), plan_.seed, episode.index));
  if (digests_.of(*scenario, plan_.frames, plan_.labelsOnly) != episode.id) {
    throw Error(farm::kBadData,
                fmt::format("{} run {} is no longer what was planned: the scenario, or something it stands on, has "
                            "changed",
                            file.string(), episode.index),
                "plan again");
  }
  return scenario;
}

/// An episode while its world is built and simulated ahead.
struct EpisodeWorker::Preparing {
  Job job;
  std::unique_ptr<farm::Try> attempt;  ///< with FarmNotes
  std::unique_ptr<const scenario::Scenario> scenario;
  std::future<simulation::PreparedEpisode> prepared;  ///< waits for its thread when it goes
};

/// An episode whose frames are rendered, while its files are written, judged and hashed.
struct EpisodeWorker::Finishing {
  Job job;
  std::unique_ptr<farm::Try> attempt;
  std::unique_ptr<const scenario::Scenario> scenario;
  std::future<simulation::EpisodeReport> report;
};

EpisodeWorker::EpisodeWorker(Context context, size_t number, std::string deviceName)
    : context_(std::move(context)), number_(number), deviceName_(std::move(deviceName)) {}

EpisodeWorker::~EpisodeWorker() = default;

const simulation::EpisodeServices& EpisodeWorker::services() {
  if (!services_) {
    machine_.emplace(context_.device, deviceName_, threadsOfEach(context_.device, context_.workers));
    stages_.emplace(
        machine_->device, machine_->jobs, trace::tracerKindFromName(context_.device.tracer),
        context_.memoryBytes == 0 ? context_.cacheBytes : std::min(context_.cacheBytes, context_.memoryBytes / 2));
    const uint64_t most = machine_->device.info().memoryBytes / 10 * 9;
    machine_->device.limitMemory(context_.memoryBytes == 0 ? most : context_.memoryBytes);
    services_.emplace(simulation::EpisodeServices{machine_->device, machine_->jobs,
                                                  context_.sampler.library().catalog(), *stages_, sensors::makeSensor,
                                                  writeExport});
  }
  return *services_;
}

void EpisodeWorker::run() {
  std::unique_ptr<Preparing> upcoming;
  for (;;) {
    if (!upcoming) {
      settle();  // it may come back
      const auto job = context_.agenda.take();
      if (!job) return;
      upcoming = prepare(*job);
    }
    std::unique_ptr<Preparing> current = std::move(upcoming);
    std::unique_ptr<Finishing> next;
    try {
      if (context_.stop) throw simulation::Stopped();
      if (const auto job = context_.agenda.takeSpare(context_.workers - 1)) upcoming = prepare(*job);
      next = render(std::move(current));
    } catch (...) {
      settle();  // what was rendered before is not lost
      throw;
    }
    settle();
    finishing_ = std::move(next);
  }
}

/// Runs what may fail. An error that is the episode's own is noted, and the episode waits again, behind the others.
template <class Action>
void EpisodeWorker::guarded(const Job& job, farm::Try* attempt, const Action& action) {
  if (!context_.agenda.farm()) {
    action();
    return;
  }
  const auto failed = [&](const std::string& message) {
    attempt->fail(message);
    context_.agenda.putBack(job, message);
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
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::resource_unavailable_try_again) {
      failed(error.what());
      return;
    }
    attempt->fail("no thread could be started");
    throw Error(ExitCode::kTryAgain, "no thread could be started: memory or the number of threads is exhausted",
                "render fewer episodes at once, or on a machine with more memory");
  } catch (const std::exception& error) {
    failed(error.what());
  }
}

std::unique_ptr<EpisodeWorker::Preparing> EpisodeWorker::prepare(const Job& job) {
  auto next = std::make_unique<Preparing>();
  next->job = job;
  const farm::PlannedEpisode& episode = context_.plan.episodes[job.index];
  if (const auto& farm = context_.agenda.farm()) next->attempt = farm->tries.begin(episode.id);
  farm::Try* attempt = next->attempt.get();
  simulation::EpisodeOptions options;
  options.frames = context_.plan.frames;
  options.onFrame = [this, job, attempt](const simulation::FrameProgress& frame) {
    context_.agenda.tellFrame(job, number_, frame);
    if (attempt != nullptr) attempt->touch();
  };
  options.onThread = [attempt] {
    if (attempt != nullptr) attempt->claimThread();
  };
  options.stop = &context_.stop;
  options.labelsOnly = context_.plan.labelsOnly;
  options.twin = job.twin;
  next->prepared = std::async(std::launch::async, [this, &episode, &scenario = next->scenario, options] {
    options.onThread();
    scenario = context_.sampler.sample(episode);
    return simulation::PreparedEpisode(*scenario, context_.sampler.library().catalog(), context_.contents, options);
  });
  return next;
}

/// nullptr: it failed, and waits again.
std::unique_ptr<EpisodeWorker::Finishing> EpisodeWorker::render(std::unique_ptr<Preparing> next) {
  const auto since = std::chrono::steady_clock::now();
  farm::Try* attempt = next->attempt.get();
  if (attempt != nullptr) {
    attempt->claimThread();
    attempt->claimOthers();
  }
  std::unique_ptr<Finishing> rendered;
  guarded(next->job, attempt, [&] {
    simulation::PreparedEpisode prepared = next->prepared.get();
    const simulation::EpisodeServices& services = this->services();
    const simulation::EpisodeIdentity identity = context_.agenda.identityOf(next->job);
    const fs::path folder = context_.store.begin(identity);
    auto episode = simulation::renderEpisode(std::move(prepared), services, folder, since);
    rendered = std::make_unique<Finishing>();
    rendered->job = next->job;
    rendered->attempt = std::move(next->attempt);
    rendered->scenario = std::move(next->scenario);
    rendered->report =
        std::async(std::launch::async, [this, identity, folder, attempt, episode = std::move(episode)]() mutable {
          if (attempt != nullptr) attempt->claimThread();
          std::vector<std::string> files;
          simulation::EpisodeReport report = episode.finish(files);
          writeRunLog(folder, report, *machine_);
          context_.store.finish(identity, files, report.frames, report.provenance);
          return report;
        });
  });
  // It failed, and waits again: nothing of it is left to settle.
  if (rendered && !rendered->report.valid()) rendered.reset();
  return rendered;
}

/// Waits for the episode whose files are being finished, if there is one.
void EpisodeWorker::settle() {
  if (!finishing_) return;
  std::unique_ptr<Finishing> last = std::move(finishing_);
  guarded(last->job, last->attempt.get(), [&] {
    const simulation::EpisodeReport report = last->report.get();
    if (last->attempt) last->attempt->succeed();
    context_.agenda.tellWhole(last->job, report);
  });
  last.reset();
  giveBackFreedMemory();
}

}  // namespace nightfog::cli
