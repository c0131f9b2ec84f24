// Where the surface point of each pixel goes by the next frame, and the ray that asks whether it can be seen there.

void cameraFlow(uint i) {
  FrameRef frame = FrameRef(push.frame);
  uint pixel = windowBegin() + i;
  Ray ray = Rays(frame.value.rays).at[pixel];
  Hit hit = Hits(frame.value.hits).at[pixel];
  bool met = hit.instance != kNoHit;
  vec3 next = ray.origin + ray.direction * hit.t;
  Instance instance;
  instance.keyCount = 0u;
  instance.shapeCount = 1u;
  if (met) instance = Instances(frame.value.scene.instances).at[hit.instance];
  // The row that sees the point in the next frame, and so the instant, depend on where the point is then: rounds of a contraction.
  uint y = pixel / push.width;
  uint x = pixel - y * push.width;
  bool moves = instance.keyCount > 1u;
  vec3 body = vec3(0.0f);
  if (moves) body = pointToBody(instancePose(frame, instance.firstKey, instance.keyCount, ray.time_s, true), next);
  float row = float(y);
  vec2 place = vec2(float(x), row);
  bool inView = false;
  Ray back = ray;
  bool settled = false;
  for (int round = 0; round < 4 && !settled; ++round) {
    float time_s = rowInstant(frame.value.nextShutter, clamp(row, 0.0f, float(push.height - 1u)), 0.5f);
    PoseKey pose = cameraPose(frame, time_s);
    if (moves) {
      PoseKey later = instancePose(frame, instance.firstKey, instance.keyCount, time_s, true);
      if (instance.shapeCount > 1u) body = bentPoint(frame, instance, hit, later);
      next = pointToFrame(later, body);
    }
    // The sky goes with the camera's turning.
    vec3 seen = met ? pointToBody(pose, next) : rotateBack(pose.rotation, ray.direction);
    inView = projectPoint(frame.value.lens, seen, place);
    settled = abs(place.y - row) * frame.value.nextShutter.rowTime_s < 1e-7f;  // s
    row = place.y;
    back.time_s = time_s;
    back.origin = pose.translation;
  }
  bool inside = inView && place.x >= -0.5f && place.y >= -0.5f && place.x < float(push.width) - 0.5f && place.y < float(push.height) - 0.5f;
  vec3 way = next - back.origin;
  float far = length(way);
  back.direction = met ? way * (1.0f / max(far, 1e-6f)) : ray.direction;
  back.tMin = kCameraHousing_m;
  back.tMax = met ? far - (0.004f + 2e-4f * far) : kCameraFar_m;
  back.mask = inside ? 0xffffffffu : 0u;
  Rays(frame.value.rays).at[pixel] = back;
  Vec2s(frame.value.flow).at[pixel] = inView ? place - vec2(float(x), float(y)) : vec2(0.0f);
  Words(frame.value.flowState).at[pixel] = inView ? (inside ? 1u : 3u) : 0u;
}
