// A sample is whole: gathered light from the neighbours on the same surface, and the lamps' light in fog, join the pixel; samples are averaged.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

void main() {
  uint pixel = globalIndex();
  if (pixel >= FRAME.width * FRAME.height) return;
  FrameRef frame = FrameRef(push.frame);
  PointsOf points = PointsOf(frame.value.points);
  uint y = pixel / frame.value.width;
  uint x = pixel - y * frame.value.width;
  vec3 radiance = Vec3s(frame.value.radiance).at[pixel];
  float distance_m = points.at[pixel].distance_m;
  if (distance_m > 0.0f) {
    Vec3s gathered = Vec3s(frame.value.gathered);
    uint scale = frame.value.gatherScale;
    if (scale == 1u) {
      radiance += points.at[pixel].diffuse * gathered.at[pixel];
    } else {
      vec3 normal = points.at[pixel].normal;
      vec3 position = points.at[pixel].position;
      float tolerance = 1.0f / (0.01f * distance_m + 0.01f);
      vec3 sum = vec3(0.0f);
      float weights = 0.0f;
      for (uint k = 0u; k < 4u; ++k) {
        uint gx = min(x / scale + (k & 1u), frame.value.gatherWidth - 1u);
        uint gy = min(y / scale + (k >> 1u), frame.value.gatherHeight - 1u);
        uint other = min(gy * scale, frame.value.height - 1u) * frame.value.width + min(gx * scale, frame.value.width - 1u);
        if (points.at[other].distance_m < 0.0f) continue;
        float plane = abs(dot(points.at[other].position - position, normal)) * tolerance;
        float facing = max(dot(points.at[other].normal, normal), 0.0f);
        float ax = 1.0f - abs(float(x) / float(scale) - float(gx));
        float ay = 1.0f - abs(float(y) / float(scale) - float(gy));
        float weight = max(ax, 0.02f) * max(ay, 0.02f) * (facing * facing * max(1.0f - plane, 0.0f) + 1e-4f);
        sum += gathered.at[gy * frame.value.gatherWidth + gx] * weight;
        weights += weight;
      }
      if (weights > 0.0f) radiance += points.at[pixel].diffuse * sum * (1.0f / weights);
    }
  }
  if (frame.value.light.glowLampCount > 0u) {
    Vec4s glow = Vec4s(frame.value.glow);
    float reach = distance_m < 0.0f ? kCameraFar_m : distance_m;
    float px = (float(x) - 1.0f) * 0.25f;
    float py = (float(y) - 1.0f) * 0.25f;
    vec3 sum = vec3(0.0f);
    float weights = 0.0f;
    for (uint k = 0u; k < 4u; ++k) {
      float cellX = floor(px) + float(k & 1u);
      float cellY = floor(py) + float(k >> 1u);
      uint gx = uint(clamp(cellX, 0.0f, float(frame.value.glowWidth - 1u)));
      uint gy = uint(clamp(cellY, 0.0f, float(frame.value.glowHeight - 1u)));
      vec4 there = glow.at[gy * frame.value.glowWidth + gx];
      float apart = abs(expOf(-frame.value.light.extinction_1pm * min(there.w, reach)) - expOf(-frame.value.light.extinction_1pm * reach));
      float weight = max(1.0f - abs(px - cellX), 0.02f) * max(1.0f - abs(py - cellY), 0.02f) * (1.0f / (0.02f + apart));
      sum += vec3(there.x, there.y, there.z) * weight;
      weights += weight;
    }
    radiance += sum * (1.0f / weights);
  }
  Vec3s total = Vec3s(frame.value.sum);
  vec3 before = push.sampleIndex == 0u ? vec3(0.0f) : total.at[pixel];
  total.at[pixel] = before + radiance * (1.0f / float(frame.value.samples));
}
