// What a sensor is to the loop: when it looks, and what it makes of a snapshot.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <variant>

#include "engine/content/scene.hpp"
#include "engine/gpu/scratch.hpp"
#include "engine/record/camera_image.hpp"
#include "engine/record/lidar_sweep.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/sensing/exposure.hpp"
#include "engine/trace/tracer.hpp"

namespace nightfog::sensing {

/// What every sensor of an episode shares. All outlive the sensors.
struct CaptureServices {
  gpu::Device& device;
  trace::SceneBuffers& scene;
  trace::Tracer& tracer;
  Jobs& jobs;
  uint64_t seed = 0;
  uint32_t run = 0;
  std::span<const content::Lamp> sceneryLamps = {};  ///< SceneContent::lamps
  bool labelsOnly = false;                           ///< ground truth without images
  gpu::Scratch* scratch = nullptr;                   ///< for what a frame needs while it is made; none: each its own
};

using Reading = std::variant<record::LidarSweep, record::CameraImage>;

/// Contract (tests/sensing): capture() is a function of (spec, seed, run, frame, snapshot) alone; frames may be
/// captured in any order; the snapshot covers exposure(frame) up to knownUntil(); scene and tracer are already updated
/// to it, with the frame's origin. Where remembersFrames() is true, every frame before one that is captured has been
/// captured or metered first, in ascending order.
class Sensor {
 public:
  virtual ~Sensor() = default;
  virtual const std::string& id() const = 0;
  virtual Exposure exposure(uint32_t frame) const = 0;
  /// `frameOrigin`: where SceneBuffers::setFrame() should centre the floats.
  virtual glm::dvec3 frameOrigin(const content::SceneSnapshot& snapshot, uint32_t frame) const = 0;
  /// True for sensors whose frames depend on earlier ones (automatic exposure).
  virtual bool remembersFrames() const { return false; }
  /// Takes note of a frame that is not captured; much cheaper than capture().
  virtual void meter(const content::SceneSnapshot&, uint32_t /*frame*/, gpu::Stream&) {}
  virtual Reading capture(const content::SceneSnapshot& snapshot, uint32_t frame, gpu::Stream& stream) = 0;
  /// Stages of the last capture(), on the device and on the host, in order.
  virtual const std::vector<gpu::Timing>& timings() const = 0;
};

}  // namespace nightfog::sensing
