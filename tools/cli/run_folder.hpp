// Runs as a render left them: OUT/<scenario>/<run>/ with done.json, resolved.scn.yaml, expect.json, trace.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/config/diagnostics.hpp"
#include "engine/scenario/template.hpp"

namespace nightfog::cli {

struct RunFolder {
  std::filesystem::path path;
  std::string scenario;
  std::string run;  ///< "r0003-1f2e3d4c5b6a"
  bool isWhole = false;
  uint32_t frames = 0;
  uint64_t bytes = 0;                                         ///< of its files
  std::vector<std::pair<std::string, std::string>> variant;   ///< what the sweep chose
  std::vector<std::pair<std::string, std::string>> verdicts;  ///< expectation and outcome, in the file's order
  uint64_t unmet = 0;                                         ///< expectations that fail the run
};

/// Every run in `folder`: a render's output, a scenario's folder in it, or one run's. In the order of the scenarios'
/// names; in one scenario cell by cell of the sweep, draw by draw. Empty: there is none.
std::vector<RunFolder> findRuns(const std::filesystem::path& folder);
/// trace.json of a run; an empty array where it has no injectors and events. Throws IoError when it cannot be read.
nlohmann::ordered_json readTrace(const std::filesystem::path& run);

/// "tyre  debris.rolling_tyre  fired at 0.600 s …", a line or several for each entry.
std::string traceText(const nlohmann::ordered_json& trace);
/// W0510 for every trigger of a scenario that fired in none of these runs, with how near it came and where.
/// `scenario` gives places to point at.
std::vector<config::Diagnostic> neverFired(const std::vector<std::pair<std::string, nlohmann::ordered_json>>& traces,
                                           const scenario::ScenarioTemplate& scenario);

}  // namespace nightfog::cli
