#include "tools/farm/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/config/diagnostics.hpp"
#include "engine/core/files.hpp"
#include "engine/core/version.hpp"
#include "engine/scenario/suite.hpp"
#include "tools/farm/cost.hpp"
#include "tools/farm/exit_codes.hpp"
#include "tools/farm/farm_commands.hpp"

namespace nightfog::farm {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
namespace {

constexpr const char* kFormat = "nightfog.plan/1";
constexpr std::string_view kData = "data:";

/// Adds episodes to a plan, each once.
class Planner {
 public:
  Planner(Plan& plan, simulation::EpisodeDigests& digests) : plan_(plan), digests_(digests) {}

  void add(const scenario::ScenarioTemplate& scenarioTemplate, const std::string& file, uint32_t run) {
    const scenario::Scenario scenario = scenario::sample(scenarioTemplate, plan_.seed, run);
    const Cost cost = estimateCost(scenario, plan_.frames, plan_.labelsOnly);
    PlannedEpisode episode{digests_.of(scenario, plan_.frames, plan_.labelsOnly),
                           scenario.id,
                           scenario.runId(),
                           file,
                           run,
                           cost.frames,
                           cost.milliseconds};
    if (known_.insert(episode.id).second) plan_.episodes.push_back(std::move(episode));
  }

