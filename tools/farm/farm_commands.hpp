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

struct SubmitArguments {
  std::string scheduler;  ///< slurm, kubernetes, aws-batch, openjd
  std::filesystem::path plan;
  std::filesystem::path out;
  std::optional<uint32_t> shards;
  double shardHours = 1;             ///< of the reference machine: sizes shards where their number is not given
  std::optional<uint32_t> atOnce;    ///< shards that may run at the same time
  uint32_t restarts = 20;            ///< of a shard that was killed, stopped, or had no device or space
  uint32_t tries = 3;                ///< of an episode
  std::vector<std::string> options;  ///< of sbatch, such as --partition=gpu
  std::vector<std::string> render;   ///< of render, such as --device=NVIDIA
  std::string image;                 ///< of a container
  std::string claim = "nightfog";    ///< of Kubernetes: persistent volume claim that holds plan and OUT
  std::string mount = "/data";       ///< where a container finds it
  std::string memory = "8Gi";        ///< of a container
  uint32_t cpus = 2;
  uint32_t gpus = 0;
  bool dryRun = false;  ///< print what would be submitted
};
ExitCode submit(const SubmitArguments& arguments);

struct StatusArguments {
  std::filesystem::path out;
  bool json = false;
  double every_s = 2;  ///< of top
};
ExitCode status(const StatusArguments& arguments);
/// Until nothing is left to do, or it is interrupted.
ExitCode top(const StatusArguments& arguments);

struct LogsArguments {
  std::filesystem::path out;
  std::string shard;    ///< "3-of-16"; empty: all
  bool failed = false;  ///< only what failed or was set aside
  uint32_t last = 40;   ///< lines
  bool json = false;
};
ExitCode logs(const LogsArguments& arguments);

struct RetryArguments {
  std::filesystem::path out;
  std::vector<std::string> episodes;  ///< as their ids begin; empty: all that are set aside
  bool slurm = false;                 ///< and submit the array again
};
ExitCode retry(const RetryArguments& arguments);

/// Adds the commands to a command line. After parsing, `chosen` runs the one that was asked for.
void addCommands(CLI::App& app, std::function<ExitCode()>& chosen);

}  // namespace nightfog::farm
