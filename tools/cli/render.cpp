#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/core/files.hpp"
#include "engine/core/log.hpp"
#include "engine/core/version.hpp"
#include "engine/scenario/suite.hpp"
#include "engine/simulation/episode.hpp"
#include "exporters/builtin.hpp"
#include "sensors/builtin.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/machine.hpp"
#include "tools/cli/progress.hpp"
#include "tools/cli/run_folder.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::cli {
namespace fs = std::filesystem;
namespace {

std::atomic<bool> stopRequested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void stopOnSignals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stopRequested.store(true); };
  for (int signal : {SIGTERM, SIGINT, SIGUSR1}) ::sigaction(signal, &action, nullptr);
}

template <class T>
bool parseWhole(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<simulation::FrameRange> parseFrames(const std::string& text) {
  if (text.empty()) return std::nullopt;
  simulation::FrameRange range;
  const auto dots = text.find("..");
  if (dots == std::string::npos || !parseWhole(std::string_view(text).substr(0, dots), range.first) ||
      !parseWhole(std::string_view(text).substr(dots + 2), range.last) || range.last < range.first) {
    throw Error(ExitCode::kUsage, fmt::format("--frames {}: not a range of frames", text),
                "write A..B, both included, for example --frames 3..5");
  }
  return range;
}

struct Shard {
  uint32_t index = 0;
  uint32_t count = 1;
};

Shard parseShard(const std::string& text) {
  Shard shard;
  const auto slash = text.find('/');
  if (slash == std::string::npos || !parseWhole(std::string_view(text).substr(0, slash), shard.index) ||
      !parseWhole(std::string_view(text).substr(slash + 1), shard.count) || shard.count == 0 ||
      shard.index >= shard.count) {
    throw Error(ExitCode::kUsage, fmt::format("--shard {}: not a shard", text),
                "write i/N with 0 ≤ i < N, for example --shard 0/4");
  }
  return shard;
}

/// One episode of the command, in an order that does not depend on shards.
struct Episode {
  size_t scenarioFile = 0;
  uint32_t run = 0;
  bool isTwin = false;  ///< without weather
};

struct Chosen {
  std::vector<scenario::ScenarioTemplate> templates;
  std::vector<Episode> episodes;
};

/// Every run of a scenario's sweep, or as many as asked for.
void chooseRuns(Chosen& chosen, const RenderArguments& arguments) {
  const auto& scenario = chosen.templates.back();
  const uint64_t runs = scenario.isSweep() ? scenario.runCount() : arguments.runs.value_or(1);
  if (scenario.isSweep() && arguments.runs) {
    throw Error(ExitCode::kUsage, fmt::format("--runs {}: '{}' has a sweep", *arguments.runs, scenario.id()),
                fmt::format("leave it out: the sweep says that there are {} runs", runs));
  }
  for (uint32_t run = 0; run < runs; ++run) chosen.episodes.push_back({chosen.templates.size() - 1, run});
}

/// The runs that a suite means.
void chooseSuite(Chosen& chosen, const fs::path& file, const RenderArguments& arguments,
                 const lang::InstalledLibrary& library) {
  if (arguments.runs || arguments.seed)
    throw Error(ExitCode::kUsage, "--runs and --seed are for scenarios", "the suite says which runs are meant");
  scenario::Suite suite = scenario::loadSuite(file, [&](const fs::path& path) { return library.forFile(path); });
  for (const auto& [index, run] : suite.runs) chosen.episodes.push_back({chosen.templates.size() + index, run});
  for (auto& scenario : suite.scenarios) chosen.templates.push_back(std::move(scenario));
}

/// Each run is followed by its twin.
void addTwins(std::vector<Episode>& episodes) {
  std::vector<Episode> both;
  for (const Episode& episode : episodes) {
    both.push_back(episode);
    both.push_back({episode.scenarioFile, episode.run, true});
  }
  episodes = std::move(both);
}

/// What a run's place and bytes depend on beside its scenario.
simulation::EpisodeIdentity identityOf(const scenario::Scenario& scenario, const RenderArguments& arguments,
                                       const std::optional<simulation::FrameRange>& frames, bool isTwin) {
  return {scenario.id, scenario.runId() + (isTwin ? "_clear" : ""),
          scenario.digest + (arguments.labelsOnly ? " labels only" : "") + (isTwin ? " without weather" : ""), frames};
}

/// Reads every file before giving up, so that all mistakes of all files are reported at once.
Chosen choose(const RenderArguments& arguments, const lang::InstalledLibrary& library) {
  Chosen chosen;
  std::vector<config::Diagnostic> mistakes;
  for (const auto& file : arguments.scenarios) {
    try {
      if (scenario::isSuite(file)) {
        chooseSuite(chosen, file, arguments, library);
        continue;
      }
      chosen.templates.push_back(scenario::loadScenarioTemplate(file, library.forFile(file)));
      fmt::print(stderr, "{}", config::renderText(chosen.templates.back().findings()));
      chooseRuns(chosen, arguments);
    } catch (const config::DiagnosticsError& error) {
      mistakes.insert(mistakes.end(), error.diagnostics().begin(), error.diagnostics().end());
    }
  }
  if (!mistakes.empty()) throw config::DiagnosticsError(std::move(mistakes));
  return chosen;
}

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
  json["seconds"] = report.seconds;
  json["seconds_to_first_frame"] = report.secondsToFirstFrame;
  json["peak_device_bytes"] = report.peakDeviceBytes;
  json["stage_milliseconds"] = report.stageMilliseconds;
  writeFileAtomically(folder / "run.log.json", json.dump(2) + "\n");
}

