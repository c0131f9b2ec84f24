// The runs of a scenario that have been rendered: a picture of each, what the sweep chose, what became of the
// expectations, and statistics of the labels to sort by. Read in a thread of its own.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/record/image.hpp"
#include "tools/lang/library.hpp"
#include "tools/viewer/rehearsal.hpp"

namespace nightfog::viewer {

/// A whole run in a render's output.
struct RunCard {
  std::filesystem::path folder;
  std::string run;                           ///< "r0003-1f2e3d4c5b6a"
  std::optional<uint32_t> index;             ///< that the scenario in hand has it under; none: of another text
  std::string variant;                       ///< "fog 80 m, blocker van"
  size_t held = 0, unmet = 0;                ///< expectations
  std::map<std::string, double> statistics;  ///< "top: points on van, most", SI
  std::shared_ptr<const record::Image> thumbnail;
};
/// The same statistics of a record that RunCard has: of every sensor and object the most, the least and the mean of its
/// points or of its visible part, and how many collisions there are. Throws IoError.
std::map<std::string, double> labelStatistics(const std::filesystem::path& record);

class RunShelf {
 public:
  explicit RunShelf(const lang::InstalledLibrary& library) : library_(library) {}
  ~RunShelf();

  /// Looks at the runs in `folder` (OUT/<scenario>) again, pictures at `time_s`; `manuscript` says which run is which.
  /// What was looked at before is not read again, unless `forget`.
  void look(const std::filesystem::path& folder, double time_s, Manuscript manuscript, bool forget);
  bool isLooking() const { return isLooking_; }
  /// In the order of the sweep. Grows while it looks.
  std::vector<std::shared_ptr<const RunCard>> cards() const;
  /// Of all cards.
  std::vector<std::string> statistics() const;

 private:
  void read(const std::filesystem::path& folder, double time_s, const Manuscript& manuscript);
  void stop();

  const lang::InstalledLibrary& library_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const RunCard>> cards_;
  std::atomic<bool> isLooking_{false}, isCalledOff_{false};
  std::thread thread_;
};

}  // namespace nightfog::viewer
