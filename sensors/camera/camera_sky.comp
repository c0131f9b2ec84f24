// Pixels that show the sky.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/camera_data.h"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };
#include "sensors/camera/camera_scene.glsl"

void main() {
  uint i = globalIndex();
  if (i >= push.count) return;
  FrameRef frame = FrameRef(push.frame);
  uint pixel = Words(frame.value.lists).at[listBegin(kListSky) + i];
  Rays rays = Rays(frame.value.rays);
  vec3 direction = rays.at[pixel].direction;
  vec3 light = skyRadiance(frame, direction, true) + sunDisk(frame, direction);
  Vec3s radiance = Vec3s(frame.value.radiance);
  if ((rays.at[pixel].beam & kSeenThroughPane) != 0u) light = radiance.at[pixel] + Vec3s(frame.value.pending).at[pixel] * light;
  radiance.at[pixel] = light;
  PointsOf(frame.value.points).at[pixel].distance_m = -1.0f;
}
