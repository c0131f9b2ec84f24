// From radiance to the eight-bit image: the lens's softness, glare, dirt and vignetting, the sensor's noise, white balance, tone curve, sRGB code.

vec3 glareAt(FrameRef frame, uint x, uint y) {
  uint w = (push.width + 7u) / 8u;
  uint h = (push.height + 7u) / 8u;
  float px = clamp((float(x) - 3.5f) * 0.125f, 0.0f, float(w - 1u));
  float py = clamp((float(y) - 3.5f) * 0.125f, 0.0f, float(h - 1u));
  uint x0 = uint(px);
  uint y0 = uint(py);
  uint x1 = min(x0 + 1u, w - 1u);
  uint y1 = min(y0 + 1u, h - 1u);
  float fx = px - float(x0);
  float fy = py - float(y0);
  Vec3s plane = Vec3s(frame.value.glare);
  uint first = 3u * w * h;
  return mix(mix(plane.at[first + y0 * w + x0], plane.at[first + y0 * w + x1], fx), mix(plane.at[first + y1 * w + x0], plane.at[first + y1 * w + x1], fx), fy);
}

void cameraDevelop(uint pixel) {
  FrameRef frame = FrameRef(push.frame);
  SensorModel sensor = frame.value.sensor;
  uint y = pixel / push.width;
  uint x = pixel - y * push.width;
  Vec3s plane = Vec3s(frame.value.sum);
  // What no sensor resolves, no neighbour may be flooded with: highlights are bounded before they are spread.
  vec3 most = vec3(64.0f * sensor.headroom / sensor.scale);
  vec3 centre = plane.at[pixel];
  if (sensor.softness > 0.0f) {
    uint left = x > 0u ? pixel - 1u : pixel;
    uint right = x + 1u < push.width ? pixel + 1u : pixel;
    uint above = y > 0u ? pixel - push.width : pixel;
    uint below = y + 1u < push.height ? pixel + push.width : pixel;
    vec3 ring = min(plane.at[left], most) + min(plane.at[right], most) + min(plane.at[above], most) + min(plane.at[below], most);
    centre = min(centre, most) * (1.0f - sensor.softness) + ring * (0.25f * sensor.softness);
  }
  vec3 light = centre * (1.0f - sensor.glare) + glareAt(frame, x, y) * sensor.glare;
  if (frame.value.hasDirt != 0u) {
    float blocked = Floats(frame.value.dirt).at[pixel];
    light = light * (1.0f - blocked) + glareAt(frame, x, y) * (blocked * frame.value.dirtScattered);
  }
  float rx = (float(x) - frame.value.lens.cx) / push.fx;
  float ry = (float(y) - frame.value.lens.cy) / push.fx;
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
