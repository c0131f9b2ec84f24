// Marks the flow of pixels whose point something hides in the next frame.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/camera_data.h"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };
#include "sensors/camera/camera_scene.glsl"

void main() {
  uint pixel = globalIndex();
  if (pixel >= push.count) return;
  FrameRef frame = FrameRef(push.frame);
  Words state = Words(frame.value.flowState);
  if (state.at[pixel] == 1u && Hits(frame.value.hits).at[pixel].instance != kNoHit) state.at[pixel] = 2u;
}
