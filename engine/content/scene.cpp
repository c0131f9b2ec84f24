#include "engine/content/scene.hpp"

#include <algorithm>

#include "engine/core/error.hpp"

namespace nightfog::content {

RigidTransform SceneSnapshot::objectPose(const SnapshotObject& object, SimTime at) const {
  const std::vector<RigidTransform>& keys = object.worldFromObject;
  NF_ASSERT(!keys.empty(), "object {} has no pose", object.id.value);
  if (keys.size() == 1 || keyStep.ns <= 0) return keys.front();
  const int64_t since = std::clamp<int64_t>((at - firstKey).ns, 0, keyStep.ns * static_cast<int64_t>(keys.size() - 1));
  const size_t key = std::min(static_cast<size_t>(since / keyStep.ns), keys.size() - 2);
  const double fraction =
      static_cast<double>(since - static_cast<int64_t>(key) * keyStep.ns) / static_cast<double>(keyStep.ns);
  return interpolate(keys[key], keys[key + 1], fraction);
}

const SnapshotObject* SceneSnapshot::findObject(ObjectId id) const {
  const auto found = std::lower_bound(objects.begin(), objects.end(), id,
                                      [](const SnapshotObject& object, ObjectId wanted) { return object.id < wanted; });
  return found != objects.end() && found->id == id ? &*found : nullptr;
}

}  // namespace nightfog::content
