// The waveform a LiDAR's receiver sees of one pulse, and the echoes in it.
//
// A surface at R answers with a sin^2 pulse of half-power width tau: A sin^2(pi (r - R) / L) for R <= r <= R + L, with
// L = c tau (Hahner et al., ICCV 2021 and CVPR 2022). The waveform is the sum over what the rays of the beam met.
// Between two edges of pulses it is a constant less one harmonic,
//
//   1/2 (sum A_j - c cos(2 pi r / L) - s sin(2 pi r / L)),  c + i s = sum A_j exp(2 pi i R_j / L)
//
// so its maxima are found exactly, without samples. Two equal pulses have two maxima when they are more than L / 2 =
// c tau / 2 apart, else one between them: mixed pixels and merged echoes are no special case. An echo's range is its
// maximum less the L / 2 by which a pulse peaks late.
#ifndef NIGHTFOG_SHARED_LIDAR_WAVEFORM_H
#define NIGHTFOG_SHARED_LIDAR_WAVEFORM_H
#include "engine/shared/lidar_data.h"
#include "engine/shared/math.h"
NF_SHARED_BEGIN

NF_CONST uint kLidarMostSubRays = 19u;
NF_CONST uint kLidarMostParts = 23u;   ///< one a sub-ray, what lies at the end of three detours, and a bloom
NF_CONST uint kLidarMostEchoes = 24u;  ///< one a part, and one of the medium
NF_CONST uint kLidarNoEcho = 0xffffffffu;

/// What the rays of one beam met, nearest first.
struct LidarWaveform {
  uint count;
  float range_m[kLidarMostParts];
  float amplitude[kLidarMostParts];
  uint source[kLidarMostParts];
};

struct LidarEcho {
  float range_m;
  float amplitude;
  uint source;  ///< of the part that contributes most to the maximum
};

/// Nearest first.
struct LidarEchoes {
  uint count;
  LidarEcho at[kLidarMostEchoes];
};

/// Adds a part; at most kLidarMostParts.
NF_FN void lidarAddPart(NF_INOUT(LidarWaveform) waveform, float range_m, float amplitude, uint source) {
  uint place = waveform.count;
  while (place > 0u && waveform.range_m[place - 1u] > range_m) {
    waveform.range_m[place] = waveform.range_m[place - 1u];
    waveform.amplitude[place] = waveform.amplitude[place - 1u];
    waveform.source[place] = waveform.source[place - 1u];
    --place;
  }
  waveform.range_m[place] = range_m;
  waveform.amplitude[place] = amplitude;
  waveform.source[place] = source;
  ++waveform.count;
}

/// The maximum of the waveform while parts [begin, end) answer.
NF_FN LidarEcho lidarPeak(NF_INOUT(LidarWaveform) waveform, uint begin, uint end, float pulseLength_m) {
  LidarEcho echo;
  echo.range_m = waveform.range_m[begin];
  echo.amplitude = waveform.amplitude[begin];
  echo.source = waveform.source[begin];
  if (end == begin + 1u) return echo;
  NF_PRECISE float perMetre = 2.0f * kPiFloat / pulseLength_m;
  NF_PRECISE float sum = 0.0f;
  NF_PRECISE float c = 0.0f;
  NF_PRECISE float s = 0.0f;
  for (uint i = begin; i < end; ++i) {
    float sine;
    float cosine;
    sinCos((waveform.range_m[i] - waveform.range_m[begin]) * perMetre, sine, cosine);
    sum += waveform.amplitude[i];
    c += waveform.amplitude[i] * cosine;
    s += waveform.amplitude[i] * sine;
  }
  NF_PRECISE float harmonic = sqrt(c * c + s * s);
  if (harmonic > 0.0f) {
    NF_PRECISE float angle = s >= 0.0f ? upperAngle(s, c) : -upperAngle(-s, c);
    echo.range_m = waveform.range_m[begin] + angle / perMetre;
  }
  echo.amplitude = 0.5f * (sum + harmonic);
  NF_PRECISE float most = -1.0f;
  for (uint i = begin; i < end; ++i) {
    float sine;
    float cosine;
    sinCos((waveform.range_m[i] - echo.range_m) * perMetre, sine, cosine);
    NF_PRECISE float share = waveform.amplitude[i] * (1.0f + cosine);
    if (share > most) {
      most = share;
      echo.source = waveform.source[i];
    }
  }
  return echo;
}

