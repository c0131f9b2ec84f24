// Collects the detours: hemispheres into the gathered plane, with single bright hits held down; reflections into their pixels.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

/// Factor that keeps a single bright hit from standing out: at most `whites` times diffuse white. Only where results are filtered.
float heldDown(vec3 light, float whites) {
  if (FRAME.gatherScale < 2u || FRAME.sensor.scale <= 0.0f) return 1.0f;
  return min(1.0f, whites / (FRAME.sensor.scale * max(luminanceOf(light), 1e-9f)));
}

void main() {
  uint i = globalIndex();
  if (i >= push.count) return;
  FrameRef frame = FrameRef(push.frame);
  CameraDetour detour = Detours(frame.value.detours).at[i];
  vec3 light = detour.radiance;
  if (Hits(frame.value.detourShadowHits).at[i].instance == kNoHit) light += detour.pending;
  uint gatherCount = frame.value.gatherWidth * frame.value.gatherHeight;
  if (i < gatherCount) {
    light *= heldDown(light, 3.0f);
    Vec3s(frame.value.gathered).at[i] = light;
    return;
  }
  light *= heldDown(light, 24.0f);
  uint pixel = Words(frame.value.glossyPixels).at[1u + i - gatherCount];
  Vec3s(frame.value.radiance).at[pixel] += PointsOf(frame.value.points).at[pixel].specular * light;
}
