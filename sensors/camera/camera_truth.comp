// Ground truth of each pixel, of the first surface on the ray through its centre: depth, class, object, and (kNormals) the normal.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/camera_data.h"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };
layout(constant_id = 0) const uint kNormalsWord = 0u;
const bool kNormals = kNormalsWord != 0u;
#include "sensors/camera/camera_scene.glsl"

void main() {
  uint pixel = globalIndex();
  if (pixel >= push.count) return;
  FrameRef frame = FrameRef(push.frame);
  Ray ray = Rays(frame.value.rays).at[pixel];
  Hit hit = Hits(frame.value.hits).at[pixel];
  float depth = 0.0f;
  uint semantic = 0u;
  uint object = 0u;
  uint normal = 0u;
  if (hit.instance != kNoHit) {
    SurfaceHit s = resolveHit(frame, ray, hit, true);
    PoseKey pose = cameraPose(frame, ray.time_s);
    depth = hit.t * rotateBack(pose.rotation, ray.direction).z;
    semantic = s.semantic;
    object = s.object;
    if (kNormals) normal = encodeOctahedral(s.normal);
  }
  Floats(frame.value.depth).at[pixel] = depth;
  Words(frame.value.semantic).at[pixel] = semantic;
  Words(frame.value.instance).at[pixel] = object;
  if (kNormals) Words(frame.value.normals).at[pixel] = normal;
}
