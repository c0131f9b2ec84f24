// What lights the camera's world: sun and sky as the frame's constants, and lamps with their beam patterns.
// Photometric: cd, cd/m^2, lx, as linear Rec. 709 RGB whose luminance is 0.2126 R + 0.7152 G + 0.0722 B.
#ifndef NIGHTFOG_SHARED_LIGHT_H
#define NIGHTFOG_SHARED_LIGHT_H
#include "engine/shared/language.h"
#include "engine/shared/math.h"
NF_SHARED_BEGIN

NF_FN float luminanceOf(vec3 rgb) {
  return 0.2126f * rgb.x + 0.7152f * rgb.y + 0.0722f * rgb.z;
}

NF_CONST uint kLampIsotropic = 0u;
NF_CONST uint kLampStreet = 1u;  ///< axis down: batwing, cut off at 80 degrees
NF_CONST uint kLampLowBeam =
    2u;  ///< axis forward: cut-off 1 % down, rising 15 degrees on the right (right-hand traffic)
NF_CONST uint kLampHighBeam = 3u;  ///< axis forward
NF_CONST uint kLampTail = 4u;      ///< axis backward: wide lobe (tail, brake, indicator)
NF_CONST uint kLampWindow = 5u;    ///< Lambertian patch

/// A lamp in the frame. intensity_cd is the pattern's greatest.
struct LampData {
  vec3 position;
  float intensity_cd;
  vec3 axis;  ///< unit, where the beam points
  uint pattern;
  vec3 left;       ///< unit, across the axis: left of a driver who looks along it
  float radius_m;  ///< of the luminous face; nothing is lit from nearer
  vec3 colour;     ///< luminance 1
  uint object;     ///< whose it is; 0: nobody's
};

NF_FN float smoothStep(float low, float high, float x) {
  float t = clamp((x - low) / (high - low), 0.0f, 1.0f);
  return t * t * (3.0f - 2.0f * t);
}

NF_FN float bell(float x, float width) {
  return expOf(-(x * x) / (width * width));
}

/// Luminous intensity relative to the pattern's greatest, 0 … 1, towards `direction` (unit, away from the lamp).
///
/// The low beam follows the shape of UNECE Regulation 149 class C: a hot spot just under the cut-off, a wide
/// foreground, little above the cut-off (about 1 %, for signs), the cut-off at 0.57 degrees below the axis and rising
/// by 15 degrees to the right of it.
NF_FN float lampPattern(uint pattern, vec3 axis, vec3 left, vec3 direction) {
  float along = dot(direction, axis);
  if (pattern == kLampIsotropic) return 1.0f;
  if (along <= 0.0f) return 0.0f;
  if (pattern == kLampStreet) {
    return min(0.45f / max(along * along, 0.2f), 1.0f) * smoothStep(0.17f, 0.36f, along);
  }
  if (pattern == kLampWindow) return along;
  if (pattern == kLampTail) return along * along;
  vec3 up = cross(axis, left);
  float h = dot(direction, left) / along * 57.29578f;  // degrees, small-angle: tangent
  float v = dot(direction, up) / along * 57.29578f;
  if (pattern == kLampHighBeam) {
    return 0.85f * bell(h, 5.0f) * bell(v, 2.5f) + 0.15f * bell(h, 18.0f) * bell(v, 6.0f);
  }
  float cutoff = -0.57f + clamp(-h * 0.268f, 0.0f, 2.0f);  // tan 15 degrees
  float below = 1.0f / (1.0f + expOf(clamp((v - cutoff) * 8.0f, -20.0f, 20.0f)));
  float spot = bell(h + 1.5f, 6.0f) * bell(v - cutoff + 0.8f, 1.4f);
  float spread = bell(h, 26.0f) * bell(v + 3.0f, 5.0f);
  return below * min(0.82f * spot + 0.18f * spread, 1.0f) + 0.006f * bell(h, 25.0f) * bell(v, 12.0f);
}

/// Illuminance, lx, on a plane facing the lamp at `point`, in clear air and unshadowed; `toLamp` is the unit vector to
/// it.
NF_FN vec3 lampIlluminance(LampData lamp, vec3 point, NF_OUT(vec3) toLamp, NF_OUT(float) distance_m) {
  vec3 d = lamp.position - point;
  float d2 = dot(d, d);
  distance_m = sqrt(max(d2, 1e-8f));
  toLamp = d * (1.0f / distance_m);
  float intensity = lamp.intensity_cd * lampPattern(lamp.pattern, lamp.axis, lamp.left, -toLamp);
  return lamp.colour * (intensity / max(d2, lamp.radius_m * lamp.radius_m));
}

NF_SHARED_END
#endif
