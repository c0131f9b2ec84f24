// Which part of a plan a process renders.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nightfog::farm {

struct Shard {
  uint32_t index = 0;
  uint32_t count = 1;
  std::string text() const;  ///< "3-of-16", as in file names
};

using Environment = std::function<std::optional<std::string>(const char* name)>;

/// "i/N" with 0 ≤ i < N, or "auto": what a scheduler's array says, in this order
///   Slurm         (SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN) / SLURM_ARRAY_TASK_STEP of SLURM_ARRAY_TASK_COUNT
///   Kubernetes    JOB_COMPLETION_INDEX of JOB_COMPLETIONS (which the manifest sets)
///   AWS Batch     AWS_BATCH_JOB_ARRAY_INDEX of AWS_BATCH_JOB_ARRAY_SIZE
/// or else 0/1. Throws Error (usage) for anything else, an index without a count included: rendering everything in
/// every task of an array would be right, and wasteful.
Shard shardFromText(const std::string& text, const Environment& environment);
/// The process's own.
Environment processEnvironment();

/// The shard of each episode: neighbours stay together, so that they share maps and meshes, and the costs of any two
/// shards differ by less than two episodes'. A function of the costs and the count alone.
std::vector<uint32_t> shardOfEach(const std::vector<uint64_t>& costs, uint32_t count);

}  // namespace nightfog::farm
