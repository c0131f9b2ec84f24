// Rays of light's detours: first those that gather over the hemisphere, one for each pixel or each block of pixels; then the reflections of
// glossy pixels.

void cameraDetours(uint i) {
  FrameRef frame = FrameRef(push.frame);
  uint scale = push.gatherScale;
  bool gathers = i < gatherCount();
  uint pixel;
  if (gathers) {
    uint y = (gatherBegin() + i) / gatherWidth();
    uint x = gatherBegin() + i - y * gatherWidth();
    pixel = y * scale * push.width + x * scale;
  } else {
    pixel = Words(frame.value.lists).at[listBegin(kListGlossy) + i - gatherCount()];
  }
  PointsOf points = PointsOf(frame.value.points);
  float distance_m = points.at[pixel].distance_m;
  vec3 normal = points.at[pixel].normal;
  Rays rays = Rays(frame.value.rays);
  Ray ray = rays.at[pixel];
  if (gathers) {
    float nDotV = max(-dot(normal, ray.direction), 0.02f);
    CameraGuide guide;
    guide.normal = normal;
    guide.distance_m = distance_m;
    guide.slope = sqrt(max(1.0f - nDotV * nDotV, 0.0f)) / nDotV;
    Guides(frame.value.guides).at[gatherBegin() + i] = guide;
  }
  uvec4 bits = randomBits(pixel, kPurposeBounce);
  vec3 t;
  vec3 b;
  tangentFrame(normal, t, b);
  vec3 local;
  if (gathers) {
    local = sampleCosine(unitFloat(bits.x), unitFloat(bits.y));
  } else {
    vec3 view = -ray.direction;
    vec3 seen = vec3(dot(view, t), dot(view, b), max(dot(view, normal), 0.01f));
    float roughness = points.at[pixel].roughness;
    // Filtered pictures take the lobe narrower than it is: one ray a pixel shows its blur as grain.
    float alpha = roughness * roughness * (scale > 1u ? 0.3f : 1.0f);
    vec3 h = sampleVisibleNormal(seen, max(alpha, kMinAlpha), unitFloat(bits.z), unitFloat(bits.w));
    local = h * (2.0f * dot(h, seen)) - seen;
  }
  bool goes = distance_m > 0.0f && local.z > 0.0f;
  ray.origin = ray.origin + ray.direction * distance_m + normal * (0.001f + 3e-5f * distance_m);
  ray.tMin = 0.0f;
  ray.direction = normalize(t * local.x + b * local.y + normal * local.z);
  ray.tMax = kCameraFar_m;
  ray.target = kAnyTarget;
  ray.mask = goes ? 0xffffffffu : 0u;
  ray.beam = pixel;
  Rays(frame.value.detourRays).at[i] = ray;
}