/// Says once what labels alone leave out.
void sayWhatIsLeftOut(const scenario::Scenario& scenario) {
  for (const scenario::Export& wanted : scenario.exports) {
    if (wanted.format == "mcap") continue;
    fmt::print(stderr, "{}: the export '{}' ({}) holds images; with --labels-only it is left out\n", scenario.id,
               wanted.dir, wanted.format);
  }
}

/// Triggers that no run of a scenario fired: hardly ever what its author meant.
class TriggerWatch {
 public:
  void add(size_t scenario, const std::string& run, const fs::path& folder) {
    traces_[scenario].emplace_back(run, readTrace(folder));
  }
  void report(const std::vector<scenario::ScenarioTemplate>& templates) const {
    for (const auto& [scenario, traces] : traces_)
      fmt::print(stderr, "{}", config::renderText(neverFired(traces, templates[scenario])));
  }

 private:
  std::map<size_t, std::vector<std::pair<std::string, nlohmann::ordered_json>>> traces_;
};

/// Expectations of a whole episode that its labels do not meet.
uint64_t unmetExpectations(const fs::path& folder) {
  const fs::path file = folder / "expect.json";
  if (!fs::exists(file)) return 0;
  return nlohmann::json::parse(readFile(file)).at("unmet").get<uint64_t>();
}

}  // namespace

ExitCode render(const RenderArguments& arguments) {
  const auto frames = parseFrames(arguments.frames);
  const Shard shard = parseShard(arguments.shard);
  // Every file is checked before the first device is opened or folder made: a wrong scenario writes nothing.
  const lang::InstalledLibrary library(lang::dataFolder());
  Chosen chosenRuns = choose(arguments, library);
  if (arguments.twin == "weather") addTwins(chosenRuns.episodes);
  const auto& [templates, episodes] = chosenRuns;

  simulation::EpisodeStore store(arguments.out);
  Progress progress(progressKindFromName(arguments.progress));
  stopOnSignals();

  std::optional<Machine> machine;  // opened when the first episode needs it
  uint32_t total = 0;
  for (size_t i = 0; i < episodes.size(); ++i) total += i % shard.count == shard.index ? 1 : 0;
  uint32_t position = 0;
  uint64_t unmet = 0;
  TriggerWatch watch;
  std::set<size_t> said;
  for (size_t i = 0; i < episodes.size(); ++i) {
    if (i % shard.count != shard.index) continue;
    const auto& chosen = templates[episodes[i].scenarioFile];
    const scenario::Scenario scenario = scenario::sample(chosen, arguments.seed, episodes[i].run);
    const bool isTwin = episodes[i].isTwin;
    const simulation::EpisodeIdentity identity = identityOf(scenario, arguments, frames, isTwin);
    if (arguments.labelsOnly && said.insert(episodes[i].scenarioFile).second) sayWhatIsLeftOut(scenario);
    progress.beginEpisode(position, total, scenario.id + "/" + identity.runId);
    ++position;
    if (store.isComplete(identity, arguments.verify)) {
      progress.skipEpisode();
      unmet += unmetExpectations(store.folder(identity));
      if (!frames && !isTwin) watch.add(episodes[i].scenarioFile, scenario.runId(), store.folder(identity));
      continue;
    }
    if (stopRequested) throw simulation::Stopped();
    if (!machine) machine.emplace(arguments.device);
    const simulation::EpisodeServices services{machine->device,
                                               machine->jobs,
                                               trace::tracerKindFromName(arguments.device.tracer),
                                               library.catalog(),
                                               library.dataFolder() / "assets",
                                               sensors::makeSensor,
                                               writeExport};
    const simulation::EpisodeOptions options{frames,
                                             [&](uint32_t done, uint32_t count) { progress.frame(done, count); },
                                             &stopRequested, arguments.labelsOnly, isTwin};
    const fs::path folder = store.begin(identity);
    std::vector<std::string> files;
    const auto report = simulation::runEpisode(scenario, services, options, folder, files);
    writeRunLog(folder, report, *machine);
    store.finish(identity, files, report.frames);
    progress.endEpisode(report.frames, report.seconds);
    fmt::print(stderr, "{}", expect::toText(report.expectations));
    unmet += unmetExpectations(folder);
    if (!frames && !isTwin) watch.add(episodes[i].scenarioFile, scenario.runId(), folder);
  }
  // A shard has seen a part of the runs: another may have fired.
  if (shard.count == 1) watch.report(templates);
  store.writeManifest();
  progress.done(arguments.out.string());
  return unmet > 0 ? ExitCode::kExpectationFailed : ExitCode::kOk;
}

}  // namespace nightfog::cli
