#include "sensors/lidar/lidar_pipeline.hpp"

#include <algorithm>
#include <cstring>

#include "engine/shared/lidar_detour.h"
#include "kernels/lidar/lidar_aim.spv.h"
#include "kernels/lidar/lidar_detour.spv.h"
#include "kernels/lidar/lidar_detour_returns.spv.h"
#include "kernels/lidar/lidar_echoes.spv.h"
#include "kernels/lidar/lidar_rays.spv.h"
#include "kernels/lidar/lidar_returns.spv.h"
#include "sensors/lidar/lidar_host.hpp"

namespace nightfog::lidar {
namespace {

using gpu::Memory;
using namespace shared;

constexpr uint32_t kGroup = 64;             // invocations of a work group in x, as the kernels say
constexpr uint32_t kAimCapacity = 1 << 15;  // aimed rays traced at once

template <class T>
std::span<const std::byte> bytesOf(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

void runOnHost(const LidarRaysPush& push, Jobs& jobs) {
  hostRays(push, jobs);
}
void runOnHost(const LidarDetourPush& push, Jobs& jobs) {
  hostDetours(push, jobs);
}
void runOnHost(const LidarReturnsPush& push, Jobs& jobs) {
  if (push.detourCount > 0) {
    hostDetourReturns(push, jobs);
  } else if (push.window.subRayCount == 1 && push.slotCount == 1) {
    hostReturns(push, jobs);
  } else {
    hostEchoes(push, jobs);
  }
}
void runOnHost(const LidarAimPush& push, Jobs&) {
  hostAims(push);
}

uint32_t roundUp(uint32_t n, uint32_t step) {
  return (n + step - 1) / step * step;
}

std::array<uint32_t, 3> groupsOf(uint32_t items) {
  return {(items + kGroup - 1) / kGroup, 1, 1};
}

std::array<uint32_t, 3> groupsOf(const LidarWindow& window) {
  return {(window.stride + kGroup - 1) / kGroup, window.ringCount, 1};
}

/// Whether light goes on from any material as it is when dry.
bool anyWayOn(std::span<const MaterialData> materials) {
  return std::any_of(materials.begin(), materials.end(), [](const MaterialData& m) {
    return m.transmission > 0 || (m.metallic > 0 && m.roughness < kLidarSmoothRoughness);
  });
}

/// Where columns change with every sweep the host must reach them.
gpu::Buffer columnBuffer(gpu::Device& device, const LidarTables& tables) {
  if (!tables.isRosette()) return device.createBuffer(bytesOf(tables.columns), "lidar columns");
  gpu::Buffer buffer = device.createBuffer(bytesOf(tables.columns).size(), Memory::kUpload, "lidar columns");
  std::memcpy(buffer.host(), tables.columns.data(), bytesOf(tables.columns).size());
  return buffer;
}

}  // namespace

ReadableBuffer::ReadableBuffer(gpu::Device& device, size_t bytes, std::string_view name)
    : device_(device.createBuffer(bytes, Memory::kDevice, name)) {
  if (device_.host() == nullptr)
    host_ = device.createBuffer(bytes, Memory::kReadback, fmt::format("{} readback", name));
}

void ReadableBuffer::fetch(gpu::Stream& stream, size_t bytes) const {
  if (!host_.isEmpty()) stream.copy(device_, 0, host_, 0, bytes);
}

LidarPipeline::LidarPipeline(const sensing::CaptureServices& services, const LidarTables& tables,
                             const std::vector<LidarSubRay>& subRays, uint32_t slotCount, KernelPlace place)
    : services_(services),
      tables_(tables),
      subRayCount_(static_cast<uint32_t>(subRays.size())),
      slotCount_(slotCount),
      onHost_(place == KernelPlace::kAuto && services.device.info().type == gpu::DeviceType::kCpu &&
              services.device.sharesHostMemory()),
      hasMirrors_(anyWayOn(services.scene.host().materials)),
      raysKernel_(services.device.createKernel(kLidarRays_spv, "lidar rays", sizeof(LidarRaysPush))),
      returnsKernel_(services.device.createKernel(kLidarReturns_spv, "lidar returns", sizeof(LidarReturnsPush))),
      echoesKernel_(services.device.createKernel(kLidarEchoes_spv, "lidar echoes", sizeof(LidarReturnsPush))),
      detourKernel_(services.device.createKernel(kLidarDetour_spv, "lidar detours", sizeof(LidarDetourPush))),
      detourReturnsKernel_(
          services.device.createKernel(kLidarDetourReturns_spv, "lidar detour returns", sizeof(LidarReturnsPush))),
      aimKernel_(services.device.createKernel(kLidarAim_spv, "lidar aim", sizeof(LidarAimPush))),
      rings_(services.device.createBuffer(bytesOf(tables.rings), "lidar rings")),
      columns_(columnBuffer(services.device, tables)),
      subRays_(services.device.createBuffer(bytesOf(subRays), "lidar sub-rays")),
      constants_(services.device.createBuffer(sizeof(LidarFrame), Memory::kUpload, "lidar constants")),
      slots_(services.device, sizeof(LidarSlot) * tables.beams() * slotCount_, "lidar slots"),
      outcomes_(services.device, sizeof(uint32_t) * tables.beams(), "lidar outcomes"),
      axes_(services.device, sizeof(LidarAxis) * tables.beams(), "lidar axes"),
      aims_(services.device.createBuffer(sizeof(LidarAim) * kAimCapacity, Memory::kUpload, "lidar aims")),
      aimedRays_(services.device.createBuffer(sizeof(Ray) * kAimCapacity, Memory::kDevice, "lidar aimed rays")),
      aimedHits_(services.device, sizeof(Hit) * kAimCapacity, "lidar aimed hits"),
      sunRay_(services.device.createBuffer(sizeof(Ray), Memory::kUpload, "lidar sun ray")),
      sunHit_(services.device, sizeof(Hit), "lidar sun hit") {
  chooseWindow();
}

void LidarPipeline::chooseWindow() {
  gpu::Device& device = services_.device;
  const size_t ofColumn = tables_.rings.size() * subRayCount_ * (sizeof(Ray) + sizeof(Hit));
  const auto columns = static_cast<uint32_t>(tables_.columns.size());
  const uint32_t whole = roundUp(columns, kLidarColumnStep);
  const uint64_t left = device.memoryLimit() - std::min(device.allocatedBytes(), device.memoryLimit());
  // Of what is left, half: other sensors, and what is followed on from mirrors, need their part.
  const uint64_t room = std::min<uint64_t>(left / 2 / ofColumn, whole);
  windowColumns_ = std::max(static_cast<uint32_t>(room) / kLidarColumnStep * kLidarColumnStep, kLidarColumnStep);
  const size_t rays = size_t{windowColumns_} * tables_.rings.size() * subRayCount_;
  rays_ = device.createBuffer(sizeof(Ray) * rays, Memory::kDevice, "lidar rays");
  hits_ = device.createBuffer(sizeof(Hit) * rays, Memory::kDevice, "lidar hits");
}

LidarWindow LidarPipeline::window(uint32_t firstColumn) const {
  LidarWindow window{};
  window.ringCount = static_cast<uint32_t>(tables_.rings.size());
  window.columnCount = static_cast<uint32_t>(tables_.columns.size());
  window.firstColumn = firstColumn;
  window.stride = std::min(windowColumns_, roundUp(window.columnCount - firstColumn, kLidarColumnStep));
  window.subRayCount = subRayCount_;
  return window;
}

void LidarPipeline::traceWindow(const LidarWindow& window, gpu::Stream& stream) {
  raysPush_.window = window;
  run(stream, raysKernel_, "lidar rays", groupsOf(window), raysPush_);
  services_.tracer.closestHit(stream, {rays_, hits_, window.stride * window.ringCount * subRayCount_, true});
}

uint64_t LidarPipeline::at(const gpu::Buffer& buffer) const {
  return onHost_ ? reinterpret_cast<uint64_t>(buffer.host()) : buffer.address();
}

template <class Push>
void LidarPipeline::run(gpu::Stream& stream, const gpu::Kernel& kernel, const char* name,
                        const std::array<uint32_t, 3>& groups, const Push& push) {
  if (onHost_) {
    stream.hostTask(name, [push, jobs = &services_.jobs] { runOnHost(push, *jobs); });
  } else {
    stream.dispatch(kernel, name, groups, push);
  }
}

void LidarPipeline::finish(gpu::Stream& stream) {
  stream.finish();
  timings_.insert(timings_.end(), stream.timings().begin(), stream.timings().end());
}

uint64_t LidarPipeline::upload(gpu::Buffer& buffer, std::span<const std::byte> bytes, std::string_view name) {
  if (bytes.empty()) return 0;
  if (buffer.size() < bytes.size()) buffer = services_.device.createBuffer(bytes.size(), Memory::kUpload, name);
  std::memcpy(buffer.host(), bytes.data(), bytes.size());
  return at(buffer);
}

void LidarPipeline::traceBeams(const Frame& frame, gpu::Stream& stream) {
  timings_.clear();
  if (frame.columnsChanged) std::memcpy(columns_.host(), tables_.columns.data(), bytesOf(tables_.columns).size());
  LidarFrame constants{};
  constants.scene = onHost_ ? services_.scene.hostTable() : services_.scene.table();
  constants.rings = at(rings_);
  constants.columns = at(columns_);
  constants.subRays = at(subRays_);
  constants.model = frame.model;
  constants.fog = frame.fog;
  constants.fogRows = upload(fogRows_, std::as_bytes(frame.fogRows), "lidar fog");
  constants.fogRowCount = static_cast<uint32_t>(frame.fogRows.size()) / frame.fogLosses;
  constants.fogLosses = frame.fogLosses;
  constants.beamLosses = upload(beamLosses_, std::as_bytes(frame.beamLosses), "lidar beam losses");
  constants.fogModel = frame.fogRows.empty() ? kLidarNoFog : frame.fogModel;
  constants.bankCount = static_cast<uint32_t>(std::min<size_t>(frame.banks.size(), kMostFogBanks));
  if (constants.bankCount > 0) {
    if (banks_.size() == 0)
      banks_ = services_.device.createBuffer(kMostFogBanks * sizeof(FogBank), Memory::kUpload, "lidar fog banks");
    std::memcpy(banks_.host(), frame.banks.data(), constants.bankCount * sizeof(FogBank));
    constants.banks = at(banks_);
  }
  if (constants.bankCount > 0 && frame.fogRows.empty()) constants.fogModel = kLidarFogWaveform;
  constants.fogFirst_m = frame.fogFirst_m;
  constants.lidarRatio_sr = frame.lidarRatio_sr;
  constants.fullGain_m = frame.fullGain_m;
  constants.roadWetness = frame.roadWetness;
  constants.sunDirection = frame.sunDirection;
  constants.glare_rad2 = frame.glare_rad2 > 0 && seesSun(frame, stream) ? frame.glare_rad2 : 0;
  constants.falseAlarms = frame.falseAlarms ? 1 : 0;
  std::memcpy(constants_.host(), &constants, sizeof constants);

  raysPush_.rings = at(rings_);
  raysPush_.columns = at(columns_);
  raysPush_.sensorKeys = upload(sensorKeys_, std::as_bytes(frame.sensorKeys), "lidar sensor keys");
  raysPush_.deflections = upload(deflections_, std::as_bytes(frame.deflections), "lidar deflections");
  raysPush_.subRays = at(subRays_);
  raysPush_.rays = at(rays_);
  raysPush_.keyCount = static_cast<uint32_t>(frame.sensorKeys.size());
  raysPush_.keyStep_s = static_cast<float>(frame.keyStep.seconds());
  raysPush_.sweepStart_ns = static_cast<int32_t>(frame.sweepStart.ns);
  raysPush_.maxRange_m = frame.model.maxRange_m;
  LidarReturnsPush returnsPush{};
  returnsPush.frame = at(constants_);
  returnsPush.rays = at(rays_);
  returnsPush.hits = at(hits_);
  returnsPush.slots = at(slots_.buffer());
  returnsPush.outcomes = at(outcomes_.buffer());
  returnsPush.axes = at(axes_.buffer());
  returnsPush.slotCount = slotCount_;
  const bool isPlain = subRayCount_ == 1 && slotCount_ == 1;
  for (uint32_t first = 0; first < tables_.columns.size(); first += windowColumns_) {
    returnsPush.window = window(first);
    traceWindow(returnsPush.window, stream);
    run(stream, isPlain ? returnsKernel_ : echoesKernel_, "lidar returns", groupsOf(returnsPush.window), returnsPush);
  }
  fetchResults(stream);
  finish(stream);
  bloomPlan_.clear();
  if (frame.blooms.share > 0) bloomPlan_ = planBlooms(tables_, results(), frame.blooms);
  const bool waysOn = hasMirrors_ || frame.roadWetness > 0;
  if (waysOn || !bloomPlan_.empty()) traceDetours(returnsPush, waysOn, stream);
}

bool LidarPipeline::seesSun(const Frame& frame, gpu::Stream& stream) {
  const PoseKey& pose = frame.sensorKeys[frame.sensorKeys.size() / 2];
  Ray ray{};
  ray.origin = pose.translation;
  ray.tMin = kLidarHousing_m;
  ray.direction = frame.sunDirection;
  ray.tMax = 1e4F;
  ray.time_s = static_cast<float>(frame.keyStep.seconds()) * static_cast<float>(frame.sensorKeys.size() / 2);
  ray.target = kAnyTarget;
  ray.mask = 0xffffffffU;
  std::memcpy(sunRay_.host(), &ray, sizeof ray);
  services_.tracer.closestHit(stream, {sunRay_, sunHit_.buffer(), 1});
  sunHit_.fetch(stream, sizeof(Hit));
  finish(stream);
  return sunHit_.view<Hit>(1)[0].instance == kNoHit;
}

void LidarPipeline::fetchResults(gpu::Stream& stream) {
  slots_.fetch(stream, sizeof(LidarSlot) * tables_.beams() * slotCount_);
  outcomes_.fetch(stream, sizeof(uint32_t) * tables_.beams());
  axes_.fetch(stream, sizeof(LidarAxis) * tables_.beams());
}

template <class Visit>
void LidarPipeline::forDetourWindows(gpu::Stream& stream, const Visit& visit) {
  const auto ringCount = static_cast<uint32_t>(tables_.rings.size());
  const auto at = [&](uint32_t beam) {
    return static_cast<uint32_t>(std::lower_bound(detourBeams_.begin(), detourBeams_.end(), beam) -
                                 detourBeams_.begin());
  };
  for (uint32_t first = 0; first < tables_.columns.size(); first += windowColumns_) {
    const LidarWindow here = window(first);
    const uint32_t begin = at(first * ringCount);
    const uint32_t end = at((first + here.stride) * ringCount);
    if (begin == end) continue;
    if (raysPush_.window.firstColumn != first) traceWindow(here, stream);
    visit(here, begin, end);
  }
}

void LidarPipeline::traceDetours(LidarReturnsPush returns, bool waysOn, gpu::Stream& stream) {
  const std::span<const uint32_t> outcomes = outcomes_.view<uint32_t>(tables_.beams());
  detourBeams_.clear();
  size_t bloom = 0;
  for (uint32_t beam = 0; beam < outcomes.size(); ++beam) {
    const bool blooms = bloom < bloomPlan_.size() && bloomPlan_[bloom].beam == beam;
    if (blooms) ++bloom;
    if (blooms || (waysOn && (outcomes[beam] & kLidarDetourFlag) != 0)) detourBeams_.push_back(beam);
  }
  const auto count = static_cast<uint32_t>(detourBeams_.size());
  if (count == 0) return;
  if (count > detourCapacity_) {
    detourCapacity_ = std::min(std::max(count, 2 * detourCapacity_), tables_.beams());
    const size_t rays = size_t{detourCapacity_} * kLidarDetourPasses;
    gpu::Device& device = services_.device;
    detourList_ = device.createBuffer(sizeof(uint32_t) * detourCapacity_, Memory::kUpload, "lidar detour list");
    detours_ = device.createBuffer(sizeof(LidarDetour) * rays, Memory::kDevice, "lidar detours");
    detourRays_ = device.createBuffer(sizeof(Ray) * rays, Memory::kDevice, "lidar detour rays");
    detourHits_ = device.createBuffer(sizeof(Hit) * rays, Memory::kDevice, "lidar detour hits");
    passRays_ = device.createBuffer(sizeof(Ray) * detourCapacity_, Memory::kDevice, "lidar detour pass rays");
    passHits_ = device.createBuffer(sizeof(Hit) * detourCapacity_, Memory::kDevice, "lidar detour pass hits");
    blooms_ = device.createBuffer(sizeof(LidarBloom) * detourCapacity_, Memory::kUpload, "lidar blooms");
  }
  std::memcpy(detourList_.host(), detourBeams_.data(), count * sizeof(uint32_t));
  if (!bloomPlan_.empty()) {
    const std::span<LidarBloom> blooms = blooms_.hostSpan<LidarBloom>().first(count);
    std::fill(blooms.begin(), blooms.end(), LidarBloom{});
    for (const BeamBloom& b : bloomPlan_) {
      const auto place = std::lower_bound(detourBeams_.begin(), detourBeams_.end(), b.beam) - detourBeams_.begin();
      blooms[static_cast<size_t>(place)] = b.bloom;
    }
    LidarFrame constants{};
    std::memcpy(&constants, constants_.host(), sizeof constants);
    constants.blooms = at(blooms_);
    std::memcpy(constants_.host(), &constants, sizeof constants);
  }
  LidarDetourPush push{};
  push.frame = returns.frame;
  push.rays = returns.rays;
  push.hits = returns.hits;
  push.outcomes = returns.outcomes;
  push.detours = at(detours_);
  push.detourRays = at(detourRays_);
  push.detourHits = at(detourHits_);
  push.detourList = at(detourList_);
  push.detourCount = count;
  for (push.pass = 0; push.pass < kLidarDetourPasses && waysOn; ++push.pass) {
    if (push.pass == 0) {
      forDetourWindows(stream, [&](const LidarWindow& window, uint32_t begin, uint32_t end) {
        push.window = window;
        push.detourFirst = begin;
        push.detourEnd = end;
        run(stream, detourKernel_, "lidar detours", groupsOf(end - begin), push);
      });
    } else {
      push.detourFirst = 0;
      push.detourEnd = count;
      run(stream, detourKernel_, "lidar detours", groupsOf(count), push);
    }
    const size_t first = size_t{push.pass} * count;
    stream.copy(detourRays_, first * sizeof(Ray), passRays_, 0, count * sizeof(Ray));
    services_.tracer.closestHit(stream, {passRays_, passHits_, count});
    stream.copy(passHits_, 0, detourHits_, first * sizeof(Hit), count * sizeof(Hit));
  }
  returns.detours = push.detours;
  returns.detourRays = push.detourRays;
  returns.detourHits = push.detourHits;
  returns.detourList = push.detourList;
  // Without ways on the list holds what blooms alone, and no detour is looked at.
  returns.detourCount = count;
  returns.detourPasses = waysOn ? kLidarDetourPasses : 0;
  forDetourWindows(stream, [&](const LidarWindow& window, uint32_t begin, uint32_t end) {
    returns.window = window;
    returns.detourFirst = begin;
    returns.detourEnd = end;
    run(stream, detourReturnsKernel_, "lidar detour returns", groupsOf(end - begin), returns);
  });
  fetchResults(stream);
  finish(stream);
}

BeamResults LidarPipeline::results() const {
  return {slots_.view<LidarSlot>(size_t{tables_.beams()} * slotCount_), outcomes_.view<uint32_t>(tables_.beams()),
          axes_.view<LidarAxis>(tables_.beams()), slotCount_};
}

void LidarPipeline::traceAims(std::span<const LidarAim> aims, gpu::Stream& stream, std::vector<Hit>& hits) {
  hits.resize(aims.size());
  for (size_t begin = 0; begin < aims.size(); begin += kAimCapacity) {
    const auto count = static_cast<uint32_t>(std::min<size_t>(kAimCapacity, aims.size() - begin));
    std::memcpy(aims_.host(), &aims[begin], count * sizeof(LidarAim));
    LidarAimPush push{};
    push.rays = raysPush_;
    push.aims = at(aims_);
    push.aimed = at(aimedRays_);
    push.count = count;
    run(stream, aimKernel_, "lidar aim", groupsOf(count), push);
    services_.tracer.closestHit(stream, {aimedRays_, aimedHits_.buffer(), count});
    aimedHits_.fetch(stream, count * sizeof(Hit));
    finish(stream);
    const std::span<const Hit> batch = aimedHits_.view<Hit>(count);
    std::copy(batch.begin(), batch.end(), hits.begin() + static_cast<std::ptrdiff_t>(begin));
  }
}

}  // namespace nightfog::lidar
