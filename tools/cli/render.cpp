#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <map>
#include <set>

#include "engine/config/diagnostics.hpp"
#include "engine/core/files.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/episode_loop.hpp"
#include "tools/cli/run_folder.hpp"
#include "tools/farm/exit_codes.hpp"
#include "tools/farm/farm_commands.hpp"
#include "tools/farm/program_digest.hpp"
#include "tools/farm/shard.hpp"
#include "tools/lang/lang_commands.hpp"

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

/// Says once a scenario what labels alone leave out.
void sayWhatIsLeftOut(const farm::Plan& plan, farm::TemplateCache& templates) {
  std::set<std::string> said;
  for (const farm::PlannedEpisode& episode : plan.episodes) {
    if (!said.insert(episode.file).second) continue;
    const fs::path file = farm::scenarioFile(episode.file, templates.library().dataFolder());
    const scenario::Scenario scenario = scenario::sample(templates.at(file), plan.seed, episode.index);
    for (const scenario::Export& wanted : scenario.exports) {
      if (wanted.format == "mcap") continue;
      fmt::print(stderr, "{}: the export '{}' ({}) holds images; with --labels-only it is left out\n", scenario.id,
                 wanted.dir, wanted.format);
    }
  }
}

/// Triggers that no run of a scenario fired: hardly ever what its author meant.
void reportNeverFired(const farm::Plan& plan, farm::TemplateCache& templates, const simulation::EpisodeStore& store) {
  std::map<std::string, std::vector<std::pair<std::string, nlohmann::ordered_json>>> traces;
  std::vector<std::string> files;  // in the plan's order
  for (const farm::PlannedEpisode& episode : plan.episodes) {
    if (traces.count(episode.file) == 0) files.push_back(episode.file);
    traces[episode.file].emplace_back(episode.run, readTrace(store.folder(farm::identityOf(plan, episode))));
  }
  for (const std::string& file : files) {
    const auto scenario = templates.at(farm::scenarioFile(file, templates.library().dataFolder()));
    fmt::print(stderr, "{}", config::renderText(neverFired(traces.at(file), scenario)));
  }
}

/// Every file is read and checked before the first device is opened or folder made: a wrong scenario writes nothing.
farm::Plan planFor(const RenderArguments& arguments, farm::TemplateCache& templates,
                   simulation::EpisodeDigests& digests) {
  if (arguments.plan.empty()) {
    return farm::makePlan({arguments.scenarios, arguments.runs, arguments.seed, farm::parseFrames(arguments.frames),
                           arguments.labelsOnly},
                          templates, digests);
  }
  farm::Plan plan = farm::readPlan(arguments.plan);
  if (plan.program != digests.program())
    throw Error(
        farm::kBadData,
        fmt::format("{} was made by another build of nightfog, which would write other bytes", arguments.plan.string()),
        "plan with the build that renders: nightfog plan …");
  return plan;
}

std::vector<size_t> chosenEpisodes(const farm::Plan& plan, const farm::Shard& shard, const std::string& episode) {
  std::vector<size_t> chosen;
  if (!episode.empty()) {
    for (size_t i = 0; i < plan.episodes.size(); ++i) {
      if (plan.episodes[i].id.starts_with(episode)) chosen.push_back(i);
    }
    if (chosen.empty())
      throw Error(ExitCode::kUsage, fmt::format("--episode {}: no episode of the plan begins so", episode),
                  "the plan's lines begin with their episodes' ids");
    return chosen;
  }
  std::vector<uint64_t> costs;
  for (const farm::PlannedEpisode& planned : plan.episodes) costs.push_back(planned.cost_ms);
  const std::vector<uint32_t> shards = farm::shardOfEach(costs, shard.count);
  for (size_t i = 0; i < shards.size(); ++i) {
    if (shards[i] == shard.index) chosen.push_back(i);
  }
  return chosen;
}

simulation::Twin twinFromName(const std::string& name) {
  if (name.empty()) return simulation::Twin::kNone;
  return name == "faults" ? simulation::Twin::kFaults : simulation::Twin::kWeather;
}

