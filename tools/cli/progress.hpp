// How far a render is: a line that rewrites itself on a terminal, or lines for machines on stdout.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace nightfog::cli {

enum class ProgressKind { kNone, kText, kJson, kOpenJd };

/// "auto" is text on a terminal and none elsewhere.
ProgressKind progressKindFromName(std::string_view name);

class Progress {
 public:
  explicit Progress(ProgressKind kind) : kind_(kind) {}

  void beginEpisode(uint32_t index, uint32_t count, std::string name);
  void skipEpisode();
  void frame(uint32_t done, uint32_t count);
  /// Of an episode that began earlier: its files may be finished beside the next one's frames.
  void endEpisode(uint32_t index, const std::string& name, uint32_t frames, double seconds);
  void done(const std::string& folder);

 private:
  double fraction(uint32_t framesDone, uint32_t frameCount) const;

  ProgressKind kind_ = ProgressKind::kNone;
  uint32_t index_ = 0;
  uint32_t count_ = 1;
  std::string name_;
  std::chrono::steady_clock::time_point lastLine_{};
};

}  // namespace nightfog::cli
