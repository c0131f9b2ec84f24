#include "engine/simulation/ground_truth.hpp"

#include <algorithm>

namespace nightfog::simulation {
namespace {

/// Linear between the two keys around `at`; the last key's value beyond them.
glm::dvec3 atTime(const std::vector<glm::dvec3>& keys, const content::SceneSnapshot& snapshot, SimTime at) {
  if (keys.empty()) return glm::dvec3(0);
  if (keys.size() == 1 || snapshot.keyStep.ns == 0) return keys.front();
  const double position = std::clamp(double((at - snapshot.firstKey).ns) / double(snapshot.keyStep.ns), 0.0,
                                     double(keys.size() - 1));
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
    label.velocity_mps = atTime(object.velocity_mps, snapshot, reference) +
                         glm::cross(spin, worldFromObject.rotate(object.boxCentre));
    label.angularVelocity_radps = spin;
    truth.push_back(std::move(label));
  }
  return truth;
}

}  // namespace nightfog::simulation
