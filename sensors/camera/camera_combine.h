// A sample is whole (of the rows from pixel `pass` on): gathered light from the neighbours on the same surface, and the lamps' light in fog (kGlows), join the pixel; samples
// are averaged.

void cameraCombine(uint i, bool glows) {
  FrameRef frame = FrameRef(push.frame);
  PointsOf points = PointsOf(frame.value.points);
  uint pixel = push.pass + i;
  uint y = pixel / push.width;
  uint x = pixel - y * push.width;
  vec3 radiance = Vec3s(frame.value.radiance).at[pixel];
  float distance_m = points.at[pixel].distance_m;
  uint scale = push.gatherScale;
  uint width = gatherWidth();
  uint height = (push.height + scale - 1u) / scale;
  if (distance_m > 0.0f) {
    Vec3s gathered = Vec3s(frame.value.gathered);
    Guides guides = Guides(frame.value.guides);
    vec3 normal = points.at[pixel].normal;
    float tolerance = 1.0f / (0.02f * distance_m + 0.01f);
    vec3 sum = vec3(0.0f);
    float weights = 0.0f;
    uint taps = scale > 1u ? 4u : 1u;
    for (uint k = 0u; k < taps; ++k) {
      uint gx = min(x / scale + (k & 1u), width - 1u);
      uint gy = min(y / scale + (k >> 1u), height - 1u);
      uint other = gy * width + gx;
      float there = guides.at[other].distance_m;
      float apart = abs(there - distance_m) * tolerance;
      float facing = max(dot(guides.at[other].normal, normal), 0.0f);
      float ax = 1.0f - abs(float(x) / float(scale) - float(gx));
      float ay = 1.0f - abs(float(y) / float(scale) - float(gy));
      float weight = max(ax, 0.02f) * max(ay, 0.02f) * (facing * facing * max(1.0f - apart, 0.0f) + 1e-4f);
      if (there < 0.0f) weight = 0.0f;
      sum += gathered.at[other] * weight;
      weights += weight;
    }
    if (weights > 0.0f) radiance += points.at[pixel].diffuse * sum * (1.0f / weights);
  }
  if (glows) {
    Vec4s glow = Vec4s(frame.value.glow);
    uint glowWidth = (push.width + 3u) / 4u;
    uint glowHeight = (push.height + 3u) / 4u;
    float reach = distance_m < 0.0f ? kCameraFar_m : distance_m;
    float own = expOf(-push.fog.extinction_1pm * reach);
    float px = (float(x) - 1.0f) * 0.25f;
    float py = (float(y) - 1.0f) * 0.25f;
    vec3 glowSum = vec3(0.0f);
    float glowWeights = 0.0f;
    for (uint k = 0u; k < 4u; ++k) {
      float cellX = floor(px) + float(k & 1u);
      float cellY = floor(py) + float(k >> 1u);
      uint gx = uint(clamp(cellX, 0.0f, float(glowWidth - 1u)));
      uint gy = uint(clamp(cellY, 0.0f, float(glowHeight - 1u)));
      vec4 there = glow.at[gy * glowWidth + gx];
      float apart = abs(expOf(-push.fog.extinction_1pm * min(there.w, reach)) - own);
      float weight = max(1.0f - abs(px - cellX), 0.02f) * max(1.0f - abs(py - cellY), 0.02f) * (1.0f / (0.02f + apart));
      glowSum += vec3(there.x, there.y, there.z) * weight;
      glowWeights += weight;
    }
    radiance += glowSum * (1.0f / glowWeights);
  }
  Vec3s total = Vec3s(frame.value.sum);
  vec3 before = push.sampleIndex == 0u ? vec3(0.0f) : total.at[pixel];
  total.at[pixel] = before + radiance * (1.0f / float(frame.value.samples));
}
