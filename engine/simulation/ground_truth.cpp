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

/// To within the rounding of doubles a kilometre out.
bool standsStill(const std::vector<RigidTransform>& poses) {
  constexpr double kLeast = 1e-9;
  return std::all_of(poses.begin(), poses.end(), [&](const RigidTransform& pose) {
    const glm::dquat turned = pose.rotation - poses.front().rotation;
    const glm::dvec3 shifted = pose.translation - poses.front().translation;
    return glm::dot(turned, turned) < kLeast * kLeast && glm::dot(shifted, shifted) < kLeast * kLeast;
  });
}

/// One pose of what stands still.
std::vector<RigidTransform> compact(std::vector<RigidTransform> poses) {
  if (standsStill(poses)) poses.resize(1);
  return poses;
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

record::FrameMotion objectMotions(const content::SceneSnapshot& snapshot, SimTime start, SimTime end) {
  record::FrameMotion motion;
  motion.keyStep = snapshot.keyStep;
  uint32_t first = 0;
  uint32_t last = snapshot.keyCount - 1;
  if (snapshot.keyStep.ns > 0) {
    const int64_t step = snapshot.keyStep.ns;
    const auto most = static_cast<int64_t>(last);
    first = static_cast<uint32_t>(std::clamp<int64_t>((start - snapshot.firstKey).ns / step, 0, most));
    last = static_cast<uint32_t>(std::clamp<int64_t>(((end - snapshot.firstKey).ns + step - 1) / step, first, most));
  }
  motion.firstKey = SimTime{snapshot.firstKey.ns + snapshot.keyStep.ns * first};
  motion.keyCount = last - first + 1;
  for (const content::SnapshotObject& object : snapshot.objects) {
    record::ObjectMotion moved;
    moved.id = object.id;
    const bool hasKeys = object.worldFromObject.size() > last;
    for (uint32_t k = first; k <= last; ++k) moved.worldFromObject.push_back(object.worldFromObject[hasKeys ? k : 0]);
    for (const std::string& name : object.parts) moved.parts.push_back({name, {}});
    motion.objects.push_back(std::move(moved));
  }
  auto object = motion.objects.begin();
  for (const content::SnapshotInstance& instance : snapshot.instances) {
    if (object == motion.objects.end() || object->id != instance.object) {  // an object's instances lie together
      object = std::find_if(motion.objects.begin(), motion.objects.end(),
                            [&](const record::ObjectMotion& o) { return o.id == instance.object; });
    }
    if (object == motion.objects.end() || instance.part >= object->parts.size()) continue;
    std::vector<RigidTransform>& poses = object->parts[instance.part].objectFromPart;
    for (uint32_t k = first; k <= last; ++k) {
      const RigidTransform& worldFromPart = snapshot.poses[instance.firstKey + (instance.keyCount > 1 ? k : 0)];
      poses.push_back(object->worldFromObject[k - first].inverse() * worldFromPart);
    }
    poses = compact(std::move(poses));
  }
  for (record::ObjectMotion& moved : motion.objects) moved.worldFromObject = compact(std::move(moved.worldFromObject));
  return motion;
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
