// Smooths gathered light over neighbours on the same surface: an edge-avoiding a-trous wavelet step of 3 x 3 [Dammertz et al., HPG 2010];
// pass p steps 2^p samples and swaps the planes.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/camera_data.h"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };
#include "sensors/camera/camera_scene.glsl"

void main() {
  uint i = globalIndex();
  if (i >= push.count) return;
  FrameRef frame = FrameRef(push.frame);
  bool even = (push.pass & 1u) == 0u;
  Pairs from = Pairs(even ? frame.value.gathered : frame.value.gatheredNext);
  Pairs into = Pairs(even ? frame.value.gatheredNext : frame.value.gathered);
  PointsOf points = PointsOf(frame.value.points);
  uint scale = push.gatherScale;
  uint width = (push.width + scale - 1u) / scale;
  uint height = (push.height + scale - 1u) / scale;
  int y = int(i / width);
  int x = int(i - uint(y) * width);
  uint pixel = uint(y) * scale * push.width + uint(x) * scale;
  float distance_m = points.at[pixel].distance_m;
  vec3 own = unpackLight(from.at[i]);
  vec3 normal = decodeOctahedral(points.at[pixel].normal);
  int stride = 1 << push.pass;
  float nDotV = max(-dot(normal, Rays(frame.value.rays).at[pixel].direction), 0.02f);
  // How much the distance may change from sample to sample on one plane.
  float slope = sqrt(max(1.0f - nDotV * nDotV, 0.0f)) / nDotV;
  float tolerance = 1.0f / (distance_m * (0.006f + 1.6f * float(scale) * float(stride) * slope / push.fx) + 0.02f);
  vec3 sum = own * 4.0f;
  float weights = 4.0f;
  for (int k = 0; k < 9; ++k) {
    int dx = k % 3 - 1;
    int dy = k / 3 - 1;
    int nx = x + dx * stride;
    int ny = y + dy * stride;
    bool inside = k != 4 && nx >= 0 && ny >= 0 && nx < int(width) && ny < int(height);
    uint place = inside ? uint(ny) * width + uint(nx) : i;
    uint other = inside ? uint(ny) * scale * push.width + uint(nx) * scale : pixel;
    float apart = abs(points.at[other].distance_m - distance_m) * tolerance;
    float facing = max(dot(decodeOctahedral(points.at[other].normal), normal), 0.0f);
    facing *= facing;
    facing *= facing;
    float weight = (dx == 0 || dy == 0 ? 2.0f : 1.0f) * facing * facing * max(1.0f - apart, 0.0f);
    if (!inside) weight = 0.0f;
    sum += unpackLight(from.at[place]) * weight;
    weights += weight;
  }
  vec3 mean = distance_m > 0.0f ? sum * (1.0f / weights) : own;
  into.at[i] = uvec2(packHalf2x16(vec2(mean.x, mean.y)), packHalf2x16(vec2(mean.z, 0.0f)));
}
