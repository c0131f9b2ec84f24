// Light that the lens scatters widely, at an eighth of the resolution: passes 1 and 2 blur by a narrow bell, 3 and 4 by a wide one, along x and then y. Pass 0
// averages blocks, pass 4 the two bells. Planes: 0 blocks, 1 between, 2 narrow, 3 the whole.

vec3 blockMean(FrameRef frame, uint bx, uint by) {
  vec3 sum = vec3(0.0f);
  float n = 0.0f;
  for (uint y = by * 8u; y < min(by * 8u + 8u, push.height); ++y) {
    for (uint x = bx * 8u; x < min(bx * 8u + 8u, push.width); ++x) {
      sum += min(Vec3s(frame.value.sum).at[y * push.width + x], vec3(2e6f));
      n += 1.0f;
    }
  }
  return sum * (1.0f / max(n, 1.0f));
}

void cameraGlare(uint i) {
  uint width = (push.width + 7u) / 8u;
  uint height = (push.height + 7u) / 8u;
  FrameRef frame = FrameRef(push.frame);
  Vec3s plane = Vec3s(frame.value.glare);
  uint y = i / width;
  uint x = i - y * width;
  if (push.pass == 0u) {
    plane.at[i] = blockMean(frame, x, y);
    return;
  }
  bool alongX = (push.pass & 1u) == 1u;
  bool wide = push.pass > 2u;
  uint from = alongX ? 0u : width * height;
  uint into = alongX ? width * height : (wide ? 3u : 2u) * width * height;
  float spread = (wide ? 0.075f : 0.016f) * float(push.width) * 0.125f;
  int reach = int(2.2f * spread) + 1;
  vec3 sum = vec3(0.0f);
  float weights = 0.0f;
  for (int d = -reach; d <= reach; ++d) {
    int nx = clamp(int(x) + (alongX ? d : 0), 0, int(width) - 1);
    int ny = clamp(int(y) + (alongX ? 0 : d), 0, int(height) - 1);
    float weight = bell(float(d), spread);
    sum += plane.at[from + uint(ny) * width + uint(nx)] * weight;
    weights += weight;
  }
  vec3 blurred = sum * (1.0f / weights);
  if (push.pass == 4u) blurred = 0.5f * (blurred + plane.at[2u * width * height + i]);
  plane.at[into + i] = blurred;
}
