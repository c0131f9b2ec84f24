// The atmosphere: what it is made of, how it scatters, and how its radiance is looked up.
//
// Constants of Bruneton and Neyret 2008 as restated by Hillaire, "A scalable and production ready sky and atmosphere
// rendering technique", EGSR 2020. Lengths in km, coefficients per km, RGB. Tables are made on the host once per
// position of the sun (sensors/camera/sky_tables.hpp); kernels look up.
#ifndef NIGHTFOG_SHARED_SKY_H
#define NIGHTFOG_SHARED_SKY_H
#include "engine/shared/language.h"
#include "engine/shared/math.h"
NF_SHARED_BEGIN

NF_CONST float kPlanetRadius_km = 6360.0f;
NF_CONST float kAtmosphereRadius_km = 6460.0f;
NF_CONST float kRayleighHeight_km = 8.0f;
NF_CONST float kMieHeight_km = 1.2f;
NF_CONST float kMieAnisotropy = 0.8f;
/// Aerosol of ordinary continental air: optical depth 0.13 at the zenith, 25 times that of the references' very clear
/// air (3.996e-3 per km at the ground), which gives the illuminances of the IES clear sky. Absorption is a tenth of
/// extinction [Bruneton: 3.996 / 4.44].
NF_CONST float kMieScattering_1pkm = 25.0f * 3.996e-3f;
NF_CONST float kMieAbsorption_1pkm = 25.0f * 0.444e-3f;
NF_CONST float kSunIlluminance_lx = 1.28e5f;       ///< above the atmosphere
NF_CONST float kSunAngularRadius_rad = 0.004625f;  ///< 0.53 degrees across

NF_FN vec3 rayleighScattering_1pkm() {
  return vec3(5.802e-3f, 13.558e-3f, 33.1e-3f);
}
NF_FN vec3 ozoneAbsorption_1pkm() {
  return vec3(0.650e-3f, 1.881e-3f, 0.085e-3f);
}

NF_FN float rayleighDensity(float height_km) {
  return expOf(-height_km / kRayleighHeight_km);
}
NF_FN float mieDensity(float height_km) {
  return expOf(-height_km / kMieHeight_km);
}
NF_FN float ozoneDensity(float height_km) {
  return max(0.0f, 1.0f - abs(height_km - 25.0f) / 15.0f);
}

/// Extinction at a height, RGB per km.
NF_FN vec3 airExtinction_1pkm(float height_km) {
  return rayleighScattering_1pkm() * rayleighDensity(height_km) +
         vec3((kMieScattering_1pkm + kMieAbsorption_1pkm) * mieDensity(height_km)) +
         ozoneAbsorption_1pkm() * ozoneDensity(height_km);
}

/// Phase functions, 1/sr, of the angle between the directions of propagation before and after.
NF_FN float rayleighPhase(float cosine) {
  return 3.0f / (16.0f * kPiFloat) * (1.0f + cosine * cosine);
}

/// Henyey and Greenstein 1941.
NF_FN float henyeyGreenstein(float cosine, float g) {
  float d = max(1.0f + g * g - 2.0f * g * cosine, 1e-6f);
  return (1.0f - g * g) / (4.0f * kPiFloat * d * sqrt(d));
}

NF_CONST uint kSkyTableWidth = 64u;   ///< azimuth from the sun, 0 … pi
NF_CONST uint kSkyTableHeight = 96u;  ///< elevation 0 … pi / 2, rows closer together at the horizon

/// Place in the sky table, in texels from the first texel's centre, of a direction at or above the horizon. x east, y
/// north, z up.
NF_FN vec2 skyTablePlace(vec3 direction, vec2 sunAzimuth) {
  float horizontal = sqrt(direction.x * direction.x + direction.y * direction.y);
  float elevation = upperAngle(max(direction.z, 0.0f), max(horizontal, 1e-6f));
  float along = direction.x * sunAzimuth.x + direction.y * sunAzimuth.y;
  float across = abs(direction.y * sunAzimuth.x - direction.x * sunAzimuth.y);
  float azimuth = horizontal > 1e-6f ? upperAngle(across, along) : 0.0f;
  return vec2(azimuth * (float(kSkyTableWidth - 1u) / kPiFloat),
              sqrt(elevation * (2.0f / kPiFloat)) * float(kSkyTableHeight - 1u));
}

/// Inverse of skyTablePlace(): elevation and azimuth from the sun of a texel, rad.
NF_FN vec2 skyTableAngles(uint column, uint row) {
  float v = float(row) / float(kSkyTableHeight - 1u);
  return vec2(0.5f * kPiFloat * v * v, kPiFloat * float(column) / float(kSkyTableWidth - 1u));
}

NF_SHARED_END
#endif
