// One ray per pixel: for the image through a random place of the pixel at a random instant of its row's exposure; for the truth (pass 1) through
// the pixel's centre at the middle of it.

void cameraRays(uint i) {
  FrameRef frame = FrameRef(push.frame);
  uint pixel = windowBegin() + i;
  uint y = pixel / push.width;
  uint x = pixel - y * push.width;
  vec2 place = vec2(float(x), float(y));
  float instant = 0.5f;
  if (push.pass == 0u) {
    uvec4 bits = randomBits(pixel, kPurposeLensSample);
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
  Rays(frame.value.rays).at[pixel] = ray;
}
