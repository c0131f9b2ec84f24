// Collects the detours: hemispheres into the gathered plane, with single bright hits held down; reflections into their pixels.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/camera_data.h"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };
#include "sensors/camera/camera_scene.glsl"

/// Factor that keeps a single bright hit from standing out: at most `whites` times diffuse white. Only where results are filtered.
float heldDown(vec3 light, float whites) {
  if (push.gatherScale < 2u) return 1.0f;
  return min(1.0f, whites * push.white_cdpm2 / max(luminanceOf(light), 1e-9f));
}

void main() {
  uint i = globalIndex();
  if (i >= push.count) return;
  FrameRef frame = FrameRef(push.frame);
  CameraDetour detour = Detours(frame.value.detours).at[i];
  vec3 light = detour.radiance;
  if (Hits(frame.value.detourShadowHits).at[i].instance == kNoHit) light += detour.pending;
  uint scale = push.gatherScale;
  uint gatherCount = ((push.width + scale - 1u) / scale) * ((push.height + scale - 1u) / scale);
  if (i < gatherCount) {
    Pairs(frame.value.gathered).at[i] = packLight(light * heldDown(light, 3.0f));
    return;
  }
  light *= heldDown(light, 24.0f);
  uint pixel = Words(frame.value.lists).at[listBegin(kListGlossy) + i - gatherCount];
  PointsOf points = PointsOf(frame.value.points);
  vec2 gb = unpackHalf2x16(points.at[pixel].specularGb);
  Vec3s(frame.value.radiance).at[pixel] += vec3(unpackHalf2x16(points.at[pixel].diffuseB_specularR).y, gb.x, gb.y) * light;
}