size_t cacheBytes(const RenderArguments& arguments) {
  return size_t{arguments.cache_MiB} << 20;
}

ExitCode renderByHand(const RenderArguments& arguments, const farm::Plan& plan, const farm::Shard& shard,
                      farm::TemplateCache& templates, simulation::EpisodeDigests& digests) {
  if (plan.labelsOnly) sayWhatIsLeftOut(plan, templates);
  simulation::EpisodeStore store(arguments.out);
  Progress progress(progressKindFromName(arguments.progress));
  Agenda agenda(plan, store, progress, {arguments.verify, std::nullopt, twinFromName(arguments.twin)});
  agenda.fill(chosenEpisodes(plan, shard, {}));
  const AgendaResult result = renderEpisodes({plan, templates, digests, store, stopRequested, arguments.device,
                                              cacheBytes(arguments), size_t{arguments.memory_MiB} << 20},
                                             agenda);
  // A shard has seen a part of the runs, and some frames a part of the time: what did not fire there may fire
  // elsewhere.
  if (shard.count == 1 && !plan.frames) reportNeverFired(plan, templates, store);
  store.writeManifest();
  progress.done(arguments.out.string());
  return result.unmetExpectations > 0 ? ExitCode::kExpectationFailed : ExitCode::kOk;
}

ExitCode renderPlanned(const RenderArguments& arguments, const farm::Plan& plan, const farm::Shard& shard,
                       farm::TemplateCache& templates, simulation::EpisodeDigests& digests) {
  std::optional<simulation::EpisodeStore> store;
  try {
    store.emplace(arguments.out);
    if (arguments.episode.empty()) farm::keepPlan(plan, arguments.out);
  } catch (const IoError& error) {
    throw Error(farm::kCannotCreate, error.what(), error.help());
  }
  const std::vector<size_t> episodes = chosenEpisodes(plan, shard, arguments.episode);
  const farm::Tries tries(arguments.out, arguments.tries);
  farm::ShardReport report(arguments.out, shard, episodes.size());
  Progress progress(progressKindFromName(arguments.progress));
  Agenda agenda(plan, *store, progress, {arguments.verify, FarmNotes{tries, report, arguments.plan}});
  agenda.fill(episodes);
  try {
    const AgendaResult result = renderEpisodes({plan, templates, digests, *store, stopRequested, arguments.device,
                                                cacheBytes(arguments), size_t{arguments.memory_MiB} << 20},
                                               agenda);
    report.end(result.setAside.empty() ? "done" : "failed");
    progress.done(arguments.out.string());
    if (result.setAside.empty()) return ExitCode::kOk;
  } catch (const simulation::Stopped&) {
    report.end("stopped");
    throw;
  } catch (...) {
    report.end("failed");
    throw;
  }
  for (const farm::SetAside& given : tries.setAside()) {
    fmt::print(stderr, "set aside after {} tries: {}/{}: {}\n  reproduce: {}\n", given.tries, given.scenario, given.run,
               given.reason, given.command);
  }
  return farm::kBadData;
}

}  // namespace

ExitCode render(const RenderArguments& arguments) {
  if (arguments.scenarios.empty() == arguments.plan.empty())
    throw Error(ExitCode::kUsage, "render wants scenarios, or --plan", "nightfog render S.scn.yaml -o out");
  if (arguments.plan.empty() && !arguments.episode.empty())
    throw Error(ExitCode::kUsage, "--episode without --plan", "episodes are named by a plan");
  stopOnSignals();
  const farm::Shard shard = farm::shardFromText(arguments.shard, farm::processEnvironment());
  const lang::InstalledLibrary library(lang::dataFolder());
  farm::TemplateCache templates(library);
  simulation::EpisodeDigests digests(library.catalog(), library.dataFolder() / "assets", farm::programDigest());
  const farm::Plan plan = planFor(arguments, templates, digests);
  return arguments.plan.empty() ? renderByHand(arguments, plan, shard, templates, digests)
                                : renderPlanned(arguments, plan, shard, templates, digests);
}

}  // namespace nightfog::cli
