// The faults that a LiDAR has during a frame, made ready for its kernels and its record.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/core/transform.hpp"
#include "engine/record/lidar_sweep.hpp"
#include "engine/sensing/sensor_track.hpp"
#include "sensors/faults/lidar_beams.hpp"
#include "sensors/lidar/lidar_tables.hpp"

namespace nightfog::lidar {

/// What is wrong (sensors/faults) of the snapshot's faults that name this sensor. Without any, everything is empty and
/// the frame is, byte for byte, that of a sound sensor.
class LidarFaults {
 public:
  LidarFaults(std::string sensor, const LidarTables& tables, double wavelength_nm);

  /// Takes the faults of a frame. What lies on the window is worked out anew only where it changed.
  void set(const content::SceneSnapshot& snapshot, uint32_t frame);

  /// By beam, in the order of the record; empty: no such fault.
  std::span<const float> losses() const { return beams_.lost; }
  std::span<const glm::vec2> deflections() const { return beams_.deflection; }
  std::span<const uint8_t> lostCauses() const { return lostCauses_; }

  /// The sensor's true poses (frame from sensor, floats about `origin`) where its mount is off: keys `step` apart from
  /// the snapshot's first on. Returns false, and writes nothing, where it is not.
  bool writeTrueKeys(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track,
                     const glm::dvec3& origin, std::vector<shared::PoseKey>& keys, SimTime& step) const;
  /// How far at most a beam points, and begins, from where it should.
  double aside_rad() const { return aside_rad_; }
  double aside_m() const { return aside_m_; }

  /// Moves the points' times to the sensor's clock, and says what is true.
  void tell(record::LidarSweep& sweep) const;

 private:
  bool isOff() const { return !misaligned_.empty() || !shaken_.empty(); }
  RigidTransform nominalFromTrue(SimTime at) const;
  void loseBeams(uint32_t frame);

  std::string sensor_;
  faults::LidarBeams places_;
  faults::LidarWindow window_;
  std::vector<content::SensorFault> now_;      ///< this sensor's
  std::vector<content::SensorFault> lasting_;  ///< of those, what lastingBeams_ was made from
  faults::BeamFaults lastingBeams_;
  faults::BeamFaults beams_;
  std::vector<uint8_t> lostCauses_;
  std::vector<std::pair<content::Misalignment, SimTime>> misaligned_;
  std::vector<content::Vibration> shaken_;
  std::vector<std::pair<content::ClockSkew, SimTime>> clocks_;
  double aside_rad_ = 0;
  double aside_m_ = 0;
};

}  // namespace nightfog::lidar
