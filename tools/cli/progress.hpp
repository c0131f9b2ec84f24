// How far a render is: a line that rewrites itself on a terminal, or lines for machines on stdout.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace nightfog::cli {

enum class ProgressKind { kNone, kText, kJson, kOpenJd };

/// "auto" is text on a terminal and none elsewhere.
ProgressKind progressKindFromName(std::string_view name);

/// Of episodes that may be under way side by side, each told of by its name. One thread at a time.
class Progress {
 public:
  explicit Progress(ProgressKind kind) : kind_(kind) {}

  /// So many episodes there are in all.
  void begin(uint32_t episodes) { count_ = episodes; }
  void beginEpisode(const std::string& name);
  void skipEpisode(const std::string& name);
  void frame(const std::string& name, uint32_t done, uint32_t count);
  /// It failed, and comes again.
  void takeBack(const std::string& name);
  /// Its frames were rendered earlier: its files may be finished beside the next one's frames.
  void endEpisode(const std::string& name, uint32_t frames, double seconds);
  void done(const std::string& folder);

 private:
  double fraction() const;

  ProgressKind kind_ = ProgressKind::kNone;
  uint32_t count_ = 0;
  uint32_t rendered_ = 0;
  std::map<std::string, double> underWay_;  ///< share of its frames that is rendered
  std::chrono::steady_clock::time_point lastLine_{};
};

}  // namespace nightfog::cli
