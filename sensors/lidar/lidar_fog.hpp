// The table of soft returns that a frame's fog gives (engine/shared/lidar_fog.h): made on the host, looked up by beams.
#pragma once

#include <optional>
#include <vector>

#include "engine/shared/fog.h"
#include "engine/shared/lidar_data.h"

namespace nightfog::lidar {

/// What the fog and the receiver are for one frame.
struct FogSetting {
  shared::FogLayer fog;
  double sensorHeight_m = 0;  ///< z of the frame
  uint32_t model = shared::kLidarNoFog;
  double lidarRatio_sr = 18;
  double overlapBegin_m = 0.9;  ///< nearer, the receiver sees nothing of the beam
  double overlapFull_m = 1.0;
  double fullGain_m = 0;  ///< nearer than this the receiver's gain falls as R^2
  double snrScale = 0;
  double threshold = 0;
  double pulseLength_m = 0;
  double minRange_m = 0;
  double maxRange_m = 0;

  bool operator==(const FogSetting&) const;
};

/// One row for uniform fog, else kLayerRows from straight down to straight up, dense around the horizontal. Integrals
/// by the midpoint rule, 32 steps a pulse: right to 1e-3 of their value.
std::vector<shared::LidarFogRow> fogRows(const FogSetting& setting);

inline constexpr uint32_t kLayerRows = 65;
/// How much a beam of row `row` rises a metre.
double fogRowRise(uint32_t row, uint32_t rowCount);

/// Peak of int xi(s) / s^2 exp(-2 alpha s) sin^2(pi (r - s) / L) ds over r up to `reach_m`, in 1/m, and the r of it:
/// the integral of Hahner et al. (2021) over range instead of time.
struct FogPeak {
  double value = 0;
  double range_m = 0;
};
FogPeak fogPeak(double extinction_1pm, double reach_m, double pulseLength_m, double overlapBegin_m,
                double overlapFull_m);

}  // namespace nightfog::lidar
