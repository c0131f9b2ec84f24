// The surface of each pixel: emission, one sample of all lights, and what the detours of light will be multiplied with.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "sensors/camera/camera_scene.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { CameraPush push; };

void main() {
  uint pixel = globalIndex();
  if (pixel >= FRAME.width * FRAME.height) return;
  FrameRef frame = FrameRef(push.frame);
  Ray ray = Rays(frame.value.rays).at[pixel];
  Hit hit = Hits(frame.value.hits).at[pixel];
  vec3 through = Vec3s(frame.value.pending).at[pixel];
  Vec3s radiance = Vec3s(frame.value.radiance);
  CameraPoint point;
  point.position = vec3(0.0f);
  point.distance_m = -1.0f;
  point.normal = vec3(0.0f);
  point.roughness = 0x3f800000u;
  point.diffuse = vec3(0.0f);
  point.specular = vec3(0.0f);
  if (hit.instance == kNoHit) {
    vec3 sky = skyRadiance(frame, ray.direction, true);
    vec3 disk = sunDisk(frame, ray.direction);
    radiance.at[pixel] += through * (sky + disk);
    PointsOf(frame.value.points).at[pixel] = point;
    Vec3s(frame.value.pending).at[pixel] = vec3(0.0f);
    ray.mask = 0u;
    Rays(frame.value.shadowRays).at[pixel] = ray;
    return;
  }
  SurfaceHit s = resolveHit(frame, ray, hit);
  vec3 view = -ray.direction;
  float nDotV = max(dot(s.normal, view), 0.01f);
  uint detail;
  ShadingMaterial m = materialAt(frame, s, hit.t / (frame.value.lens.fx * max(nDotV, 0.15f)), detail);
  float fog = fogTransmittance(frame.value.light.extinction_1pm, hit.t);
  radiance.at[pixel] += through * throughFog(emissionAt(frame, s), frame.value.light.airlight, fog);
  through *= fog;

  uvec4 bits = philox4x32(uvec4(pixel, frame.value.sensor.frame, kPurposeLightSample, push.sampleIndex), randomKey(frame));
  LightSample light = sampleLight(frame, s, m, detail, view, bits);
  Vec3s(frame.value.pending).at[pixel] = light.radiance * through;
  Rays(frame.value.shadowRays).at[pixel] = shadowRay(s, light, hit.t, ray.time_s);

  float roughness = sqrt(m.alpha);
  vec3 specular = specularAlbedoFit(specularF0(m), roughness, nDotV);
  point.position = s.position + s.faceNormal * (0.001f + 2e-5f * hit.t);
  point.distance_m = hit.t;
  point.normal = s.normal;
  point.roughness = floatBitsToUint(roughness);
  point.diffuse = m.base * ((1.0f - m.metallic) * (1.0f - kDielectricF0) * (1.0f - schlickWeight(nDotV))) * through;
  point.specular = specular * through;
  if (roughness >= kGlossyRoughness) {  // its reflection is as wide as the hemisphere
    point.diffuse += point.specular;
    point.specular = vec3(0.0f);
  }
  PointsOf(frame.value.points).at[pixel] = point;
  if (roughness < kGlossyRoughness && luminanceOf(point.specular) > 0.002f * fog) {
    Words list = Words(frame.value.glossyPixels);
    uint place = atomicAdd(list.at[0], 1u);
    list.at[1u + place] = pixel;
  }
}