/// The maxima of the waveform.
NF_FN LidarEchoes lidarEchoes(NF_INOUT(LidarWaveform) waveform, float pulseLength_m) {
  LidarEchoes echoes;
  echoes.count = 0u;
  NF_PRECISE float perMetre = 2.0f * kPiFloat / pulseLength_m;
  float cosines[kLidarMostParts];
  float sines[kLidarMostParts];
  for (uint i = 0u; i < waveform.count; ++i) {
    float sine;
    float cosine;
    sinCos((waveform.range_m[i] - waveform.range_m[0]) * perMetre, sine, cosine);
    cosines[i] = cosine;
    sines[i] = sine;
  }
  // Parts [begin, end) answer; from each edge to the next the waveform rises, peaks or falls. An interval has at most
  // one maximum: those that answer all began within one pulse before it.
  uint begin = 0u;
  uint end = 0u;
  bool rising = true;
  while (begin < waveform.count) {
    if (begin == end) {
      rising = true;
      ++end;
    }
    bool nextStarts = end < waveform.count && waveform.range_m[end] < waveform.range_m[begin] + pulseLength_m;
    // Whether it falls at the next edge. Parts that began within half a pulse before it rise there, those that began
    // earlier fall; only where there are both does it take the slope, and rounding cannot decide a tie.
    NF_PRECISE float edge_m = nextStarts ? waveform.range_m[end] : waveform.range_m[begin] + pulseLength_m;
    bool falls = edge_m - waveform.range_m[end - 1u] >= 0.5f * pulseLength_m;
    if (!falls && edge_m - waveform.range_m[begin] > 0.5f * pulseLength_m) {
      uint edge = nextStarts ? end : begin;
      NF_PRECISE float slope = 0.0f;
      for (uint i = begin; i < end; ++i) {
        slope += waveform.amplitude[i] * (cosines[i] * sines[edge] - sines[i] * cosines[edge]);
      }
      falls = slope < 0.0f || (slope == 0.0f && !rising);
    }
    if (rising && falls) {
      echoes.at[echoes.count] = lidarPeak(waveform, begin, end, pulseLength_m);
      ++echoes.count;
    }
    rising = !falls;
    if (nextStarts) {
      ++end;
    } else {
      ++begin;
    }
  }
  return echoes;
}

/// sum + a b, the same on every device. (What reads memory is never precise itself: glslang 12 fails on it.)
NF_FN float lidarSumOf(float sum, float a, float b) {
  NF_PRECISE float result = sum + a * b;
  return result;
}

/// Where, from `from` on, sum - c cos(x) - s sin(x), which is not below `level` there, falls to it; 1e9: nowhere.
NF_FN float lidarFallsAt(float sum, float c, float s, float level, float from) {
  NF_PRECISE float harmonic = sqrt(c * c + s * s);
  NF_PRECISE float q = (sum - level) / max(harmonic, 1e-30f);
  if (q >= 1.0f) return 1e9f;
  if (q <= -1.0f) return from;
  NF_PRECISE float phase = s >= 0.0f ? upperAngle(s, c) : -upperAngle(-s, c);
  NF_PRECISE float fall = phase - upperAngle(sqrt(1.0f - q * q), q);
  NF_PRECISE float turns = floor((fall - from + 1e-4f) / (2.0f * kPiFloat));  // 1e-4: rounding is no turn
  NF_PRECISE float result = fall - turns * (2.0f * kPiFloat);
  return result;
}

