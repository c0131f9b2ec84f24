#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/scenario/suite.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::lang {
namespace {

/// One run as a line, or as an entry of the array.
void listRun(const scenario::Scenario& run, uint64_t index, bool isOfSuite, nlohmann::ordered_json* out) {
  if (out != nullptr) {
    nlohmann::ordered_json variant = nlohmann::ordered_json::object();
    for (const auto& [name, value] : run.variant) variant[name] = value;
    out->push_back({{"index", index},
                    {"id", run.id},
                    {"run", run.runId()},
                    {"seed", run.seed},
                    {"draw", run.run},
                    {"attempt", run.attempt},
                    {"variant", std::move(variant)},
                    {"digest", run.digest}});
    return;
  }
  std::string variant;
  for (const auto& [name, value] : run.variant)
    variant += fmt::format("{}{} = {}", variant.empty() ? "" : ", ", name, value);
  fmt::print("{:>5}  {:18}  {:>4}  {}{}\n", index, run.runId(), run.run, isOfSuite ? run.id + "  " : std::string(),
             variant);
}

}  // namespace

ExitCode expand(const ExpandArguments& arguments) {
  const InstalledLibrary library(dataFolder());
  const auto libraryFor = [&](const std::filesystem::path& file) { return library.forFile(file); };
  const bool isOfSuite = scenario::isSuite(arguments.file);
  if (isOfSuite && (arguments.runs || arguments.seed))
    throw Error(ExitCode::kUsage, "--runs and --seed are for scenarios", "the suite says which runs are meant");
  scenario::Suite suite;
  if (isOfSuite) {
    suite = scenario::loadSuite(arguments.file, libraryFor);
  } else {
    suite.scenarios.push_back(scenario::loadScenarioTemplate(arguments.file, libraryFor(arguments.file)));
    const auto& chosen = suite.scenarios.front();
    if (chosen.isSweep() && arguments.runs)
      throw Error(ExitCode::kUsage, "--runs is for files without a sweep", "the sweep says how many runs there are");
    const uint64_t count = chosen.isSweep() ? chosen.runCount() : arguments.runs.value_or(1);
    for (uint32_t run = 0; run < count; ++run) suite.runs.emplace_back(0, run);
  }
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  if (!arguments.json)
    fmt::print("{:>5}  {:18}  {:>4}  {}variant\n", "index", "run", "draw", isOfSuite ? "scenario  " : "");
  for (const auto& [index, run] : suite.runs)
    listRun(scenario::sample(suite.scenarios[index], arguments.seed, run), run, isOfSuite,
            arguments.json ? &out : nullptr);
  if (arguments.json) fmt::print("{}\n", out.dump(1));
  return ExitCode::kOk;
}

}  // namespace nightfog::lang
