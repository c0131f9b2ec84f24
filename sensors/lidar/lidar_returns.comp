// From each beam's hit to its labelled slot and its outcome.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/trace/scene.glsl"
#include "sensors/lidar/lidar_arrays.glsl"
#include "sensors/lidar/lidar_kernels.h"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { LidarReturnsPush push; };

void main() {
  if (gl_GlobalInvocationID.x >= push.window.stride || gl_GlobalInvocationID.y >= push.window.ringCount) return;
  uint column = push.window.firstColumn + gl_GlobalInvocationID.x;
  if (column >= push.window.columnCount) return;
  lidarWriteReturn(push, gl_GlobalInvocationID.y, column);
}
