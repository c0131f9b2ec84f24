// What a shard says of itself while it works, for `farm status`, for a metrics collector and for people:
//
//   OUT/.farm/shards/<i>-of-<N>.json     a sign of life
//   OUT/.farm/metrics/<i>-of-<N>.prom    OpenMetrics text, for a node exporter's textfile collector
//   OUT/.farm/logs/<i>-of-<N>.jsonl      one JSON object a line: what began, ended, failed
//
// None of it is promised to be equal, and a failure to write it stops nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/simulation/episode.hpp"
#include "tools/farm/shard.hpp"

namespace nightfog::farm {

/// One shard's sign of life, as it was last given.
struct ShardState {
  std::string name;  ///< "3-of-16"
  std::string host;
  int64_t process = 0;
  std::string state;      ///< starting, rendering, done, stopped, failed
  std::string episode;    ///< being rendered
  uint64_t episodes = 0;  ///< of the shard
  uint64_t done = 0;      ///< whole, whoever made them
  uint64_t setAside = 0;
  uint64_t frames = 0;  ///< rendered by this process
  double seconds = 0;   ///< since it began
  double secondsRendering = 0;
  int64_t updated_s = 0;  ///< Unix time
};

class ShardReport {
 public:
  ShardReport(const std::filesystem::path& out, const Shard& shard, uint64_t episodes);

  void begin(const std::string& episode);
  /// Another frame of one of the process's devices; writes at most every few seconds.
  void frame(size_t device, const simulation::FrameProgress& progress);
  void finish(const std::string& episode, const simulation::EpisodeReport& report, uint64_t bytes);
  void skip(const std::string& episode, bool isSetAside);
  void fail(const std::string& episode, const std::string& message);
  /// "done", "stopped" or "failed"; the last word.
  void end(const std::string& state);

 private:
  void log(const char* event, nlohmann::ordered_json fields);
  void write();
  std::string metrics() const;

  std::filesystem::path farm_;
  ShardState state_;
  std::chrono::steady_clock::time_point begun_, written_{};
  std::map<std::string, double> stage_ms_;
  uint64_t bytes_ = 0, rays_ = 0, failures_ = 0, peakDevice_ = 0;
  uint64_t queuePeak_ = 0;
  std::map<size_t, simulation::FrameProgress> now_;  ///< of each device's episode
};

/// Every shard's last sign of life, by name.
std::vector<ShardState> readShardStates(const std::filesystem::path& out);

}  // namespace nightfog::farm
