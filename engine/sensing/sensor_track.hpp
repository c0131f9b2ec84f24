// Where a mounted sensor is, at every instant of an exposure.
#pragma once

#include <string_view>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/shared/geometry.h"

namespace nightfog::sensing {

/// The path of a sensor through one snapshot: its own pose at every pose key, neighbours interpolated between
/// (translation linear, rotation by slerp), on the host in doubles and in kernels by shared interpolatePose(). Every
/// ray, point and box of a frame uses this path.
///
/// The keys are exact; between them the path cuts the corner that a turning vehicle's lever arm describes by at most
/// arm * (yaw rate * step)^2 / 8: 0.02 mm for 1.5 m, 1 rad/s and 10 ms.
/// @code SensorTrack track(snapshot, "ego", vehicleFromSensor); track.worldFromSensor(exposure.reference()); @endcode
class SensorTrack {
 public:
  /// `carrier` is the actor the sensor is mounted on; empty: it stands in the world. Throws Error when the snapshot has
  /// no such object. The snapshot must outlive the track.
  SensorTrack(const content::SceneSnapshot& snapshot, std::string_view carrier,
              const RigidTransform& vehicleFromSensor);

  const content::SnapshotObject& carrier() const { return *carrier_; }
  /// One per pose key.
  const std::vector<RigidTransform>& keys() const { return keys_; }
  RigidTransform worldFromSensor(SimTime at) const;
  RigidTransform worldFromCarrier(SimTime at) const { return snapshot_.objectPose(*carrier_, at); }
  /// The keys in floats, frame from sensor, for a frame whose origin is `origin` (world axes).
  void writePoseKeys(const glm::dvec3& origin, std::vector<shared::PoseKey>& keys) const;

 private:
  const content::SceneSnapshot& snapshot_;
  const content::SnapshotObject* carrier_ = nullptr;
  std::vector<RigidTransform> keys_;
};

}  // namespace nightfog::sensing
