#include "engine/record/object_motion.hpp"

#include <algorithm>

namespace nightfog::record {
namespace {

/// Neighbours among the keys interpolated; the first and the last hold beyond them.
RigidTransform poseAt(const std::vector<RigidTransform>& keys, const FrameMotion& motion, SimTime at) {
  if (keys.empty()) return RigidTransform::identity();
  if (keys.size() == 1 || motion.keyStep.ns <= 0) return keys.front();
  const double last = static_cast<double>(keys.size() - 1);
  const double position =
      std::clamp(static_cast<double>((at - motion.firstKey).ns) / static_cast<double>(motion.keyStep.ns), 0.0, last);
  const size_t key = std::min(static_cast<size_t>(position), keys.size() - 2);
  return interpolate(keys[key], keys[key + 1], position - static_cast<double>(key));
}

}  // namespace

const ObjectMotion* FrameMotion::find(ObjectId id) const {
  const auto found = std::lower_bound(objects.begin(), objects.end(), id,
                                      [](const ObjectMotion& object, ObjectId wanted) { return object.id < wanted; });
  return found != objects.end() && found->id == id ? &*found : nullptr;
}

RigidTransform FrameMotion::objectPose(const ObjectMotion& object, SimTime at) const {
  return poseAt(object.worldFromObject, *this, at);
}

RigidTransform FrameMotion::partPose(const ObjectMotion& object, uint32_t part, SimTime at) const {
  const RigidTransform worldFromObject = objectPose(object, at);
  if (part >= object.parts.size()) return worldFromObject;
  return worldFromObject * poseAt(object.parts[part].objectFromPart, *this, at);
}

}  // namespace nightfog::record
