// Rays of pixels again, each aimed at one object alone.

void cameraAim(uint i) {
  FrameRef frame = FrameRef(push.frame);
  CameraAim aim = Aims(frame.value.aims).at[i];
  uint y = aim.pixel / push.width;
  uint x = aim.pixel - y * push.width;
  float time_s = rowInstant(frame.value.shutter, float(y), 0.5f);
  PoseKey pose = cameraPose(frame, time_s);
  Ray ray;
  ray.origin = pose.translation;
  ray.tMin = kCameraHousing_m;
  ray.direction = rotateBy(pose.rotation, unprojectPixel(frame.value.lens, vec2(float(x), float(y))));
  ray.tMax = kCameraFar_m;
  ray.time_s = time_s;
  ray.target = aim.object;
  ray.mask = 0xffffffffu;
  ray.beam = aim.pixel;
  Rays(frame.value.detourRays).at[i] = ray;
}
