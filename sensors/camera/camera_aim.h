// The rays of rectangles of pixels again, each aimed at one object alone; pixels that show the object already rest. `pass`: number of rectangles.

void cameraAim(uint i) {
  FrameRef frame = FrameRef(push.frame);
  Aims aims = Aims(frame.value.aims);
  uint low = 0u;
  uint high = push.pass;
  while (high - low > 1u) {
    uint middle = (low + high) / 2u;
    if (aims.at[middle].firstRay <= i) {
      low = middle;
    } else {
      high = middle;
    }
  }
  CameraAim aim = aims.at[low];
  uint inRect = i - aim.firstRay;
  uint y = aim.top + inRect / aim.width;
  uint x = aim.left + inRect % aim.width;
  uint pixel = y * push.width + x;
  float time_s = rowInstant(frame.value.shutter, float(y), 0.5f);
  PoseKey pose = cameraPose(frame, time_s);
  Ray ray;
  ray.origin = pose.translation;
  ray.tMin = kCameraHousing_m;
  ray.direction = rotateBy(pose.rotation, unprojectPixel(frame.value.lens, vec2(float(x), float(y))));
  ray.tMax = kCameraFar_m;
  ray.time_s = time_s;
  ray.target = aim.object;
  ray.mask = Words(frame.value.instance).at[pixel] == aim.object ? 0u : 0xffffffffu;
  ray.beam = pixel;
  Rays(frame.value.detourRays).at[i] = ray;
}
