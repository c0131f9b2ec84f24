// What faults do to the beams of a LiDAR, and the beams themselves as faults see them.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <vector>

namespace nightfog::faults {

/// The beams of a rotating LiDAR: ring r of column c leaves at ringAzimuth + columnAzimuth, and is beam c * rings + r,
/// the order of the record. Angles in the sensor's frame, counter-clockwise and upwards.
struct LidarBeams {
  std::vector<double> ringElevation_rad;
  std::vector<double> ringAzimuth_rad;
  std::vector<double> columnAzimuth_rad;

  size_t rings() const { return ringElevation_rad.size(); }
  size_t count() const { return rings() * columnAzimuth_rad.size(); }
};

/// The window that beams leave and come back through: an upright cylinder about the axis of rotation. Figures of a
/// usual housing (103 mm across); makers do not publish the aperture.
struct LidarWindow {
  double radius_m = 0.05;
  double aperture_m = 0.012;  ///< of what a beam takes up of the window, across: emitter and receiver alike
  double wavelength_nm = 905;
};

// What of faults a beam has: bits of BeamFaults::mask and of the record's mask.
inline constexpr uint8_t kBeamDead = 1;
inline constexpr uint8_t kBeamWeak = 2;
inline constexpr uint8_t kBeamSector = 4;
inline constexpr uint8_t kBeamDirt = 8;
inline constexpr uint8_t kBeamWater = 16;
inline constexpr uint8_t kBeamPacket = 32;

/// What is wrong with every beam. Empty vectors: nothing of that kind.
struct BeamFaults {
  std::vector<float> lost;            ///< share of the power taken, both ways together: 0 … 1
  std::vector<glm::vec2> deflection;  ///< tangents, left and up, by which the beam leaves bent
  std::vector<uint8_t> mask;          ///< kBeamDead …

  /// Leaves this share of what the beam still had, both ways together; 1 changes nothing.
  void leave(size_t beam, size_t count, double share, uint8_t why);
};

/// A beam that has lost more is blocked: 0.01 % of its power is 40 dB, which no sensor has to spare.
inline constexpr float kBlockedFrom = 0.9999f;

}  // namespace nightfog::faults
