#include "engine/record/inspect.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/cli/commands.hpp"
#include "tools/cli/record_path.hpp"
#include "tools/cli/run_folder.hpp"

namespace nightfog::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Of one run or of many; never empty.
std::vector<RunFolder> runsAt(const fs::path& given) {
  std::error_code failed;
  if (!fs::is_directory(given, failed))
    throw IoError(fmt::format("{} does not exist", given.string()),
                  "give a folder that `nightfog render -o` wrote, or a record in it");
  std::vector<RunFolder> runs = findRuns(given);
  if (runs.empty())
    throw IoError(fmt::format("{} holds no run", given.string()),
                  "give a folder that `nightfog render -o` wrote, or a record in it");
  return runs;
}

std::string variantText(const RunFolder& run) {
  std::string out;
  for (const auto& [name, value] : run.variant) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, value);
  return out;
}

size_t countOf(const RunFolder& run, const char* outcome) {
  size_t n = 0;
  for (const auto& [id, found] : run.verdicts) n += found == outcome ? 1 : 0;
  return n;
}

Json runsJson(const std::vector<RunFolder>& runs) {
  Json out = Json::array();
  for (const RunFolder& run : runs) {
    Json variant = Json::object(), verdicts = Json::object();
    for (const auto& [name, value] : run.variant) variant[name] = value;
    for (const auto& [id, outcome] : run.verdicts) verdicts[id] = outcome;
    out.push_back({{"scenario", run.scenario},
                   {"run", run.run},
                   {"path", run.path.string()},
                   {"whole", run.isWhole},
                   {"frames", run.frames},
                   {"bytes", run.bytes},
                   {"variant", std::move(variant)},
                   {"expectations", std::move(verdicts)},
                   {"unmet", run.unmet}});
  }
  return out;
}

/// A table a scenario: what the sweep chose, how much there is, what became of the expectations.
std::string runsText(const std::vector<RunFolder>& runs) {
  std::string out, scenario;
  for (const RunFolder& run : runs) {
    if (run.scenario != scenario) {
      scenario = run.scenario;
      const auto count = std::count_if(runs.begin(), runs.end(), [&](const auto& r) { return r.scenario == scenario; });
      out += fmt::format("{}{}: {} run{}\n", out.empty() ? "" : "\n", scenario, count, count == 1 ? "" : "s");
    }
    out += fmt::format("  {:<20} {:<28}", run.run, variantText(run));
    if (!run.isWhole) {
      out += "  not whole: render again to resume\n";
      continue;
    }
    out += fmt::format("  {:>5} frames {:>8.1f} MB", run.frames, static_cast<double>(run.bytes) / 1e6);
    if (!run.verdicts.empty())
      out += fmt::format("  {} passed, {} skipped, {} not met", countOf(run, "passed"), countOf(run, "skipped"),
                         run.verdicts.size() - countOf(run, "passed") - countOf(run, "skipped"));
    std::string unmet;
    for (const auto& [id, outcome] : run.verdicts) {
      if (outcome != "passed" && outcome != "skipped") unmet += (unmet.empty() ? ": " : ", ") + id;
    }
    out += unmet + "\n";
  }
  return out;
}

std::string traces(const std::vector<RunFolder>& runs, bool asJson) {
  if (asJson) {
    Json out = Json::array();
    for (const RunFolder& run : runs)
      out.push_back({{"scenario", run.scenario}, {"run", run.run}, {"trace", readTrace(run.path)}});
    return out.dump(2) + "\n";
  }
  std::string out;
  for (const RunFolder& run : runs) {
    const std::string variant = variantText(run);
    out += fmt::format("{}{}/{}{}{}\n{}", out.empty() ? "" : "\n", run.scenario, run.run, variant.empty() ? "" : "  ",
                       variant, traceText(readTrace(run.path)));
  }
  return out;
}

}  // namespace

ExitCode inspect(const InspectArguments& arguments) {
  if (!arguments.sensor.empty() && !arguments.frame)
    throw Error(ExitCode::kUsage, "--sensor without --frame", "say which frame's labels to print, such as --frame 12");
  if (arguments.trace) {
    std::error_code failed;
    const bool isFile = fs::is_regular_file(arguments.record, failed);
    fmt::print(
        "{}", traces(runsAt(isFile ? fs::absolute(arguments.record).parent_path() : arguments.record), arguments.json));
    return ExitCode::kOk;
  }
  std::error_code failed;
  const bool isEpisode =
      !fs::is_directory(arguments.record, failed) || fs::exists(arguments.record / "record.mcap", failed);
  if (!isEpisode && !arguments.frame) {
    const std::vector<RunFolder> runs = runsAt(arguments.record);
    fmt::print("{}", arguments.json ? runsJson(runs).dump(2) + "\n" : runsText(runs));
    return ExitCode::kOk;
  }
  const auto record = recordPath(arguments.record);
  const record::InspectRequest request{arguments.frame, arguments.sensor};
  fmt::print("{}", arguments.json ? record::inspectJson(record, request) : record::inspectText(record, request));
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
