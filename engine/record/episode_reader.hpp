// Reads a record back into the structs it was written from. Exporters, inspect and preview read this and nothing else.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/record/episode.hpp"
#include "engine/record/mcap_reader.hpp"

namespace nightfog::record {

/// Holds one frame's memory at a time. The file may be hostile: sizes and indices are checked (ring < ringCount, column
/// < columnCount, ascending object ids), numbers may still be NaN. Throws IoError with the place. One thread.
/// @code
/// EpisodeReader reader("record.mcap");
/// for (size_t i = 0; i < reader.frameCount("top"); ++i) use(reader.lidarFrame("top", i));
/// @endcode
class EpisodeReader {
 public:
  explicit EpisodeReader(const std::filesystem::path& path);
  ~EpisodeReader();

  const EpisodeInfo& episode() const;
  const Provenance& provenance() const;
  /// The sensor with this id, or nullptr.
  const SensorInfo* findSensor(const std::string& id) const;
  /// Frames of a sensor in the record, which may be a part of the episode's.
  size_t frameCount(const std::string& sensor) const;
  /// Their numbers in the episode, ascending.
  const std::vector<uint32_t>& frameNumbers(const std::string& sensor) const;
  /// `index` counts the record's frames in ascending order; the episode's number is in sweep.frame.
  LidarFrame lidarFrame(const std::string& sensor, size_t index);
  /// Of a sensor that is a camera (SensorInfo::camera). `rgb` is empty: decodeImage() makes it from `encoded`.
  CameraFrame cameraFrame(const std::string& sensor, size_t index);
  /// What a frame says of its objects, of either kind of sensor, without points, images and planes.
  FrameLabels labels(const std::string& sensor, size_t index);
  std::vector<EgoState> egoStates();
  std::vector<CollisionEvent> collisions();
  McapReader& mcap();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::record
