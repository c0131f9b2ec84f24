// Wet ground: a film of water on a share of a rough surface darkens what it covers and mirrors what is over it.
//
// A beam that comes back the way it went (LiDAR) crosses the film twice, in each polarisation
//   t = T rho T / (1 - rho R),  R the film's Fresnel reflectance at the angle of incidence, T = 1 - R
// and the ground returns (1 - f) rho + f t, f the share of the texture that water fills [Hahner et al., "LiDAR snowfall
// simulation for robust 3D object detection", CVPR 2022; sensor_physics 3.5]. To the eye, lit from everywhere, the film
// also keeps light in that meets it from below beyond the critical angle
//   rho' = T rho T / (n^2 (1 - rho R_d)),  R_d = 1 - T_d / n^2
// with T_d the film's transmittance for diffuse light from above [Lekner and Dorf, "Why some things are darker when
// wet", Applied Optics 27, 1988; Angstrom 1925].
#ifndef NIGHTFOG_SHARED_WET_GROUND_H
#define NIGHTFOG_SHARED_WET_GROUND_H
#include "engine/shared/brdf.h"
#include "engine/shared/language.h"
NF_SHARED_BEGIN

NF_CONST float kWaterIndex = 1.3296011f;  ///< of water in air: 1.33 / 1.0003
NF_CONST float kWaterIndexSquared = 1.7678391f;
NF_CONST float kWaterDiffuseReflectance = 0.0659f;  ///< of diffuse light from above; a test integrates it
NF_CONST float kWaterF0 = 0.02f;

/// What gets wet: ground that lies open, by class of the taxonomy (engine/record/taxonomy.hpp).
NF_CONST uint kClassRoad = 1u, kClassLaneMarking = 2u, kClassSidewalk = 3u, kClassKerb = 4u, kClassParking = 6u;
NF_CONST float kLevelCosine = 0.7f;  ///< ground is what faces up at least so much

NF_FN bool isWettable(uint semantic, float upward) {
  return upward > kLevelCosine && (semantic == kClassRoad || semantic == kClassLaneMarking ||
                                   semantic == kClassSidewalk || semantic == kClassKerb || semantic == kClassParking);
}

/// Fresnel reflectance of a water surface met from air, across (s) and along (p) the plane of incidence.
NF_FN vec2 waterFresnel(float cosine) {
  NF_PRECISE float c = clamp(cosine, 0.0f, 1.0f);
  NF_PRECISE float inside = sqrt(1.0f - (1.0f - c * c) / kWaterIndexSquared);
  NF_PRECISE float s = (c - kWaterIndex * inside) / (c + kWaterIndex * inside);
  NF_PRECISE float p = (kWaterIndex * c - inside) / (kWaterIndex * c + inside);
  NF_PRECISE vec2 result = vec2(s * s, p * p);
  return result;
}

/// Of unpolarised light.
NF_FN float waterReflectance(float cosine) {
  vec2 r = waterFresnel(cosine);
  NF_PRECISE float result = 0.5f * (r.x + r.y);
  return result;
}

/// Reflectance of ground for a beam that comes back the way it went, `film` 0 dry … 1 under water everywhere.
NF_FN float wetBeamReflectance(float reflectance, float cosine, float film) {
  vec2 r = waterFresnel(cosine);
  NF_PRECISE float s = (1.0f - r.x) * (1.0f - r.x) / (1.0f - reflectance * r.x);
  NF_PRECISE float p = (1.0f - r.y) * (1.0f - r.y) / (1.0f - reflectance * r.y);
  NF_PRECISE float result = reflectance * (1.0f - film + film * 0.5f * (s + p));
  return result;
}

/// Diffuse albedo of ground under water, without the film's transmittance at either crossing.
NF_FN vec3 albedoUnderWater(vec3 albedo) {
  float inner = 1.0f - (1.0f - kWaterDiffuseReflectance) / kWaterIndexSquared;
  return albedo / ((vec3(1.0f) - albedo * inner) * kWaterIndexSquared);
}

/// Perceptual roughness of the film's surface: a thin film follows the stones, a full one lies smooth but for ripples.
NF_FN float filmRoughness(float film) {
  return 0.46f - 0.32f * film;
}

/// f, 1/sr, of ground under a film of this roughness squared. n, v, l are unit vectors; 0 below the horizon.
NF_FN vec3 evaluateFilmBrdf(vec3 albedo, float alpha, vec3 n, vec3 v, vec3 l) {
  float nDotL = dot(n, l);
  float nDotV = dot(n, v);
  if (nDotL <= 0.0f || nDotV <= 0.0f) return vec3(0.0f);
  vec3 sum = v + l;
  float sum2 = dot(sum, sum);
  if (sum2 < 1e-12f) return vec3(0.0f);
  vec3 h = sum * (1.0f / sqrt(sum2));
  float nDotH = clamp(dot(n, h), 0.0f, 1.0f);
  float mirrored = waterReflectance(dot(h, v)) * ggxDistribution(nDotH, alpha) * smithVisibility(nDotL, nDotV, alpha);
  float through = (1.0f - waterReflectance(nDotL)) * (1.0f - waterReflectance(nDotV));
  return albedoUnderWater(albedo) * (through / kPiFloat) + vec3(mirrored);
}

NF_SHARED_END
#endif
