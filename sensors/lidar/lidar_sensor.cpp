#include "sensors/lidar/lidar_sensor.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/sensing/sensor_track.hpp"
#include "engine/shared/lidar_return.h"
#include "kernels/lidar/lidar_aim.spv.h"
#include "kernels/lidar/lidar_rays.spv.h"
#include "kernels/lidar/lidar_returns.spv.h"
#include "sensors/lidar/lidar_compaction.hpp"
#include "sensors/lidar/lidar_tables.hpp"
#include "sensors/lidar/lidar_visibility.hpp"

namespace nightfog::lidar {
namespace {

constexpr uint32_t kGroup = 64;             // invocations of a work group in x, as the kernels say
constexpr uint32_t kAimCapacity = 1 << 15;  // aimed rays traced at once

template <class T>
std::span<const std::byte> bytesOf(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

/// A device buffer that the host reads after each frame: in place where memory is shared, else through a copy.
class Readable {
 public:
  Readable(gpu::Device& device, size_t bytes, std::string_view name) : device_(device.createBuffer(bytes, gpu::Memory::kDevice, name)) {
    if (device_.host() == nullptr) host_ = device.createBuffer(bytes, gpu::Memory::kReadback, fmt::format("{} readback", name));
  }
  const gpu::Buffer& buffer() const { return device_; }
  uint64_t address() const { return device_.address(); }
  void fetch(gpu::Stream& stream, size_t bytes) const {
    if (!host_.isEmpty()) stream.copy(device_, 0, host_, 0, bytes);
  }
  template <class T>
  std::span<const T> view(size_t count) const {
    return (host_.isEmpty() ? device_ : host_).template hostSpan<T>().first(count);
  }

 private:
  gpu::Buffer device_;
  gpu::Buffer host_;
};

shared::LidarModel modelOf(const scenario::LidarSpec& spec, const sensing::CaptureServices& services, std::string_view id) {
  const scenario::LidarProfile& p = spec.profile;
  const uint64_t key = hashCombine(hashCombine(hash64(id), services.seed), services.run);
  shared::LidarModel model{};
  model.snrScale = shared::lidarSnrScale(static_cast<float>(p.range10_m));
  model.detectionThreshold = shared::kLidarThreshold;
  model.minRange_m = static_cast<float>(p.minRange_m);
  model.maxRange_m = static_cast<float>(p.maxRange_m);
  model.rangeNoise_m = static_cast<float>(p.rangeNoise_m);
  model.rangeResolution_m = static_cast<float>(p.rangeResolution_m);
  model.band = p.band();
  model.useThreshold = spec.threshold ? 1 : 0;
  model.useNoise = spec.noise ? 1 : 0;
  model.keyLow = static_cast<uint32_t>(key);
  model.keyHigh = static_cast<uint32_t>(key >> 32);
  return model;
}

}  // namespace

struct LidarSensor::Impl {
  Impl(const scenario::SensorMount& sensorMount, const scenario::LidarSpec& lidarSpec, const sensing::CaptureServices& captureServices)
      : mount(sensorMount),
        spec(lidarSpec),
        services(captureServices),
        tables(spec.profile),
        model(modelOf(spec, services, mount.id)),
        raysKernel(services.device.createKernel(kLidarRays_spv, "lidar rays", sizeof(shared::LidarRaysPush))),
        returnsKernel(services.device.createKernel(kLidarReturns_spv, "lidar returns", sizeof(shared::LidarReturnsPush))),
        aimKernel(services.device.createKernel(kLidarAim_spv, "lidar aim", sizeof(shared::LidarAimPush))),
        rings(services.device.createBuffer(bytesOf(tables.rings), "lidar rings")),
        columns(services.device.createBuffer(bytesOf(tables.columns), "lidar columns")),
        constants(services.device.createBuffer(sizeof(shared::LidarFrame), gpu::Memory::kUpload, "lidar constants")),
        rays(services.device.createBuffer(sizeof(shared::Ray) * tables.beams(), gpu::Memory::kDevice, "lidar rays")),
        hits(services.device.createBuffer(sizeof(shared::Hit) * tables.beams(), gpu::Memory::kDevice, "lidar hits")),
        slots(services.device, sizeof(shared::LidarSlot) * tables.beams(), "lidar slots"),
        outcomes(services.device, sizeof(uint32_t) * tables.beams(), "lidar outcomes"),
        aims(services.device.createBuffer(sizeof(shared::LidarAim) * kAimCapacity, gpu::Memory::kUpload, "lidar aims")),
        aimedRays(services.device.createBuffer(sizeof(shared::Ray) * kAimCapacity, gpu::Memory::kDevice, "lidar aimed rays")),
        aimedHits(services.device, sizeof(shared::Hit) * kAimCapacity, "lidar aimed hits") {}

