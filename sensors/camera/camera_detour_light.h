// What each detour meets: sky, or a surface with its emission, one sample of all lights, and a share of the sky for the bounces after.

void cameraDetourLight(uint i) {
  FrameRef frame = FrameRef(push.frame);
  Ray ray = Rays(frame.value.detourRays).at[i];
  bool gathers = i < gatherCount();  // draws must not depend on a list's order
  CameraDetour detour;
  detour.radiance = vec3(0.0f);
  detour.pending = vec3(0.0f);
  Ray shadow = ray;
  shadow.mask = 0u;
  if (ray.mask != 0u) {
    Hit hit = Hits(frame.value.detourHits).at[i];
    bool met = hit.instance != kNoHit;
    float transmission = 0.0f;
    vec3 beyond = ray.direction;  // where the sky is seen: ahead, or in a pane
    float from = ray.origin.z;
    if (met) {
      SurfaceHit s = resolveHit(frame, ray, hit, true);
      uint detail;
      ShadingMaterial m = materialAt(frame, s, 1e3f, detail);
      m.alpha = 1.0f;  // one bounce more is diffuse
      m.base = mix(m.base, m.base * 0.9f, m.metallic);
      m.metallic = 0.0f;
      m.retro = 0.0f;
      m.base = mix(m.base, albedoUnderWater(m.base), m.film);
      m.film = 0.0f;
      transmission = Materials(frame.value.scene.materials).at[s.material].transmission;
      from = s.position.z;
      beyond = ray.direction + s.normal * (-2.0f * dot(ray.direction, s.normal));
      LightSample light = sampleLight(frame, s, m, detail, -ray.direction, randomBits(ray.beam, gathers ? kPurposeBounceLight : kPurposeReflectedLight));
      float fog = airLetsThrough(frame, ray, s.position.z, hit.t);
      // Later bounces: the sky that a point sees half of, less where things are close together.
      float open = 0.45f * (0.5f + 0.5f * s.normal.z) * clamp(hit.t * 0.5f, 0.0f, 1.0f);
      vec3 later = m.base * push.skyIrradiance * (open / kPiFloat);
      // A luminaire's light comes by the lamps' samples; lit windows have no lamp.
      vec3 emission = emissionAt(frame, s);
      if (luminanceOf(emission) > kLuminaire_cdpm2) emission = vec3(0.0f);
      detour.radiance = throughFog(emission + later, airlightAlong(frame, ray.direction.z), fog);
      detour.pending = light.radiance * fog;
      shadow = shadowRay(s, light, hit.t, ray.time_s);
    }
    // Seen through a pane: the sky in the mirror and a dark room behind.
    detour.radiance += skyRadiance(frame, from, beyond, false) * (met ? (transmission > 0.0f ? 0.1f : 0.0f) : 1.0f);
  }
  Detours(frame.value.detours).at[i] = detour;
  Rays(frame.value.detourShadowRays).at[i] = shadow;
}
