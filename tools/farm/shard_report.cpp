#include "tools/farm/shard_report.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <vector>

#include "engine/core/files.hpp"

namespace nightfog::farm {
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;
namespace {

constexpr auto kWriteEvery = std::chrono::seconds(2);

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Whole or as it was, but not synced: a sign of life that a power cut takes is no loss. Never throws.
void replaceNote(const fs::path& file, const std::string& text) {
  const fs::path part = fmt::format("{}.{}.{}.part", file.string(), hostName(), ::getpid());
  std::error_code error;
  bool isWhole = false;
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    isWhole = out.good();
  }
  if (isWhole) fs::rename(part, file, error);
  if (!isWhole || error) fs::remove(part, error);
}

std::string utcNow() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

uint64_t peakResidentBytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;  // ru_maxrss is in KiB on Linux
}

/// Of a label's value, as OpenMetrics wants it.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

}  // namespace

ShardReport::ShardReport(const fs::path& out, const Shard& shard, uint64_t episodes)
    : farm_(out / ".farm"), begun_(Clock::now()) {
  state_.name = shard.text();
  state_.host = hostName();
  state_.process = ::getpid();
  state_.state = "starting";
  state_.episodes = episodes;
  std::error_code error;
  for (const char* folder : {"shards", "metrics", "logs"}) fs::create_directories(farm_ / folder, error);
  log("begun", {{"host", state_.host}, {"process", state_.process}, {"episodes", episodes}});
  write();
}

void ShardReport::begin(const std::string& episode) {
  state_.state = "rendering";
  state_.episode = episode;
  log("episode begun", {{"episode", episode}});
  if (Clock::now() - written_ > kWriteEvery) write();
}

void ShardReport::frame(size_t device, const simulation::FrameProgress& progress) {
  ++state_.frames;
  now_[device] = progress;
  if (Clock::now() - written_ > kWriteEvery) write();
}

void ShardReport::finish(const std::string& episode, const simulation::EpisodeReport& report, uint64_t bytes) {
  ++state_.done;
  state_.secondsRendering += report.seconds;
  bytes_ += bytes;
  rays_ += report.rays;
  peakDevice_ = std::max(peakDevice_, report.peakDeviceBytes);
  queuePeak_ = std::max(queuePeak_, report.peakQueueBytes);
  for (const auto& [stage, milliseconds] : report.stageMilliseconds) stage_ms_[stage] += milliseconds;
  log("episode finished",
      {{"episode", episode}, {"frames", report.frames}, {"seconds", report.seconds}, {"bytes", bytes}});
}

void ShardReport::skip(const std::string& episode, bool isSetAside) {
  if (isSetAside) {
    ++state_.setAside;
    log("episode set aside", {{"episode", episode}});
  } else {
    ++state_.done;
  }
}

void ShardReport::fail(const std::string& episode, const std::string& message) {
  ++failures_;
  log("episode failed", {{"episode", episode}, {"message", message}});
}

void ShardReport::end(const std::string& state) {
  state_.state = state;
  state_.episode.clear();
  now_.clear();
  log(state.c_str(), {{"done", state_.done}, {"set_aside", state_.setAside}, {"frames", state_.frames}});
  write();
}

void ShardReport::log(const char* event, Json fields) {
  Json line{{"time", utcNow()}, {"event", event}, {"shard", state_.name}};
  line.update(fields);
  std::ofstream out(farm_ / "logs" / (state_.name + ".jsonl"), std::ios::app);  // one write a line: whole beside others
  out << line.dump() + "\n";
}

void ShardReport::write() {
  written_ = Clock::now();
  state_.seconds = secondsSince(begun_);
  state_.updated_s = std::time(nullptr);
  replaceNote(farm_ / "shards" / (state_.name + ".json"), Json{{"shard", state_.name},
                                                               {"host", state_.host},
                                                               {"process", state_.process},
                                                               {"state", state_.state},
                                                               {"episode", state_.episode},
                                                               {"episodes", state_.episodes},
                                                               {"done", state_.done},
                                                               {"set_aside", state_.setAside},
                                                               {"frames", state_.frames},
                                                               {"seconds", state_.seconds},
                                                               {"seconds_rendering", state_.secondsRendering},
                                                               {"updated", state_.updated_s}}
                                                                  .dump(2) +
                                                              "\n");
  replaceNote(farm_ / "metrics" / (state_.name + ".prom"), metrics());
}

