// Where every object and every part of it was during a frame: what carries a LiDAR point along to another time.
#pragma once

#include <string>
#include <vector>

#include "engine/core/ids.hpp"
#include "engine/core/sim_time.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::record {

/// A piece that moves as one: a body, a wheel, a shin. LidarPoint::part says which of its object a point lies on.
struct PartMotion {
  std::string name;
  std::vector<RigidTransform> objectFromPart;  ///< one per key, or one: it keeps its place on the object
};

struct ObjectMotion {
  ObjectId id;
  std::vector<RigidTransform> worldFromObject;  ///< one per key, or one: it stands still
  std::vector<PartMotion> parts;
};

/// Poses at keys an equal step apart, from at or before the frame's start to at or after its end.
///
/// A point of object `o` and part `p`, measured at t in the frame `then`, is at u, in any frame `now` that u lies in:
/// @code
/// now.partPose(*now.find(o), p, u) * (then.partPose(*then.find(o), p, t).inverse() * worldPoint)
/// @endcode
/// The keys are those that rays were traced with, a part's rounded to floats. Between keys object and part are
/// interpolated one by one where a ray interpolates both at once: on an object that turns at w the two differ by at
/// most r (w step)^2 / 8, 13 micrometres for 1 m, 1 rad/s and 10 ms.
struct FrameMotion {
  SimTime firstKey;
  SimTime keyStep;
  uint32_t keyCount = 1;
  std::vector<ObjectMotion> objects;  ///< ascending id

  /// The object with this id, or nullptr.
  const ObjectMotion* find(ObjectId id) const;
  RigidTransform objectPose(const ObjectMotion& object, SimTime at) const;
  /// World from part. A part that the object does not have moves with the object.
  RigidTransform partPose(const ObjectMotion& object, uint32_t part, SimTime at) const;
};

}  // namespace nightfog::record
