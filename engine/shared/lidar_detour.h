// What a beam meets beyond glass, mirrors and wet road: its way goes on, straight or mirrored, and what lies at its end
// answers by the same way back. What is seen in a mirror is a ghost: it lies behind the mirror, as far away as the way
// there is long (sensor_physics 2.7).
//
//   P = scale share^2 rho_eff exp(-2 depth) / (R_1 + R_2 + ...)^2
//
// share is what goes on of the light, one way: the transmittance of panes, Fresnel reflectances, the reflectance of
// smooth metal.
#ifndef NIGHTFOG_SHARED_LIDAR_DETOUR_H
#define NIGHTFOG_SHARED_LIDAR_DETOUR_H
#include "engine/shared/brdf.h"
#include "engine/shared/lidar_data.h"
#include "engine/shared/math.h"
#include "engine/shared/wet_ground.h"
NF_SHARED_BEGIN

NF_CONST uint kLidarDetourPasses = 3u;        ///< in through a car's window, out through the other, and on
NF_CONST float kLidarLeastShare = 0.1f;       ///< a weaker way on is not followed: 1 % comes back at best
NF_CONST float kLidarSmoothRoughness = 0.3f;  ///< from here on nothing is mirrored to a point
NF_CONST float kLidarGlassIndex = 1.5f;

NF_CONST uint kLidarNoDetour = 0u;
NF_CONST uint kLidarSeenThrough = 1u;
NF_CONST uint kLidarMirrored = 2u;

/// How light goes on from a surface.
struct LidarWayOn {
  float share;  ///< one way
  uint kind;
};

/// Share of a surface's mirrored light that stays in the beam.
NF_FN float lidarSmoothness(float roughness) {
  NF_PRECISE float result = 1.0f - roughness / kLidarSmoothRoughness;
  return clamp(result, 0.0f, 1.0f);
}

/// Transmittance of a pane of this reflectance: two faces of 4 % are in the table's.
NF_FN float lidarPaneTransmittance(float transmission, float mirrored) {
  NF_PRECISE float result = (1.0f - mirrored) * transmission / 0.92f;
  return min(result, 1.0f);
}

NF_FN float lidarProduct(float a, float b, float c) {
  NF_PRECISE float result = a * b * c;
  return result;
}

/// The stronger way on; kLidarNoDetour where none is worth following.
NF_FN LidarWayOn lidarWayOn(LidarMaterial material, float cosine) {
  LidarWayOn way;
  way.share = 0.0f;
  way.kind = kLidarNoDetour;
  if (material.transmission > 0.0f) {
    float mirrored = paneReflectance(cosine, kLidarGlassIndex);
    float through = lidarPaneTransmittance(material.transmission, mirrored);
    way.share = max(mirrored, through);
    way.kind = through >= mirrored ? kLidarSeenThrough : kLidarMirrored;
  } else if (material.film > 0.0f) {
    way.share = lidarProduct(material.film, waterReflectance(cosine), lidarSmoothness(filmRoughness(material.film)));
    way.kind = kLidarMirrored;
  } else if (material.metallic > 0.0f) {
    way.share = lidarProduct(material.metallic, material.reflectance, lidarSmoothness(material.roughness));
    way.kind = kLidarMirrored;
  }
  if (way.share < kLidarLeastShare) way.kind = kLidarNoDetour;
  return way;
}

NF_FN float lidarSum(float a, float b) {
  NF_PRECISE float result = a + b;
  return result;
}

NF_FN vec3 lidarPointOn(vec3 origin, vec3 direction, float t) {
  NF_PRECISE vec3 result = origin + direction * t;
  return result;
}

/// Signal to noise of what lies at the end of a detour.
NF_FN float lidarDetourAmplitude(float snrScale, LidarDetour detour, float effectiveReflectance, float range_m,
                                 float extinction_1pm, float length_m) {
  NF_PRECISE float depth = detour.depth + extinction_1pm * length_m;
  NF_PRECISE float result = snrScale * effectiveReflectance * detour.share * detour.share * detour.weight *
                            expOf(-2.0f * depth) / (range_m * range_m);
  return result;
}

NF_FN vec3 lidarMirroredDirection(vec3 direction, vec3 normal) {
  NF_PRECISE float along = 2.0f * dot(direction, normal);
  NF_PRECISE vec3 result = direction - normal * along;
  return result;
}

NF_SHARED_END
#endif
