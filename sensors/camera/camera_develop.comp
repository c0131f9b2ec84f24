// From radiance to the eight-bit image: the lens's softness, glare and vignetting, the sensor's noise, white balance, tone curve, sRGB code.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

vec3 glareAt(FrameRef frame, uint x, uint y) {
  float px = clamp((float(x) - 3.5f) * 0.125f, 0.0f, float(frame.value.glareWidth - 1u));
  float py = clamp((float(y) - 3.5f) * 0.125f, 0.0f, float(frame.value.glareHeight - 1u));
  uint w = frame.value.glareWidth;
  uint planeSize = w * frame.value.glareHeight;
  uint x0 = uint(px);
  uint y0 = uint(py);
  uint x1 = min(x0 + 1u, w - 1u);
  uint y1 = min(y0 + 1u, frame.value.glareHeight - 1u);
  float fx = px - float(x0);
  float fy = py - float(y0);
  Vec3s plane = Vec3s(frame.value.glare);
  vec3 sum = vec3(0.0f);
  for (uint lobe = 2u; lobe < 4u; ++lobe) {
    uint first = lobe * planeSize;
    sum += mix(mix(plane.at[first + y0 * w + x0], plane.at[first + y0 * w + x1], fx), mix(plane.at[first + y1 * w + x0], plane.at[first + y1 * w + x1], fx), fy);
  }
  return sum * 0.5f;
}

void main() {
  uint pixel = globalIndex();
  if (pixel >= FRAME.width * FRAME.height) return;
  FrameRef frame = FrameRef(push.frame);
  SensorModel sensor = frame.value.sensor;
  uint y = pixel / frame.value.width;
  uint x = pixel - y * frame.value.width;
  Vec3s plane = Vec3s(frame.value.sum);
  // What no sensor resolves, no neighbour may be flooded with: highlights are bounded before they are spread.
  vec3 most = vec3(64.0f * sensor.headroom / sensor.scale);
  vec3 centre = plane.at[pixel];
  vec3 ring = vec3(0.0f);
  float weights = 0.0f;
  if (sensor.softness > 0.0f) {
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        if (dx == 0 && dy == 0) continue;
        uint nx = uint(clamp(int(x) + dx, 0, int(frame.value.width) - 1));
        uint ny = uint(clamp(int(y) + dy, 0, int(frame.value.height) - 1));
        float weight = dx == 0 || dy == 0 ? 2.0f : 1.0f;
        ring += min(plane.at[ny * frame.value.width + nx], most) * weight;
        weights += weight;
      }
    }
    centre = min(centre, most) * (1.0f - sensor.softness) + ring * (sensor.softness / weights);
  }
  vec3 light = centre * (1.0f - sensor.glare) + glareAt(frame, x, y) * sensor.glare;
  float rx = (float(x) - frame.value.lens.cx) / frame.value.lens.fx;
  float ry = (float(y) - frame.value.lens.cy) / frame.value.lens.fy;
  float cos2 = 1.0f / (1.0f + rx * rx + ry * ry);
  light *= mix(1.0f, cos2 * cos2, sensor.vignetting);
  vec3 signal = sensePixel(sensor, light * sensor.scale, pixel) * sensor.whiteBalance;
  // A car camera's colours are muted: a tenth of the way to grey.
  float grey = luminanceOf(signal);
  signal = mix(signal, vec3(grey), 0.1f);
  uint r = toByte(encodeSrgb(toneCurve(signal.x, sensor.headroom)));
  uint g = toByte(encodeSrgb(toneCurve(signal.y, sensor.headroom)));
  uint b = toByte(encodeSrgb(toneCurve(signal.z, sensor.headroom)));
  Words(frame.value.image).at[pixel] = r | (g << 8u) | (b << 16u) | 0xff000000u;
}
