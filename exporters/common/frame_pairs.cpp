#include "exporters/common/frame_pairs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nightfog::exporters {
namespace {

/// Poses are interpolated between instants this far apart: a vehicle that brakes with 10 m/s^2 is off by a dt^2 / 8 =
/// 1.3 micrometres.
constexpr int64_t kStep_ns = 1'000'000;

/// When a sweep's beams came nearest to an azimuth; its middle when it has no points.
SimTime timeFacing(const record::LidarSweep& sweep, double azimuth_rad) {
  SimTime best = sweep.reference;
  double nearest_rad = std::numeric_limits<double>::infinity();
  for (const auto& p : sweep.points) {
    const double distance_rad = std::abs(std::remainder(p.azimuth_rad - azimuth_rad, 2 * kPi));
    if (!(distance_rad < nearest_rad)) continue;
    nearest_rad = distance_rad;
    best = sweep.start + SimTime::fromNs(p.timeOffset_ns);
  }
  return best;
}

}  // namespace

TurnFinder::TurnFinder(record::EpisodeReader& reader, const record::SensorInfo& camera, const record::SensorInfo& lidar)
    : reader_(reader), lidar_(lidar), count_(reader.frameCount(lidar.id)) {
  const glm::dvec3 axis = (lidar.vehicleFromSensor.inverse() * camera.vehicleFromSensor).rotate({1, 0, 0});
  cameraAzimuth_rad_ = std::atan2(axis.y, axis.x);
}

std::optional<TurnFinder::Held> TurnFinder::load(size_t index) {
  if (index >= count_) return std::nullopt;
  Held held{reader_.lidarFrame(lidar_.id, index), {}};
  held.facing = timeFacing(held.frame.sweep, cameraAzimuth_rad_);
  return held;
}

std::optional<Turn> TurnFinder::find(SimTime reference) {
  const auto distance_ns = [&](const Held& held) { return std::abs((held.facing - reference).ns); };
  if (!current_) current_ = load(next_++);
  if (!current_) return std::nullopt;
  for (;;) {
    if (!after_) after_ = load(next_++);
    if (!after_ || distance_ns(*after_) >= distance_ns(*current_)) break;
    before_ = std::move(current_);
    current_ = std::move(after_);
    after_.reset();
  }
  const record::LidarSweep& sweep = current_->frame.sweep;
  const int64_t turn_ns = (sweep.end - sweep.start).ns;
  if (distance_ns(*current_) > turn_ns) return std::nullopt;

  Turn turn;
  turn.facing = current_->facing;
  SimTime from = turn.facing - SimTime::fromNs(turn_ns / 2), to = from + SimTime::fromNs(turn_ns);
  if (from < sweep.start && before_ && before_->frame.sweep.end == sweep.start) {
    turn.parts = {{&before_->frame, from, sweep.start}, {&current_->frame, sweep.start, to}};
  } else if (to > sweep.end && after_ && after_->frame.sweep.start == sweep.end) {
    turn.parts = {{&current_->frame, from, sweep.end}, {&after_->frame, sweep.end, to}};
  } else {
    turn.parts = {{&current_->frame, sweep.start, sweep.end}};
  }
  return turn;
}

EgoMotion::EgoMotion(const record::LidarFrame& frame, const RigidTransform& vehicleFromSensor,
                     const record::PoseTrack* track, SimTime at, bool carryMoving)
    : worldFromSensor_(track != nullptr ? track->at(at) * vehicleFromSensor : frame.sweep.worldFromSensor),
      start_(frame.sweep.start),
      at_(at),
      reference_(frame.sweep.reference) {
  if (carryMoving) {
    for (const record::ObjectTruth& object : frame.objects) moving_[object.id.value] = &object;
  }
  if (track == nullptr) return;
  const RigidTransform sensorFromWorld = worldFromSensor_.inverse();
  const int64_t count = std::clamp<int64_t>((frame.sweep.end - start_).ns / kStep_ns + 2, 2, 100'000);
  for (int64_t i = 0; i < count; ++i)
    steps_.push_back(sensorFromWorld * track->at(start_ + SimTime::fromNs(i * kStep_ns)) * vehicleFromSensor);
}

glm::dvec3 EgoMotion::move(const record::LidarPoint& point) const {
  glm::dvec3 p(point.x, point.y, point.z);
  if (!steps_.empty()) {
    const int64_t last = (static_cast<int64_t>(steps_.size()) - 1) * kStep_ns - 1;
    const int64_t offset = std::clamp<int64_t>(point.timeOffset_ns, 0, last);
    const auto i = static_cast<size_t>(offset / kStep_ns);
    p = glm::mix(steps_[i] * p, steps_[i + 1] * p, static_cast<double>(offset % kStep_ns) / kStep_ns);
  }
  const auto object = moving_.find(point.instance);
  if (object == moving_.end()) return p;
  // Of the box, not of the surface: a spinning wheel's rim goes round, not away.
  const record::ObjectTruth& o = *object->second;
  const SimTime then = start_ + SimTime::fromNs(point.timeOffset_ns);
  const double dt = (at_ - then).seconds();
  const glm::dvec3 centre = o.worldFromBox.translation + o.velocity_mps * (then - reference_).seconds();
  const glm::dvec3 arm = worldFromSensor_ * p - centre;
  return worldFromSensor_.inverse() *
         (centre + o.velocity_mps * dt +
          glm::angleAxis(glm::length(o.angularVelocity_radps) * dt, glm::length(o.angularVelocity_radps) > 1e-9
                                                                        ? glm::normalize(o.angularVelocity_radps)
                                                                        : glm::dvec3(0, 0, 1)) *
              arm);
}

}  // namespace nightfog::exporters
