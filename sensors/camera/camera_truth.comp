// Ground truth of each pixel, of the first surface on the ray through its centre: depth, class, object, normal, and where it goes by the next frame.
// A flow ray per pixel asks whether it can be seen there.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

void main() {
  uint pixel = globalIndex();
  if (pixel >= FRAME.width * FRAME.height) return;
  FrameRef frame = FrameRef(push.frame);
  Ray ray = Rays(frame.value.truthRays).at[pixel];
  Hit hit = Hits(frame.value.truthHits).at[pixel];
  float depth = 0.0f;
  uint semantic = 0u;
  uint object = 0u;
  uint normal = 0u;
  vec3 next = ray.origin + ray.direction * 1e5f;  // the sky goes with the camera's turning
  Instance instance;
  instance.keyCount = 0u;
  if (hit.instance != kNoHit) {
    SurfaceHit s = resolveHit(frame, ray, hit);
    PoseKey pose = cameraPose(frame, ray.time_s);
    depth = hit.t * rotateBack(pose.rotation, ray.direction).z;
    semantic = s.semantic;
    object = s.object;
    normal = encodeOctahedral(s.normal);
    instance = Instances(frame.value.scene.instances).at[hit.instance];
    next = s.position;
  }
  Floats(frame.value.depth).at[pixel] = depth;
  Words(frame.value.semantic).at[pixel] = semantic;
  Words(frame.value.instance).at[pixel] = object;
  Words(frame.value.normals).at[pixel] = normal;
  if (push.pass == 0u) return;

  // The row that sees the point in the next frame, and so the instant, depend on where the point is then: three rounds of a contraction.
  uint y = pixel / frame.value.width;
  uint x = pixel - y * frame.value.width;
  vec3 body = vec3(0.0f);
  if (instance.keyCount > 1u) body = pointToBody(instancePose(frame, instance, ray.time_s), next);
  float row = float(y);
  vec2 place = vec2(float(x), row);
  bool inView = false;
  Ray back = ray;
  for (int i = 0; i < 4; ++i) {
    float time_s = rowInstant(frame.value.nextShutter, clamp(row, 0.0f, float(frame.value.height - 1u)), 0.5f);
    PoseKey pose = cameraPose(frame, time_s);
    if (instance.keyCount > 1u) next = pointToFrame(instancePose(frame, instance, time_s), body);
    if (hit.instance == kNoHit) {
      inView = projectPoint(frame.value.lens, rotateBack(pose.rotation, ray.direction), place);
    } else {
      inView = projectPoint(frame.value.lens, pointToBody(pose, next), place);
    }
    row = place.y;
    back.time_s = time_s;
    back.origin = pose.translation;
  }
  bool inside = inView && place.x >= -0.5f && place.y >= -0.5f && place.x < float(frame.value.width) - 0.5f && place.y < float(frame.value.height) - 0.5f;
  vec3 way = next - back.origin;
  float far = length(way);
  back.direction = hit.instance == kNoHit ? ray.direction : way * (1.0f / max(far, 1e-6f));
  back.tMin = kCameraHousing_m;
  back.tMax = hit.instance == kNoHit ? kCameraFar_m : far - (0.004f + 2e-4f * far);
  back.mask = inside ? 0xffffffffu : 0u;
  Rays(frame.value.truthRays).at[pixel] = back;
  Vec2s(frame.value.flow).at[pixel] = inView ? place - vec2(float(x), float(y)) : vec2(0.0f);
  Words(frame.value.flowState).at[pixel] = inView ? (inside ? 1u : 3u) : 0u;
}
