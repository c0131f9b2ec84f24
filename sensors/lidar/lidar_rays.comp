// One ray per beam of a sweep, ring by ring.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/lidar_beam.h"

layout(local_size_x = 64) in;
layout(buffer_reference, scalar) readonly buffer Rings { LidarRing at[]; };
layout(buffer_reference, scalar) readonly buffer Columns { LidarColumn at[]; };
layout(buffer_reference, scalar) readonly buffer PoseKeys { PoseKey at[]; };
layout(buffer_reference, scalar) writeonly buffer Rays { Ray at[]; };
layout(push_constant, scalar) uniform Push { LidarRaysPush push; };

void main() {
  uint columnIndex = gl_GlobalInvocationID.x;
  uint ringIndex = gl_GlobalInvocationID.y;
  if (columnIndex >= push.columnCount || ringIndex >= push.ringCount) return;
  LidarRing ring = Rings(push.rings).at[ringIndex];
  LidarColumn column = Columns(push.columns).at[columnIndex];
  float time_s = lidarFiringTime(ring, column, push.sweepStart_ns);
  float fraction;
  uint segment = poseSegment(time_s, push.keyStep_s, push.keyCount, fraction);
  PoseKeys keys = PoseKeys(push.sensorKeys);
  PoseKey pose = interpolatePose(keys.at[segment], keys.at[min(segment + 1u, push.keyCount - 1u)], fraction);
  Rays(push.rays).at[ringIndex * push.columnCount + columnIndex] =
      lidarRay(ring, column, pose, time_s, push.maxRange_m, columnIndex * push.ringCount + ringIndex);
}
