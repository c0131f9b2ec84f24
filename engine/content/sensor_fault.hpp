// Faults of sensors, as data: what is wrong with which sensor. The sensors carry them out (sensors/faults).
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <string>
#include <variant>

#include "engine/core/sim_time.hpp"

namespace nightfog::content {

enum class DirtPattern { kMudSplash, kInsects, kSaltFilm };

/// Dirt on the window in front of a camera's lens or of a LiDAR.
struct LensDirt {
  DirtPattern pattern = DirtPattern::kMudSplash;
  double coverage = 0.08;  ///< share of the window's light that is kept off
  uint64_t seed = 0;       ///< where and how it lies

  bool operator==(const LensDirt&) const = default;
};

/// Water that runs over a LiDAR's window.
struct WaterFilm {
  double thickness_m = 0;  ///< mean
  uint64_t seed = 0;       ///< how it lies
  bool operator==(const WaterFilm&) const = default;
};

/// Lasers or receivers that are dead, or weak.
struct DeadChannels {
  double share = 0;  ///< of the channels
  double left = 0;   ///< share of their power that is left, both ways together; 0: dead
  uint64_t seed = 0;
  bool operator==(const DeadChannels&) const = default;
};

/// Something stands before the window: a mast, a strap, a board.
struct BlockedSector {
  double azimuth_rad = 0;  ///< of its middle in the sensor's frame, counter-clockwise
  double width_rad = 0;    ///< seen from the window's axis
  bool operator==(const BlockedSector&) const = default;
};

/// The sensor does not sit where its calibration says.
struct Misalignment {
  glm::dvec3 shift_m{0};  ///< sensor's axes
  double yaw_rad = 0, pitch_rad = 0, roll_rad = 0;
  double yawDrift_radps = 0, pitchDrift_radps = 0, rollDrift_radps = 0;  ///< since the fault began
  bool operator==(const Misalignment&) const = default;
};

/// The mount shakes: pitch and roll swing with one frequency and phases of their own.
struct Vibration {
  double amplitude_rad = 0;
  double frequency_hz = 25;
  uint64_t seed = 0;
  bool operator==(const Vibration&) const = default;
};

/// Packets that do not arrive, alone or in bursts.
struct PacketLoss {
  double share = 0;       ///< of all packets, in the long run
  double burst = 1;       ///< packets lost in a row, mean
  uint32_t columns = 12;  ///< of a packet
  uint64_t seed = 0;
  bool operator==(const PacketLoss&) const = default;
};

/// The sensor's clock is off.
struct ClockSkew {
  double offset_s = 0;  ///< shown less true, when the fault begins
  double drift = 0;     ///< seconds a second
  bool operator==(const ClockSkew&) const = default;
};

struct SensorFault {
  std::string sensor;  ///< id of the sensor that has it
  std::variant<LensDirt, WaterFilm, DeadChannels, BlockedSector, Misalignment, Vibration, PacketLoss, ClockSkew> kind;
  SimTime since{};  ///< when it began; the world says
};

}  // namespace nightfog::content
