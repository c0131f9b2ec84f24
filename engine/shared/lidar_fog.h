// What fog itself sends back to a LiDAR: the soft return.
//
// A slab of fog between s and s + ds answers like a Lambertian surface of reflectance pi beta ds, beta = alpha / S its
// backscatter (1/(m sr)) and S the lidar ratio (sr), so that the waveform of the fog is
//
//   A(r) = scale int pi beta(s) xi(s) / s^2 exp(-2 tau(s)) sin^2(pi (r - s) / L) ds,  r - L <= s <= r
//
// in units of the noise; xi is what the receiver sees of the emitter's beam, times its gain, which is turned down for
// what is near. None of it depends on what the beam meets but that the fog ends there, so the host makes a table of it
// for every frame (sensors/lidar/lidar_fog.hpp), by how steeply the beam rises through the layer, and a beam looks its
// return up. Noise makes the waveform cross the threshold somewhere along its slow decay: every half pulse is a cell
// that crosses on its own with Q(T - A), and the return is in the first that does.
//
// Hahner et al. (ICCV 2021) replace a surface's point where fog gives more, P_soft / P_hard being a constant of the
// fog alone; that is kLidarFogHahner, with their constants.
#ifndef NIGHTFOG_SHARED_LIDAR_FOG_H
#define NIGHTFOG_SHARED_LIDAR_FOG_H
#include "engine/shared/language.h"
#include "engine/shared/lidar_data.h"
#include "engine/shared/math.h"
#include "engine/shared/philox.h"
NF_SHARED_BEGIN

NF_CONST float kLidarRatio_sr = 18.0f;  ///< of fog at 905 nm by Mie's theory: 16 to 20

NF_CONST float kHahnerPulseLength_m = 5.99584916f;     ///< c tau_h, tau_h = 20 ns
NF_CONST float kHahnerBackscatter = 0.0153548867f;     ///< beta / alpha = 0.046 / ln 20, 1/sr
NF_CONST float kHahnerTargetBackscatter = 3.1831e-7f;  ///< beta_0 = Gamma / pi, Gamma = 1e-6
NF_CONST float kHahnerTimePerMetre = 6.67128190e-9f;   ///< 2 / c: their integral runs over time

/// The receiver's gain for what is this far, beside what it is for what is far.
NF_FN float lidarGain(float range_m, float fullGain_m) {
  NF_PRECISE float share = min(range_m / fullGain_m, 1.0f);
  NF_PRECISE float result = share * share;
  return result;
}

/// Row of the table for a beam that rises this much a metre; `dither`, 0 … 1, rounds between two rows at random, so
/// that the table is interpolated on average.
NF_FN uint lidarFogRowOf(float rise, uint rowCount, float dither) {
  if (rowCount <= 1u) return 0u;
  NF_PRECISE float root = sqrt(abs(rise));
  if (rise < 0.0f) root = -root;
  NF_PRECISE float place = 0.5f * (clamp(root, -1.0f, 1.0f) + 1.0f) * float(rowCount - 1u) + dither;
  return min(uint(place), rowCount - 1u);
}

/// Of the losses that rows are made for, the nearest to a beam's: loss k of n leaves (1 - k / (n - 1))^2 of the power.
NF_FN uint lidarFogLossOf(float lost, uint count) {
  if (count <= 1u) return 0u;
  NF_PRECISE float place = (1.0f - sqrt(max(1.0f - lost, 0.0f))) * float(count - 1u) + 0.5f;
  return min(uint(place), count - 1u);
}
NF_FN float lidarFogLossLeaves(uint loss, uint count) {
  if (count <= 1u) return 1.0f;
  NF_PRECISE float root = 1.0f - float(loss) / float(count - 1u);
  NF_PRECISE float result = root * root;
  return result;
}

/// A soft return: range_m < 0 where there is none.
struct LidarFogReturn {
  float range_m;
  float amplitude;  ///< behind the receiver's gain
  float depth_m;    ///< from there until the waveform falls to half; 0 where the sensor does not measure it
};

NF_FN LidarFogReturn lidarNoSoftReturn() {
  LidarFogReturn soft;
  soft.range_m = -1.0f;
  soft.amplitude = 0.0f;
  soft.depth_m = 0.0f;
  return soft;
}

/// Where in a cell of `step_m` that ends at `end_m` a waveform falls to `level`, from the mean amplitudes at its ends.
NF_FN float lidarFallWithin(float end_m, float step_m, float before, float after, float level) {
  NF_PRECISE float result = end_m - step_m * clamp((level - after) / max(before - after, 1e-30f), 0.0f, 1.0f);
  return result;
}

/// How much wider than a pulse a soft return is at half its height: it rises as a pulse does, and falls as the fog lets
/// it.
NF_FN float lidarSoftElongation(float depth_m, float pulseLength_m) {
  NF_PRECISE float longer = depth_m - 0.25f * pulseLength_m;
  return max(longer, 0.0f);
}

/// How many cells of a row lie before `reach_m`.
NF_FN uint lidarFogCells(float firstRange_m, float step_m, float reach_m) {
  if (reach_m < firstRange_m) return 0u;
  NF_PRECISE float cells = (reach_m - firstRange_m) / step_m;
  return min(uint(min(cells, 1e6f)) + 1u, kLidarFogCells);
}

/// A place within a cell of a row, -0.5 … 0.5, and a random word's low byte, 0 … 1.
NF_FN float lidarFogCellRange(float firstRange_m, float step_m, uint cell, float within) {
  NF_PRECISE float range = firstRange_m + (float(cell) + within) * step_m;
  return range;
}
NF_FN float lidarLowByte(uint bits) {
  NF_PRECISE float result = (float(bits & 0xffu) + 0.5f) * 0.00390625f;
  return result;
}

/// Where between the cells of a row a range lies, and what is there.
NF_FN float lidarFogPlace(float firstRange_m, float step_m, float range_m) {
  NF_PRECISE float place = (range_m - firstRange_m) / step_m;
  return clamp(place, 0.0f, float(kLidarFogCells - 1u));
}
NF_FN float lidarBetween(float a, float b, float share) {
  NF_PRECISE float result = a + (b - a) * share;
  return result;
}

/// Amplitude of a waveform of mean `mean` that has crossed `threshold`: beyond it by the tail of a normal.
NF_FN float lidarCrossingAmplitude(float mean, float threshold, float draw) {
  NF_PRECISE float below = max(threshold - mean, 0.0f);
  NF_PRECISE float result = mean + sqrt(below * below - 2.0f * logOf(1.0f - draw));
  return max(result, threshold);
}

NF_SHARED_END
#endif
