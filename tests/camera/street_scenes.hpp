// The street of the benchmark with traffic, seen by a camera on a car, at any hour and in any fog.
#pragma once

#include <memory>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/scene.hpp"
#include "engine/core/jobs.hpp"
#include "engine/gpu/device.hpp"
#include "engine/trace/tracer.hpp"
#include "sensors/camera/camera_sensor.hpp"

namespace nightfog::preview {

struct SceneOptions {
  double timeOfDay_h = 15;
  double fogVisibility_m = 0;  ///< 0: clear
  scenario::CameraSpec spec;
  bool labelsOnly = false;
  trace::TracerKind tracer = trace::TracerKind::kAuto;
};

/// Everything that a capture needs.
class StreetScene {
 public:
  StreetScene(gpu::Device& device, Jobs& jobs, const SceneOptions& options);
  ~StreetScene();
  record::CameraImage capture(uint32_t frame);
  const std::vector<gpu::Timing>& timings() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::preview
