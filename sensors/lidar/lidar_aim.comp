// Copies chosen rays of a sweep, each aimed at one object alone.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/trace/scene.glsl"
#include "sensors/lidar/lidar_arrays.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { LidarAimPush push; };

void main() {
  uint i = gl_GlobalInvocationID.x;
  if (i >= push.count) return;
  LidarAim aim = AimArray(push.aims).at[i];
  Ray ray = RayArray(push.rays).at[aim.ray];
  ray.target = aim.object;
  RaySink(push.aimed).at[i] = ray;
}
