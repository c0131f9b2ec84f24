// The stages of a frame, in order, on the device: each is one kernel, and the tracer between them.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/core/jobs.hpp"
#include "engine/gpu/device.hpp"
#include "engine/scenario/camera_spec.hpp"
#include "engine/shared/camera_data.h"
#include "engine/trace/tracer.hpp"
#include "sensors/camera/camera_host.hpp"
#include "sensors/camera/camera_sensor.hpp"
#include "sensors/camera/readable.hpp"

namespace nightfog::camera {

/// Every kernel of the camera; made once, used by views of any size. On a CPU device that shares its memory stages run
/// as C++ loops instead (KernelPlace::kAuto).
struct CameraKernels {
  CameraKernels(gpu::Device& device, Jobs& jobs, KernelPlace place = KernelPlace::kAuto);

  /// Where a stage finds a buffer.
  uint64_t addressOf(const gpu::Buffer& buffer) const {
    return onHost ? reinterpret_cast<uint64_t>(buffer.host()) : buffer.address();
  }

  uint64_t addressOf(const Readable& readable) const { return addressOf(readable.buffer()); }

  Jobs& jobs;
  bool onHost = false;
  std::array<gpu::Kernel, static_cast<size_t>(Stage::kCount)> kernels;
};

/// Buffers for pictures of one size, and the passes over them.
///
///   rays → trace → sort → [panes → trace → panes → trace → panes → sort] → sky, surfaces → shadow trace → direct
///        → detours → trace → detour light → shadow trace → gather → filter → [glow] → combine         once per sample
///   glare → develop                                                                                   once
///   rays through centres → trace → truth → [flow → trace → flow mask]                                 once
class CameraView {
 public:
  struct Options {
    uint32_t width = 0;
    uint32_t height = 0;
    bool image = true;  ///< false: truth only
    bool filterIndirect = true;
    bool normals = false;
    bool flow = false;
  };
  CameraView(gpu::Device& device, const CameraKernels& kernels, const Options& options);

  uint32_t width() const { return options_.width; }
  uint32_t height() const { return options_.height; }
  uint32_t pixels() const { return options_.width * options_.height; }
  /// Fills in addresses; the rest of the frame is the caller's. Uploads it. `instant` is the frame's part of what
  /// travels with each dispatch.
  void upload(shared::CameraFrame frame, const shared::CameraPush& instant);

  /// Radiance of `samples` samples into sum(). Finishes the stream once a sample (the number of reflections is the
  /// device's to say).
  void shade(gpu::Stream& stream, trace::Tracer& tracer, uint32_t samples, std::vector<gpu::Timing>& timings);
  void develop(gpu::Stream& stream);
  /// The planes of truth; `flow` also where every point goes.
  void truth(gpu::Stream& stream, trace::Tracer& tracer);
  /// Traces pixels against one object each; at most aimCapacity(). Hits in aimHits().
  void aim(gpu::Stream& stream, trace::Tracer& tracer, std::span<const shared::CameraAim> aims);
  uint32_t aimCapacity() const;

  std::span<const glm::vec3> sum() const { return sum_.view<glm::vec3>(pixels()); }
  void fetchSum(gpu::Stream& stream) const { sum_.fetch(stream, pixels() * sizeof(glm::vec3)); }
  std::span<const uint32_t> image() const { return image_.view<uint32_t>(pixels()); }
  std::span<const float> depth() const { return depth_.view<float>(pixels()); }
  std::span<const uint32_t> semantic() const { return semantic_.view<uint32_t>(pixels()); }
  std::span<const uint32_t> instance() const { return instance_.view<uint32_t>(pixels()); }
  std::span<const uint32_t> normals() const { return normals_.view<uint32_t>(pixels()); }
  std::span<const glm::vec2> flow() const { return flow_.view<glm::vec2>(pixels()); }
  std::span<const uint32_t> flowState() const { return flowState_.view<uint32_t>(pixels()); }
  std::span<const shared::Hit> aimHits(uint32_t count) const { return detourHits_.view<shared::Hit>(count); }

 private:
  void dispatch(gpu::Stream& stream, Stage stage, std::string_view name, uint32_t items, uint32_t sample = 0,
                uint32_t pass = 0);
  using Counts = std::array<uint32_t, shared::kListCount>;
  /// Finishes what was asked for so far, and says how long each list is.
  Counts finishLists(gpu::Stream& stream, std::vector<gpu::Timing>& timings);
  Counts sortPixels(gpu::Stream& stream, trace::Tracer& tracer, uint32_t sample, std::vector<gpu::Timing>& timings);

  gpu::Device& device_;
  const CameraKernels& kernels_;
  Options options_;
  uint32_t gatherScale_ = 1;
  uint32_t gatherWidth_ = 0;
  uint32_t gatherHeight_ = 0;
  uint32_t detourCapacity_ = 0;
  bool glows_ = false;
  shared::CameraPush push_{};
  gpu::Buffer frame_, rays_, hits_, shadowRays_, shadowHits_, pending_, shadowed_, radiance_, points_;
  gpu::Buffer detourRays_, detourShadowRays_, detourShadowHits_, detours_, guides_, gathered_, gatheredNext_, glow_,
      glare_, aims_;
  Readable detourHits_, lists_, sum_, image_, depth_, semantic_, instance_, normals_, flow_, flowState_;
};

}  // namespace nightfog::camera
