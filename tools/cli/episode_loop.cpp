#include "tools/cli/episode_loop.hpp"

#include <fmt/format.h>

#include <deque>
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

/// The place of a run's twin.
simulation::EpisodeIdentity twinOf(simulation::EpisodeIdentity identity) {
  identity.runId += "_clear";
  const std::string content = identity.digest + " without weather";
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

EpisodeLoop::EpisodeLoop(const farm::Plan& plan, farm::TemplateCache& templates, simulation::EpisodeDigests& digests,
                         simulation::EpisodeStore& store, Progress& progress, Options options)
    : plan_(plan),
      templates_(templates),
      digests_(digests),
      store_(store),
      progress_(progress),
      options_(std::move(options)) {}

std::string EpisodeLoop::reproduce(const farm::PlannedEpisode& episode) const {
  return fmt::format("nightfog render --plan {} --episode {} -o repro", fs::absolute(options_.farm->plan).string(),
                     episode.id.substr(0, 16));
}

uint64_t EpisodeLoop::unmetExpectations(const farm::PlannedEpisode& episode) const {
  const fs::path file = store_.folder(farm::identityOf(plan_, episode)) / "expect.json";
  if (!fs::exists(file)) return 0;
  return nlohmann::json::parse(readFile(file)).at("unmet").get<uint64_t>();
}

EpisodeLoop::Result EpisodeLoop::run(const std::vector<size_t>& episodes) {
  Result result;
  unmet_ = 0;
  std::deque<size_t> waiting(episodes.begin(), episodes.end());
  uint32_t position = 0;
  while (!waiting.empty()) {
    const size_t index = waiting.front();
    waiting.pop_front();
    const farm::PlannedEpisode& episode = plan_.episodes[index];
    progress_.beginEpisode(position, static_cast<uint32_t>(episodes.size()), episode.scenario + "/" + episode.run);
    const Outcome outcome = attend(index);
    if (options_.twins && !store_.isComplete(twinOf(farm::identityOf(plan_, episode)), options_.verify)) {
      if (*options_.stop) throw simulation::Stopped();
      progress_.beginEpisode(position, static_cast<uint32_t>(episodes.size()),
                             episode.scenario + "/" + episode.run + "_clear");
      render(episode, {}, true);
    }
    if (outcome == Outcome::kFailed) {
      waiting.push_back(index);  // the others first
      continue;
    }
    ++position;
    if (outcome == Outcome::kSetAside) result.setAside.push_back(index);
  }
  result.unmetExpectations = unmet_;
  return result;
}

EpisodeLoop::Outcome EpisodeLoop::attend(size_t index) {
  const farm::PlannedEpisode& episode = plan_.episodes[index];
  const simulation::EpisodeIdentity identity = farm::identityOf(plan_, episode);
  if (store_.isComplete(identity, options_.verify)) {
    store_.sweep(identity);  // another worker may have died over it
    progress_.skipEpisode();
    unmet_ += unmetExpectations(episode);
    if (options_.farm) options_.farm->report.skip(episode.id, false);
    return Outcome::kWhole;
  }
  if (*options_.stop) throw simulation::Stopped();
  if (!options_.farm) {
    render(episode, {});
    return Outcome::kWhole;
  }
  FarmNotes& farm = *options_.farm;
  if (farm.tries.isSpent(episode.id, episode.scenario, episode.run, reproduce(episode))) {
    farm.report.skip(episode.id, true);
    return Outcome::kSetAside;
  }
  farm.report.begin(episode.id);
  farm::Try attempt = farm.tries.begin(episode.id);
  const auto failed = [&](const std::string& message) {
    attempt.fail(message);
    farm.report.fail(episode.id, message);
    fmt::print(stderr, "{}/{}: {}\n", episode.scenario, episode.run, message);
  };
  try {
    render(episode, [&] {
      attempt.touch();
      farm.report.frame();
    });
    attempt.succeed();
    return Outcome::kWhole;
  } catch (const simulation::Stopped&) {
    throw;
  } catch (const config::DiagnosticsError& error) {
    failed(error.what());
  } catch (const Error& error) {
    if (error.code() != ExitCode::kIo)
      failed(error.help().empty() ? error.what() : error.what() + (" — " + error.help()));
    if (isMachines(error.code())) throw;
  } catch (const std::bad_alloc&) {
    attempt.fail("memory is exhausted");  // of this episode on this machine: another may have more
    throw;
  } catch (const std::exception& error) {
    failed(error.what());
  }
  return Outcome::kFailed;
}

void EpisodeLoop::render(const farm::PlannedEpisode& episode, const std::function<void()>& onFrame, bool isTwin) {
  simulation::EpisodeIdentity identity = farm::identityOf(plan_, episode);
  if (isTwin) identity = twinOf(identity);
  const lang::InstalledLibrary& library = templates_.library();
  const fs::path file = farm::scenarioFile(episode.file, library.dataFolder());
  const scenario::Scenario scenario = scenario::sample(templates_.at(file), plan_.seed, episode.index);
  if (digests_.of(scenario, plan_.frames, plan_.labelsOnly) != episode.id)
    throw Error(
        farm::kBadData,
        fmt::format("{} run {} is no longer what was planned: the scenario, or something it stands on, has changed",
                    file.string(), episode.index),
        "plan again");
  if (!machine_) machine_.emplace(options_.device);
  const simulation::EpisodeServices services{machine_->device,
                                             machine_->jobs,
                                             trace::tracerKindFromName(options_.device.tracer),
                                             library.catalog(),
                                             library.dataFolder() / "assets",
                                             sensors::makeSensor,
                                             writeExport};
  const auto tellFrame = [&](uint32_t done, uint32_t count) {
    progress_.frame(done, count);
    if (onFrame) onFrame();
  };
  const simulation::EpisodeOptions options{plan_.frames, tellFrame, options_.stop, plan_.labelsOnly, isTwin};
  const fs::path folder = store_.begin(identity);
  std::vector<std::string> files;
  const auto report = simulation::runEpisode(scenario, services, options, folder, files);
  writeRunLog(folder, report, *machine_);
  store_.finish(identity, files, report.frames, report.provenance);
  progress_.endEpisode(report.frames, report.seconds);
  if (isTwin) return;
  fmt::print(stderr, "{}", expect::toText(report.expectations));
  unmet_ += unmetExpectations(episode);
  if (options_.farm) {
    const auto summary = store_.summary(identity);
    options_.farm->report.finish(episode.id, report, summary ? summary->bytes : 0);
  }
}

}  // namespace nightfog::cli
