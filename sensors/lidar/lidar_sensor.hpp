// A rotating LiDAR: from a snapshot to a labelled sweep.
#pragma once

#include <memory>
#include <vector>

#include "engine/sensing/sensor.hpp"
#include "sensors/lidar/lidar_pipeline.hpp"

namespace nightfog::lidar {

/// Sweep k of a LiDAR that turns f times a second begins at k / f with the head along the sensor's x axis, and lasts
/// one turn. Every beam is traced from the sensor's pose at its own firing time. README.md of this folder has the
/// model, the meaning of every field, and the limits.
///
/// capture() needs, as every Sensor does, scene and tracer updated to the snapshot. It allocates nothing on the device
/// (but where a snapshot has more pose keys, or more beams go on from mirrors, than in any before), and holds what
/// README.md says there.
/// @code
/// lidar::LidarSensor sensor(mount, services);
/// const auto exposure = sensor.exposure(frame);
/// const auto snapshot = world.snapshot(exposure.start, exposure.end);
/// scene.setFrame(snapshot, sensor.frameOrigin(snapshot, frame));
/// tracer.update();
/// auto sweep = std::get<record::LidarSweep>(sensor.capture(snapshot, frame, stream));
/// @endcode
class LidarSensor final : public sensing::Sensor {
 public:
  /// Throws Error (diagnostics) when the profile is not usable, DeviceError when device memory is exhausted. What
  /// `services` refers to must outlive the sensor.
  LidarSensor(const scenario::SensorMount& mount, const sensing::CaptureServices& services,
              KernelPlace place = KernelPlace::kAuto);
  ~LidarSensor() override;

  const std::string& id() const override;
  sensing::Exposure exposure(uint32_t frame) const override;
  glm::dvec3 frameOrigin(const content::SceneSnapshot& snapshot, uint32_t frame) const override;
  sensing::Reading capture(const content::SceneSnapshot& snapshot, uint32_t frame, gpu::Stream& stream) override;

  /// Stages of the last capture(), by name: those that trace first, then those of the host.
  const std::vector<gpu::Timing>& timings() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::lidar
