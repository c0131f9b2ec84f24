// The stages of a frame, in order, on the device: each is one kernel, and the tracer between them.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/core/jobs.hpp"
#include "engine/gpu/device.hpp"
#include "engine/gpu/scratch.hpp"
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

/// Buffers for pictures of one size, and the passes over them. What a picture takes is large, most of it only while it
/// is made: that lies in a Scratch which views share, and where a picture does not fit into Device::memoryLimit() it is
/// made in windows of rows, one after another. The pictures are the same to the bit.
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
  /// The scratch outlives it, and nobody else uses it between upload() and the end of what was asked for.
  CameraView(gpu::Device& device, gpu::Scratch& scratch, const CameraKernels& kernels, const Options& options);

  static constexpr uint32_t kApron = 32;  ///< rows around a window that its pixels' filters read
  static constexpr uint32_t kLeastRows = 3 * kApron;
  /// Rows of a window, aprons and all; all there are where the picture is made at once. Known after the first upload().
  uint32_t windowRows() const { return windowRows_; }

  uint32_t width() const { return options_.width; }
  uint32_t height() const { return options_.height; }
  uint32_t pixels() const { return options_.width * options_.height; }
  /// Fills in addresses; the rest of the frame is the caller's. Uploads it. `instant` is the frame's part of what
  /// travels with each dispatch. Throws DeviceError where not even the smallest window fits into the memory.
  void upload(shared::CameraFrame frame, const shared::CameraPush& instant);

  /// Radiance of `samples` samples into sum(). Finishes the stream within each sample (the number of reflections is the
  /// device's to say).
  void shade(gpu::Stream& stream, trace::Tracer& tracer, uint32_t samples, std::vector<gpu::Timing>& timings);
  void develop(gpu::Stream& stream);
  /// The planes of truth; `flow` also where every point goes.
  void truth(gpu::Stream& stream, trace::Tracer& tracer, std::vector<gpu::Timing>& timings);
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
  std::span<const shared::Hit> aimHits(uint32_t count) const {
    return aimHits_.view<shared::Hit>(array(Array::kDetourHits), count);
  }

 private:
  void dispatch(gpu::Stream& stream, Stage stage, std::string_view name, uint32_t items, uint32_t sample = 0,
                uint32_t pass = 0);
  /// What lies in the scratch: arrays of a window's pixels, gathered samples, detours …
  enum class Array : uint8_t {
    kRays,
    kHits,
    kDetourRays,
    kDetourHits,
    kShadowRays,
    kShadowHits,
    kPending,
    kShadowed,
    kRadiance,
    kPoints,
    kDetourShadowRays,
    kDetourShadowHits,
    kDetours,
    kGuides,
    kGathered,
    kGatheredNext,
    kLists,
    kGlow,
    kCount
  };
  size_t bytesOf(Array array, uint32_t rows) const;
  /// Of the scratch, with windows of so many rows; what others took of it is never less.
  size_t scratchBytes(uint32_t rows) const;
  const gpu::Buffer& array(Array array) const { return *arrays_[static_cast<size_t>(array)]; }
  void chooseWindow();
  uint32_t detourCapacity(uint32_t rows) const;
  /// Rows [first, last) are under way from now on; the stream must be finished.
  void select(uint32_t first, uint32_t last);
  void shadeWindow(gpu::Stream& stream, trace::Tracer& tracer, uint32_t samples, uint32_t first, uint32_t last,
                   std::vector<gpu::Timing>& timings);
  uint32_t windowPixels() const { return options_.width * (push_.window >> 16); }
  using Counts = std::array<uint32_t, shared::kListCount>;
  /// Finishes what was asked for so far, and says how long each list is.
  Counts finishLists(gpu::Stream& stream, std::vector<gpu::Timing>& timings);
  Counts sortPixels(gpu::Stream& stream, trace::Tracer& tracer, uint32_t sample, std::vector<gpu::Timing>& timings);

  gpu::Device& device_;
  const CameraKernels& kernels_;
  Options options_;
  uint32_t gatherScale_ = 1;
  uint32_t gatherWidth_ = 0;
  uint32_t windowRows_ = 0;
  std::array<const gpu::Buffer*, static_cast<size_t>(Array::kCount)> arrays_{};  ///< none where there is no image
  bool glows_ = false;
  shared::CameraPush push_{};
  shared::CameraFrame frameData_{};
  gpu::Scratch& scratch_;
  gpu::Buffer frame_, glare_, aims_;
  Readback aimHits_, counts_;
  Readable sum_, image_, depth_, semantic_, instance_, normals_, flow_, flowState_;
};

}  // namespace nightfog::camera
