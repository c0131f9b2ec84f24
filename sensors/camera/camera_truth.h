// Ground truth of each pixel, of the first surface on the ray through its centre: depth, class, object, and (kNormals) the normal.

void cameraTruth(uint i, bool withNormals) {
  FrameRef frame = FrameRef(push.frame);
  uint pixel = windowBegin() + i;
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
    if (withNormals) normal = encodeOctahedral(s.normal);
  }
  Floats(frame.value.depth).at[pixel] = depth;
  Words(frame.value.semantic).at[pixel] = semantic;
  Words(frame.value.instance).at[pixel] = object;
  if (withNormals) Words(frame.value.normals).at[pixel] = normal;
}
