// How surfaces reflect: a Lambertian base under a GGX lobe, with height-correlated Smith shadowing and Schlick's
// Fresnel term.
//
//   f = (1 - metallic) base / pi (1 - F(n.l)) (1 - F(n.v)) + F(h.v) D(n.h) V(n.l, n.v)
//   D = a^2 / (pi ((a^2 - 1) c^2 + 1)^2),  a = roughness^2
//   V = 0.5 / (n.l sqrt(a^2 + (1 - a^2) (n.v)^2) + n.v sqrt(a^2 + (1 - a^2) (n.l)^2))
//
// The diffuse share that Fresnel reflection at either crossing leaves over keeps f reciprocal and its albedo at most 1
// for every angle (a test integrates it). Single scattering: the lobe's directional albedo is the table of
// [sensor_physics 4.5], 1 - ln 2 at a = 1 head-on.
#ifndef NIGHTFOG_SHARED_BRDF_H
#define NIGHTFOG_SHARED_BRDF_H
#include "engine/shared/language.h"
#include "engine/shared/math.h"
NF_SHARED_BEGIN

NF_CONST float kDielectricF0 = 0.04f;  ///< n = 1.5
NF_CONST float kMinAlpha = 0.002f;

/// What the camera needs of a material at a point.
struct ShadingMaterial {
  vec3 base;    ///< diffuse albedo, or the colour of a metal
  float alpha;  ///< roughness squared
  float metallic;
  float retro;  ///< rho_eq = pi R_A; 0: none
  float film;   ///< share under water (wet_ground.h)
};

NF_FN float ggxDistribution(float nDotH, float alpha) {
  float a2 = alpha * alpha;
  // 1 - c^2 (1 - a^2), written without the cancellation at c = 1, a -> 0
  float d = (1.0f - nDotH * nDotH) + a2 * nDotH * nDotH;
  return a2 / (kPiFloat * d * d);
}

/// G2 / (4 n.l n.v)
NF_FN float smithVisibility(float nDotL, float nDotV, float alpha) {
  float a2 = alpha * alpha;
  float l = nDotV * sqrt(a2 + (1.0f - a2) * nDotL * nDotL);
  float v = nDotL * sqrt(a2 + (1.0f - a2) * nDotV * nDotV);
  return 0.5f / max(l + v, 1e-7f);
}

/// (1 - c)^5
NF_FN float schlickWeight(float cosine) {
  float m = clamp(1.0f - cosine, 0.0f, 1.0f);
  float m2 = m * m;
  return m2 * m2 * m;
}

NF_FN vec3 schlickFresnel(vec3 f0, float cosine) {
  return f0 + (vec3(1.0f) - f0) * schlickWeight(cosine);
}

NF_FN vec3 specularF0(ShadingMaterial m) {
  return mix(vec3(kDielectricF0), m.base, m.metallic);
}

/// Diffuse part of f, 1/sr, per unit base colour (base and 1/pi included).
NF_FN vec3 diffuseLobe(ShadingMaterial m, float nDotL, float nDotV) {
  float fresnel =
      (1.0f - kDielectricF0) * (1.0f - schlickWeight(nDotL)) * (1.0f - kDielectricF0) * (1.0f - schlickWeight(nDotV));
  return m.base * ((1.0f - m.metallic) * fresnel / kPiFloat);
}

/// The whole f, 1/sr. n, v, l are unit vectors; 0 below the horizon.
NF_FN vec3 evaluateBrdf(ShadingMaterial m, vec3 n, vec3 v, vec3 l) {
  float nDotL = dot(n, l);
  float nDotV = dot(n, v);
  if (nDotL <= 0.0f || nDotV <= 0.0f) return vec3(0.0f);
  vec3 sum = v + l;
  float sum2 = dot(sum, sum);
  if (sum2 < 1e-12f) return vec3(0.0f);
  vec3 h = sum * (1.0f / sqrt(sum2));
  float nDotH = clamp(dot(n, h), 0.0f, 1.0f);
  float hDotV = clamp(dot(h, v), 0.0f, 1.0f);
  float alpha = max(m.alpha, kMinAlpha);
  return diffuseLobe(m, nDotL, nDotV) +
         schlickFresnel(specularF0(m), hDotV) * (ggxDistribution(nDotH, alpha) * smithVisibility(nDotL, nDotV, alpha));
}

