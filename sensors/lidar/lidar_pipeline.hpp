// The buffers and stages of a LiDAR: rays, hits, slots, and the aimed rays. All memory is taken once. Where the
// device's memory is too short for the rays of a whole sweep, they are made and traced window by window of columns;
// what comes out is the same to the bit.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/sensing/sensor.hpp"
#include "engine/shared/lidar_data.h"
#include "sensors/lidar/lidar_bloom.hpp"
#include "sensors/lidar/lidar_compaction.hpp"
#include "sensors/lidar/lidar_tables.hpp"

namespace nightfog::lidar {

/// Where the kernels run. kAuto is a function of the device's type alone: on a CPU device they run as C++ over the
/// mapped buffers (lidar_host.hpp), else on the device. The results are the same.
enum class KernelPlace { kAuto, kDevice };

/// A device buffer that the host reads after each frame: in place where memory is shared, else through a copy.
class ReadableBuffer {
 public:
  ReadableBuffer(gpu::Device& device, size_t bytes, std::string_view name);
  const gpu::Buffer& buffer() const { return device_; }
  /// Enqueues the copy, where one is needed.
  void fetch(gpu::Stream& stream, size_t bytes) const;
  template <class T>
  std::span<const T> view(size_t count) const {
    return (host_.isEmpty() ? device_ : host_).template hostSpan<T>().first(count);
  }

 private:
  gpu::Buffer device_;
  gpu::Buffer host_;
};

class LidarPipeline {
 public:
  /// `subRays` are a beam's bundle (lidar_sub_rays.hpp); `slotCount` is the most returns a beam has.
  LidarPipeline(const sensing::CaptureServices& services, const LidarTables& tables,
                const std::vector<shared::LidarSubRay>& subRays, uint32_t slotCount, KernelPlace place);

  /// What one frame needs beside the scene.
  struct Frame {
    shared::LidarModel model{};
    shared::FogLayer fog{};
    uint32_t fogModel = shared::kLidarNoFog;
    std::span<const shared::LidarFogRow> fogRows;  ///< none: clear air
    std::span<const shared::FogBank> banks;        ///< beside that
    float fogFirst_m = 0;                          ///< where the receiver begins to see the beam
    float lidarRatio_sr = 18;                      ///< of banks
    float fullGain_m = 1;
    float roadWetness = 0;
    std::span<const float> beamLosses = {};       ///< LidarModel::lost of each beam; none: nothing is lost
    uint32_t fogLosses = 1;                       ///< how many losses fogRows are made for, one after the other
    std::span<const glm::vec2> deflections = {};  ///< of each beam; none: no beam is bent
    std::span<const shared::PoseKey> sensorKeys;  ///< frame from sensor
    SimTime keyStep;
    SimTime sweepStart;               ///< after the first pose key
    glm::vec3 sunDirection{0, 0, 1};  ///< frame axes
    float glare_rad2 = 0;             ///< LidarFrame::glare_rad2, were the sun in sight
    bool falseAlarms = false;
    BloomSetting blooms;
    bool columnsChanged = false;  ///< LidarTables::columns are others than at the call before
  };
  /// Traces every beam; results() are then the frame's. Waits.
  void traceBeams(const Frame& frame, gpu::Stream& stream);
  BeamResults results() const;
  /// Traces the frame's beams again, each against one object. Waits.
  void traceAims(std::span<const shared::LidarAim> aims, gpu::Stream& stream, std::vector<shared::Hit>& hits);

  /// Of the stages since the last traceBeams() began.
  const std::vector<gpu::Timing>& timings() const { return timings_; }

 private:
  uint64_t at(const gpu::Buffer& buffer) const;
  template <class Push>
  void run(gpu::Stream& stream, const gpu::Kernel& kernel, const char* name, const std::array<uint32_t, 3>& groups,
           const Push& push);
  void finish(gpu::Stream& stream);
  /// Takes memory for the rays and hits of as many columns as there is room for.
  void chooseWindow();
  shared::LidarWindow window(uint32_t firstColumn) const;
  /// Makes and traces the rays of a window.
  void traceWindow(const shared::LidarWindow& window, gpu::Stream& stream);
  /// The address of a copy of these bytes; 0 where there are none.
  uint64_t upload(gpu::Buffer& buffer, std::span<const std::byte> bytes, std::string_view name);
  /// Calls visit(window, begin, end) with the part of detourBeams_ that is in each window, its rays in memory.
  template <class Visit>
  void forDetourWindows(gpu::Stream& stream, const Visit& visit);
  /// Follows beams on from mirrors and panes, adds what blooms, and makes the returns of both anew.
  void traceDetours(shared::LidarReturnsPush push, bool waysOn, gpu::Stream& stream);
  /// Whether nothing stands between the sensor and the sun, in the middle of the sweep.
  bool seesSun(const Frame& frame, gpu::Stream& stream);
  void fetchResults(gpu::Stream& stream);

  sensing::CaptureServices services_;
  const LidarTables& tables_;
  uint32_t subRayCount_ = 1;
  uint32_t slotCount_ = 1;
  uint32_t windowColumns_ = 0;  ///< whose rays are in memory at once; a multiple of kLidarColumnStep
  bool onHost_ = false;
  bool hasMirrors_ = false;  ///< some material lets light go on
  gpu::Kernel raysKernel_, returnsKernel_, echoesKernel_, detourKernel_, detourReturnsKernel_, aimKernel_;
  gpu::Buffer rings_, columns_, subRays_, constants_, sensorKeys_, fogRows_, banks_, rays_, hits_;
  gpu::Buffer beamLosses_, deflections_;
  gpu::Buffer detourList_, detours_, detourRays_, detourHits_, passRays_, passHits_;
  uint32_t detourCapacity_ = 0;
  ReadableBuffer slots_, outcomes_, axes_;
  gpu::Buffer aims_, aimedRays_;
  ReadableBuffer aimedHits_;
  gpu::Buffer sunRay_, blooms_;
  ReadableBuffer sunHit_;
  shared::LidarRaysPush raysPush_{};  ///< the frame's; of whatever window was traced last
  std::vector<uint32_t> detourBeams_;
  std::vector<BeamBloom> bloomPlan_;
  std::vector<gpu::Timing> timings_;
};

}  // namespace nightfog::lidar
