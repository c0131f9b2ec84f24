#include "engine/content/scene.hpp"

#include <algorithm>

#include "engine/core/error.hpp"

namespace nightfog::content {

RigidTransform SceneSnapshot::objectPose(const SnapshotObject& object, SimTime at) const {
  const std::vector<RigidTransform>& keys = object.worldFromObject;
  NF_ASSERT(!keys.empty(), "object '{}' has no pose key", object.name);
  if (keys.size() == 1 || at <= firstKey) return keys.front();
  NF_ASSERT(keyStep.ns > 0, "pose keys of '{}' have no time between them", object.name);
  const int64_t since_ns = (at - firstKey).ns;
  const int64_t segment = since_ns / keyStep.ns;
  if (segment >= static_cast<int64_t>(keys.size()) - 1) return keys.back();
  const double fraction = static_cast<double>(since_ns - segment * keyStep.ns) / static_cast<double>(keyStep.ns);
  return interpolate(keys[static_cast<size_t>(segment)], keys[static_cast<size_t>(segment) + 1], fraction);
}

const SnapshotObject* SceneSnapshot::findObject(ObjectId id) const {
  const auto found = std::lower_bound(objects.begin(), objects.end(), id,
                                      [](const SnapshotObject& object, ObjectId value) { return object.id < value; });
  return found != objects.end() && found->id == id ? &*found : nullptr;
}

}  // namespace nightfog::content
