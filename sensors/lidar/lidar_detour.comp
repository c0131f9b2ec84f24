// The way on of beams from mirrors and panes, one pass.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/trace/scene.glsl"
#include "sensors/lidar/lidar_arrays.glsl"
#include "sensors/lidar/lidar_kernels.h"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { LidarDetourPush push; };

void main() {
  uint item = push.detourFirst + gl_GlobalInvocationID.x;
  if (item < push.detourEnd) lidarWriteDetour(push, item);
}
