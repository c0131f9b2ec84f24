// Panes: a ray that met glass leaves the sky's reflection in its pixel and goes on behind it, weaker. Pass 0 takes the first pane, pass 1 the second,
// pass 2 only collects what was met behind it. Between passes the rays that go on are traced.

void cameraPanes(uint i) {
  FrameRef frame = FrameRef(push.frame);
  uint pixel = Words(frame.value.lists).at[listBegin(kListPanes) + i];
  Rays rays = Rays(frame.value.rays);
  Hits hits = Hits(frame.value.hits);
  Rays on = Rays(frame.value.detourRays);
  Hit hit;
  Ray ray = rays.at[pixel];
  vec3 light = vec3(0.0f);
  vec3 through = vec3(1.0f);
  bool reached = true;
  if (push.pass == 0u) {
    hit = hits.at[pixel];
    rays.at[pixel].beam = pixel | kSeenThroughPane;
  } else {
    reached = on.at[i].mask != 0u;
    hit = Hits(frame.value.detourHits).at[i];
    if (reached) hits.at[pixel] = hit;
    light = Vec3s(frame.value.radiance).at[pixel];
    through = Vec3s(frame.value.pending).at[pixel];
  }
  bool goesOn = false;
  if (push.pass < 2u && reached && hit.instance != kNoHit) {
    SurfaceHit s = resolveHit(frame, ray, hit, true);
    float transmission = Materials(frame.value.scene.materials).at[s.material].transmission;
    if (transmission > 0.0f) {
      float cosine = -dot(ray.direction, s.normal);
      float mirrored = paneReflectance(cosine, 1.5f);
      vec3 reflected = ray.direction + s.normal * (2.0f * cosine);
      float fog = airLetsThrough(frame, ray, s.position.z, hit.t);
      light += through * skyRadiance(frame, s.position.z, reflected, false) * (mirrored * fog);
      // One pane is two faces of 4 %: the table's transmission has them in it.
      through *= min((1.0f - mirrored) * transmission / 0.92f, 1.0f);
      goesOn = true;
    }
  }
  Vec3s(frame.value.radiance).at[pixel] = light;
  Vec3s(frame.value.pending).at[pixel] = through;
  ray.tMin = hit.t + 1e-3f + 1e-5f * hit.t;
  ray.mask = goesOn ? 0xffffffffu : 0u;
  on.at[i] = ray;
}
