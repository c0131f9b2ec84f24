// Fog in an image: Koschmieder's law with the LiDAR's own extinction, the light that reaches the ground under a fog
// layer, and lamps that glow.
//
//   L = L_0 exp(-s d) + A (1 - exp(-s d)),  s = ln 20 / MOR                       [Koschmieder 1924; WMO No. 8: MOR at
//   5 % contrast]
//
// By day the airlight A is the radiance of light scattered many times: of the diffuse field under the layer. By
// night lamps are the only light: single scattering of each lamp along the ray, phase function Henyey-Greenstein with g
// = 0.87 (Mie for advection fog, sensor_physics 3.2). Single scattering is short of the diffuse glow of fog thicker
// than about one mean free path around a lamp.
#ifndef NIGHTFOG_SHARED_FOG_IMAGE_H
#define NIGHTFOG_SHARED_FOG_IMAGE_H
#include "engine/shared/fog.h"
#include "engine/shared/light.h"
#include "engine/shared/sky.h"
NF_SHARED_BEGIN

NF_CONST float kFogAnisotropy = 0.87f;
NF_CONST float kFogLayer_m = 60.0f;  ///< depth of the fog layer above the ground: radiation fog is 10 … 200 m deep

/// Koschmieder: what a surface of radiance `surface` looks like behind the fog.
NF_FN vec3 throughFog(vec3 surface, vec3 airlight, float transmittance) {
  return surface * transmittance + airlight * (1.0f - transmittance);
}

NF_CONST float kLeastSunSine = 0.05f;

/// Share of the sky's light that comes through to a height, along a direction that climbs `sine`: none from below the
/// horizon.
NF_FN float fogTransmittanceToSky(FogLayer fog, float z_m, float sine) {
  if (!fogHasTop(fog)) return sine > 0.0f ? fogTransmittance(fog.extinction_1pm, kFogLayer_m / max(sine, 1e-3f)) : 0.0f;
  // From above the fog one looks down into it, or over it.
  return sine > 0.0f ? expOf(-fogDepthAbove(fog, z_m) / max(sine, 1e-3f)) : 0.0f;
}

/// Share of the sun's beam left under the layer, the sun at sine of elevation `sunSine`.
NF_FN float fogBeamTransmittance(float extinction_1pm, float layer_m, float sunSine) {
  return expOf(-extinction_1pm * layer_m / max(sunSine, kLeastSunSine));
}

NF_CONST float kFogGroundAlbedo = 0.2f;

/// Share of all light, beam and diffuse, that reaches the ground under the layer: two-stream, no absorption, T = 1 / (1
/// + 3/4 (1 - g) tau) over black ground [Bohren, "Multiple scattering of light and some of its observable
/// consequences", Am. J. Phys. 55, 1987]; what the ground throws back comes down again, T / (1 - albedo (1 - T)).
NF_FN float fogTotalTransmittance(float extinction_1pm, float layer_m, float groundAlbedo) {
  float t = 1.0f / (1.0f + 0.75f * (1.0f - kFogAnisotropy) * extinction_1pm * layer_m);
  return t / (1.0f - groundAlbedo * (1.0f - t));
}

/// Radiance under thick fog along a climb of `sine`, as a share of E / pi, E on the ground: Eddington's (2 + 3 mu) / 4
/// of what comes down for the first time, and a uniform field of what the ground threw up. Over white ground 1
/// everywhere: a white furnace. Towards the ground the fog looks as it does along the horizon.
NF_FN float fogFieldShare(float groundAlbedo, float sine) {
  return groundAlbedo + (1.0f - groundAlbedo) * (0.5f + 0.75f * max(sine, 0.0f));
}

NF_CONST float kLampHousing_m = 0.2f;
NF_CONST int kLampPanels = 2;  ///< of four nodes each
NF_CONST int kHeadlampPanels = 4;
NF_CONST float kBeamTop = 0.0349f;     ///< tangent of 2 degrees: all of a low beam but its faint spill is below,
NF_CONST float kBeamBottom = -0.287f;  ///< and above 16 degrees down

/// The part of a ray on the positive side of a plane: where offset + slope t > 0.
NF_FN vec2 clipInterval(vec2 interval, float offset, float slope) {
  if (abs(slope) < 1e-6f) return offset > 0.0f ? interval : vec2(interval.x, interval.x);
  float at = -offset / slope;
  return slope > 0.0f ? vec2(max(interval.x, at), interval.y) : vec2(interval.x, min(interval.y, at));
}

/// The stretch of a ray that lies in fog, up to where hardly anything comes through. `sine`: its climb.
NF_FN vec2 fogStretch(FogLayer fog, float z_m, float sine, float distance_m) {
  vec2 stretch = vec2(0.0f, distance_m);
  if (!fogHasTop(fog)) {
    if (sine > 1e-3f) stretch.y = min(stretch.y, kFogLayer_m / sine);
  } else {
    stretch = clipInterval(stretch, fog.fullBelow_m + fog.topDepth_m - z_m, -sine);
  }
  stretch.y = min(stretch.y, stretch.x + 12.0f / fog.extinction_1pm);
  return stretch;
}

