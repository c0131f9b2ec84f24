#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::lang {

ExitCode expand(const ExpandArguments& arguments) {
  const InstalledLibrary library(dataFolder());
  const auto chosen = scenario::loadScenarioTemplate(arguments.file, library.forFile(arguments.file));
  if (chosen.isSweep() && arguments.runs)
    throw Error(ExitCode::kUsage, "--runs is for files without a sweep", "the sweep says how many runs there are");
  const uint64_t count = chosen.isSweep() ? chosen.runCount() : arguments.runs.value_or(1);
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  if (!arguments.json) fmt::print("{:>5}  {:18}  {:>4}  {}\n", "index", "run", "draw", "variant");
  for (uint64_t i = 0; i < count; ++i) {
    const auto run = scenario::sample(chosen, arguments.seed, static_cast<uint32_t>(i));
    if (arguments.json) {
      nlohmann::ordered_json variant = nlohmann::ordered_json::object();
      for (const auto& [name, value] : run.variant) variant[name] = value;
      out.push_back({{"index", i},
                     {"id", run.id},
                     {"run", run.runId()},
                     {"seed", run.seed},
                     {"draw", run.run},
                     {"attempt", run.attempt},
                     {"variant", std::move(variant)},
                     {"digest", run.digest}});
      continue;
    }
    std::string variant;
    for (const auto& [name, value] : run.variant)
      variant += fmt::format("{}{} = {}", variant.empty() ? "" : ", ", name, value);
    fmt::print("{:>5}  {:18}  {:>4}  {}\n", i, run.runId(), run.run, variant);
  }
  if (arguments.json) fmt::print("{}\n", out.dump(1));
  return ExitCode::kOk;
}

}  // namespace nightfog::lang
