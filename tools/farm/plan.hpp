// A plan: every episode of a data set, by the hash of all that makes its content. Nothing in it depends on machines or
// on how many will work on it.
//
//   {"format": "nightfog.plan/1", "engine_version": …, "program": …, "labels_only": false, "episodes": 40, …}
//   {"episode": "5f2c…", "scenario": "night_fog", "run": "r0003-…", "file": "../night_fog.scn.yaml", "index": 3, …}
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/simulation/episode_digest.hpp"
#include "tools/farm/template_cache.hpp"

namespace nightfog::farm {

struct PlannedEpisode {
  std::string id;        ///< EpisodeDigests::of()
  std::string scenario;  ///< with run: its folder
  std::string run;       ///< "r0003-1f2e3d4c5b6a"
  std::string file;      ///< planFile(); in the text, relative to the plan's folder
  uint32_t index = 0;    ///< of the run, as sample() counts
  uint32_t frames = 0;   ///< of all sensors, about
  uint64_t cost_ms = 1;  ///< estimated; only ratios matter
};

struct Plan {
  std::string program;  ///< programDigest() of who planned
  bool labelsOnly = false;
  std::optional<simulation::FrameRange> frames;
  std::optional<uint64_t> seed;  ///< instead of the files'
  std::vector<PlannedEpisode> episodes;
};

simulation::EpisodeIdentity identityOf(const Plan& plan, const PlannedEpisode& episode);

/// What is asked for on the command line.
struct PlanRequest {
  std::vector<std::filesystem::path> scenarios;  ///< or suites
  std::optional<uint32_t> runs;
  std::optional<uint64_t> seed;
  std::optional<simulation::FrameRange> frames;
  bool labelsOnly = false;
};

/// Expands scenarios x sweeps x runs, in the order of the command line; one that comes twice is there once. Reads every
/// file before giving up, so that all mistakes are reported at once (config::DiagnosticsError).
Plan makePlan(const PlanRequest& request, TemplateCache& templates, simulation::EpisodeDigests& digests);

/// The same plan, the same text. Scenarios are named relative to `folder`, so that a plan and its scenarios may move
/// together.
std::string toJsonLines(const Plan& plan, const std::filesystem::path& folder);
/// Throws Error: no such file (66), or with file:line what is wrong in it (65).
Plan readPlan(const std::filesystem::path& file);

/// "data:scenarios/…" below the installation's data, so that a plan means the same in an image; else the whole path.
std::string planFile(const std::filesystem::path& scenario, const std::filesystem::path& dataFolder);
/// Where it is. Throws Error (66) when it is not there.
std::filesystem::path scenarioFile(const std::string& planned, const std::filesystem::path& dataFolder);

}  // namespace nightfog::farm
