// Beams that go on from mirrors and panes, again: with what lies at the end of their ways.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/trace/scene.glsl"
#include "sensors/lidar/lidar_arrays.glsl"
#include "sensors/lidar/lidar_kernels.h"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { LidarReturnsPush push; };

void main() {
  uint item = push.detourFirst + gl_GlobalInvocationID.x;
  if (item < push.detourEnd) lidarWriteDetourReturns(push, item);
}
