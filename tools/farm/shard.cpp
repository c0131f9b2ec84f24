#include "tools/farm/shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "engine/core/error.hpp"

namespace nightfog::farm {
namespace {

std::optional<uint32_t> number(std::string_view text) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

uint32_t variable(const Environment& environment, const char* name, const char* index,
                  std::optional<uint32_t> otherwise = std::nullopt) {
  const auto text = environment(name);
  if (!text && otherwise) return *otherwise;
  if (!text)
    throw Error(ExitCode::kUsage, fmt::format("--shard auto: {} is set, {} is not", index, name),
                fmt::format("set {} to the number of shards, or give --shard i/N", name));
  const auto value = number(*text);
  if (!value)
    throw Error(ExitCode::kUsage, fmt::format("--shard auto: {}={} is not a number", name, *text),
                "give --shard i/N instead");
  return *value;
}

Shard checked(Shard shard, const std::string& what) {
  if (shard.count == 0 || shard.index >= shard.count)
    throw Error(ExitCode::kUsage, fmt::format("{}: not a shard", what),
                "write i/N with 0 ≤ i < N, for example --shard 0/4");
  return shard;
}

Shard shardOfArray(const Environment& environment) {
  constexpr const char* kSlurm = "SLURM_ARRAY_TASK_ID";
  constexpr const char* kKubernetes = "JOB_COMPLETION_INDEX";
  constexpr const char* kBatch = "AWS_BATCH_JOB_ARRAY_INDEX";
  Shard shard;
  if (environment(kSlurm)) {
    const uint32_t id = variable(environment, kSlurm, kSlurm);
    const uint32_t least = variable(environment, "SLURM_ARRAY_TASK_MIN", kSlurm);
    const uint32_t step = std::max(1u, variable(environment, "SLURM_ARRAY_TASK_STEP", kSlurm, 1));
    shard = {(id - std::min(id, least)) / step, variable(environment, "SLURM_ARRAY_TASK_COUNT", kSlurm)};
  } else if (environment(kKubernetes)) {
    shard = {variable(environment, kKubernetes, kKubernetes), variable(environment, "JOB_COMPLETIONS", kKubernetes)};
  } else if (environment(kBatch)) {
    shard = {variable(environment, kBatch, kBatch), variable(environment, "AWS_BATCH_JOB_ARRAY_SIZE", kBatch)};
  }
  return checked(shard, fmt::format("--shard auto: {} of {}", shard.index, shard.count));
}

}  // namespace

std::string Shard::text() const {
  return fmt::format("{}-of-{}", index, count);
}

Shard shardFromText(const std::string& text, const Environment& environment) {
  if (text == "auto") return shardOfArray(environment);
  const auto slash = text.find('/');
  const auto index = number(std::string_view(text).substr(0, std::min(slash, text.size())));
  const auto count = slash == std::string::npos ? std::nullopt : number(std::string_view(text).substr(slash + 1));
  return checked(index && count ? Shard{*index, *count} : Shard{0, 0}, fmt::format("--shard {}", text));
}

Environment processEnvironment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
  };
}

std::vector<uint32_t> shardOfEach(const std::vector<uint64_t>& costs, uint32_t count) {
  // An episode belongs to the shard that holds its middle when all are laid end to end. 128 bits: no sum overflows.
  __extension__ using Wide = unsigned __int128;
  Wide total = 0;
  for (const uint64_t cost : costs) total += std::max<uint64_t>(cost, 1);
  std::vector<uint32_t> shards;
  shards.reserve(costs.size());
  Wide before = 0;
  for (const uint64_t given : costs) {
    const uint64_t cost = std::max<uint64_t>(given, 1);
    shards.push_back(static_cast<uint32_t>((2 * before + cost) * count / (2 * total)));
    before += cost;
  }
  return shards;
}

}  // namespace nightfog::farm
