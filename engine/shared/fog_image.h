// Fog in an image: Koschmieder's law with the LiDAR's own extinction, the light that reaches the ground under a fog
// layer, and lamps that glow.
//
//   L = L_0 exp(-s d) + A (1 - exp(-s d)),  s = ln 20 / MOR                       [Koschmieder 1924; WMO No. 8: MOR at
//   5 % contrast]
//
// By day the airlight A is the radiance of light scattered many times: that of a uniform field under the layer. By
// night lamps are the only light: single scattering of each lamp along the ray, phase function Henyey-Greenstein with g
// = 0.87 (Mie for advection fog, sensor_physics 3.2), in equi-angular coordinates [Kulla and Fajardo, "Importance
// sampling techniques for path tracing in participating media", EGSR 2012]. Single scattering is short of the diffuse
// glow of fog thicker than about one mean free path around a lamp.
#ifndef NIGHTFOG_SHARED_FOG_IMAGE_H
#define NIGHTFOG_SHARED_FOG_IMAGE_H
#include "engine/shared/light.h"
#include "engine/shared/sky.h"
NF_SHARED_BEGIN

NF_CONST float kFogAnisotropy = 0.87f;
NF_CONST float kFogLayer_m = 60.0f;  ///< depth of the fog layer above the ground: radiation fog is 10 … 200 m deep

/// Share of light that comes through `distance_m` of the medium.
NF_FN float fogTransmittance(float extinction_1pm, float distance_m) {
  return expOf(-extinction_1pm * distance_m);
}

/// Koschmieder: what a surface of radiance `surface` looks like behind the fog.
NF_FN vec3 throughFog(vec3 surface, vec3 airlight, float transmittance) {
  return surface * transmittance + airlight * (1.0f - transmittance);
}

/// Share of the sun's beam left under the layer, the sun at sine of elevation `sunSine`.
NF_FN float fogBeamTransmittance(float extinction_1pm, float sunSine) {
  return expOf(-extinction_1pm * kFogLayer_m / max(sunSine, 0.05f));
}

/// Share of all light, beam and diffuse, that reaches the ground under the layer: two-stream, no absorption, over a
/// black ground, T = 1 / (1 + 3/4 (1 - g) tau) [Bohren, "Multiple scattering of light and some of its observable
/// consequences", Am. J. Phys. 55, 1987].
NF_FN float fogTotalTransmittance(float extinction_1pm) {
  return 1.0f / (1.0f + 0.75f * (1.0f - kFogAnisotropy) * extinction_1pm * kFogLayer_m);
}

NF_FN float tangentOf(float x) {
  float s;
  float c;
  sinCos(x, s, c);
  return s / max(c, 1e-6f);
}

NF_CONST int kLampScatterSteps = 6;

NF_CONST float kLampHousing_m = 0.2f;
NF_CONST float kLampNear_m = 2.0f;

/// Radiance, cd/m^2, that the fog between the eye and `distance_m` along the ray scatters from one lamp towards the
/// eye; no shadows in the fog. `jitter` 0 … 1 places the samples within their strata.
NF_FN vec3 lampInScatter(LampData lamp, vec3 origin, vec3 direction, float distance_m, float extinction_1pm,
                         float jitter) {
  vec3 toLamp = lamp.position - origin;
  float along = dot(toLamp, direction);
  // Within a hand's breadth of a lamp its own housing is in the way, and the sum would be that of one sample.
  float nearest = max(lamp.radius_m, kLampHousing_m);
  float height2 = max(dot(toLamp, toLamp) - along * along, nearest * nearest);
  float height = sqrt(height2);
  // phi: angle at the lamp between the perpendicular and the point, negative before the foot of the perpendicular
  float low = 0.5f * kPiFloat - upperAngle(height, -along);  // atan(-along / height)
  float high = 0.5f * kPiFloat - upperAngle(height, distance_m - along);
  float span = high - low;
  if (span <= 0.0f) return vec3(0.0f);
  float sum = 0.0f;
  // Close by a beam is a thin sheet that few steps would meet by chance.
  int steps = height < kLampNear_m ? 8 * kLampScatterSteps : kLampScatterSteps;
  for (int i = 0; i < steps; ++i) {
    // The phase function peaks where the light goes on straight to the eye, at the near end: samples crowd there.
    float s = (float(i) + jitter) / float(steps);
    float phi = low + span * s * s;
    float t = along + height * tangentOf(clamp(phi, -1.5706f, 1.5706f));
    t = clamp(t, 0.0f, distance_m);
    vec3 fromLamp = direction * t - toLamp;
    float r = sqrt(max(dot(fromLamp, fromLamp), height2));
    vec3 heading = fromLamp * (1.0f / r);
    float phase = henyeyGreenstein(-dot(heading, direction), kFogAnisotropy);
    sum +=
        2.0f * s * phase * lampPattern(lamp.pattern, lamp.axis, lamp.left, heading) * expOf(-extinction_1pm * (t + r));
  }
  float scale = lamp.intensity_cd * extinction_1pm * span / (height * float(steps));
  return lamp.colour * (sum * scale);
}

NF_SHARED_END
#endif
