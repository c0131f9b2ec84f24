#include "engine/trace/embree/ray_packet.hpp"

#include <algorithm>

#include "engine/shared/pose.h"
#include "engine/shared/shape.h"

// One copy of each loop for AVX2 and one for the rest, chosen when the program is loaded. Neither contracts to fused
// multiply-add, so both give the same bits.
#define NF_CLONES __attribute__((target_clones("avx2", "default")))

namespace nightfog::trace {

NF_CLONES int packRays(const shared::Ray* rays, int count, RTCRay8& packet, LaneMask& valid) {
  int active = 0;
  for (int i = 0; i < 8; ++i) {
    shared::Ray ray{};
    if (i < count) ray = rays[i];
    const bool isActive = i < count && shared::isTraceable(ray);
    if (!isActive) ray = {};
    valid.lane[i] = isActive ? -1 : 0;
    active += isActive ? 1 : 0;
    packet.org_x[i] = ray.origin.x;
    packet.org_y[i] = ray.origin.y;
    packet.org_z[i] = ray.origin.z;
    packet.tnear[i] = std::max(ray.tMin, 0.0f);
    packet.dir_x[i] = ray.direction.x;
    packet.dir_y[i] = ray.direction.y;
    packet.dir_z[i] = ray.direction.z;
    packet.time[i] = ray.time_s;
    packet.tfar[i] = ray.tMax;
    packet.mask[i] = ray.mask;
    packet.id[i] = static_cast<unsigned>(i);
    packet.flags[i] = 0;
  }
  return active;
}

namespace {

void rotateInto(const shared::PoseKey& pose, const RTCRay8& from, int i, RTCRay8& into) {
  const glm::vec3 origin = shared::pointToBody(pose, {from.org_x[i], from.org_y[i], from.org_z[i]});
  const glm::vec3 direction = shared::rotateBack(pose.rotation, {from.dir_x[i], from.dir_y[i], from.dir_z[i]});
  into.org_x[i] = origin.x;
  into.org_y[i] = origin.y;
  into.org_z[i] = origin.z;
  into.dir_x[i] = direction.x;
  into.dir_y[i] = direction.y;
  into.dir_z[i] = direction.z;
}

}  // namespace

NF_CLONES void moveIntoBody(const RTCRay8& from, const shared::PoseKey* keys, uint32_t keyCount, float keyStep_s,
                            RTCRay8& into) {
  for (int i = 0; i < 8; ++i) {
    into.tnear[i] = from.tnear[i];
    into.time[i] = from.time[i];
    into.tfar[i] = from.tfar[i];
    into.mask[i] = from.mask[i];
    into.id[i] = from.id[i];
    into.flags[i] = 0;
  }
  if (keyCount == 1) {
    const shared::PoseKey pose = keys[0];
    for (int i = 0; i < 8; ++i) rotateInto(pose, from, i, into);
    return;
  }
  uint32_t segment[8];
  float fraction[8];
  bool isUniform = true;
  for (int i = 0; i < 8; ++i) {
    segment[i] = shared::poseSegment(from.time[i], keyStep_s, keyCount, fraction[i]);
    isUniform = isUniform && segment[i] == segment[0];
  }
  if (isUniform) {  // neighbouring rays mostly fall between the same keys
    const shared::PoseKey a = keys[segment[0]];
    const shared::PoseKey b = keys[segment[0] + 1];
    for (int i = 0; i < 8; ++i) rotateInto(shared::interpolatePose(a, b, fraction[i]), from, i, into);
  } else {
    for (int i = 0; i < 8; ++i) {
      rotateInto(shared::interpolatePose(keys[segment[i]], keys[segment[i] + 1], fraction[i]), from, i, into);
    }
  }
}

uint32_t enterShape(const shared::PoseKey* keys, uint32_t keyCount, float keyStep_s, uint32_t shapeCount, float& time) {
  float fraction = 0;
  const uint32_t segment = shared::poseSegment(time, keyStep_s, keyCount, fraction);
  const shared::PoseKey& here = keys[segment];
  const float shape =
      keyCount == 1 ? here.shape : shared::interpolateShape(here.shape, keys[segment + 1].shape, fraction);
  return shared::shapeSegment(shape, shapeCount, time);
}

void moveIntoBody(RTCRay& ray, const shared::PoseKey* keys, uint32_t keyCount, float keyStep_s) {
  float fraction = 0;
  const uint32_t segment = shared::poseSegment(ray.time, keyStep_s, keyCount, fraction);
  const shared::PoseKey pose =
      keyCount == 1 ? keys[0] : shared::interpolatePose(keys[segment], keys[segment + 1], fraction);
  const glm::vec3 origin = shared::pointToBody(pose, {ray.org_x, ray.org_y, ray.org_z});
  const glm::vec3 direction = shared::rotateBack(pose.rotation, {ray.dir_x, ray.dir_y, ray.dir_z});
  ray.org_x = origin.x;
  ray.org_y = origin.y;
  ray.org_z = origin.z;
  ray.dir_x = direction.x;
  ray.dir_y = direction.y;
  ray.dir_z = direction.z;
}

}  // namespace nightfog::trace
