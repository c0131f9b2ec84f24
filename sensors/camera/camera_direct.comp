// Adds each pixel's light sample where nothing was in its way.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

void main() {
  uint pixel = globalIndex();
  if (pixel >= FRAME.width * FRAME.height) return;
  FrameRef frame = FrameRef(push.frame);
  if (Hits(frame.value.shadowHits).at[pixel].instance != kNoHit) return;
  Vec3s(frame.value.radiance).at[pixel] += Vec3s(frame.value.pending).at[pixel];
}
