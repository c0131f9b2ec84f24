// Collects the detours: hemispheres into the gathered plane, with single bright hits held down; reflections into their pixels.

/// Factor that keeps a single bright hit from standing out: at most `whites` times diffuse white. Only where results are filtered.
float heldDown(vec3 light, float whites) {
  if (push.gatherScale < 2u) return 1.0f;
  return min(1.0f, whites * push.white_cdpm2 / max(luminanceOf(light), 1e-9f));
}

void cameraGather(uint i) {
  FrameRef frame = FrameRef(push.frame);
  CameraDetour detour = Detours(frame.value.detours).at[i];
  vec3 light = detour.radiance;
  if (Hits(frame.value.detourShadowHits).at[i].instance == kNoHit) light += detour.pending;
  if (i < gatherCount()) {
    Vec3s(frame.value.gathered).at[gatherBegin() + i] = light * heldDown(light, 3.0f);
    return;
  }
  light *= heldDown(light, 24.0f);
  uint pixel = Words(frame.value.lists).at[listBegin(kListGlossy) + i - gatherCount()];
  Vec3s(frame.value.radiance).at[pixel] += PointsOf(frame.value.points).at[pixel].specular * light;
}
