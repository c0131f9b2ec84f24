// Smooths gathered light over neighbours on the same surface: an edge-avoiding a-trous wavelet step of 3 x 3 [Dammertz et al., HPG 2010];
// pass p steps 2^p samples and swaps the planes.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

void main() {
  uint i = globalIndex();
  uint width = FRAME.gatherWidth;
  uint height = FRAME.gatherHeight;
  if (i >= width * height) return;
  FrameRef frame = FrameRef(push.frame);
  Vec3s from = Vec3s((push.pass & 1u) == 0u ? frame.value.gathered : frame.value.gatheredNext);
  Vec3s into = Vec3s((push.pass & 1u) == 0u ? frame.value.gatheredNext : frame.value.gathered);
  PointsOf points = PointsOf(frame.value.points);
  uint scale = frame.value.gatherScale;
  int y = int(i / width);
  int x = int(i - uint(y) * width);
  uint pixel = min(uint(y) * scale, frame.value.height - 1u) * frame.value.width + min(uint(x) * scale, frame.value.width - 1u);
  float distance_m = points.at[pixel].distance_m;
  vec3 own = from.at[i];
  if (distance_m < 0.0f) {
    into.at[i] = own;
    return;
  }
  vec3 normal = points.at[pixel].normal;
  vec3 position = points.at[pixel].position;
  float tolerance = 1.0f / (0.02f * distance_m + 0.02f);
  vec3 sum = own * 4.0f;
  float weights = 4.0f;
  int stride = 1 << push.pass;
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      if (dx == 0 && dy == 0) continue;
      int nx = x + dx * stride;
      int ny = y + dy * stride;
      if (nx < 0 || ny < 0 || nx >= int(width) || ny >= int(height)) continue;
      uint other = min(uint(ny) * scale, frame.value.height - 1u) * frame.value.width + min(uint(nx) * scale, frame.value.width - 1u);
      if (points.at[other].distance_m < 0.0f) continue;
      float plane = abs(dot(points.at[other].position - position, normal)) * tolerance;
      float facing = max(dot(points.at[other].normal, normal), 0.0f);
      facing = facing * facing * facing * facing;
      float weight = (dx == 0 || dy == 0 ? 2.0f : 1.0f) * facing * facing * max(1.0f - plane, 0.0f);
      sum += from.at[uint(ny) * width + uint(nx)] * weight;
      weights += weight;
    }
  }
  into.at[i] = sum * (1.0f / weights);
}