  void uploadFrame(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track, uint32_t frame);
  void traceBeams(const content::SceneSnapshot& snapshot, SimTime sweepBegin, gpu::Stream& stream);
  void traceAims(gpu::Stream& stream);
  template <class Body>
  void timed(const char* name, Body&& body) {
    const auto begin = std::chrono::steady_clock::now();
    body();
    timings.push_back({name, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count()});
  }
  void finish(gpu::Stream& stream) {
    stream.finish();
    timings.insert(timings.end(), stream.timings().begin(), stream.timings().end());
  }

  scenario::SensorMount mount;
  scenario::LidarSpec spec;
  sensing::CaptureServices services;
  LidarTables tables;
  shared::LidarModel model;
  gpu::Kernel raysKernel, returnsKernel, aimKernel;
  gpu::Buffer rings, columns, constants, sensorKeys, rays, hits;
  Readable slots, outcomes;
  gpu::Buffer aims, aimedRays;
  Readable aimedHits;
  std::vector<shared::PoseKey> keys;
  LidarCompaction compaction;
  LidarVisibility visibility;
  std::vector<uint32_t> objectHits;
  std::vector<shared::Hit> aimedResults;
  std::vector<gpu::Timing> timings;
};

void LidarSensor::Impl::uploadFrame(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track, uint32_t frame) {
  track.writePoseKeys(services.scene.origin(), keys);
  if (sensorKeys.size() < keys.size() * sizeof(shared::PoseKey)) {
    sensorKeys = services.device.createBuffer(keys.size() * sizeof(shared::PoseKey), gpu::Memory::kUpload, "lidar sensor keys");
  }
  std::memcpy(sensorKeys.host(), keys.data(), keys.size() * sizeof(shared::PoseKey));
  shared::LidarFrame frameConstants{services.scene.table(), model};
  frameConstants.model.frame = frame;
  frameConstants.model.extinction_1pm = static_cast<float>(snapshot.media.extinction_1pm);
  std::memcpy(constants.host(), &frameConstants, sizeof frameConstants);
}

void LidarSensor::Impl::traceBeams(const content::SceneSnapshot& snapshot, SimTime sweepBegin, gpu::Stream& stream) {
  const auto ringCount = static_cast<uint32_t>(tables.rings.size());
  const auto columnCount = static_cast<uint32_t>(tables.columns.size());
  const std::array<uint32_t, 3> groups{(columnCount + kGroup - 1) / kGroup, ringCount, 1};
  shared::LidarRaysPush raysPush{};
  raysPush.rings = rings.address();
  raysPush.columns = columns.address();
  raysPush.sensorKeys = sensorKeys.address();
  raysPush.rays = rays.address();
  raysPush.ringCount = ringCount;
  raysPush.columnCount = columnCount;
  raysPush.keyCount = static_cast<uint32_t>(keys.size());
  raysPush.keyStep_s = static_cast<float>(snapshot.keyStep.seconds());
  raysPush.sweepStart_ns = static_cast<int32_t>((sweepBegin - snapshot.firstKey).ns);
  raysPush.maxRange_m = model.maxRange_m;
  stream.dispatch(raysKernel, "lidar rays", groups, raysPush);
  services.tracer.closestHit(stream, {rays, hits, tables.beams()});
  shared::LidarReturnsPush returnsPush{};
  returnsPush.frame = constants.address();
  returnsPush.rings = rings.address();
  returnsPush.columns = columns.address();
  returnsPush.rays = rays.address();
  returnsPush.hits = hits.address();
  returnsPush.slots = slots.address();
  returnsPush.outcomes = outcomes.address();
  returnsPush.ringCount = ringCount;
  returnsPush.columnCount = columnCount;
  stream.dispatch(returnsKernel, "lidar returns", groups, returnsPush);
  slots.fetch(stream, sizeof(shared::LidarSlot) * tables.beams());
  outcomes.fetch(stream, sizeof(uint32_t) * tables.beams());
  finish(stream);
}

void LidarSensor::Impl::traceAims(gpu::Stream& stream) {
  const std::span<const shared::LidarAim> all = visibility.aims();
  aimedResults.resize(all.size());
  for (size_t begin = 0; begin < all.size(); begin += kAimCapacity) {
    const auto count = static_cast<uint32_t>(std::min<size_t>(kAimCapacity, all.size() - begin));
    std::memcpy(aims.host(), &all[begin], count * sizeof(shared::LidarAim));
    shared::LidarAimPush push{};
    push.rays = rays.address();
    push.aims = aims.address();
    push.aimed = aimedRays.address();
    push.count = count;
    stream.dispatch(aimKernel, "lidar aim", {(count + kGroup - 1) / kGroup, 1, 1}, push);
    services.tracer.closestHit(stream, {aimedRays, aimedHits.buffer(), count});
    aimedHits.fetch(stream, count * sizeof(shared::Hit));
    finish(stream);
    const std::span<const shared::Hit> batch = aimedHits.view<shared::Hit>(count);
    std::copy(batch.begin(), batch.end(), aimedResults.begin() + static_cast<std::ptrdiff_t>(begin));
  }
}

LidarSensor::LidarSensor(const scenario::SensorMount& mount, const sensing::CaptureServices& services)
    : impl_(std::make_unique<Impl>(mount, std::get<scenario::LidarSpec>(mount.spec), services)) {}

LidarSensor::~LidarSensor() = default;

const std::string& LidarSensor::id() const { return impl_->mount.id; }

sensing::Exposure LidarSensor::exposure(uint32_t frame) const {
  const double rate = impl_->spec.profile.rotationRate_hz;
  return {sweepStart(rate, frame), sweepStart(rate, frame + 1)};
}

glm::dvec3 LidarSensor::frameOrigin(const content::SceneSnapshot& snapshot, uint32_t frame) const {
  return sensing::SensorTrack(snapshot, impl_->mount.actor, impl_->mount.vehicleFromSensor).worldFromSensor(exposure(frame).reference()).translation;
}

sensing::Reading LidarSensor::capture(const content::SceneSnapshot& snapshot, uint32_t frame, gpu::Stream& stream) {
  Impl& self = *impl_;
  self.timings.clear();
  const sensing::Exposure when = exposure(frame);
  NF_ASSERT(snapshot.firstKey <= when.start, "the snapshot begins {} ns after the sweep", (snapshot.firstKey - when.start).ns);
  const sensing::SensorTrack track(snapshot, self.mount.actor, self.mount.vehicleFromSensor);
  self.timed("lidar upload", [&] { self.uploadFrame(snapshot, track, frame); });
  self.traceBeams(snapshot, when.start, stream);

  record::LidarSweep sweep;
  sweep.sensor = self.mount.id;
  sweep.frame = frame;
  sweep.start = when.start;
  sweep.end = when.end;
  sweep.reference = when.reference();
  sweep.ringCount = static_cast<uint32_t>(self.tables.rings.size());
  sweep.columnCount = static_cast<uint32_t>(self.tables.columns.size());
  sweep.worldFromSensor = track.worldFromSensor(sweep.reference);
  sweep.worldFromVehicle = track.worldFromCarrier(sweep.reference);
  const BeamResults beams{self.slots.view<shared::LidarSlot>(self.tables.beams()), self.outcomes.view<uint32_t>(self.tables.beams())};
  self.timed("lidar compaction", [&] { self.compaction.run(beams, snapshot.objects, self.services.jobs, sweep, self.objectHits); });
  const LidarVisibility::Frame visibilityFrame{snapshot, track, self.tables, beams, when.start, self.model.minRange_m, self.model.maxRange_m};
  self.timed("lidar visibility plan",
             [&] { self.visibility.plan(visibilityFrame, self.services.scene.host().meshBounds, self.services.jobs); });
  self.traceAims(stream);
  self.timed("lidar visibility", [&] { sweep.visibility = self.visibility.finish(visibilityFrame, self.aimedResults, self.objectHits); });
  return sweep;
}

const std::vector<gpu::Timing>& LidarSensor::timings() const { return impl_->timings; }

}  // namespace nightfog::lidar
