// Panes: a ray that met glass leaves the sky's reflection in its pixel and goes on behind it, weaker; every other ray rests. Pass 0 starts a
// sample; the last pass only collects. Between passes the rays that go on are traced again into shadowHits.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

NF_CONST uint kLastPass = 2u;

void main() {
  uint pixel = globalIndex();
  if (pixel >= FRAME.width * FRAME.height) return;
  FrameRef frame = FrameRef(push.frame);
  Rays rays = Rays(frame.value.rays);
  Hits hits = Hits(frame.value.hits);
  Vec3s radiance = Vec3s(frame.value.radiance);
  Vec3s through = Vec3s(frame.value.pending);  // until the light sample is made: share of light that the panes let through
  Ray ray = rays.at[pixel];
  if (push.pass == 0u) {
    radiance.at[pixel] = vec3(0.0f);
    through.at[pixel] = vec3(1.0f);
  } else {
    if (ray.mask == 0u) return;
    hits.at[pixel] = Hits(frame.value.shadowHits).at[pixel];
  }
  Hit hit = hits.at[pixel];
  bool goesOn = false;
  if (push.pass < kLastPass && hit.instance != kNoHit) {
    SurfaceHit s = resolveHit(frame, ray, hit);
    float transmission = Materials(frame.value.scene.materials).at[s.material].transmission;
    if (transmission > 0.0f) {
      float cosine = -dot(ray.direction, s.normal);
      float mirrored = paneReflectance(cosine, 1.5f);
      vec3 reflected = ray.direction + s.normal * (2.0f * cosine);
      float fog = fogTransmittance(frame.value.light.extinction_1pm, hit.t);
      radiance.at[pixel] += through.at[pixel] * skyRadiance(frame, reflected, false) * (mirrored * fog);
      through.at[pixel] *= (1.0f - mirrored) * transmission / 0.92f;
      ray.tMin = hit.t + 1e-3f + 1e-5f * hit.t;
      goesOn = true;
    }
  }
  ray.mask = goesOn ? 0xffffffffu : 0u;
  rays.at[pixel] = ray;
}
