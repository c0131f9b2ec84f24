// One ray per beam of a sweep, ring by ring.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/lidar_beam.h"
#include "engine/trace/scene.glsl"
#include "sensors/lidar/lidar_arrays.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { LidarRaysPush push; };

void main() {
  uint columnIndex = gl_GlobalInvocationID.x;
  uint ringIndex = gl_GlobalInvocationID.y;
  if (columnIndex >= push.columnCount || ringIndex >= push.ringCount) return;
  LidarRing ring = RingArray(push.rings).at[ringIndex];
  LidarColumn column = ColumnArray(push.columns).at[columnIndex];
  float time_s = lidarFiringTime(ring, column, push.sweepStart_ns);
  PoseKeyArray keys = PoseKeyArray(push.sensorKeys);
  float fraction;
  uint segment = poseSegment(time_s, push.keyStep_s, push.keyCount, fraction);
  PoseKey pose = keys.at[segment];
  if (push.keyCount > 1u) pose = interpolatePose(pose, keys.at[segment + 1u], fraction);
  RaySink(push.rays).at[ringIndex * push.columnCount + columnIndex] =
      lidarRay(ring, column, pose, time_s, push.maxRange_m, columnIndex * push.ringCount + ringIndex);
}