/// Light scattered once from a lamp on a stretch of a ray, per unit of intensity and extinction, times the ray's
/// distance from the lamp.
///
/// In the angle psi between light's way from the lamp and the eye, dt / r^2 is d psi / h [equi-angular: Kulla and
/// Fajardo, "Importance sampling techniques for path tracing in participating media", EGSR 2012], and the phase
/// function is a function of psi alone. With q = tan(psi / 2) = tan(u) / K, K = (1 + g) / (1 - g), what is left of it,
/// p(psi) d psi = d u / (2 pi sqrt(1 + g^2 - 2 g cos psi)), is smooth: Gauss and Legendre's nodes in u serve rays far
/// from the lamp and close by alike, with no seam between.
NF_FN float lampStretch(LampData lamp, vec3 origin, vec3 direction, vec3 toLamp, float along, float height,
                        vec2 stretch, FogLayer fog, int panels) {
  if (!(stretch.y > stretch.x)) return 0.0f;
  float k = (1.0f + kFogAnisotropy) / (1.0f - kFogAnisotropy);
  float a = along - stretch.x;
  float b = along - stretch.y;
  // tan(psi / 2) = sin psi / (1 + cos psi) = h / (sqrt(h^2 + a^2) + a), without cancellation on either side
  float ra = sqrt(height * height + a * a);
  float rb = sqrt(height * height + b * b);
  float low = upperAngle(k * (a > 0.0f ? height / (ra + a) : (ra - a) / height), 1.0f);
  float high = upperAngle(k * (b > 0.0f ? height / (rb + b) : (rb - b) / height), 1.0f);
  bool topless = !fogHasTop(fog);
  float halfPanel = 0.5f * (high - low) / float(panels);
  float sum = 0.0f;
  for (int i = 0; i < 4 * panels; ++i) {
    int node = i & 3;
    float place = node < 2 ? 0.3399810435848563f : 0.8611363115940526f;
    float weight = node < 2 ? 0.6521451548625461f : 0.3478548451374538f;
    float u = low + halfPanel * (float(2 * (i >> 2) + 1) + ((node & 1) == 0 ? -place : place));
    float s;
    float c;
    sinCos(u, s, c);
    float q = s / (max(c, 1e-6f) * k);
    float q2 = q * q;
    float t = clamp(along - height * (1.0f - q2) / (2.0f * q), stretch.x, stretch.y);
    float r = height * (1.0f + q2) / (2.0f * q);
    vec3 heading = (direction * t - toLamp) * (1.0f / r);
    float spread = (1.0f - kFogAnisotropy) * sqrt((1.0f + k * k * q2) / (1.0f + q2));
    float depth = fog.extinction_1pm * (t + r);
    float share = 1.0f;
    if (!topless) {
      float z = origin.z + direction.z * t;
      share = fogShareAt(fog, z);
      depth = fogDepth(fog, origin.z, z, t) + fogDepth(fog, z, lamp.position.z, r);
    }
    sum += weight * share * lampPattern(lamp.pattern, lamp.axis, lamp.left, heading) * expOf(-depth) / spread;
  }
  return sum * halfPanel / (2.0f * kPiFloat);
}

/// Radiance, cd/m^2, that the fog on a stretch of a ray scatters from one lamp towards the eye: single scattering, no
/// shadows in the fog.
NF_FN vec3 lampInScatter(LampData lamp, vec3 origin, vec3 direction, vec2 stretch, FogLayer fog) {
  vec3 toLamp = lamp.position - origin;
  float along = dot(toLamp, direction);
  // Within a hand's breadth of a lamp its own housing is in the way.
  float nearest = max(lamp.radius_m, kLampHousing_m);
  float height = sqrt(max(dot(toLamp, toLamp) - along * along, nearest * nearest));
  float sum;
  if (lamp.pattern == kLampIsotropic) {
    sum = lampStretch(lamp, origin, direction, toLamp, along, height, stretch, fog, kLampPanels);
  } else {
    // Where the lamp shines at all: before its face.
    float offset = -dot(toLamp, lamp.axis);
    float slope = dot(direction, lamp.axis);
    vec2 before = clipInterval(stretch, offset, slope);
    if (lamp.pattern == kLampLowBeam || lamp.pattern == kLampHighBeam) {
      // A beam is a sheet of few degrees: the nodes go where it is.
      vec3 up = cross(lamp.axis, lamp.left);
      float upOffset = -dot(toLamp, up);
      float upSlope = dot(direction, up);
      float top = lamp.pattern == kLampLowBeam ? kBeamTop : -kBeamBottom;
      vec2 sheet = clipInterval(before, top * offset - upOffset, top * slope - upSlope);
      sheet = clipInterval(sheet, upOffset - kBeamBottom * offset, upSlope - kBeamBottom * slope);
      sum = lampStretch(lamp, origin, direction, toLamp, along, height, sheet, fog, kHeadlampPanels);
      if (lamp.pattern == kLampLowBeam) {
        vec2 spill = clipInterval(before, upOffset - top * offset, upSlope - top * slope);
        sum += lampStretch(lamp, origin, direction, toLamp, along, height, spill, fog, 1);
      }
    } else {
      // Tail lamps and windows spread their light so evenly that few nodes do.
      int panels = lamp.pattern == kLampStreet ? kLampPanels : 1;
      sum = lampStretch(lamp, origin, direction, toLamp, along, height, before, fog, panels);
    }
  }
  return lamp.colour * (sum * lamp.intensity_cd * fog.extinction_1pm / height);
}

NF_SHARED_END
#endif