/// How far from an echo's maximum the waveform falls to half of it, as an angle of which a pulse takes 2 pi: away from
/// the sensor, or towards it (side -1).
NF_FN float lidarHalfWay(NF_INOUT(LidarWaveform) waveform, LidarEcho echo, float perMetre, float side) {
  float begins[kLidarMostParts];
  float cosines[kLidarMostParts];
  float sines[kLidarMostParts];
  for (uint i = 0u; i < waveform.count; ++i) {
    float sine;
    float cosine;
    float began = lidarSumOf(-kPiFloat, waveform.range_m[i] - echo.range_m, side * perMetre);
    sinCos(began, sine, cosine);
    begins[i] = began;
    cosines[i] = cosine;
    sines[i] = sine;
  }
  float from = 0.0f;
  for (uint step = 0u; step <= 2u * waveform.count; ++step) {
    float edge = 1e9f;
    float sum = 0.0f;
    float c = 0.0f;
    float s = 0.0f;
    for (uint i = 0u; i < waveform.count; ++i) {
      float end = begins[i] + 2.0f * kPiFloat;
      if (begins[i] > from) {
        edge = min(edge, begins[i]);
      } else if (end > from) {
        edge = min(edge, end);
        sum += waveform.amplitude[i];
        c = lidarSumOf(c, waveform.amplitude[i], cosines[i]);
        s = lidarSumOf(s, waveform.amplitude[i], sines[i]);
      }
    }
    float fall = lidarFallsAt(sum, c, s, echo.amplitude, from);  // twice the waveform, and twice half of its maximum
    if (fall <= edge) return max(fall, from);
    if (edge > 1e8f) return from;
    from = edge;
  }
  return from;
}

/// How much wider an echo is at half its height than one pulse, in metres of range: of what is slanted, stepped or deep
/// within the beam. What of the waveform does not fall below half between two maxima is one.
NF_RARE_FN float lidarElongation(NF_INOUT(LidarWaveform) waveform, LidarEcho echo, float pulseLength_m) {
  NF_PRECISE float perMetre = 2.0f * kPiFloat / pulseLength_m;
  float away = lidarHalfWay(waveform, echo, perMetre, 1.0f);
  float towards = lidarHalfWay(waveform, echo, perMetre, -1.0f);
  NF_PRECISE float longer = (away + towards - kPiFloat) / perMetre;
  return max(longer, 0.0f);
}

/// Which of the echoes are returns: places in LidarEchoes, kLidarNoEcho for none.
struct LidarChoice {
  uint primary;
  uint second;
};

/// What a receiver has found so far, echo by echo. Nearest first, so that of equals the nearer is the stronger.
struct LidarFound {
  uint first;
  uint last;
  uint strongest;
  uint second;
  float strongestAmplitude;
  float secondAmplitude;
};

NF_FN LidarFound lidarFoundNothing() {
  LidarFound found;
  found.first = kLidarNoEcho;
  found.last = kLidarNoEcho;
  found.strongest = kLidarNoEcho;
  found.second = kLidarNoEcho;
  found.strongestAmplitude = 0.0f;
  found.secondAmplitude = 0.0f;
  return found;
}

NF_FN void lidarFind(NF_INOUT(LidarFound) found, uint echo, float amplitude) {
  if (found.first == kLidarNoEcho) found.first = echo;
  found.last = echo;
  if (found.strongest == kLidarNoEcho || amplitude > found.strongestAmplitude) {
    found.second = found.strongest;
    found.secondAmplitude = found.strongestAmplitude;
    found.strongest = echo;
    found.strongestAmplitude = amplitude;
  } else if (found.second == kLidarNoEcho || amplitude > found.secondAmplitude) {
    found.second = echo;
    found.secondAmplitude = amplitude;
  }
}

NF_FN LidarChoice lidarChoose(LidarFound found, uint echoes) {
  LidarChoice choice;
  choice.primary = found.strongest;
  choice.second = kLidarNoEcho;
  if (echoes == kLidarFirst) choice.primary = found.first;
  if (echoes == kLidarLast) choice.primary = found.last;
  if (echoes == kLidarSecondStrongest && found.second != kLidarNoEcho) choice.primary = found.second;
  if (echoes == kLidarDual) choice.second = found.last != found.strongest ? found.last : found.second;
  return choice;
}

NF_SHARED_END
#endif
