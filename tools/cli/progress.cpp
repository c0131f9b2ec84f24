#include "tools/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

namespace nightfog::cli {

ProgressKind progressKindFromName(std::string_view name) {
  if (name == "text") return ProgressKind::kText;
  if (name == "json") return ProgressKind::kJson;
  if (name == "openjd") return ProgressKind::kOpenJd;
  if (name == "auto" && ::isatty(STDERR_FILENO) == 1) return ProgressKind::kText;
  return ProgressKind::kNone;
}

double Progress::fraction(uint32_t framesDone, uint32_t frameCount) const {
  return (index_ + (frameCount == 0 ? 0.0 : double(framesDone) / frameCount)) / (count_ == 0 ? 1 : count_);
}

void Progress::beginEpisode(uint32_t index, uint32_t count, std::string name) {
  index_ = index;
  count_ = count;
  name_ = std::move(name);
  if (kind_ == ProgressKind::kOpenJd) fmt::print("openjd_status: {}\n", name_);
}

void Progress::skipEpisode() {
  if (kind_ == ProgressKind::kText) fmt::print(stderr, "{}  already whole\n", name_);
  if (kind_ == ProgressKind::kJson) {
    fmt::print("{}\n", nlohmann::json{{"event", "skipped"}, {"episode", name_}}.dump());
    std::fflush(stdout);
  }
}

void Progress::frame(uint32_t done, uint32_t count) {
  const auto now = std::chrono::steady_clock::now();
  if (done < count && now - lastLine_ < std::chrono::milliseconds(100)) return;
  lastLine_ = now;
  switch (kind_) {
    case ProgressKind::kNone:
      break;
    case ProgressKind::kText:
      fmt::print(stderr, "\r\033[K[{}/{}] {}  frame {}/{}", index_ + 1, count_, name_, done, count);
      std::fflush(stderr);
      break;
    case ProgressKind::kJson:
      fmt::print("{}\n", nlohmann::json{{"event", "frame"},
                                        {"episode", name_},
                                        {"done", done},
                                        {"count", count},
                                        {"fraction", fraction(done, count)}}
                             .dump());
      std::fflush(stdout);
      break;
    case ProgressKind::kOpenJd:
      fmt::print("openjd_progress: {:.1f}\n", 100 * fraction(done, count));
      std::fflush(stdout);
      break;
  }
}

void Progress::endEpisode(uint32_t index, const std::string& name, uint32_t frames, double seconds) {
  if (kind_ == ProgressKind::kText) {
    fmt::print(stderr, "\r\033[K[{}/{}] {}  {} frames in {:.1f} s\n", index + 1, count_, name, frames, seconds);
  }
  if (kind_ == ProgressKind::kJson) {
    fmt::print(
        "{}\n",
        nlohmann::json{{"event", "finished"}, {"episode", name}, {"frames", frames}, {"seconds", seconds}}.dump());
    std::fflush(stdout);
  }
}

void Progress::done(const std::string& folder) {
  if (kind_ == ProgressKind::kText) fmt::print(stderr, "wrote {}\n", folder);
  if (kind_ == ProgressKind::kOpenJd) fmt::print("openjd_progress: 100\n");
}

}  // namespace nightfog::cli
