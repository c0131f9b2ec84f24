// Copies chosen rays of a sweep, each aimed at one object alone.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/geometry.h"
#include "engine/shared/lidar_data.h"

layout(local_size_x = 64) in;
layout(buffer_reference, scalar) buffer Rays { Ray at[]; };
layout(buffer_reference, scalar) readonly buffer Aims { LidarAim at[]; };
layout(push_constant, scalar) uniform Push { LidarAimPush push; };

void main() {
  uint i = gl_GlobalInvocationID.x;
  if (i >= push.count) return;
  LidarAim aim = Aims(push.aims).at[i];
  Ray ray = Rays(push.rays).at[aim.ray];
  ray.target = aim.object;
  Rays(push.aimed).at[i] = ray;
}
