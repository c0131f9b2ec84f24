// Which sweep of a LiDAR goes with a camera's image, and the sweep's points as they lie at the image's instant.
#pragma once

#include <optional>

#include "engine/record/episode_reader.hpp"
#include "exporters/common/pose_track.hpp"

namespace nightfog::exporters {

/// Goes through a record's images in ascending order and finds to each the sweep that looked the camera's way nearest
/// to the image's reference time, as a scanner that triggers the camera would have it. Holds two sweeps.
class SweepFinder {
 public:
  SweepFinder(record::EpisodeReader& reader, const record::SensorInfo& camera, const record::SensorInfo& lidar);

  struct Found {
    const record::LidarFrame* frame = nullptr;
    SimTime facing;  ///< when the sweep looked the camera's way
  };
  /// The sweep for an image at `reference`; none when the record has none within a turn of it. Valid until the next
  /// call; `reference` must not descend.
  std::optional<Found> find(SimTime reference);

 private:
  struct Held {
    record::LidarFrame frame;
    SimTime facing;
  };
  std::optional<Held> load(size_t index);

  record::EpisodeReader& reader_;
  const record::SensorInfo& lidar_;
  double cameraAzimuth_rad_ = 0;  ///< of the optical axis, in the LiDAR's frame
  size_t count_ = 0;
  size_t next_ = 0;
  std::optional<Held> current_, following_;
};

/// A point where the scanner would have reported it, had it stood at its pose at `at` when it met it: the carrier's
/// motion between the point's time and `at` is taken out; that of what was met only with `carryMoving`, by the velocity
/// that the record has of each point.
/// @code for (const auto& p : sweep.points) use(carrier.move(p)); @endcode
class EgoMotion {
 public:
  /// `track` of what carries the sensor, nullptr for one that stands in the world.
  EgoMotion(const record::LidarSweep& sweep, const RigidTransform& vehicleFromSensor, const PoseTrack* track,
            SimTime at, bool carryMoving);
  glm::dvec3 move(const record::LidarPoint& point) const;

 private:
  std::vector<RigidTransform> steps_;  ///< sensor at `at` from sensor then, every kStep_ns of the sweep
  glm::dquat sensorFromWorld_{1, 0, 0, 0};
  int64_t at_ns_ = 0;  ///< after the sweep's start
  bool carryMoving_ = false;
};

}  // namespace nightfog::exporters
