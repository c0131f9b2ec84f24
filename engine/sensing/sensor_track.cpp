#include "engine/sensing/sensor_track.hpp"

#include <algorithm>

#include "engine/core/error.hpp"

namespace nightfog::sensing {

namespace {

/// What carries a sensor that nobody carries: object 0, unmoving at the map's origin.
const content::SnapshotObject& worldObject() {
  static const content::SnapshotObject world = [] {
    content::SnapshotObject object;
    object.worldFromObject = {RigidTransform::identity()};
    object.velocity_mps = {glm::dvec3(0)};
    object.angularVelocity_radps = {glm::dvec3(0)};
    return object;
  }();
  return world;
}

}  // namespace

SensorTrack::SensorTrack(const content::SceneSnapshot& snapshot, std::string_view carrier,
                         const RigidTransform& vehicleFromSensor)
    : snapshot_(snapshot) {
  if (carrier.empty()) {
    carrier_ = &worldObject();
    keys_.push_back(vehicleFromSensor);
    return;
  }
  const auto found = std::find_if(snapshot.objects.begin(), snapshot.objects.end(),
                                  [&](const content::SnapshotObject& object) { return object.name == carrier; });
  if (found == snapshot.objects.end()) {
    throw Error(ExitCode::kDiagnostics, fmt::format("a sensor is mounted on '{}', and there is no such actor", carrier),
                "name an actor of the scenario in the sensor's `mount`");
  }
  carrier_ = &*found;
  keys_.reserve(carrier_->worldFromObject.size());
  for (const RigidTransform& worldFromObject : carrier_->worldFromObject)
    keys_.push_back(worldFromObject * vehicleFromSensor);
  NF_ASSERT(!keys_.empty(), "actor '{}' has no pose key", carrier);
}

RigidTransform SensorTrack::worldFromSensor(SimTime at) const {
  if (keys_.size() == 1 || at <= snapshot_.firstKey) return keys_.front();
  const int64_t since_ns = (at - snapshot_.firstKey).ns;
  const int64_t segment = since_ns / snapshot_.keyStep.ns;
  if (segment >= static_cast<int64_t>(keys_.size()) - 1) return keys_.back();
  const double fraction =
      static_cast<double>(since_ns - segment * snapshot_.keyStep.ns) / static_cast<double>(snapshot_.keyStep.ns);
  return interpolate(keys_[static_cast<size_t>(segment)], keys_[static_cast<size_t>(segment) + 1], fraction);
}

void SensorTrack::writePoseKeys(const glm::dvec3& origin, std::vector<shared::PoseKey>& keys) const {
  keys.clear();
  for (const RigidTransform& worldFromSensor : keys_) {
    const glm::dquat& q = worldFromSensor.rotation;
    keys.push_back(
        {{static_cast<float>(q.x), static_cast<float>(q.y), static_cast<float>(q.z), static_cast<float>(q.w)},
         glm::vec3(worldFromSensor.translation - origin),
         0});
  }
}

}  // namespace nightfog::sensing
