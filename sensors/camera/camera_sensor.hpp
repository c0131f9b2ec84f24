// A camera: from a snapshot to an image with the ground truth of every pixel.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/sensing/sensor.hpp"

namespace nightfog::camera {

/// Where the stages run: on a CPU device that shares its memory with us as C++ loops, else as kernels; or always as
/// kernels.
enum class KernelPlace { kAuto, kDevice };

/// A glance of CameraSensor::glance(): for people who look around, not for records.
struct Glance {
  RigidTransform vehicleFromSensor;  ///< instead of the mount's; of a camera that stands in the world worldFromSensor
  std::optional<double> luminance;   ///< cd/m^2 that it is exposed for; none: metered by this very look
};

/// What a glance saw: `image` has no visibility and no encoded bytes.
struct Glimpse {
  record::CameraImage image;
  double luminance = 0;  ///< that it was exposed for
};

/// Frame k opens its first row at k / rate. README.md of this folder has the model, the meaning of every plane, and the
/// limits.
///
/// Like every Sensor it needs scene and tracer updated to the snapshot. With metered exposure it must have metered
/// every frame before (Sensor::meter()); frame 0 meters itself. A frame takes about 600 bytes of device memory a pixel,
/// 200 when labels are all that is wanted; most of it lies in CaptureServices::scratch, and where it does not fit into
/// Device::memoryLimit() the frame is made in windows of rows, which gives the same bytes.
/// @code
/// camera::CameraSensor sensor(mount, services);
/// auto image = std::get<record::CameraImage>(sensor.capture(snapshot, frame, stream));
/// @endcode
class CameraSensor final : public sensing::Sensor {
 public:
  /// Throws Error (diagnostics) when the specification is not usable, DeviceError when device memory is exhausted. What
  /// `services` refers to must outlive the sensor.
  /// `place` is for tests.
  CameraSensor(const scenario::SensorMount& mount, const sensing::CaptureServices& services,
               KernelPlace place = KernelPlace::kAuto);
  ~CameraSensor() override;

  const std::string& id() const override;
  sensing::Exposure exposure(uint32_t frame) const override;
  glm::dvec3 frameOrigin(const content::SceneSnapshot& snapshot, uint32_t frame) const override;
  bool remembersFrames() const override;
  void meter(const content::SceneSnapshot& snapshot, uint32_t frame, gpu::Stream& stream) override;
  sensing::Reading capture(const content::SceneSnapshot& snapshot, uint32_t frame, gpu::Stream& stream) override;

  /// Frame 0's picture and planes from wherever one likes, whatever was metered or captured before. The snapshot covers
  /// exposure(0), and scene and tracer are updated to it. What the tracer throws comes through, and the sensor can be
  /// used again: so is a long look broken off.
  Glimpse glance(const content::SceneSnapshot& snapshot, const Glance& how, gpu::Stream& stream);

  /// Stages of the last capture(), on the device and on the host, in order.
  const std::vector<gpu::Timing>& timings() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::camera
