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

#include "engine/record/episode.hpp"

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
  std::string digest;  ///< of all that makes its content: EpisodeDigests::of()
  std::optional<FrameRange> frames;
};

/// What done.json says of an episode.
struct EpisodeSummary {
  uint32_t frames = 0;
  uint64_t bytes = 0;
  std::string device, driver, tracer;  ///< what its bytes were made with
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
  /// The bytes of a complete episode's files, without rehashing them; none where it is not complete.
  std::optional<EpisodeSummary> summary(const EpisodeIdentity& episode) const;
  /// Makes the folder ready: creates it, sweeps away what dead writers left. What another worker has finished meanwhile
  /// stays as it is: the same bytes will be renamed onto it.
  std::filesystem::path begin(const EpisodeIdentity& episode) const;
  /// Sweeps away what dead writers left in an episode's folder.
  void sweep(const EpisodeIdentity& episode) const;
  /// Hashes `files` (relative to the folder) and writes done.json.
  void finish(const EpisodeIdentity& episode, std::vector<std::string> files, uint32_t frameCount,
              const record::Provenance& provenance) const;
  /// Writes manifest-sha256.txt over every complete episode found below the root, sorted bytewise. Safe beside other
  /// writers.
  void writeManifest() const;
  /// manifest-sha256.txt of these episodes alone, and of the further `files` below the root (path, SHA-256). Returns
  /// its SHA-256: the root digest of a data set. Throws IoError for an episode that is not complete.
  std::string writeManifest(const std::vector<EpisodeIdentity>& episodes,
                            std::vector<std::pair<std::string, std::string>> files) const;

 private:
  std::filesystem::path out_;
};

}  // namespace nightfog::simulation
