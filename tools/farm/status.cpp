#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/core/files.hpp"
#include "tools/farm/exit_codes.hpp"
#include "tools/farm/farm_commands.hpp"
#include "tools/farm/plan.hpp"
#include "tools/farm/shard_report.hpp"
#include "tools/farm/slurm.hpp"
#include "tools/farm/tries.hpp"

namespace nightfog::farm {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
namespace {

constexpr int64_t kSilentAfter_s = 120;  ///< a sign of life comes every few seconds, or after a long frame

struct Status {
  uint64_t episodes = 0, done = 0, failed = 0;
  uint64_t frames = 0, framesLeft = 0;
  uint64_t bytes = 0;
  double framesPerSecond = 0;
  std::vector<ShardState> shards;
  std::vector<bool> isRunning;
  uint64_t running() const { return static_cast<uint64_t>(std::count(isRunning.begin(), isRunning.end(), true)); }
  std::optional<double> secondsLeft() const {
    if (framesLeft == 0) return 0.0;
    if (!(framesPerSecond > 0)) return std::nullopt;
    return double(framesLeft) / framesPerSecond;
  }
};

bool runsNow(const ShardState& shard) {
  if (shard.state != "rendering" && shard.state != "starting") return false;
  if (shard.host == hostName())
    return shard.process > 0 && (::kill(static_cast<pid_t>(shard.process), 0) == 0 || errno != ESRCH);
  return std::time(nullptr) - shard.updated_s < kSilentAfter_s;
}

Status readStatus(const fs::path& out) {
  std::error_code error;
  if (!fs::is_directory(out, error))
    throw Error(kNoInput, fmt::format("there is no folder {}", out.string()), "give the folder that shards write");
  const Plan plan = readPlan(out / kPlanName);
  const simulation::EpisodeStore store(out);
  Status status;
  status.episodes = plan.episodes.size();
  for (const PlannedEpisode& episode : plan.episodes) {
    if (const auto summary = store.summary(identityOf(plan, episode))) {
      ++status.done;
      status.frames += summary->frames;
      status.bytes += summary->bytes;
    } else {
      status.framesLeft += episode.frames;
    }
  }
  status.failed = Tries(out, 1).setAside().size();
  status.shards = readShardStates(out);
  for (const ShardState& shard : status.shards) {
    status.isRunning.push_back(runsNow(shard));
    if (status.isRunning.back() && shard.seconds > 0) status.framesPerSecond += double(shard.frames) / shard.seconds;
  }
  return status;
}

std::string durationText(double seconds) {
  const auto s = static_cast<int64_t>(std::min(seconds, 1e9));
  if (s < 90) return fmt::format("{} s", s);
  if (s < 5400) return fmt::format("{} min", (s + 30) / 60);
  return fmt::format("{} h {:02} min", s / 3600, s % 3600 / 60);
}

std::string toText(const Status& s) {
  std::string out = fmt::format("{} of {} episodes done, {} shard{} running, {} set aside\n", s.done, s.episodes,
                                s.running(), s.running() == 1 ? "" : "s", s.failed);
  out += fmt::format("{} frames, {:.1f} MB", s.frames, double(s.bytes) / 1e6);
  if (s.framesPerSecond > 0) out += fmt::format("; {:.1f} frames/s", s.framesPerSecond);
  if (const auto left = s.secondsLeft(); left && s.framesLeft > 0) out += fmt::format("; {} left", durationText(*left));
  out += "\n";
  if (!s.shards.empty())
    out += fmt::format("\n{:<12} {:<10} {:>11} {:>9} {:>9}  {}\n", "shard", "state", "episodes", "frames", "frames/s",
                       "where");
  for (size_t i = 0; i < s.shards.size(); ++i) {
    const ShardState& shard = s.shards[i];
    const bool isLost = !s.isRunning[i] && (shard.state == "rendering" || shard.state == "starting");
    out += fmt::format("{:<12} {:<10} {:>5}/{:<5} {:>9} {:>9.1f}  {}:{}\n", shard.name, isLost ? "lost" : shard.state,
                       shard.done, shard.episodes, shard.frames,
                       shard.seconds > 0 ? double(shard.frames) / shard.seconds : 0.0, shard.host, shard.process);
  }
  return out;
}

Json toJson(const Status& s) {
  Json shards = Json::array();
  for (size_t i = 0; i < s.shards.size(); ++i) {
    const ShardState& shard = s.shards[i];
    shards.push_back({{"shard", shard.name},
                      {"state", shard.state},
                      {"running", bool(s.isRunning[i])},
                      {"host", shard.host},
                      {"episodes", shard.episodes},
                      {"done", shard.done},
                      {"set_aside", shard.setAside},
                      {"frames", shard.frames},
                      {"seconds", shard.seconds}});
  }
  Json json{{"episodes", s.episodes},      {"done", s.done},
            {"running", s.running()},      {"set_aside", s.failed},
            {"frames", s.frames},          {"bytes", s.bytes},
            {"frames_left", s.framesLeft}, {"frames_per_second", s.framesPerSecond},
            {"seconds_left", nullptr},     {"shards", std::move(shards)}};
  if (const auto left = s.secondsLeft()) json["seconds_left"] = *left;
  return json;
}

}  // namespace

ExitCode status(const StatusArguments& arguments) {
  const Status now = readStatus(arguments.out);
  fmt::print("{}", arguments.json ? toJson(now).dump(2) + "\n" : toText(now));
  return ExitCode::kOk;
}

ExitCode top(const StatusArguments& arguments) {
  for (;;) {
    const Status now = readStatus(arguments.out);
    if (::isatty(STDOUT_FILENO) == 1) fmt::print("\033[H\033[J");
    fmt::print("{}\n", toText(now));
    std::fflush(stdout);
    if (now.done + now.failed >= now.episodes) return ExitCode::kOk;
    std::this_thread::sleep_for(std::chrono::duration<double>(arguments.every_s));
  }
}

ExitCode logs(const LogsArguments& arguments) {
  const fs::path folder = arguments.out / ".farm" / "logs";
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw Error(kNoInput, fmt::format("there are no logs in {}", folder.string()), "give the folder that shards write");
  std::vector<std::pair<std::string, Json>> lines;  // time, for the order
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    if (!arguments.shard.empty() && file.stem() != arguments.shard) continue;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      Json json = Json::parse(line, nullptr, false);
      if (!json.is_object()) continue;  // cut short by a kill
      const std::string event = json.value("event", "");
      if (arguments.failed && event != "episode failed" && event != "episode set aside" && event != "failed") continue;
      std::string time = json.value("time", "");
      lines.emplace_back(std::move(time), std::move(json));
    }
  }
  std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const size_t first = arguments.last > 0 && lines.size() > arguments.last ? lines.size() - arguments.last : 0;
  for (size_t i = first; i < lines.size(); ++i) {
    Json& json = lines[i].second;
    if (arguments.json) {
      fmt::print("{}\n", json.dump());
      continue;
    }
    std::string text = fmt::format("{}  {:<10} {}", lines[i].first, json.value("shard", ""), json.value("event", ""));
    for (const auto& [name, value] : json.items()) {
      if (name == "time" || name == "shard" || name == "event") continue;
      std::string shown = value.is_string() ? value.get<std::string>() : value.dump();
      if (name == "episode") shown = shown.substr(0, 16);
      text += fmt::format("  {} {}", name, shown);
    }
    fmt::print("{}\n", text);
  }
  return ExitCode::kOk;
}

ExitCode retry(const RetryArguments& arguments) {
  const Plan plan = readPlan(arguments.out / kPlanName);
  const Tries tries(arguments.out, 1);
  const auto isMeant = [&](const std::string& episode) {
    return arguments.episodes.empty() || std::any_of(arguments.episodes.begin(), arguments.episodes.end(),
                                                     [&](const auto& begin) { return episode.starts_with(begin); });
  };
  size_t forgotten = 0;
  for (const SetAside& given : tries.setAside()) {
    if (!isMeant(given.episode)) continue;
    tries.forget(given.episode);
    ++forgotten;
  }
  fmt::print(stderr, "{} episode{} will be tried again\n", forgotten, forgotten == 1 ? "" : "s");
  if (arguments.slurm) {
    const fs::path script = arguments.out / ".farm" / kSlurmScript;
    std::error_code error;
    if (!fs::exists(script, error))
      throw Error(kNoInput, fmt::format("there is no {}", script.string()),
                  "it is written by `nightfog farm submit --slurm`");
    fmt::print("{}\n", sbatch(script));
  }
  return ExitCode::kOk;
}

}  // namespace nightfog::farm
