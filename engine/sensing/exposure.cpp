#include "engine/sensing/exposure.hpp"

#include <variant>

#include "engine/core/error.hpp"

namespace nightfog::sensing {
namespace {

SimTime startOf(double rate_hz, uint32_t frame) {
  NF_ASSERT(rate_hz > 0, "{} frames a second", rate_hz);
  return SimTime::fromSeconds(frame / rate_hz);
}

}  // namespace

Exposure exposureOf(const scenario::SensorMount& mount, uint32_t frame) {
  if (const auto* lidar = std::get_if<scenario::LidarSpec>(&mount.spec)) {
    const double rate_hz = lidar->profile.rotationRate_hz;
    return {startOf(rate_hz, frame), startOf(rate_hz, frame + 1)};
  }
  const auto& camera = std::get<scenario::CameraSpec>(mount.spec);
  const SimTime open = SimTime::fromSeconds(camera.readoutTime_s + camera.exposureTime_s);
  const SimTime start = startOf(camera.frameRate_hz, frame), next = startOf(camera.frameRate_hz, frame + 1);
  return {start, start + open, camera.truth.flow ? next + open : SimTime{}};
}

bool remembersFrames(const scenario::SensorMount& mount, bool labelsOnly) {
  const auto* camera = std::get_if<scenario::CameraSpec>(&mount.spec);
  return camera != nullptr && !labelsOnly && camera->exposure == scenario::ExposureMode::kMetered;
}

}  // namespace nightfog::sensing
