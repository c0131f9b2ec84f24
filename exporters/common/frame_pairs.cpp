#include "exporters/common/frame_pairs.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::exporters {
namespace {

/// Poses are interpolated between instants this far apart: a vehicle that brakes with 10 m/s^2 is off by a dt^2 / 8 =
/// 1.3 micrometres.
constexpr int64_t kStep_ns = 1'000'000;

/// When the beams of a sweep came by an azimuth; its middle when no point is near it.
SimTime timeFacing(const record::LidarSweep& sweep, double azimuth_rad) {
  constexpr double kNear_rad = 5.0 * kPi / 180;
  double sum = 0;
  size_t count = 0;
  for (const auto& p : sweep.points) {
    if (!(std::abs(std::remainder(p.azimuth_rad - azimuth_rad, 2 * kPi)) < kNear_rad)) continue;
    sum += p.timeOffset_ns;
    ++count;
  }
  return count == 0 ? sweep.reference : sweep.start + SimTime::fromNs(std::llround(sum / static_cast<double>(count)));
}

}  // namespace

SweepFinder::SweepFinder(record::EpisodeReader& reader, const record::SensorInfo& camera,
                         const record::SensorInfo& lidar)
    : reader_(reader), lidar_(lidar), count_(reader.frameCount(lidar.id)) {
  const glm::dvec3 axis = (lidar.vehicleFromSensor.inverse() * camera.vehicleFromSensor).rotate({1, 0, 0});
  cameraAzimuth_rad_ = std::atan2(axis.y, axis.x);
}

std::optional<SweepFinder::Held> SweepFinder::load(size_t index) {
  if (index >= count_) return std::nullopt;
  Held held{reader_.lidarFrame(lidar_.id, index), {}};
  held.facing = timeFacing(held.frame.sweep, cameraAzimuth_rad_);
  return held;
}

std::optional<SweepFinder::Found> SweepFinder::find(SimTime reference) {
  const auto distance_ns = [&](const Held& held) { return std::abs((held.facing - reference).ns); };
  if (!current_) current_ = load(next_++);
  if (!current_) return std::nullopt;
  for (;;) {
    if (!following_) following_ = load(next_++);
    if (!following_ || distance_ns(*following_) >= distance_ns(*current_)) break;
    current_ = std::move(following_);
    following_.reset();
  }
  const int64_t turn_ns = (current_->frame.sweep.end - current_->frame.sweep.start).ns;
  if (distance_ns(*current_) > turn_ns) return std::nullopt;
  return Found{&current_->frame, current_->facing};
}

EgoMotion::EgoMotion(const record::LidarSweep& sweep, const RigidTransform& vehicleFromSensor, const PoseTrack* track,
                     SimTime at, bool carryMoving)
    : at_ns_((at - sweep.start).ns), carryMoving_(carryMoving) {
  const RigidTransform sensorFromWorld =
      track != nullptr ? (track->at(at) * vehicleFromSensor).inverse() : sweep.worldFromSensor.inverse();
  sensorFromWorld_ = sensorFromWorld.rotation;
  if (track == nullptr) return;
  const int64_t count = std::clamp<int64_t>((sweep.end - sweep.start).ns / kStep_ns + 2, 2, 100'000);
  for (int64_t i = 0; i < count; ++i) {
    const SimTime then = sweep.start + SimTime::fromNs(i * kStep_ns);
    steps_.push_back(sensorFromWorld * track->at(then) * vehicleFromSensor);
  }
}

glm::dvec3 EgoMotion::move(const record::LidarPoint& point) const {
  glm::dvec3 p(point.x, point.y, point.z);
  if (!steps_.empty()) {
    const int64_t last = (static_cast<int64_t>(steps_.size()) - 1) * kStep_ns - 1;
    const int64_t offset = std::clamp<int64_t>(point.timeOffset_ns, 0, last);
    const auto i = static_cast<size_t>(offset / kStep_ns);
    p = glm::mix(steps_[i] * p, steps_[i + 1] * p, static_cast<double>(offset % kStep_ns) / kStep_ns);
  }
  if (carryMoving_) {
    const glm::dvec3 velocity_mps(point.vx, point.vy, point.vz);
    p += sensorFromWorld_ * velocity_mps * (static_cast<double>(at_ns_ - point.timeOffset_ns) * 1e-9);
  }
  return p;
}

}  // namespace nightfog::exporters
