// Pixels that show a surface: emission, one sample of all lights, and what the detours of light will be multiplied with. Shadow rays lie surface
// by surface, those that stand first; `pass` is the number of the first.

/// Even over every 3 x 3 pixels [Jimenez, "Next generation post processing in Call of Duty", SIGGRAPH 2014].
float interleavedGradient(vec2 p) { return fract(52.9829189f * fract(0.06711056f * p.x + 0.00583715f * p.y)); }

void cameraSurface(uint i, bool moves) {
  FrameRef frame = FrameRef(push.frame);
  uint pixel = Words(frame.value.lists).at[listBegin(moves ? kListMoving : kListStill) + i];
  uint item = push.pass + i;
  Ray ray = Rays(frame.value.rays).at[pixel];
  Hit hit = Hits(frame.value.hits).at[pixel];
  Vec3s radiance = Vec3s(frame.value.radiance);
  SurfaceHit s = resolveHit(frame, ray, hit, moves);
  vec3 view = -ray.direction;
  float nDotV = max(dot(s.normal, view), 0.01f);
  uint detail;
  ShadingMaterial m = materialAt(frame, s, hit.t / (push.fx * max(nDotV, 0.15f)), detail);
  float fog = airLetsThrough(frame, ray, s.position.z, hit.t);
  vec3 light = throughFog(emissionAt(frame, s), airlightAlong(frame, ray.direction.z), fog);
  vec3 through = vec3(1.0f);
  if ((ray.beam & kSeenThroughPane) != 0u) {
    through = Vec3s(frame.value.pending).at[pixel];
    light = radiance.at[pixel] + through * light;
  }
  radiance.at[pixel] = light;
  through *= fog;

  // Neighbours look at different parts of the sun's disk, evenly: their mean, which the lens makes, is then smooth.
  uvec4 bits = randomBits(pixel, kPurposeLightSample);
  float turn = float(push.frameNumber & 63u) * 5.588238f + float(push.sampleIndex) * 0.618034f;
  vec2 place = vec2(float(pixel % push.width), float(pixel / push.width)) + vec2(5.588238f * float(push.frameNumber & 63u));
  bits.x = uint(fract(interleavedGradient(vec2(place.y, place.x)) + turn) * 4294967040.0f);
  bits.y = uint(fract(interleavedGradient(place) + turn) * 4294967040.0f);
  LightSample sampled = sampleLight(frame, s, m, detail, view, bits);
  Vec3s(frame.value.shadowed).at[item] = sampled.radiance * through;
  Rays(frame.value.shadowRays).at[item] = shadowRay(s, sampled, hit.t, ray.time_s);

  float roughness = sqrt(m.alpha);
  vec3 diffuse = m.base * ((1.0f - m.metallic) * (1.0f - kDielectricF0) * (1.0f - schlickWeight(nDotV))) * through;
  vec3 specular = specularAlbedoFit(specularF0(m), roughness, nDotV) * through;
  if (m.film > 0.0f) {  // what the dry share mirrors is as wide as the hemisphere
    float lets = (1.0f - waterReflectance(nDotV)) * (1.0f - kWaterDiffuseReflectance);
    diffuse = mix(diffuse + specular, albedoUnderWater(m.base) * lets * through, m.film);
    roughness = filmRoughness(m.film);
    specular = specularAlbedoFit(vec3(kWaterF0), roughness, nDotV) * m.film * through;
  }
  bool glossy = roughness < kGlossyRoughness;
  if (glossy && detail == kDetailPaint) {
    // Clear coat over flakes: the coat mirrors the street sharply, what the flakes send back is wide.
    vec3 coat = min(specularAlbedoFit(vec3(kDielectricF0), kClearCoatRoughness, nDotV) * through, specular);
    diffuse += specular - coat;
    specular = coat;
    roughness = kClearCoatRoughness;
  }
  if (!glossy) {  // its reflection is as wide as the hemisphere
    diffuse += specular;
    specular = vec3(0.0f);
  }
  CameraPoint point;
  point.distance_m = hit.t;
  point.normal = s.normal;
  point.diffuse = diffuse;
  point.specular = specular;
  point.roughness = roughness;
  PointsOf(frame.value.points).at[pixel] = point;
  if (glossy && luminanceOf(specular) > 0.002f * fog) appendTo(kListGlossy, pixel);
}
