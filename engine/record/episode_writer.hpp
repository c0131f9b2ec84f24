// Writes one episode's record.mcap. The file appears when close() returns, whole; until then, and after any failure or
// kill, there is none.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/record/episode.hpp"

namespace nightfog::record {

/// Same calls, same bytes. One thread at a time; RecordQueue runs one beside the rendering.
/// @code
/// EpisodeWriter writer(folder / "record.mcap", episode, {{"tracer", "embree"}});
/// writer.write(LidarFrame{sweep, objects});
/// writer.close();
/// @endcode
class EpisodeWriter {
 public:
  /// Throws IoError when the file cannot be made. The provenance gets the episode's identity and the mark of synthetic
  /// data in any case.
  EpisodeWriter(const std::filesystem::path& path, const EpisodeInfo& episode, const Provenance& provenance);
  ~EpisodeWriter();

  /// The sweep's sensor must be one of the episode's. Sequence number of its messages: sweep.frame, so that a part of
  /// an episode holds the same messages as the whole.
  void write(const LidarFrame& frame);
  /// Likewise of a camera. An image without bytes (labels only) and planes without pixels are left out.
  void write(const CameraFrame& frame);
  void write(const EgoState& state);
  void write(const CollisionEvent& event);
  /// Finishes, syncs and renames the file.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::record
