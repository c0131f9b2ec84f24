// Smooths gathered light over neighbours on the same surface: an edge-avoiding a-trous wavelet step of 3 x 3 [Dammertz et al., HPG 2010];
// pass p steps 2^p samples and swaps the planes.

void cameraFilter(uint item) {
  FrameRef frame = FrameRef(push.frame);
  uint i = gatherBegin() + item;
  bool even = (push.pass & 1u) == 0u;
  Vec3s from = Vec3s(even ? frame.value.gathered : frame.value.gatheredNext);
  Vec3s into = Vec3s(even ? frame.value.gatheredNext : frame.value.gathered);
  Guides guides = Guides(frame.value.guides);
  uint scale = push.gatherScale;
  uint width = gatherWidth();
  int top = int(windowTop() / scale);
  int bottom = top + int(gatherCount() / width);
  int y = int(i / width);
  int x = int(i - uint(y) * width);
  CameraGuide guide = guides.at[i];
  vec3 own = from.at[i];
  int stride = 1 << push.pass;
  // How much the distance may change from sample to sample on one plane.
  float tolerance = 1.0f / (guide.distance_m * (0.006f + 1.6f * float(scale) * float(stride) * guide.slope / push.fx) + 0.02f);
  vec3 sum = own * 4.0f;
  float weights = 4.0f;
  for (int k = 0; k < 9; ++k) {
    int dx = k % 3 - 1;
    int dy = k / 3 - 1;
    int nx = x + dx * stride;
    int ny = y + dy * stride;
    bool inside = k != 4 && nx >= 0 && ny >= top && nx < int(width) && ny < bottom;
    uint place = inside ? uint(ny) * width + uint(nx) : i;
    float apart = abs(guides.at[place].distance_m - guide.distance_m) * tolerance;
    float facing = max(dot(guides.at[place].normal, guide.normal), 0.0f);
    facing *= facing;
    facing *= facing;
    float weight = (dx == 0 || dy == 0 ? 2.0f : 1.0f) * facing * facing * max(1.0f - apart, 0.0f);
    if (!inside) weight = 0.0f;
    sum += from.at[place] * weight;
    weights += weight;
  }
  vec3 mean = guide.distance_m > 0.0f ? sum * (1.0f / weights) : own;
  into.at[i] = mean;
}
