// Fog as a medium: its extinction by height, and what is left of light on a straight path, in closed form. The camera
// and the LiDAR call the same functions: the fog that greys the image eats the pulse.
//
//   s(z) = s_0 w((z - z_0) / d)    w(u) = 1 for u < 0, 1 - 3 u^2 + 2 u^3 for 0 … 1, 0 above
//
// Full up to z_0, clear above z_0 + d. A layer of height H has its top's middle at H and d = H / 4, so a column holds
// as much as uniform fog would up to H. Heights are z of the frame. The optical depth of a path is s_0 times its length
// times the mean of w over its heights, whose integral is a polynomial.
#ifndef NIGHTFOG_SHARED_FOG_H
#define NIGHTFOG_SHARED_FOG_H
#include "engine/shared/language.h"
#include "engine/shared/math.h"
NF_SHARED_BEGIN

NF_CONST float kNoFogTop_m = 1e9f;    ///< FogLayer::fullBelow_m of fog without an upper edge
NF_CONST float kFogTopShare = 0.25f;  ///< depth of the smooth top as a share of the layer's height
NF_CONST float kFogTopLeast_m = 0.01f;

/// One layer of fog over level ground.
struct FogLayer {
  float extinction_1pm;  ///< 1/m where the fog is full; 0: clear air
  float fullBelow_m;     ///< z up to which it is full
  float topDepth_m;      ///< from there to clear air
};

NF_FN bool fogHasTop(FogLayer fog) {
  return fog.fullBelow_m < kNoFogTop_m;
}

/// Share of the full extinction at a height.
NF_FN float fogShareAt(FogLayer fog, float z_m) {
  float u = clamp((z_m - fog.fullBelow_m) / fog.topDepth_m, 0.0f, 1.0f);
  return 1.0f - u * u * (3.0f - 2.0f * u);
}

/// Integral of the share over height, from where the fog ceases to be full: metres of full fog, negative below.
NF_FN float fogColumn(FogLayer fog, float z_m) {
  float above = z_m - fog.fullBelow_m;
  float u = clamp(above / fog.topDepth_m, 0.0f, 1.0f);
  return min(above, 0.0f) + fog.topDepth_m * u * (1.0f - u * u * (1.0f - 0.5f * u));
}

/// Mean share of the full extinction on a straight path between two heights.
NF_FN float fogMeanShare(FogLayer fog, float z0_m, float z1_m) {
  if (max(z0_m, z1_m) <= fog.fullBelow_m) return 1.0f;
  float rise = z1_m - z0_m;
  // Level paths: the quotient of small differences would be rounding. The middle is right to (rise / d)^2 / 4.
  if (abs(rise) < 0.004f * fog.topDepth_m) return fogShareAt(fog, z0_m + 0.5f * rise);
  return (fogColumn(fog, z1_m) - fogColumn(fog, z0_m)) / rise;
}

/// Mean extinction, 1/m, on a straight path between two heights.
NF_FN float fogMeanExtinction(FogLayer fog, float z0_m, float z1_m) {
  if (!fogHasTop(fog)) return fog.extinction_1pm;
  return fog.extinction_1pm * fogMeanShare(fog, z0_m, z1_m);
}

/// Optical depth of a straight path of `length_m` between two heights.
NF_FN float fogDepth(FogLayer fog, float z0_m, float z1_m, float length_m) {
  return fogMeanExtinction(fog, z0_m, z1_m) * length_m;
}

/// Optical depth of everything above a height, straight up; only of a layer with a top.
NF_FN float fogDepthAbove(FogLayer fog, float z_m) {
  return fog.extinction_1pm * (0.5f * fog.topDepth_m - fogColumn(fog, z_m));
}

/// Share of light that comes through uniform fog.
NF_FN float fogTransmittance(float extinction_1pm, float distance_m) {
  return expOf(-extinction_1pm * distance_m);
}

/// Share of light that comes through between two heights.
NF_FN float fogTransmittanceBetween(FogLayer fog, float z0_m, float z1_m, float length_m) {
  return expOf(-fogDepth(fog, z0_m, z1_m, length_m));
}

/// A layer of fog that ends `height_m` above ground at z = ground_m; height 0 or less: without an upper edge.
NF_FN FogLayer fogLayer(float extinction_1pm, float ground_m, float height_m) {
  FogLayer fog;
  fog.extinction_1pm = extinction_1pm;
  fog.fullBelow_m = kNoFogTop_m;
  fog.topDepth_m = 1.0f;
  if (height_m > 0.0f) {
    fog.topDepth_m = max(kFogTopShare * height_m, kFogTopLeast_m);
    fog.fullBelow_m = ground_m + height_m - 0.5f * fog.topDepth_m;
  }
  return fog;
}

NF_SHARED_END
#endif
