// The turn of a LiDAR that goes with a camera's image, and its points as they lie at the image's instant.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "engine/record/episode_reader.hpp"
#include "engine/record/pose_track.hpp"

namespace nightfog::exporters {

/// One turn of a scanner, of one sweep of the record or of two that follow each other.
struct Turn {
  struct Part {
    const record::LidarFrame* frame = nullptr;
    SimTime from, to;  ///< its points of [from, to)
  };
  std::vector<Part> parts;  ///< ascending time; at least one
  SimTime facing;           ///< when the scanner looked the camera's way
};

/// Goes through a record's images in ascending order and finds to each the turn in whose middle the scanner looked the
/// camera's way, nearest to the image's reference time, as a scanner that triggers the camera would have it: the seam
/// between first and last beam lies behind the camera's back, wherever the record's sweeps begin. At a record's ends,
/// where half of such a turn is missing, the sweep as it stands. Holds three sweeps.
class TurnFinder {
 public:
  TurnFinder(record::EpisodeReader& reader, const record::SensorInfo& camera, const record::SensorInfo& lidar);

  /// None when the record has no sweep within a turn of `reference`. Valid until the next call; `reference` must not
  /// descend.
  std::optional<Turn> find(SimTime reference);

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
  std::optional<Held> before_, current_, after_;
};

/// A point where the scanner would have reported it, had it stood at its pose at `at` when it met it: the carrier's
/// motion between the point's time and `at` is taken out. That of the object that was met is too with `carryMoving`, by
/// the twist of its box.
class EgoMotion {
 public:
  /// `track` of what carries the sensor, nullptr for one that stands in the world. The frame outlives this.
  EgoMotion(const record::LidarFrame& frame, const RigidTransform& vehicleFromSensor, const record::PoseTrack* track,
            SimTime at, bool carryMoving);
  glm::dvec3 move(const record::LidarPoint& point) const;

 private:
  std::vector<RigidTransform> steps_;  ///< sensor at `at` from sensor then, every millisecond of the sweep
  RigidTransform worldFromSensor_;     ///< at `at`
  SimTime start_, at_, reference_;
  std::map<uint32_t, const record::ObjectTruth*> moving_;
};

}  // namespace nightfog::exporters