/// Share of uniform light that the GGX lobe sends towards a viewer, colour f0: the split-sum fit of Karis ("Physically
/// based shading on mobile", 2014), within 0.02 of the integral for roughness above 0.2. For ambient light without a
/// ray of its own.
NF_FN vec3 specularAlbedoFit(vec3 f0, float roughness, float nDotV) {
  float rx = 1.0f - roughness;
  float ry = 0.0425f - 0.0275f * roughness;
  float rz = 1.04f - 0.572f * roughness;
  float rw = -0.04f + 0.022f * roughness;
  float a004 = min(rx * rx, expOf(-6.431628f * nDotV)) * rx + ry;  // 2^(-9.28 n.v)
  return f0 * (-1.04f * a004 + rz) + vec3(1.04f * a004 + rw);
}

/// An orthonormal frame around n [Duff et al., "Building an orthonormal basis, revisited", JCGT 6(1), 2017].
NF_FN void tangentFrame(vec3 n, NF_OUT(vec3) t, NF_OUT(vec3) b) {
  float s = n.z >= 0.0f ? 1.0f : -1.0f;
  float a = -1.0f / (s + n.z);
  float c = n.x * n.y * a;
  t = vec3(1.0f + s * n.x * n.x * a, s * c, -s * n.x);
  b = vec3(c, s + n.y * n.y * a, -n.y);
}

/// Direction about z with density cos(theta) / pi.
NF_FN vec3 sampleCosine(float u1, float u2) {
  float r = sqrt(u1);
  float s;
  float c;
  sinCos(6.28318530717958648f * u2, s, c);
  return vec3(r * c, r * s, sqrt(max(1.0f - u1, 0.0f)));
}

/// Half vector with the density of normals visible from v (about z, v.z > 0) [Heitz, "Sampling the GGX distribution of
/// visible normals", JCGT 7(4), 2018]. The weight of a reflected sample is then F G2/G1, see ggxSampleWeight().
NF_FN vec3 sampleVisibleNormal(vec3 v, float alpha, float u1, float u2) {
  vec3 stretched = normalize(vec3(alpha * v.x, alpha * v.y, v.z));
  float lengthSquared = stretched.x * stretched.x + stretched.y * stretched.y;
  vec3 t1 = lengthSquared > 1e-12f ? vec3(-stretched.y, stretched.x, 0.0f) * (1.0f / sqrt(lengthSquared))
                                   : vec3(1.0f, 0.0f, 0.0f);
  vec3 t2 = cross(stretched, t1);
  float r = sqrt(u1);
  float sine;
  float cosine;
  sinCos(6.28318530717958648f * u2, sine, cosine);
  float p1 = r * cosine;
  float p2 = r * sine;
  float s = 0.5f * (1.0f + stretched.z);
  p2 = (1.0f - s) * sqrt(max(1.0f - p1 * p1, 0.0f)) + s * p2;
  vec3 nh = t1 * p1 + t2 * p2 + stretched * sqrt(max(1.0f - p1 * p1 - p2 * p2, 0.0f));
  return normalize(vec3(alpha * nh.x, alpha * nh.y, max(nh.z, 1e-6f)));
}

/// G2 / G1 of a direction drawn through sampleVisibleNormal().
NF_FN float ggxSampleWeight(float nDotL, float nDotV, float alpha) {
  float a2 = alpha * alpha;
  float l = sqrt(a2 + (1.0f - a2) * nDotL * nDotL);
  float v = sqrt(a2 + (1.0f - a2) * nDotV * nDotV);
  // G2 = 2 nl nv / (nv l + nl v), G1(v) = 2 nv / (nv + v)
  return nDotL * (nDotV + v) / max(nDotV * l + nDotL * v, 1e-7f);
}

/// Unpolarised Fresnel reflectance of a plane between air and a dielectric of index `n`, light arriving at `cosine`
/// from the air side.
NF_FN float fresnelDielectric(float cosine, float n) {
  float c = clamp(cosine, 0.0f, 1.0f);
  float s2 = (1.0f - c * c) / (n * n);
  float ct = sqrt(max(1.0f - s2, 0.0f));
  float rs = (c - n * ct) / (c + n * ct);
  float rp = (n * c - ct) / (n * c + ct);
  return 0.5f * (rs * rs + rp * rp);
}

/// Reflectance of a thin pane: both faces, all bounces between them, no absorption: 2 R / (1 + R).
NF_FN float paneReflectance(float cosine, float n) {
  float r = fresnelDielectric(cosine, n);
  return 2.0f * r / (1.0f + r);
}

NF_SHARED_END
#endif
