// Halos around retroreflectors: what strays from the beams that meet one into the receivers of their neighbours.
#pragma once

#include <cstdint>
#include <vector>

#include "sensors/lidar/lidar_compaction.hpp"
#include "sensors/lidar/lidar_tables.hpp"

namespace nightfog::lidar {

struct BloomSetting {
  double share = 0;      ///< epsilon: of the light, at angle 0
  double angle_rad = 1;  ///< theta_0
  double snrScale = 0;   ///< LidarModel::snrScale
  double leastSnr = 0;   ///< weaker light is left out
  double pulseLength_m = 0;
};

/// What one beam gets.
struct BeamBloom {
  uint32_t beam = 0;
  shared::LidarBloom bloom{};
};

/// A beam theta beside one that meets a retroreflector gets epsilon theta_0^2 / (theta^2 + theta_0^2) of its light
/// (sensor_physics 2.7), from the brightest of them: the tail of the optics is wider than a sign, so that its parts are
/// not summed. Up to 3 degrees. Beams that meet the same thing themselves get none. Ascending beams.
/// @code for (const BeamBloom& b : planBlooms(tables, beams, setting)) ... @endcode
std::vector<BeamBloom> planBlooms(const LidarTables& tables, const BeamResults& beams, const BloomSetting& setting);

}  // namespace nightfog::lidar
