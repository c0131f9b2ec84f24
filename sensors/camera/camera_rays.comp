// One ray per pixel: for the image through a random place of the pixel at a random instant of its row's exposure; for the truth (pass 1) through
// the pixel's centre at the middle of it.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

void main() {
  uint pixel = globalIndex();
  if (pixel >= FRAME.width * FRAME.height) return;
  FrameRef frame = FrameRef(push.frame);
  uint y = pixel / frame.value.width;
  uint x = pixel - y * frame.value.width;
  vec2 place = vec2(float(x), float(y));
  float instant = 0.5f;
  if (push.pass == 0u) {
    uvec4 bits = philox4x32(uvec4(pixel, frame.value.sensor.frame, kPurposeLensSample, push.sampleIndex), randomKey(frame));
    place += vec2(unitFloat(bits.x) - 0.5f, unitFloat(bits.y) - 0.5f);
    instant = unitFloat(bits.z);
  }
  float time_s = rowInstant(frame.value.shutter, float(y), instant);
  PoseKey pose = cameraPose(frame, time_s);
  Ray ray;
  ray.origin = pose.translation;
  ray.tMin = kCameraHousing_m;
  ray.direction = rotateBy(pose.rotation, unprojectPixel(frame.value.lens, place));
  ray.tMax = kCameraFar_m;
  ray.time_s = time_s;
  ray.target = kAnyTarget;
  ray.mask = 0xffffffffu;
  ray.beam = pixel;
  Rays(push.pass == 0u ? frame.value.rays : frame.value.truthRays).at[pixel] = ray;
}
