// From radiance to eight bits: exposure, the sensor's electrons and noise, white balance and the tone curve.
//
// Exposure is saturation-based [ISO 12232]: the luminance that fills the sensor is L_max = 120 N^2 / (t S) cd/m^2 (lens
// transmittance 0.65). Electrons follow EMVA 1288: Poisson(signal) + N(0, read noise), clipped at the full well, which
// gain divides. The tone curve has a shoulder above diffuse white, as the HDR sensors of cars are shown.
#ifndef NIGHTFOG_SHARED_TONEMAP_H
#define NIGHTFOG_SHARED_TONEMAP_H
#include "engine/shared/language.h"
#include "engine/shared/math.h"
#include "engine/shared/philox.h"
NF_SHARED_BEGIN

/// A frame's exposure, as kernels need it.
struct SensorModel {
  float scale;           ///< 1 / L_max: signal 1 is diffuse white
  float headroom;        ///< signal at which the sensor clips, >= 1
  float electronsAtOne;  ///< electrons of signal 1
  float readNoise_e;     ///< 1 sigma, electrons
  vec3 whiteBalance;     ///< gains, green 1
  float vignetting;      ///< 0: none; 1: cos^4
  float softness;        ///< weight of the eight neighbours in the lens's point spread, 0 … 0.5
  float glare;           ///< share of light the lens scatters widely
  uint useNoise;
  uint frame;
  uint keyLow;  ///< 64-bit random key of (seed, run, sensor)
  uint keyHigh;
};

NF_CONST uint kPurposeSensorNoise = 64u;

NF_FN float saturationLuminance(float fNumber, float exposure_s, float iso) {
  return 120.0f * fNumber * fNumber / (exposure_s * iso);
}

/// Electrons that a pixel counts when `mean` are expected: exact inversion below 4; beyond, the square of a normal number, (s + z / 2)^2 with s^2 = mean - 1/4,
/// whose mean is exact, whose variance is mean - 1/8 (1/12 comes back by rounding), and whose skewness is the Poisson's to first order [Anscombe 1948].
NF_FN float poissonCount(float mean, uint bitsA, uint bitsB) {
  float s = sqrt(max(mean - 0.25f, 0.0f));
  float root = s + 0.5f * normalPair(bitsA, bitsB).x;
  float many = floor(root * root + 0.5f);
  if (mean >= 4.0f) return many;
  float u = unitFloat(bitsA);
  float p = expOf(-max(mean, 0.0f));
  float cumulative = p;
  float k = 0.0f;
  for (int i = 0; i < 24; ++i) {
    if (u < cumulative) break;
    k += 1.0f;
    p = p * mean / k;
    cumulative += p;
  }
  return k;
}

/// One channel through the sensor: signal in, signal out.
NF_FN float senseChannel(SensorModel sensor, float signal, uint bitsA, uint bitsB, float readNormal) {
  float clipped = clamp(signal, 0.0f, sensor.headroom);
  if (sensor.useNoise == 0u) return clipped;
  float electrons = poissonCount(clipped * sensor.electronsAtOne, bitsA, bitsB) + sensor.readNoise_e * readNormal;
  return clamp(electrons / sensor.electronsAtOne, 0.0f, sensor.headroom);
}

/// Noise of a pixel's three channels.
NF_FN vec3 sensePixel(SensorModel sensor, vec3 signal, uint pixel) {
  uvec2 key = uvec2(sensor.keyLow, sensor.keyHigh);
  uvec4 a = philox4x32(uvec4(pixel, sensor.frame, kPurposeSensorNoise, 0u), key);
  uvec4 b = philox4x32(uvec4(pixel, sensor.frame, kPurposeSensorNoise, 1u), key);
  vec2 n = normalPair(b.x, b.y);
  vec2 m = normalPair(b.z, b.w);
  return vec3(senseChannel(sensor, signal.x, a.x, a.w, n.x),
              senseChannel(sensor, signal.y, a.y, a.w * 0x9E3779B9u, n.y),
              senseChannel(sensor, signal.z, a.z, a.w * 0x85EBCA6Bu, m.x));
}

NF_CONST float kToneToe = 0.045f;  ///< display-linear level at which the toe has halved what lies below diffuse grey

/// Scene-linear 0 … headroom to display-linear 0 … 1: extended Reinhard, white at `headroom` [Reinhard et al., SIGGRAPH
/// 2002], with the toe of a car camera's contrast curve, which takes the lens's veil and the dark's noise down.
NF_FN float toneCurve(float x, float headroom) {
  float shoulder = clamp(x * (1.0f + x / (headroom * headroom)) / (1.0f + x), 0.0f, 1.0f);
  return shoulder * shoulder * (1.0f + kToneToe) / (shoulder + kToneToe);
}

/// IEC 61966-2-1.
NF_FN float encodeSrgb(float x) {
  float c = clamp(x, 0.0f, 1.0f);
  return c <= 0.0031308f ? 12.92f * c : 1.055f * expOf(logOf(max(c, 1e-6f)) * (1.0f / 2.4f)) - 0.055f;
}

NF_FN float decodeSrgb(float x) {
  return x <= 0.04045f ? x / 12.92f : expOf(logOf((x + 0.055f) / 1.055f) * 2.4f);
}

NF_FN uint toByte(float x) {
  return uint(clamp(floor(x * 255.0f + 0.5f), 0.0f, 255.0f));
}

NF_SHARED_END
#endif
