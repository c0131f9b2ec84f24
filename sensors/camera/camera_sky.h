// Pixels that show the sky.

void cameraSky(uint i) {
  FrameRef frame = FrameRef(push.frame);
  uint pixel = Words(frame.value.lists).at[listBegin(kListSky) + i];
  Rays rays = Rays(frame.value.rays);
  vec3 direction = rays.at[pixel].direction;
  Ray ray = rays.at[pixel];
  vec3 light = skyRadiance(frame, ray.origin.z, direction, true) + sunDisk(direction);
  if (frame.value.light.bankCount > 0u)
    light = throughFog(light, airlightAlong(frame, direction.z), banksLetThrough(frame, ray.origin, direction, kCameraFar_m, ray.time_s));
  Vec3s radiance = Vec3s(frame.value.radiance);
  if ((rays.at[pixel].beam & kSeenThroughPane) != 0u) light = radiance.at[pixel] + Vec3s(frame.value.pending).at[pixel] * light;
  radiance.at[pixel] = light;
  CameraPoint point;
  point.distance_m = -1.0f;
  point.normal = -direction;
  point.diffuse = vec3(0.0f);
  point.specular = vec3(0.0f);
  point.roughness = 1.0f;
  PointsOf(frame.value.points).at[pixel] = point;
}
