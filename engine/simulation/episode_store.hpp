// The output folder of a render: which episodes are whole, and the manifest of what is promised.
//
//   OUT/<scenario id>/<run id>/  record.mcap  resolved.scn.yaml  preview.png  done.json  and a folder an export
//   OUT/manifest-sha256.txt      `sha256sum -c` accepts it
//
// done.json is written last: an episode without one is not there, whatever else its folder holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nightfog::simulation {

/// Frames of the reference sensor, first and last included.
struct FrameRange {
  uint32_t first = 0;
  uint32_t last = 0;
};

/// What an episode's bytes depend on, and so its place.
struct EpisodeIdentity {
  std::string scenarioId;
  std::string runId;
  std::string digest;  ///< Scenario::digest
  std::optional<FrameRange> frames;
};

class EpisodeStore {
 public:
  /// Creates `out` if need be. Throws IoError when it cannot be written.
  explicit EpisodeStore(std::filesystem::path out);

  const std::filesystem::path& root() const { return out_; }
  std::filesystem::path folder(const EpisodeIdentity& episode) const;
  /// True if done.json parses, speaks of this episode and was written by this version of the engine, and every file has
  /// its size (with `rehash`: its SHA-256).
  bool isComplete(const EpisodeIdentity& episode, bool rehash) const;
  /// Makes the folder ready: creates it, sweeps away what dead writers left.
  std::filesystem::path begin(const EpisodeIdentity& episode) const;
  /// Hashes `files` (relative to the folder) and writes done.json.
  void finish(const EpisodeIdentity& episode, std::vector<std::string> files, uint32_t frameCount) const;
  /// Writes manifest-sha256.txt over every complete episode found below the root, sorted bytewise. Safe beside other
  /// writers.
  void writeManifest() const;

 private:
  std::filesystem::path out_;
};

}  // namespace nightfog::simulation
