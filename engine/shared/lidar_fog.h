// What fog itself sends back to a LiDAR: the soft return.
//
// A slab of fog between s and s + ds answers like a Lambertian surface of reflectance pi beta ds, beta = alpha / S its
// backscatter (1/(m sr)) and S the lidar ratio (sr). With the pulse of lidar_waveform.h and the overlap xi(s) of the
// emitter's and the receiver's fields of view the waveform is
//
//   A(r) = scale int pi beta(s) xi(s) / s^2 exp(-2 tau(s)) sin^2(pi (r - s) / L) ds,  r - L <= s <= min(r, reach)
//
// in units of the noise, tau(s) the optical depth on the way; beta and tau follow the layer of engine/shared/fog.h. S
// is 16 to 20 sr for fog at 905 nm by Mie's theory (Hahner et al. 2021 take 65).
#ifndef NIGHTFOG_SHARED_LIDAR_FOG_H
#define NIGHTFOG_SHARED_LIDAR_FOG_H
#include "engine/shared/fog.h"
#include "engine/shared/lidar_data.h"
#include "engine/shared/math.h"
NF_SHARED_BEGIN

NF_CONST uint kLidarFogSteps = 32u;

/// A straight path through a layer of fog: height where it begins, and height gained a metre.
struct LidarFogPath {
  float start_m;
  float rise;
};

/// Share of the emitter's beam that the receiver sees.
NF_FN float lidarOverlap(float range_m, float begin_m, float full_m) {
  if (range_m >= full_m) return 1.0f;
  NF_PRECISE float share = (range_m - begin_m) / (full_m - begin_m);
  return max(share, 0.0f);
}

/// The waveform of fog at r, for unit scale and S = 1 sr, when the path ends at `reach_m`.
NF_FN float lidarFogWaveform(FogLayer fog, LidarFogPath path, float overlapBegin_m, float overlapFull_m,
                             float pulseLength_m, float r_m, float reach_m) {
  NF_PRECISE float from = max(r_m - pulseLength_m, overlapBegin_m);
  NF_PRECISE float step = (min(r_m, reach_m) - from) / float(kLidarFogSteps);
  if (!(step > 0.0f)) return 0.0f;
  NF_PRECISE float sum = 0.0f;
  for (uint i = 0u; i < kLidarFogSteps; ++i) {
    NF_PRECISE float s = from + (float(i) + 0.5f) * step;
    NF_PRECISE float z = path.start_m + path.rise * s;
    float sine;
    float cosine;
    sinCos(2.0f * kPiFloat * (r_m - s) / pulseLength_m, sine, cosine);
    float depth = fogDepth(fog, path.start_m, z, s);
    float share = fogHasTop(fog) ? fogShareAt(fog, z) : 1.0f;
    sum += share * lidarOverlap(s, overlapBegin_m, overlapFull_m) / (s * s) * expOf(-2.0f * depth) * 0.5f *
           (1.0f - cosine);
  }
  NF_PRECISE float result = kPiFloat * fog.extinction_1pm * sum * step;
  return result;
}

NF_SHARED_END
#endif
