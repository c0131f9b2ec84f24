// Adds each surface's light sample where nothing was in its way. `pass`: how many surfaces stand; the moving ones follow.

void cameraDirect(uint i) {
  FrameRef frame = FrameRef(push.frame);
  bool stands = i < push.pass;
  uint pixel = Words(frame.value.lists).at[stands ? listBegin(kListStill) + i : listBegin(kListMoving) + i - push.pass];
  vec3 light = Vec3s(frame.value.shadowed).at[i];
  if (Hits(frame.value.shadowHits).at[i].instance != kNoHit) light = vec3(0.0f);
  Vec3s(frame.value.radiance).at[pixel] += light;
}
