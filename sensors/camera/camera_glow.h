// Light of lamps in fog, at a quarter of the image's resolution, each sample with the distance it stands for.

void cameraGlow(uint item) {
  FrameRef frame = FrameRef(push.frame);
  uint glowWidth = (push.width + 3u) / 4u;
  uint i = windowTop() / 4u * glowWidth + item;
  uint y = i / glowWidth;
  uint x = i - y * glowWidth;
  uint pixel = min(y * 4u + 1u, push.height - 1u) * push.width + min(x * 4u + 1u, push.width - 1u);
  float distance_m = PointsOf(frame.value.points).at[pixel].distance_m;
  Ray ray = Rays(frame.value.rays).at[pixel];
  vec2 stretch = fogStretch(push.fog, ray.origin.z, ray.direction.z, distance_m < 0.0f ? kCameraFar_m : distance_m);
  vec3 sum = vec3(0.0f);
  Lamps lamps = Lamps(frame.value.light.lamps);
  for (uint lamp = 0u; lamp < frame.value.light.glowLampCount; ++lamp)
    sum += lampInScatter(lamps.at[lamp], ray.origin, ray.direction, stretch, push.fog);
  Vec4s(frame.value.glow).at[i] = vec4(sum, stretch.y);
}