std::string ShardReport::metrics() const {
  const std::string shard = fmt::format("shard=\"{}\"", escaped(state_.name));
  std::string out;
  const auto add = [&](const char* name, const char* type, const char* unit, const char* help, auto value) {
    out += fmt::format("# TYPE nightfog_{} {}\n", name, type);
    if (*unit != '\0') out += fmt::format("# UNIT nightfog_{} {}\n", name, unit);
    out += fmt::format("# HELP nightfog_{} {}\nnightfog_{}{}{{{}}} {}\n", name, help, name,
                       std::string_view(type) == "counter" ? "_total" : "", shard, value);
  };
  add("episodes_planned", "gauge", "", "Episodes of the shard.", state_.episodes);
  add("episodes_done", "gauge", "", "Episodes of the shard that are whole.", state_.done);
  add("episodes_set_aside", "gauge", "", "Episodes given up after their tries.", state_.setAside);
  add("episode_failures", "counter", "", "Tries of episodes that ended in an error.", failures_);
  add("frames", "counter", "", "Frames rendered by this process.", state_.frames);
  add("rays", "counter", "", "Rays traced for finished episodes.", rays_);
  add("written_bytes", "counter", "bytes", "Bytes of finished episodes.", bytes_);
  add("process_seconds", "gauge", "seconds", "Time since the process began.", state_.seconds);
  add("rendering_seconds", "counter", "seconds", "Time in finished episodes.", state_.secondsRendering);
  add("resident_peak_bytes", "gauge", "bytes", "Most memory the process had.", peakResidentBytes());
  add("device_peak_bytes", "gauge", "bytes", "Most memory on the device.", peakDevice_);
  add("queue_peak_bytes", "gauge", "bytes", "Most bytes that waited to be written.", queuePeak_);
  const auto addQueue = [&](const char* name, const char* unit, const char* help, const auto& valueOf) {
    out += fmt::format("# TYPE nightfog_{} gauge\n", name);
    if (*unit != '\0') out += fmt::format("# UNIT nightfog_{} {}\n", name, unit);
    out += fmt::format("# HELP nightfog_{} {}\n", name, help);
    for (const auto& [device, progress] : now_)
      out += fmt::format("nightfog_{}{{{},device=\"{}\"}} {}\n", name, shard, device, valueOf(progress));
  };
  using simulation::FrameProgress;
  addQueue("queue_snapshots", "", "Instants simulated that wait to be rendered.",
           [](const FrameProgress& p) { return p.snapshotsAhead; });
  addQueue("queue_bytes", "bytes", "Bytes rendered that wait to be written.",
           [](const FrameProgress& p) { return p.queuedBytes; });
  out +=
      "# TYPE nightfog_stage_seconds counter\n# UNIT nightfog_stage_seconds seconds\n"
      "# HELP nightfog_stage_seconds Time in each stage of finished episodes.\n";
  for (const auto& [stage, milliseconds] : stage_ms_)
    out +=
        fmt::format("nightfog_stage_seconds_total{{{},stage=\"{}\"}} {}\n", shard, escaped(stage), milliseconds / 1e3);
  return out + "# EOF\n";
}

std::vector<ShardState> readShardStates(const fs::path& out) {
  std::vector<ShardState> states;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(out / ".farm" / "shards", error)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path());
    const Json json = Json::parse(in, nullptr, false);
    if (!json.is_object()) continue;
    ShardState s;
    try {
      s = {json.at("shard"),
           json.at("host"),
           json.at("process"),
           json.at("state"),
           json.at("episode"),
           json.at("episodes"),
           json.at("done"),
           json.at("set_aside"),
           json.at("frames"),
           json.at("seconds"),
           json.at("seconds_rendering"),
           json.at("updated")};
    } catch (const nlohmann::json::exception&) {
      continue;  // not ours
    }
    states.push_back(std::move(s));
  }
  std::sort(states.begin(), states.end(), [](const ShardState& a, const ShardState& b) {
    return std::make_pair(a.name.size(), a.name) < std::make_pair(b.name.size(), b.name);
  });
  return states;
}

}  // namespace nightfog::farm
