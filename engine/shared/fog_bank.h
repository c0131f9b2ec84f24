// A bank of fog that drifts: a body of fog with a soft edge, its extinction at a point and what it takes from a path,
// in closed form. The camera and the LiDAR call the same functions, each ray at its own time.
//
//   s(p) = s_0 w((q - i) / (1 - i)),  q = |M (p - c - v t)|^2,  i = (1 - edge)^2
//
// M scales the bank to a unit ball around the ground under its middle, so that what is above ground is a dome; w(u) is
// 1 for u < 0, 1 - 3 u^2 + 2 u^3 for 0 … 1, 0 above. Along a straight path q is a quadratic and w(q) a polynomial of
// degree 6 between the roots of q = i and q = 1, whose integral Gauss and Legendre's rule of four nodes gives exactly.
// Optical depths of a layer and of banks add up.
#ifndef NIGHTFOG_SHARED_FOG_BANK_H
#define NIGHTFOG_SHARED_FOG_BANK_H
#include "engine/shared/language.h"
#include "engine/shared/math.h"
NF_SHARED_BEGIN

NF_CONST uint kMostFogBanks = 8u;

struct FogBank {
  vec3 centre;           ///< of its base, frame axes, at time 0
  float extinction_1pm;  ///< where it is full
  vec3 velocity_mps;
  float full;          ///< i: q up to which it is full, 0 … below 1
  vec2 axis;           ///< unit, along its length
  vec3 inverseRadius;  ///< 1/m: along, across, up
};

/// A direction, or a place seen from the bank's middle, where the bank is a unit ball.
NF_FN vec3 fogBankScaled(FogBank bank, vec3 v) {
  NF_PRECISE float along = v.x * bank.axis.x + v.y * bank.axis.y;
  NF_PRECISE float across = v.y * bank.axis.x - v.x * bank.axis.y;
  return vec3(along, across, v.z) * bank.inverseRadius;
}

/// A place seen from where the bank's middle has drifted to.
NF_FN vec3 fogBankSeen(FogBank bank, vec3 place, float time_s) {
  NF_PRECISE vec3 seen = place - bank.centre - bank.velocity_mps * time_s;
  return seen;
}

/// A straight path as the bank sees it: q is nearest + speed2 (t - middle)^2.
struct FogBankPath {
  float nearest;
  float speed2;  ///< 1/m^2
  float middle;  ///< m along the path
  float outer;   ///< m from there to either surface; below 0: it passes by
};

NF_FN FogBankPath fogBankPath(FogBank bank, vec3 origin, vec3 direction, float time_s) {
  vec3 p = fogBankScaled(bank, fogBankSeen(bank, origin, time_s));
  vec3 d = fogBankScaled(bank, direction);
  NF_PRECISE float speed2 = dot(d, d);
  NF_PRECISE float middle = -dot(p, d) / speed2;
  NF_PRECISE vec3 foot = p + d * middle;  // q there is the least: no difference of large squares
  NF_PRECISE float nearest = dot(foot, foot);
  NF_PRECISE float outer = sqrt(max(1.0f - nearest, 0.0f) / speed2);
  FogBankPath path;
  path.nearest = nearest;
  path.speed2 = speed2;
  path.middle = middle;
  path.outer = nearest < 1.0f ? outer : -1.0f;
  return path;
}

/// w as a function of q.
NF_FN float fogBankShareOf(FogBank bank, float q) {
  NF_PRECISE float u = clamp((q - bank.full) / (1.0f - bank.full), 0.0f, 1.0f);
  NF_PRECISE float share = 1.0f - u * u * (3.0f - 2.0f * u);
  return share;
}

/// Share of the bank's full extinction at a place.
NF_FN float fogBankShareAt(FogBank bank, vec3 place, float time_s) {
  vec3 p = fogBankScaled(bank, fogBankSeen(bank, place, time_s));
  NF_PRECISE float q = dot(p, p);
  return fogBankShareOf(bank, q);
}

/// Integral of the share from t = a to b, between roots.
NF_FN float fogBankPiece(FogBank bank, FogBankPath path, float a, float b) {
  if (!(b > a)) return 0.0f;
  NF_PRECISE float centre = 0.5f * (a + b) - path.middle;
  NF_PRECISE float reach = 0.5f * (b - a);
  NF_PRECISE float sum = 0.0f;
  for (int i = 0; i < 4; ++i) {
    float place = i < 2 ? 0.3399810435848563f : 0.8611363115940526f;
    float weight = i < 2 ? 0.6521451548625461f : 0.3478548451374538f;
    NF_PRECISE float t = centre + ((i & 1) == 0 ? -place : place) * reach;
    NF_PRECISE float q = path.nearest + path.speed2 * t * t;
    NF_PRECISE float added = weight * fogBankShareOf(bank, q);
    sum = sum + added;
  }
  NF_PRECISE float result = sum * reach;
  return result;
}

/// How far along a straight path the bank begins; 1e9 where it is not met.
NF_FN float fogBankBegin(FogBank bank, vec3 origin, vec3 direction, float time_s) {
  FogBankPath path = fogBankPath(bank, origin, direction, time_s);
  NF_PRECISE float begin = path.middle - path.outer;
  NF_PRECISE float end = path.middle + path.outer;
  return path.outer < 0.0f || end <= 0.0f ? 1e9f : max(begin, 0.0f);
}

/// Optical depth that a bank adds to a straight path of `length_m` along a unit direction.
NF_FN float fogBankDepth(FogBank bank, vec3 origin, vec3 direction, float length_m, float time_s) {
  FogBankPath path = fogBankPath(bank, origin, direction, time_s);
  if (path.outer < 0.0f) return 0.0f;
  NF_PRECISE float a = max(path.middle - path.outer, 0.0f);
  NF_PRECISE float b = min(path.middle + path.outer, length_m);
  if (!(b > a)) return 0.0f;
  NF_PRECISE float inner = path.nearest < bank.full ? sqrt((bank.full - path.nearest) / path.speed2) : 0.0f;
  NF_PRECISE float in1 = clamp(path.middle - inner, a, b);
  NF_PRECISE float in2 = clamp(path.middle + inner, a, b);
  NF_PRECISE float metres = fogBankPiece(bank, path, a, in1) + (in2 - in1) + fogBankPiece(bank, path, in2, b);
  NF_PRECISE float depth = bank.extinction_1pm * metres;
  return depth;
}

NF_SHARED_END
#endif
