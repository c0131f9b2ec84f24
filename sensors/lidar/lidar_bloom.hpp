// Halos around retroreflectors: what strays from the beams that meet one into the receivers of their neighbours.
#pragma once

#include <cstdint>
#include <vector>

#include "sensors/lidar/lidar_compaction.hpp"
#include "sensors/lidar/lidar_tables.hpp"

namespace nightfog::lidar {

struct BloomSetting {
  double share = 0;       ///< epsilon: of a beam's light, in the tail
  double angle_rad = 1;   ///< theta_0: half of the tail's light strays less far
  double snrScale = 0;    ///< LidarModel::snrScale
  double leastSnr = 0;    ///< weaker light is left out
  double fullGain_m = 1;  ///< nearer than this the receiver's gain falls as R^2
  double pulseLength_m = 0;
};

/// What one beam gets.
struct BeamBloom {
  uint32_t beam = 0;
  shared::LidarBloom bloom{};
};

/// What a beam gets of a retroreflector that it does not meet: the retroreflector's signal, summed over the solid angle
/// it fills as the beams that meet it sample that, times epsilon theta_0^2 / (pi (theta^2 + theta_0^2)^2)
/// (sensor_physics 2.7, exponent 2: the tail holds epsilon of the light). So a sign blooms and a reflector of a
/// hundredth of its area that is as bright hardly does. Behind the receiver's gain, which keeps what is near from
/// blooming more than what is far. Up to 6 degrees; of several retroreflectors the one that gives most. Ascending
/// beams.
/// @code for (const BeamBloom& b : planBlooms(tables, beams, setting)) ... @endcode
std::vector<BeamBloom> planBlooms(const LidarTables& tables, const BeamResults& beams, const BloomSetting& setting);

}  // namespace nightfog::lidar
