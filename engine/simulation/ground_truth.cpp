#include "engine/simulation/ground_truth.hpp"

#include <algorithm>

#include "engine/core/error.hpp"

namespace nightfog::simulation {
namespace {

/// Linear between the two keys around `at`; the last key's value beyond them.
glm::dvec3 atTime(const std::vector<glm::dvec3>& keys, const content::SceneSnapshot& snapshot, SimTime at) {
  if (keys.empty()) return glm::dvec3(0);
  if (keys.size() == 1 || snapshot.keyStep.ns == 0) return keys.front();
  const double position =
      std::clamp(double((at - snapshot.firstKey).ns) / double(snapshot.keyStep.ns), 0.0, double(keys.size() - 1));
  const auto index = std::min(static_cast<size_t>(position), keys.size() - 2);
  const double fraction = position - double(index);
  return keys[index] * (1 - fraction) + keys[index + 1] * fraction;
}

}  // namespace

std::vector<record::ObjectTruth> groundTruth(const content::SceneSnapshot& snapshot, SimTime reference) {
  std::vector<record::ObjectTruth> truth;
  truth.reserve(snapshot.objects.size());
  for (const auto& object : snapshot.objects) {
    const RigidTransform worldFromObject = snapshot.objectPose(object, reference);
    const glm::dvec3 spin = atTime(object.angularVelocity_radps, snapshot, reference);
    record::ObjectTruth label;
    label.id = object.id;
    label.name = object.name;
    label.asset = object.asset;
    label.semantic = object.semantic;
    label.worldFromBox = worldFromObject * RigidTransform::fromTranslation(object.boxCentre);
    label.size = object.boxSize;
    label.velocity_mps =
        atTime(object.velocity_mps, snapshot, reference) + glm::cross(spin, worldFromObject.rotate(object.boxCentre));
    label.angularVelocity_radps = spin;
    truth.push_back(std::move(label));
  }
  return truth;
}

record::EgoState egoState(const content::SceneSnapshot& snapshot, ObjectId ego, uint32_t frame, SimTime reference) {
  if (!ego.isObject()) {  // the reference sensor stands in the world
    record::EgoState still;
    still.frame = frame;
    still.at = reference;
    return still;
  }
  const content::SnapshotObject* object = snapshot.findObject(ego);
  NF_ASSERT(object != nullptr, "no object {} in the snapshot", ego.value);
  record::EgoState state;
  state.frame = frame;
  state.at = reference;
  state.worldFromVehicle = snapshot.objectPose(*object, reference);
  state.velocity_mps = atTime(object->velocity_mps, snapshot, reference);
  state.angularVelocity_radps = atTime(object->angularVelocity_radps, snapshot, reference);
  const auto& keys = object->velocity_mps;
  if (keys.size() > 1 && snapshot.keyStep.ns > 0) {
    const auto last = static_cast<int64_t>(keys.size()) - 2;
    const auto index =
        static_cast<size_t>(std::clamp((reference - snapshot.firstKey).ns / snapshot.keyStep.ns, int64_t{0}, last));
    state.acceleration_mps2 = (keys[index + 1] - keys[index]) / snapshot.keyStep.seconds();
  }
  return state;
}

}  // namespace nightfog::simulation
