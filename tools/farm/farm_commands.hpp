// The farm's commands: plan, merge, farm submit|status|top|logs|retry. tools/farm/README.md is their manual.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/simulation/episode_store.hpp"

namespace CLI {
class App;
}

namespace nightfog::farm {

constexpr const char* kPlanName = "plan.jsonl";
constexpr size_t kMostPlanBytes = size_t{4} << 30;  // ten million episodes

/// "A..B", both included; empty: all. Throws Error (usage) for anything else.
std::optional<simulation::FrameRange> parseFrames(const std::string& text);

struct PlanArguments {
  std::vector<std::filesystem::path> scenarios;
  std::filesystem::path out;
  std::optional<uint64_t> seed;
  std::optional<uint32_t> runs;
  std::string frames;
  bool labelsOnly = false;
};
ExitCode plan(const PlanArguments& arguments);

struct MergeArguments {
  std::filesystem::path out;
  std::vector<std::filesystem::path> from;  ///< further folders with episodes of the same plan
  std::filesystem::path plan;               ///< empty: OUT/plan.jsonl
  std::vector<std::string> formats;
  std::vector<std::string> sensors;
  std::optional<double> rate_hz;
  bool rectify = false;
  bool carryMoving = false;
  bool allowPartial = false;
  unsigned threads = 0;
};
ExitCode merge(const MergeArguments& arguments);

/// Adds the commands to a command line. After parsing, `chosen` runs the one that was asked for.
void addCommands(CLI::App& app, std::function<ExitCode()>& chosen);

}  // namespace nightfog::farm
