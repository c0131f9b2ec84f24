// Marks the flow of pixels whose point something hides in the next frame.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

void main() {
  uint pixel = globalIndex();
  if (pixel >= FRAME.width * FRAME.height) return;
  FrameRef frame = FrameRef(push.frame);
  Words state = Words(frame.value.flowState);
  if (state.at[pixel] == 1u && Hits(frame.value.truthHits).at[pixel].instance != kNoHit) state.at[pixel] = 2u;
}
