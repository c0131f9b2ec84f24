// Light of lamps in fog, at a quarter of the image's resolution, each sample with the distance it stands for.

void cameraGlow(uint i) {
  FrameRef frame = FrameRef(push.frame);
  uint glowWidth = (push.width + 3u) / 4u;
  uint y = i / glowWidth;
  uint x = i - y * glowWidth;
  uint pixel = min(y * 4u + 1u, push.height - 1u) * push.width + min(x * 4u + 1u, push.width - 1u);
  float distance_m = PointsOf(frame.value.points).at[pixel].distance_m;
  Ray ray = Rays(frame.value.rays).at[pixel];
  float reach = distance_m < 0.0f ? kCameraFar_m : distance_m;
  // Beyond the layer's lid there is no fog.
  if (ray.direction.z > 1e-3f) reach = min(reach, kFogLayer_m / ray.direction.z);
  reach = min(reach, 12.0f / push.extinction_1pm);
  vec3 sum = vec3(0.0f);
  Lamps lamps = Lamps(frame.value.light.lamps);
  for (uint lamp = 0u; lamp < frame.value.light.glowLampCount; ++lamp)
    sum += lampInScatter(lamps.at[lamp], ray.origin, ray.direction, reach, push.extinction_1pm, 0.5f);
  Vec4s(frame.value.glow).at[i] = vec4(sum, reach);
}