 private:
  Plan& plan_;
  simulation::EpisodeDigests& digests_;
  std::set<std::string> known_;
};

bool isHex(const std::string& text, size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool isFolderName(const std::string& text) {
  return !text.empty() && text.front() != '.' && text.find_first_of(std::string_view("/\0", 2)) == std::string::npos;
}

PlannedEpisode episodeFrom(const Json& json) {
  PlannedEpisode episode{json.at("episode").get<std::string>(), json.at("scenario").get<std::string>(),
                         json.at("run").get<std::string>(),     json.at("file").get<std::string>(),
                         json.at("index").get<uint32_t>(),      json.at("frames").get<uint32_t>(),
                         json.at("cost_ms").get<uint64_t>()};
  if (!isHex(episode.id, 64)) throw Error(kBadData, fmt::format("'{}' is no episode's hash", episode.id));
  if (!isFolderName(episode.scenario) || !isFolderName(episode.run))
    throw Error(kBadData, fmt::format("'{}/{}' is no episode's folder", episode.scenario, episode.run));
  return episode;
}

Plan headerFrom(const Json& json) {
  if (json.at("format").get<std::string>() != kFormat)
    throw Error(kBadData,
                fmt::format("format '{}'; this version reads {}", json.at("format").get<std::string>(), kFormat));
  Plan plan;
  plan.program = json.at("program").get<std::string>();
  plan.labelsOnly = json.at("labels_only").get<bool>();
  if (json.contains("seed")) plan.seed = json.at("seed").get<uint64_t>();
  if (json.contains("frame_range")) {
    plan.frames = simulation::FrameRange{json.at("frame_range").at(0).get<uint32_t>(),
                                         json.at("frame_range").at(1).get<uint32_t>()};
  }
  return plan;
}

}  // namespace

simulation::EpisodeIdentity identityOf(const Plan& plan, const PlannedEpisode& episode) {
  return {episode.scenario, episode.run, episode.id, plan.frames};
}

std::string planFile(const fs::path& scenario, const fs::path& dataFolder) {
  const fs::path whole = fs::weakly_canonical(fs::absolute(scenario));
  const fs::path inData = whole.lexically_relative(fs::weakly_canonical(dataFolder));
  if (!inData.empty() && *inData.begin() != "..") return std::string(kData) + inData.generic_string();
  return whole.generic_string();
}

fs::path scenarioFile(const std::string& planned, const fs::path& dataFolder) {
  const fs::path path = planned.starts_with(kData) ? dataFolder / planned.substr(kData.size()) : fs::path(planned);
  std::error_code error;
  if (!fs::is_regular_file(path, error))
    throw Error(kNoInput, fmt::format("the scenario {} is not there", path.string()),
                "a plan names scenarios relative to itself: bring them along, or plan again");
  return path;
}

Plan makePlan(const PlanRequest& request, TemplateCache& templates, simulation::EpisodeDigests& digests) {
  Plan plan{digests.program(), request.labelsOnly, request.frames, request.seed, {}};
  Planner planner(plan, digests);
  const fs::path& data = templates.library().dataFolder();
  std::vector<config::Diagnostic> mistakes;
  const auto read = [&](const fs::path& file) {
    if (scenario::isSuite(file)) {
      if (request.runs || request.seed)
        throw Error(ExitCode::kUsage, "--runs and --seed are for scenarios", "the suite says which runs are meant");
      const scenario::Suite suite =
          scenario::loadSuite(file, [&](const fs::path& path) { return templates.library().forFile(path); });
      for (const auto& [index, run] : suite.runs)
        planner.add(suite.scenarios[index], planFile(suite.files[index], data), run);
      return;
    }
    const scenario::ScenarioTemplate scenario = templates.at(file);
    fmt::print(stderr, "{}", config::renderText(scenario.findings()));
    const uint64_t runs = scenario.isSweep() ? scenario.runCount() : request.runs.value_or(1);
    if (scenario.isSweep() && request.runs)
      throw Error(ExitCode::kUsage, fmt::format("--runs {}: '{}' has a sweep", *request.runs, scenario.id()),
                  fmt::format("leave it out: the sweep says that there are {} runs", runs));
    const std::string planned = planFile(file, data);
    for (uint32_t run = 0; run < runs; ++run) planner.add(scenario, planned, run);
  };
  for (const fs::path& file : request.scenarios) {
    try {
      read(file);
    } catch (const config::DiagnosticsError& error) {
      mistakes.insert(mistakes.end(), error.diagnostics().begin(), error.diagnostics().end());
    }
  }
  if (!mistakes.empty()) throw config::DiagnosticsError(std::move(mistakes));
  return plan;
}

std::string toJsonLines(const Plan& plan, const fs::path& folder) {
  const fs::path base = fs::weakly_canonical(fs::absolute(folder));
  uint64_t frames = 0, cost_ms = 0;
  for (const PlannedEpisode& episode : plan.episodes) frames += episode.frames, cost_ms += episode.cost_ms;
  Json header{{"format", kFormat},
              {"engine_version", engineVersion()},
              {"program", plan.program},
              {"labels_only", plan.labelsOnly},
              {"episodes", plan.episodes.size()},
              {"frames", frames},
              {"cost_ms", cost_ms}};
  if (plan.seed) header["seed"] = *plan.seed;
  if (plan.frames) header["frame_range"] = {plan.frames->first, plan.frames->last};
  std::string text = header.dump() + "\n";
  for (const PlannedEpisode& e : plan.episodes) {
    const std::string file =
        e.file.starts_with(kData) ? e.file : fs::path(e.file).lexically_relative(base).generic_string();
    text += Json{{"episode", e.id},  {"scenario", e.scenario}, {"run", e.run},        {"file", file},
                 {"index", e.index}, {"frames", e.frames},     {"cost_ms", e.cost_ms}}
                .dump() +
            "\n";
  }
  return text;
}

Plan readPlan(const fs::path& file) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed))
    throw Error(kNoInput, fmt::format("there is no plan {}", file.string()),
                "make one: nightfog plan SCENARIO… --runs N -o plan.jsonl");
  std::istringstream text(readFile(file, kMostPlanBytes));
  const fs::path base = fs::weakly_canonical(fs::absolute(file)).parent_path();
  Plan plan;
  std::set<std::string> known;
  std::optional<size_t> promised;
  size_t number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    try {
      const Json json = Json::parse(line);
      if (!promised) {
        plan = headerFrom(json);
        promised = json.at("episodes").get<size_t>();
        continue;
      }
      plan.episodes.push_back(episodeFrom(json));
      if (std::string& scenario = plan.episodes.back().file; !scenario.starts_with(kData))
        scenario = (base / scenario).lexically_normal().generic_string();
      if (!known.insert(plan.episodes.back().id).second)
        throw Error(kBadData, fmt::format("episode {} comes twice", plan.episodes.back().id));
    } catch (const nlohmann::json::exception& error) {
      throw Error(kBadData,
                  fmt::format("{}:{}: not as `nightfog plan` writes it: {}", file.string(), number, error.what()),
                  "plan again");
    } catch (const Error& error) {
      throw Error(kBadData, fmt::format("{}:{}: {}", file.string(), number, error.what()), "plan again");
    }
  }
  if (!promised || *promised != plan.episodes.size())
    throw Error(kBadData,
                fmt::format("{}: {} of {} episodes: the plan is cut short", file.string(), plan.episodes.size(),
                            promised.value_or(0)),
                "plan again");
  return plan;
}

}  // namespace nightfog::farm
