// Eight rays at a time between our arrays of structures and Embree's structures of arrays.
#pragma once

#include <embree3/rtcore.h>

#include "engine/shared/geometry.h"

namespace nightfog::trace {

/// Lanes of a packet as Embree wants them: -1 takes part.
struct alignas(32) LaneMask {
  int lane[8];
};

/// Fills a packet from `count` <= 8 rays. Lanes without a ray or with one that is not traceable do not take part and
/// hold harmless values. RTCRay::time is the ray's time in seconds, RTCRay::id its lane. Returns the number of lanes
/// that take part.
int packRays(const shared::Ray* rays, int count, RTCRay8& packet, LaneMask& valid);

/// Rays of the packet `from`, into a body's frame at each ray's own time: what shared::interpolatePose() and
/// shared::pointToBody() say, bit for bit, for eight rays.
void moveIntoBody(const RTCRay8& from, const shared::PoseKey* keys, uint32_t keyCount, float keyStep_s, RTCRay8& into);
/// The same for one ray, in place.
void moveIntoBody(RTCRay& ray, const shared::PoseKey* keys, uint32_t keyCount, float keyStep_s);

/// The shape in which a ray at `time` (s) sees a body that bends; `time` becomes how far on it is to the next, 0 … 1.
uint32_t enterShape(const shared::PoseKey* keys, uint32_t keyCount, float keyStep_s, uint32_t shapeCount, float& time);

}  // namespace nightfog::trace
