// Light that the lens scatters widely: an eighth of the resolution, blurred along x and then y. Pass 0 averages blocks, 1 blurs along x, 2 along y.
// The kernel falls as 1 / (1 + (d / 2)^2): the skirt of CIE glare.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

vec3 blockMean(FrameRef frame, uint bx, uint by) {
  vec3 sum = vec3(0.0f);
  float n = 0.0f;
  for (uint y = by * 8u; y < min(by * 8u + 8u, frame.value.height); ++y) {
    for (uint x = bx * 8u; x < min(bx * 8u + 8u, frame.value.width); ++x) {
      sum += min(Vec3s(frame.value.sum).at[y * frame.value.width + x], vec3(2e6f));
      n += 1.0f;
    }
  }
  return sum * (1.0f / max(n, 1.0f));
}

void main() {
  uint i = globalIndex();
  uint width = FRAME.glareWidth;
  uint height = FRAME.glareHeight;
  if (i >= width * height) return;
  FrameRef frame = FrameRef(push.frame);
  Vec3s plane = Vec3s(frame.value.glare);
  uint y = i / width;
  uint x = i - y * width;
  if (push.pass == 0u) {
    plane.at[i] = blockMean(frame, x, y);
    return;
  }
  uint from = push.pass == 1u ? 0u : width * height;
  uint into = push.pass == 1u ? width * height : 0u;
  vec3 sum = vec3(0.0f);
  float weights = 0.0f;
  int reach = 24;
  for (int d = -reach; d <= reach; ++d) {
    int nx = push.pass == 1u ? int(x) + d : int(x);
    int ny = push.pass == 1u ? int(y) : int(y) + d;
    nx = clamp(nx, 0, int(width) - 1);
    ny = clamp(ny, 0, int(height) - 1);
    float weight = 1.0f / (1.0f + 0.25f * float(d * d));
    sum += plane.at[from + uint(ny) * width + uint(nx)] * weight;
    weights += weight;
  }
  plane.at[into + i] = sum * (1.0f / weights);
}
