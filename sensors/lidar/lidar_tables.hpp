// A profile as the kernels need it: channels and columns with their sines and cosines, from doubles.
#pragma once

#include <vector>

#include "engine/core/sim_time.hpp"
#include "engine/scenario/lidar_spec.hpp"
#include "engine/shared/lidar_data.h"

namespace nightfog::lidar {

/// @code LidarTables tables(profile); tables.rings[r].time_ns; @endcode
struct LidarTables {
  /// Throws Error (diagnostics) where the profile is not a LiDAR: no channels, no turn, more than 4 million beams, a
  /// range window upside down …
  explicit LidarTables(const scenario::LidarProfile& profile);

  std::vector<shared::LidarRing> rings;
  std::vector<shared::LidarColumn> columns;
  /// Turn of the beams per second, counter-clockwise, rad/s; 0 of a rosette.
  double headRate_radps = 0;
  double startAzimuth_rad = 0;  ///< of the head in column 0
  /// Azimuth of a ring's beam when the head is at zero, rad, in doubles (LidarRing::azimuth_rad unrounded).
  std::vector<double> ringAzimuth_rad;
  std::vector<double> ringElevation_rad;
  double cycle_s = 0;
  double farthestOrigin_m = 0;  ///< of a beam from the sensor's origin

  /// A rosette's columns are different in every sweep; of other scanners nothing changes, and the result is false.
  bool setFrame(uint32_t frame);
  bool isRosette() const { return !prisms.empty(); }
  std::vector<scenario::LidarPrism> prisms;  ///< of a rosette
  double refractiveIndex = 1;
  double sweep_s = 0;

  /// Whether a channel may look within an angle of a direction of the world, as the sensor stands.
  bool canLookAt(const glm::dquat& worldFromSensor, const glm::dvec3& direction, double within_rad) const;

  uint32_t beams() const { return static_cast<uint32_t>(rings.size() * columns.size()); }
};

}  // namespace nightfog::lidar
