#include "sensors/lidar/lidar_fog.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/transform.hpp"
#include "engine/shared/lidar_fog.h"

namespace nightfog::lidar {
namespace {

constexpr int kStepsAPulse = 32;
constexpr double kPeakStep_m = 0.01;

double overlap(double s, double begin_m, double full_m) {
  if (s >= full_m) return 1;
  return s <= begin_m ? 0 : (s - begin_m) / (full_m - begin_m);
}

double sine2(double x) {
  const double s = std::sin(x);
  return s * s;
}

/// Probability that a normal number exceeds x.
double upperTail(double x) {
  return 0.5 * std::erfc(x / std::sqrt(2.0));
}

shared::LidarFogRow waveformRow(const FogSetting& f, double rise) {
  const double step = f.pulseLength_m / kStepsAPulse;
  constexpr int kCells = shared::kLidarFogCells;
  constexpr int kHalf = kStepsAPulse / 2;  // a cell is half a pulse
  // Light that comes back from each slab, behind the gain: slabs lie from where the overlap begins.
  std::vector<double> slab(static_cast<size_t>(kCells * kHalf + kStepsAPulse));
  for (size_t i = 0; i < slab.size(); ++i) {
    const double s = f.overlapBegin_m + (static_cast<double>(i) + 0.5) * step;
    const double z = f.sensorHeight_m + rise * s;
    const double share = shared::fogHasTop(f.fog) ? shared::fogShareAt(f.fog, static_cast<float>(z)) : 1.0;
    const double depth =
        shared::fogDepth(f.fog, static_cast<float>(f.sensorHeight_m), static_cast<float>(z), static_cast<float>(s));
    const double gain = std::min(s / f.fullGain_m, 1.0);
    slab[i] = share * overlap(s, f.overlapBegin_m, f.overlapFull_m) * gain * gain / (s * s) * std::exp(-2 * depth);
  }
  const double scale = f.snrScale * kPi * f.fog.extinction_1pm / f.lidarRatio_sr * step;
  std::vector<double> pulse(kStepsAPulse);
  for (int i = 0; i < kStepsAPulse; ++i) pulse[static_cast<size_t>(i)] = scale * sine2(kPi * (i + 0.5) / kStepsAPulse);
  shared::LidarFogRow row{};
  row.firstRange_m = static_cast<float>(f.overlapBegin_m);
  row.step_m = static_cast<float>(kHalf * step);
  double missed = 1;
  for (int k = 0; k < kCells; ++k) {
    // The echo at range e is the waveform at e + L / 2, from slabs e - L / 2 to e + L / 2.
    double sum = 0;
    for (int i = 0; i < kStepsAPulse; ++i) {
      const int at = (k - 1) * kHalf + i;
      if (at >= 0) sum += pulse[static_cast<size_t>(i)] * slab[static_cast<size_t>(at)];
    }
    const double echo_m = f.overlapBegin_m + k * kHalf * step;
    if (echo_m >= f.minRange_m && echo_m <= f.maxRange_m)
      missed *= 1 - (upperTail(f.threshold - sum) - upperTail(f.threshold));  // the noise alone is not the fog
    row.crossed[k] = static_cast<float>(1 - missed);
    row.amplitude[k] = static_cast<float>(sum);
  }
  for (int k = kCells - 2; k >= 0; --k) row.amplitude[k] = std::max(row.amplitude[k], row.amplitude[k + 1]);
  return row;
}

shared::LidarFogRow hahnerRow(const FogSetting& f) {
  const double alpha = f.fog.extinction_1pm * shared::fogShareAt(f.fog, static_cast<float>(f.sensorHeight_m));
  const double length = shared::kHahnerPulseLength_m;
  const double scale = static_cast<double>(shared::kHahnerBackscatter) * alpha / shared::kHahnerTargetBackscatter *
                       shared::kHahnerTimePerMetre;
  const FogPeak whole = fogPeak(alpha, 1e6, length, f.overlapBegin_m, f.overlapFull_m);
  shared::LidarFogRow row{};
  row.step_m = static_cast<float>((whole.range_m - f.overlapBegin_m) / (shared::kLidarFogCells - 1));
  row.firstRange_m = static_cast<float>(f.overlapBegin_m);
  for (uint32_t k = 0; k < shared::kLidarFogCells; ++k) {
    const FogPeak peak = k + 1 == shared::kLidarFogCells ? whole
                                                         : fogPeak(alpha, f.overlapBegin_m + double{row.step_m} * k,
                                                                   length, f.overlapBegin_m, f.overlapFull_m);
    row.amplitude[k] = static_cast<float>(scale * peak.value);
    row.range_m[k] = static_cast<float>(peak.range_m - 0.5 * length);
  }
  return row;
}

}  // namespace

bool FogSetting::operator==(const FogSetting& o) const {
  return fog.extinction_1pm == o.fog.extinction_1pm && fog.fullBelow_m == o.fog.fullBelow_m &&
         fog.topDepth_m == o.fog.topDepth_m && sensorHeight_m == o.sensorHeight_m && model == o.model &&
         lidarRatio_sr == o.lidarRatio_sr && overlapBegin_m == o.overlapBegin_m && overlapFull_m == o.overlapFull_m &&
         fullGain_m == o.fullGain_m && snrScale == o.snrScale && threshold == o.threshold &&
         pulseLength_m == o.pulseLength_m && minRange_m == o.minRange_m && maxRange_m == o.maxRange_m;
}

double fogRowRise(uint32_t row, uint32_t rowCount) {
  const double root = 2.0 * row / (rowCount - 1) - 1;
  return root * std::abs(root);
}

std::vector<shared::LidarFogRow> fogRows(const FogSetting& setting) {
  if (setting.model == shared::kLidarFogHahner) return {hahnerRow(setting)};
  if (!shared::fogHasTop(setting.fog)) return {waveformRow(setting, 0)};
  std::vector<shared::LidarFogRow> rows;
  for (uint32_t row = 0; row < kLayerRows; ++row) rows.push_back(waveformRow(setting, fogRowRise(row, kLayerRows)));
  return rows;
}

FogPeak fogPeak(double extinction_1pm, double reach_m, double pulseLength_m, double overlapBegin_m,
                double overlapFull_m) {
  // Past a pulse beyond where the beam is all in view the waveform only falls.
  const double end = std::min(reach_m, overlapFull_m + pulseLength_m);
  const auto count = static_cast<int>(std::ceil((end - overlapBegin_m) / kPeakStep_m));
  if (count <= 0) return {0, overlapBegin_m};
  const double step = (end - overlapBegin_m) / count;
  std::vector<double> slab(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    const double s = overlapBegin_m + (i + 0.5) * step;
    slab[static_cast<size_t>(i)] =
        overlap(s, overlapBegin_m, overlapFull_m) / (s * s) * std::exp(-2 * extinction_1pm * s) * step;
  }
  const auto at = [&](double r) {
    double sum = 0;
    for (int i = 0; i < count; ++i) {
      const double s = overlapBegin_m + (i + 0.5) * step;
      if (s < r && s > r - pulseLength_m) sum += slab[static_cast<size_t>(i)] * sine2(kPi * (r - s) / pulseLength_m);
    }
    return sum;
  };
  FogPeak best;
  double low = overlapBegin_m;
  double high = end;
  for (double width = 0.2; width > 1e-3; width /= 10) {
    for (double r = high; r >= low; r -= width) {
      const double value = at(r);
      if (value > best.value) best = {value, r};
    }
    low = best.range_m - width;
    high = std::min(best.range_m + width, end);
  }
  return best;
}

}  // namespace nightfog::lidar
