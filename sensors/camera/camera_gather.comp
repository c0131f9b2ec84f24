// Collects the detours: hemispheres into the gathered plane, with single bright hits held down; reflections into their pixels.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

void main() {
  uint i = globalIndex();
  if (i >= push.count) return;
  FrameRef frame = FrameRef(push.frame);
  CameraDetour detour = Detours(frame.value.detours).at[i];
  vec3 light = detour.radiance;
  if (Hits(frame.value.detourShadowHits).at[i].instance == kNoHit) light += detour.pending;
  uint gatherCount = frame.value.gatherWidth * frame.value.gatherHeight;
  if (i < gatherCount) {
    if (frame.value.gatherScale > 1u) {
      vec3 open = (frame.value.light.skyIrradiance + frame.value.light.sunIrradiance) * (1.0f / kPiFloat);
      float most = 2.0f * luminanceOf(open) + 20.0f;
      float l = luminanceOf(light);
      if (l > most) light *= most / l;
    }
    Vec3s(frame.value.gathered).at[i] = light;
    return;
  }
  uint pixel = Words(frame.value.glossyPixels).at[1u + i - gatherCount];
  Vec3s(frame.value.radiance).at[pixel] += PointsOf(frame.value.points).at[pixel].specular * light;
}
