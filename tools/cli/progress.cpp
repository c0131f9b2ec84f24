#include "tools/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

namespace nightfog::cli {
namespace {

void printJson(const nlohmann::json& line) {
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
}

}  // namespace

ProgressKind progressKindFromName(std::string_view name) {
  if (name == "text") return ProgressKind::kText;
  if (name == "json") return ProgressKind::kJson;
  if (name == "openjd") return ProgressKind::kOpenJd;
  if (name == "auto" && ::isatty(STDERR_FILENO) == 1) return ProgressKind::kText;
  return ProgressKind::kNone;
}

double Progress::fraction() const {
  const double episodes = std::accumulate(underWay_.begin(), underWay_.end(), double(rendered_),
                                          [](double sum, const auto& episode) { return sum + episode.second; });
  return episodes / std::max(count_, 1u);
}

void Progress::beginEpisode(const std::string& name) {
  underWay_[name] = 0;
  if (kind_ == ProgressKind::kOpenJd) fmt::print("openjd_status: {}\n", name);
}

void Progress::skipEpisode(const std::string& name) {
  ++rendered_;
  if (kind_ == ProgressKind::kText) fmt::print(stderr, "{}  already whole\n", name);
  if (kind_ == ProgressKind::kJson) printJson({{"event", "skipped"}, {"episode", name}});
}

void Progress::frame(const std::string& name, uint32_t done, uint32_t count) {
  const uint32_t number = rendered_ + 1;
  if (done < count) {
    underWay_[name] = double(done) / count;
  } else {
    rendered_ += static_cast<uint32_t>(underWay_.erase(name));
  }
  const auto now = std::chrono::steady_clock::now();
  if (done < count && now - lastLine_ < std::chrono::milliseconds(100)) return;
  lastLine_ = now;
  switch (kind_) {
    case ProgressKind::kNone:
      break;
    case ProgressKind::kText:
      fmt::print(stderr, "\r\033[K[{}/{}] {}  frame {}/{}", number, count_, name, done, count);
      std::fflush(stderr);
      break;
    case ProgressKind::kJson:
      printJson({{"event", "frame"}, {"episode", name}, {"done", done}, {"count", count}, {"fraction", fraction()}});
      break;
    case ProgressKind::kOpenJd:
      fmt::print("openjd_progress: {:.1f}\n", 100 * fraction());
      std::fflush(stdout);
      break;
  }
}

void Progress::takeBack(const std::string& name) {
  if (underWay_.erase(name) == 0) --rendered_;
}

void Progress::endEpisode(const std::string& name, uint32_t frames, double seconds) {
  rendered_ += static_cast<uint32_t>(underWay_.erase(name));  // it had no frame
  if (kind_ == ProgressKind::kText)
    fmt::print(stderr, "\r\033[K[{}/{}] {}  {} frames in {:.1f} s\n", rendered_, count_, name, frames, seconds);
  if (kind_ == ProgressKind::kJson)
    printJson({{"event", "finished"}, {"episode", name}, {"frames", frames}, {"seconds", seconds}});
}

void Progress::done(const std::string& folder) {
  if (kind_ == ProgressKind::kText) fmt::print(stderr, "wrote {}\n", folder);
  if (kind_ == ProgressKind::kOpenJd) fmt::print("openjd_progress: 100\n");
}

}  // namespace nightfog::cli
