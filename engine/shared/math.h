// Elementary functions with the same bits in C++ and GLSL: Vulkan allows sin() an absolute error of 2^-11 and exp() 3 +
// 2|x| ulp, and drivers differ. Polynomials are those of the Cephes library (S. L. Moshier, single precision); tests
// hold each to a stated error against double precision.
#ifndef NIGHTFOG_SHARED_MATH_H
#define NIGHTFOG_SHARED_MATH_H
#include "engine/shared/language.h"
NF_SHARED_BEGIN

NF_CONST float kPiFloat = 3.14159265358979f;

/// Sine and cosine of x radians, absolute error below 1e-7 for |x| <= 1000 (Cody-Waite reduction by pi/2 in three
/// parts).
NF_FN void sinCos(float x, NF_OUT(float) sine, NF_OUT(float) cosine) {
  NF_PRECISE float quadrant = floor(x * 0.636619772367581f + 0.5f);
  NF_PRECISE float r =
      ((x - quadrant * 1.5703125f) - quadrant * 4.837512969970703125e-4f) - quadrant * 7.54978995489188216e-8f;
  NF_PRECISE float z = r * r;
  NF_PRECISE float s = r + r * z * ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f);
  NF_PRECISE float c =
      (1.0f - 0.5f * z) + z * z * ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f);
  int q = int(quadrant) & 3;
  float swappedSine = (q & 1) == 0 ? s : c;
  float swappedCosine = (q & 1) == 0 ? c : s;
  sine = q >= 2 ? -swappedSine : swappedSine;
  cosine = q == 1 || q == 2 ? -swappedCosine : swappedCosine;
}

/// Natural logarithm of a normal positive float, relative error below 2e-7 (absolute near 1).
NF_FN float logOf(float x) {
  uint bits = floatBitsToUint(x);
  int exponent = int(bits >> 23u) - 126;
  NF_PRECISE float m = uintBitsToFloat((bits & 0x007fffffu) | 0x3f000000u);  // [0.5, 1)
  if (m < 0.70710678118654752f) {
    exponent -= 1;
    m = m + m - 1.0f;
  } else {
    m = m - 1.0f;
  }
  NF_PRECISE float e = float(exponent);
  NF_PRECISE float z = m * m;
  NF_PRECISE float p = 7.0376836292e-2f * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  p = p * m * z;
  p = p + e * -2.12194440e-4f;
  p = p - 0.5f * z;
  NF_PRECISE float result = (m + p) + e * 0.693359375f;
  return result;
}

/// e^x, relative error below 2e-7; 0 below x = -87, and the value at 88 above x = 88.
NF_FN float expOf(float x) {
  if (x < -87.0f) return 0.0f;
  NF_PRECISE float limited = min(x, 88.0f);
  NF_PRECISE float n = floor(limited * 1.44269504088896341f + 0.5f);
  NF_PRECISE float r = (limited - n * 0.693359375f) + n * 2.12194440e-4f;
  NF_PRECISE float z = r * r;
  NF_PRECISE float p = 1.9875691500e-4f * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = (p * z + r) + 1.0f;
  NF_PRECISE float result = p * uintBitsToFloat(uint(int(n) + 127) << 23u);
  return result;
}

/// Angle of the point (x, y) from the x axis, in [0, pi], for y >= 0 and (x, y) not the origin; absolute error below
/// 3e-7.
NF_FN float upperAngle(float y, float x) {
  float ax = x < 0.0f ? -x : x;
  bool steep = y > ax;
  NF_PRECISE float t = steep ? ax / y : y / ax;  // [0, 1]
  NF_PRECISE float base = 0.0f;
  if (t > 0.41421356237309503f) {  // tan(pi/8)
    base = 0.785398163397448f;
    t = (t - 1.0f) / (t + 1.0f);
  }
  NF_PRECISE float z = t * t;
  NF_PRECISE float angle =
      base +
      ((((8.05374449538e-2f * z - 1.38776856032e-1f) * z + 1.99777106478e-1f) * z - 3.33329491539e-1f) * z * t + t);
  if (steep) angle = 1.57079632679490f - angle;
  return x < 0.0f ? kPiFloat - angle : angle;
}

/// Two independent standard normal numbers from two random words (Box and Muller 1958). |value| <= 5.9.
NF_FN vec2 normalPair(uint bitsA, uint bitsB) {
  NF_PRECISE float u = float((bitsA >> 8u) + 1u) * 5.9604644775390625e-8f;  // (0, 1]
  NF_PRECISE float radius = sqrt(-2.0f * logOf(u));
  float s;
  float c;
  sinCos(6.28318530717958648f * (float(bitsB >> 8u) * 5.9604644775390625e-8f), s, c);
  return vec2(radius * c, radius * s);
}

NF_SHARED_END
#endif
