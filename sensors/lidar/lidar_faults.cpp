#include "sensors/lidar/lidar_faults.hpp"

#include <algorithm>
#include <cmath>

#include "engine/shared/cause.h"
#include "sensors/faults/blocked_sector.hpp"
#include "sensors/faults/dead_channels.hpp"
#include "sensors/faults/dirty_window.hpp"
#include "sensors/faults/loose_mount.hpp"
#include "sensors/faults/lossy_link.hpp"
#include "sensors/faults/water_film.hpp"

namespace nightfog::lidar {
namespace {

constexpr double kKeysPerSwing = 40;  // of a vibration: between keys it is straight within 0.3 % of its amplitude

/// Faults that stay as they are from frame to frame, on beams.
struct Apply {
  const faults::LidarWindow& window;
  const faults::LidarBeams& places;
  faults::BeamFaults& beams;

  void operator()(const content::LensDirt& fault) const { faults::applyDirtyWindow(fault, window, places, beams); }
  void operator()(const content::WaterFilm& fault) const { faults::applyWaterFilm(fault, window, places, beams); }
  void operator()(const content::DeadChannels& fault) const { faults::applyDeadChannels(fault, places, beams); }
  void operator()(const content::BlockedSector& fault) const {
    faults::applyBlockedSector(fault, window, places, beams);
  }
  template <class Other>
  void operator()(const Other&) const {}
};

bool isSame(const content::SensorFault& a, const content::SensorFault& b) {
  return a.kind == b.kind;
}

}  // namespace

LidarFaults::LidarFaults(std::string sensor, const LidarTables& tables, double wavelength_nm)
    : sensor_(std::move(sensor)) {
  places_.ringElevation_rad = tables.ringElevation_rad;
  places_.ringAzimuth_rad = tables.ringAzimuth_rad;
  for (const shared::LidarColumn& column : tables.columns)
    places_.columnAzimuth_rad.push_back(double{column.azimuth_rad});
  window_.wavelength_nm = wavelength_nm;
}

void LidarFaults::set(const content::SceneSnapshot& snapshot, uint32_t frame) {
  now_.clear();
  for (const content::SensorFault& fault : snapshot.faults) {
    if (fault.sensor == sensor_) now_.push_back(fault);
  }
  misaligned_.clear();
  shaken_.clear();
  clocks_.clear();
  std::vector<content::SensorFault> lasting;
  aside_rad_ = aside_m_ = 0;
  for (const content::SensorFault& fault : now_) {
    if (const auto* loose = std::get_if<content::Misalignment>(&fault.kind)) {
      if (*loose == content::Misalignment{}) continue;
      misaligned_.emplace_back(*loose, fault.since);
      const double worst_s =
          (snapshot.firstKey + snapshot.keyStep * static_cast<int64_t>(snapshot.keyCount) - fault.since).seconds();
      const auto most = [&](double angle, double drift) { return std::abs(angle) + std::abs(drift * worst_s); };
      aside_rad_ += most(loose->yaw_rad, loose->yawDrift_radps) + most(loose->pitch_rad, loose->pitchDrift_radps) +
                    most(loose->roll_rad, loose->rollDrift_radps);
      aside_m_ += glm::length(loose->shift_m);
    } else if (const auto* shakes = std::get_if<content::Vibration>(&fault.kind)) {
      if (!(shakes->amplitude_rad > 0)) continue;
      shaken_.push_back(*shakes);
      aside_rad_ += 2 * shakes->amplitude_rad;
    } else if (const auto* clock = std::get_if<content::ClockSkew>(&fault.kind)) {
      if (*clock == content::ClockSkew{}) continue;
      clocks_.emplace_back(*clock, fault.since);
    } else if (!std::holds_alternative<content::PacketLoss>(fault.kind)) {
      lasting.push_back(fault);
      if (const auto* film = std::get_if<content::WaterFilm>(&fault.kind))
        aside_rad_ += faults::mostDeflection_rad(*film);
    }
  }
  if (!std::equal(lasting.begin(), lasting.end(), lasting_.begin(), lasting_.end(), isSame)) {
    lastingBeams_ = {};
    for (const content::SensorFault& fault : lasting) std::visit(Apply{window_, places_, lastingBeams_}, fault.kind);
    lasting_ = std::move(lasting);
  }
  beams_ = lastingBeams_;
  loseBeams(frame);
}

void LidarFaults::loseBeams(uint32_t frame) {
  lostCauses_.clear();
  const auto lose = [&](size_t beam, uint32_t cause) {
    if (lostCauses_.empty()) lostCauses_.assign(places_.count(), 0);
    lostCauses_[beam] = static_cast<uint8_t>(cause);
  };
  for (size_t beam = 0; beam < beams_.lost.size(); ++beam) {
    if (beams_.lost[beam] >= faults::kBlockedFrom) lose(beam, shared::kCauseBlocked);
  }
  for (const content::SensorFault& fault : now_) {
    const auto* link = std::get_if<content::PacketLoss>(&fault.kind);
    if (link == nullptr || !(link->share > 0)) continue;
    const size_t columns = places_.columnAzimuth_rad.size();
    const std::vector<bool> lost = faults::lostPackets(*link, frame, (columns + link->columns - 1) / link->columns);
    if (beams_.mask.empty()) beams_.mask.assign(places_.count(), 0);
    for (size_t column = 0; column < columns; ++column) {
      if (!lost[column / link->columns]) continue;
      for (size_t ring = 0; ring < places_.rings(); ++ring) {
        const size_t beam = column * places_.rings() + ring;
        beams_.mask[beam] |= faults::kBeamPacket;
        lose(beam, shared::kCauseLostPacket);
      }
    }
  }
}

RigidTransform LidarFaults::nominalFromTrue(SimTime at) const {
  RigidTransform off;
  for (const auto& [fault, since] : misaligned_) off = off * faults::misaligned(fault, (at - since).seconds());
  for (const content::Vibration& fault : shaken_) off = off * faults::shaken(fault, at.seconds());
  return off;
}

bool LidarFaults::writeTrueKeys(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track,
                                const glm::dvec3& origin, std::vector<shared::PoseKey>& keys, SimTime& step) const {
  if (!isOff()) return false;
  const SimTime span = snapshot.keyStep * (static_cast<int64_t>(snapshot.keyCount) - 1);
  step = snapshot.keyStep;
  for (const content::Vibration& fault : shaken_)
    step = std::min(step, SimTime::fromSeconds(1 / (kKeysPerSwing * fault.frequency_hz)));
  // Whole parts of a step, so that the world's own keys are among them.
  const int64_t parts = (snapshot.keyStep.ns + step.ns - 1) / step.ns;
  step = SimTime{snapshot.keyStep.ns / parts};
  const int64_t count = (span.ns + step.ns - 1) / step.ns + 1;
  keys.clear();
  for (int64_t i = 0; i < count; ++i) {
    const SimTime at = snapshot.firstKey + step * i;
    const RigidTransform pose = track.worldFromSensor(at) * nominalFromTrue(at);
    const glm::dquat& q = pose.rotation;
    keys.push_back(
        {{static_cast<float>(q.x), static_cast<float>(q.y), static_cast<float>(q.z), static_cast<float>(q.w)},
         glm::vec3(pose.translation - origin),
         0});
  }
  return true;
}

void LidarFaults::tell(record::LidarSweep& sweep) const {
  if (now_.empty() || (beams_.mask.empty() && !isOff() && clocks_.empty())) return;
  record::LidarFaultTruth truth;
  truth.beamMask = beams_.mask;
  truth.beamLost.reserve(beams_.lost.size());
  for (const float lost : beams_.lost) truth.beamLost.push_back(static_cast<uint8_t>(std::lround(255 * double{lost})));
  truth.nominalFromTrue = nominalFromTrue(sweep.reference);
  const auto errorAt = [&](SimTime at) {
    SimTime error{};
    for (const auto& [clock, since] : clocks_) error = error + faults::clockError(clock, (at - since).seconds());
    return error;
  };
  truth.clockError = errorAt(sweep.reference);
  if (!clocks_.empty()) {
    for (record::LidarPoint& point : sweep.points)
      point.timeOffset_ns += static_cast<int32_t>(errorAt(sweep.start + SimTime{point.timeOffset_ns}).ns);
  }
  sweep.faults = std::move(truth);
}

}  // namespace nightfog::lidar
