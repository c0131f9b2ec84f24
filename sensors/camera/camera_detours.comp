// Rays of light's detours: first those that gather over the hemisphere, one for each pixel or each block of pixels; then the reflections of
// glossy pixels.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

void main() {
  uint i = globalIndex();
  if (i >= push.count) return;
  FrameRef frame = FrameRef(push.frame);
  uint gatherCount = frame.value.gatherWidth * frame.value.gatherHeight;
  uint pixel;
  bool gathers = i < gatherCount;
  if (gathers) {
    uint y = i / frame.value.gatherWidth;
    uint x = i - y * frame.value.gatherWidth;
    uint scale = frame.value.gatherScale;
    pixel = min(y * scale, frame.value.height - 1u) * frame.value.width + min(x * scale, frame.value.width - 1u);
  } else {
    pixel = Words(frame.value.glossyPixels).at[1u + i - gatherCount];
  }
  CameraPoint point = PointsOf(frame.value.points).at[pixel];
  Ray ray = Rays(frame.value.rays).at[pixel];
  uvec4 bits = philox4x32(uvec4(pixel, frame.value.sensor.frame, kPurposeBounce, push.sampleIndex), randomKey(frame));
  vec3 t;
  vec3 b;
  vec3 direction = vec3(0.0f, 0.0f, 1.0f);
  float weight = 0.0f;
  if (point.distance_m > 0.0f) {
    tangentFrame(point.normal, t, b);
    if (gathers) {
      vec3 d = sampleCosine(unitFloat(bits.x), unitFloat(bits.y));
      direction = t * d.x + b * d.y + point.normal * d.z;
      weight = 1.0f;
    } else {
      vec3 view = -ray.direction;
      vec3 local = vec3(dot(view, t), dot(view, b), max(dot(view, point.normal), 0.01f));
      float roughness = uintBitsToFloat(point.roughness);
      // Filtered pictures take the lobe narrower than it is: one ray a pixel shows its blur as grain.
      float alpha = roughness * roughness * (frame.value.gatherScale > 1u ? 0.3f : 1.0f);
      vec3 h = sampleVisibleNormal(local, max(alpha, kMinAlpha), unitFloat(bits.z), unitFloat(bits.w));
      vec3 d = h * (2.0f * dot(h, local)) - local;
      if (d.z > 0.0f) {
        direction = t * d.x + b * d.y + point.normal * d.z;
        weight = 1.0f;
      }
    }
  }
  ray.origin = point.position;
  ray.tMin = 0.0f;
  ray.direction = normalize(direction);
  ray.tMax = kCameraFar_m;
  ray.target = kAnyTarget;
  ray.mask = weight > 0.0f ? 0xffffffffu : 0u;
  ray.beam = pixel;
  Rays(frame.value.detourRays).at[i] = ray;
}
