#include "sensors/camera/camera_stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "kernels/camera/camera_aim.spv.h"
#include "kernels/camera/camera_combine.spv.h"
#include "kernels/camera/camera_detour_light.spv.h"
#include "kernels/camera/camera_detours.spv.h"
#include "kernels/camera/camera_develop.spv.h"
#include "kernels/camera/camera_direct.spv.h"
#include "kernels/camera/camera_filter.spv.h"
#include "kernels/camera/camera_flow.spv.h"
#include "kernels/camera/camera_flow_mask.spv.h"
#include "kernels/camera/camera_gather.spv.h"
#include "kernels/camera/camera_glare.spv.h"
#include "kernels/camera/camera_glow.spv.h"
#include "kernels/camera/camera_panes.spv.h"
#include "kernels/camera/camera_rays.spv.h"
#include "kernels/camera/camera_sky.spv.h"
#include "kernels/camera/camera_sort.spv.h"
#include "kernels/camera/camera_surface.spv.h"
#include "kernels/camera/camera_truth.spv.h"

namespace nightfog::camera {

namespace {

constexpr uint32_t kGroup = 64;           // invocations of a work group, as the kernels say
constexpr uint32_t kFilterPasses = 4;     // even: the result lies where it began
constexpr uint32_t kPanes = 2;            // panes that a ray may pass
constexpr uint32_t kMostAims = 1u << 18;  // traced at once

/// Of CameraView::Array, in its order.
constexpr std::array kArrayNames{"camera rays",          "camera hits",           "camera detour rays",
                                 "camera detour hits",   "camera shadow rays",    "camera shadow hits",
                                 "camera pending",       "camera shadowed",       "camera radiance",
                                 "camera points",        "camera detour shadows", "camera detour shadow hits",
                                 "camera detours",       "camera guides",         "camera gathered",
                                 "camera gathered next", "camera lists",          "camera glow"};

uint32_t over(uint32_t n, uint32_t divisor) {
  return (n + divisor - 1) / divisor;
}

void append(std::vector<gpu::Timing>& timings, const gpu::Stream& stream) {
  timings.insert(timings.end(), stream.timings().begin(), stream.timings().end());
}

}  // namespace

CameraKernels::CameraKernels(gpu::Device& device, Jobs& hostJobs, KernelPlace place)
    : jobs(hostJobs),
      onHost(place == KernelPlace::kAuto && device.info().type == gpu::DeviceType::kCpu && device.sharesHostMemory()) {
  if (onHost) return;
  constexpr size_t kPush = sizeof(shared::CameraPush);
  static_assert(kPush <= 128, "the least that every device grants");
  constexpr std::array<uint32_t, 1> kOff{0};
  constexpr std::array<uint32_t, 1> kOn{1};
  const auto make = [&](Stage stage, std::span<const uint32_t> spirv, const char* name,
                        std::span<const uint32_t> variant = {}) {
    kernels[static_cast<size_t>(stage)] = device.createKernel(spirv, name, kPush, variant);
  };
  make(Stage::kRays, kCameraRays_spv, "camera rays");
  make(Stage::kSort, kCameraSort_spv, "camera sort");
  make(Stage::kPanes, kCameraPanes_spv, "camera panes");
  make(Stage::kSky, kCameraSky_spv, "camera sky");
  make(Stage::kSurfaceStill, kCameraSurface_spv, "camera surface", kOff);
  make(Stage::kSurfaceMoving, kCameraSurface_spv, "camera surface, moving", kOn);
  make(Stage::kDirect, kCameraDirect_spv, "camera direct");
  make(Stage::kDetours, kCameraDetours_spv, "camera detours");
  make(Stage::kDetourLight, kCameraDetourLight_spv, "camera detour light");
  make(Stage::kGather, kCameraGather_spv, "camera gather");
  make(Stage::kFilter, kCameraFilter_spv, "camera filter");
  make(Stage::kGlow, kCameraGlow_spv, "camera glow");
  make(Stage::kCombine, kCameraCombine_spv, "camera combine", kOff);
  make(Stage::kCombineGlow, kCameraCombine_spv, "camera combine, glow", kOn);
  make(Stage::kGlare, kCameraGlare_spv, "camera glare");
  make(Stage::kDevelop, kCameraDevelop_spv, "camera develop");
  make(Stage::kTruth, kCameraTruth_spv, "camera truth", kOff);
  make(Stage::kTruthNormals, kCameraTruth_spv, "camera truth, normals", kOn);
  make(Stage::kFlow, kCameraFlow_spv, "camera flow");
  make(Stage::kFlowMask, kCameraFlowMask_spv, "camera flow mask");
  make(Stage::kAim, kCameraAim_spv, "camera aim");
}

CameraView::CameraView(gpu::Device& device, gpu::Scratch& scratch, const CameraKernels& kernels, const Options& options)
    : device_(device), kernels_(kernels), options_(options), scratch_(scratch) {
  const size_t n = pixels();
  gatherScale_ = options.filterIndirect ? 2 : 1;
  gatherWidth_ = over(options.width, gatherScale_);
  frame_ = device.createBuffer(sizeof(shared::CameraFrame), gpu::Memory::kUpload, "camera frame");
  aims_ = device.createBuffer(aimCapacity() * sizeof(shared::CameraAim), gpu::Memory::kUpload, "camera aims");
  aimHits_ = Readback(device, aimCapacity() * sizeof(shared::Hit), "camera aim hits");
  depth_ = Readable(device, n * sizeof(float), "camera depth");
  semantic_ = Readable(device, n * sizeof(uint32_t), "camera semantic");
  instance_ = Readable(device, n * sizeof(uint32_t), "camera instance");
  if (options.normals) normals_ = Readable(device, n * sizeof(uint32_t), "camera normals");
  if (options.flow) {
    flow_ = Readable(device, n * sizeof(glm::vec2), "camera flow");
    flowState_ = Readable(device, n * sizeof(uint32_t), "camera flow state");
  }
  if (!options.image) return;
  counts_ = Readback(device, sizeof(Counts), "camera counts");
  glare_ = device.createBuffer(size_t{4} * over(options.width, 8) * over(options.height, 8) * sizeof(glm::vec3),
                               gpu::Memory::kDevice, "camera glare");
  sum_ = Readable(device, n * sizeof(glm::vec3), "camera sum");
  image_ = Readable(device, n * sizeof(uint32_t), "camera image");
}

uint32_t CameraView::detourCapacity(uint32_t rows) const {
  const uint32_t reflections = options_.width * rows;
  return options_.image ? gatherWidth_ * over(rows, gatherScale_) + reflections : reflections;
}

size_t CameraView::bytesOf(Array array, uint32_t rows) const {
  const size_t n = size_t{options_.width} * rows;
  const size_t gathered = size_t{gatherWidth_} * over(rows, gatherScale_);
  const size_t detours = detourCapacity(rows);
  switch (array) {
    case Array::kRays:
      return n * sizeof(shared::Ray);
    case Array::kHits:
      return n * sizeof(shared::Hit);
    case Array::kDetourRays:
      return std::max<size_t>(detours, aimCapacity()) * sizeof(shared::Ray);
    case Array::kDetourHits:
      return std::max<size_t>(detours, aimCapacity()) * sizeof(shared::Hit);
    default:
      break;
  }
  if (!options_.image) return 0;
  switch (array) {
    case Array::kShadowRays:
      return n * sizeof(shared::Ray);
    case Array::kShadowHits:
      return n * sizeof(shared::Hit);
    case Array::kPending:
    case Array::kShadowed:
    case Array::kRadiance:
      return n * sizeof(glm::vec3);
    case Array::kPoints:
      return n * sizeof(shared::CameraPoint);
    case Array::kDetourShadowRays:
      return detours * sizeof(shared::Ray);
    case Array::kDetourShadowHits:
      return detours * sizeof(shared::Hit);
    case Array::kDetours:
      return detours * sizeof(shared::CameraDetour);
    case Array::kGuides:
      return gathered * sizeof(shared::CameraGuide);
    case Array::kGathered:
    case Array::kGatheredNext:
      return gathered * sizeof(glm::vec3);
    case Array::kLists:
      return (shared::kListHead + shared::kListCount * n) * sizeof(uint32_t);
    case Array::kGlow:
      return size_t{over(options_.width, 4)} * over(rows, 4) * sizeof(glm::vec4);
    default:
      break;
  }
  return 0;
}

size_t CameraView::scratchBytes(uint32_t rows) const {
  size_t sum = 0;
  for (size_t i = 0; i < arrays_.size(); ++i)
    sum += std::max(bytesOf(static_cast<Array>(i), rows), scratch_.sizeOf(kArrayNames[i]));
  return sum;
}

/// When everything else that an episode needs is on the device already.
void CameraView::chooseWindow() {
  windowRows_ = options_.height;
  const uint64_t taken = device_.allocatedBytes() - scratch_.bytes();
  const uint64_t left = device_.memoryLimit() - std::min(taken, device_.memoryLimit());
  if (scratchBytes(windowRows_) <= left) return;
  const uint32_t least = std::min(kLeastRows, options_.height);
  if (scratchBytes(least) > left) {
    throw gpu::DeviceError(
        ExitCode::kNoDevice,
        fmt::format("{} rows of a camera's picture take {} MiB of the device's memory, and {} of {} MiB are left",
                    least, (scratchBytes(least) >> 20) + 1, left >> 20, device_.memoryLimit() >> 20),
        "allow more with --memory-mib, or render fewer or smaller cameras at once");
  }
  windowRows_ = least;
  while (windowRows_ + 4 < options_.height && scratchBytes(windowRows_ + 4) <= left) windowRows_ += 4;
}

void CameraView::upload(shared::CameraFrame frame, const shared::CameraPush& instant) {
  if (windowRows_ == 0) chooseWindow();
  static const gpu::Buffer kNone;
  for (size_t i = 0; i < arrays_.size(); ++i) {
    const size_t bytes = bytesOf(static_cast<Array>(i), windowRows_);
    arrays_[i] = bytes == 0 ? &kNone : &scratch_.take(kArrayNames[i], bytes);
  }
  frame.sum = kernels_.addressOf(sum_);
  frame.glare = kernels_.addressOf(glare_);
  frame.image = kernels_.addressOf(image_);
  frame.aims = kernels_.addressOf(aims_);
  frame.depth = kernels_.addressOf(depth_);
  frame.semantic = kernels_.addressOf(semantic_);
  frame.instance = kernels_.addressOf(instance_);
  frame.normals = kernels_.addressOf(normals_);
  frame.flow = kernels_.addressOf(flow_);
  frame.flowState = kernels_.addressOf(flowState_);
  frameData_ = frame;
  push_ = instant;
  push_.frame = kernels_.addressOf(frame_);
  push_.width = options_.width;
  push_.height = options_.height;
  push_.gatherScale = gatherScale_;
  glows_ = frame.light.glowLampCount > 0;
  select(0, windowRows_);
}

void CameraView::select(uint32_t first, uint32_t last) {
  push_.window = first | (last - first) << 16;
  shared::CameraFrame& frame = frameData_;
  const auto at = [&](Array which, size_t before = 0) { return kernels_.addressOf(array(which)) - before; };
  const size_t pixel = size_t{first} * options_.width;
  const size_t gathered = size_t{first / gatherScale_} * gatherWidth_;
  frame.rays = at(Array::kRays, pixel * sizeof(shared::Ray));
  frame.hits = at(Array::kHits, pixel * sizeof(shared::Hit));
  frame.shadowRays = at(Array::kShadowRays);
  frame.shadowHits = at(Array::kShadowHits);
  frame.pending = at(Array::kPending, pixel * sizeof(glm::vec3));
  frame.shadowed = at(Array::kShadowed);
  frame.radiance = at(Array::kRadiance, pixel * sizeof(glm::vec3));
  frame.points = at(Array::kPoints, pixel * sizeof(shared::CameraPoint));
  frame.detourRays = at(Array::kDetourRays);
  frame.detourHits = at(Array::kDetourHits);
  frame.detourShadowRays = at(Array::kDetourShadowRays);
  frame.detourShadowHits = at(Array::kDetourShadowHits);
  frame.detours = at(Array::kDetours);
  frame.guides = at(Array::kGuides, gathered * sizeof(shared::CameraGuide));
  frame.gathered = at(Array::kGathered, gathered * sizeof(glm::vec3));
  frame.gatheredNext = at(Array::kGatheredNext, gathered * sizeof(glm::vec3));
  frame.lists = at(Array::kLists);
  frame.glow = at(Array::kGlow, size_t{first / 4} * over(options_.width, 4) * sizeof(glm::vec4));
  std::memcpy(frame_.host(), &frame, sizeof frame);
}

void CameraView::dispatch(gpu::Stream& stream, Stage stage, std::string_view name, uint32_t items, uint32_t sample,
                          uint32_t pass) {
  if (items == 0) return;
  push_.sampleIndex = sample;
  push_.pass = pass;
  push_.count = items;
  if (kernels_.onHost) {
    stream.hostTask(name, [stage, push = push_, jobs = &kernels_.jobs] { runOnHost(stage, push, *jobs); });
  } else {
    stream.dispatch(kernels_.kernels[static_cast<size_t>(stage)], name, gpu::groupsFor(items, kGroup), push_);
  }
}

CameraView::Counts CameraView::finishLists(gpu::Stream& stream, std::vector<gpu::Timing>& timings) {
  counts_.fetch(stream, array(Array::kLists), sizeof(Counts));
  stream.finish();
  append(timings, stream);
  Counts counts{};
  const std::span<const uint32_t> head = counts_.view<uint32_t>(array(Array::kLists), counts.size());
  std::transform(head.begin(), head.end(), counts.begin(),
                 [&](uint32_t count) { return std::min(count, windowPixels()); });
  return counts;
}

CameraView::Counts CameraView::sortPixels(gpu::Stream& stream, trace::Tracer& tracer, uint32_t sample,
                                          std::vector<gpu::Timing>& timings) {
  const uint32_t n = windowPixels();
  if (kernels_.onHost) {
    std::memset(array(Array::kLists).host(), 0, sizeof(Counts));
  } else {
    stream.fill(array(Array::kLists), 0);
  }
  dispatch(stream, Stage::kRays, "camera rays", n, sample);
  tracer.closestHit(stream, {array(Array::kRays), array(Array::kHits), n, true});
  dispatch(stream, Stage::kSort, "camera sort", n, sample);
  const Counts counts = finishLists(stream, timings);
  const uint32_t panes = counts[shared::kListPanes];
  if (panes == 0) return counts;
  for (uint32_t pass = 0; pass < 2; ++pass) {
    dispatch(stream, Stage::kPanes, "camera panes", panes, sample, pass);
    tracer.closestHit(stream, {array(Array::kDetourRays), array(Array::kDetourHits), panes, true});
  }
  dispatch(stream, Stage::kPanes, "camera panes", panes, sample, 2);
  dispatch(stream, Stage::kSort, "camera sort", panes, sample, 1);
  return finishLists(stream, timings);
}

void CameraView::shade(gpu::Stream& stream, trace::Tracer& tracer, uint32_t samples,
                       std::vector<gpu::Timing>& timings) {
  for (uint32_t first = 0; first < options_.height;) {
    if (first > 0) {  // the window before it is still under way
      stream.finish();
      append(timings, stream);
    }
    const uint32_t top = first - std::min(first, kApron);
    const uint32_t bottom = std::min(top + windowRows_, options_.height);
    const uint32_t last = bottom == options_.height ? bottom : bottom - kApron;
    select(top, bottom);
    shadeWindow(stream, tracer, samples, first, last, timings);
    first = last;
  }
}

void CameraView::shadeWindow(gpu::Stream& stream, trace::Tracer& tracer, uint32_t samples, uint32_t first,
                             uint32_t last, std::vector<gpu::Timing>& timings) {
  const uint32_t rows = push_.window >> 16;
  const uint32_t gathered = gatherWidth_ * over(rows, gatherScale_);
  for (uint32_t sample = 0; sample < samples; ++sample) {
    const Counts counts = sortPixels(stream, tracer, sample, timings);
    const uint32_t still = counts[shared::kListStill];
    const uint32_t surfaces = still + counts[shared::kListMoving];
    dispatch(stream, Stage::kSky, "camera sky", counts[shared::kListSky], sample);
    dispatch(stream, Stage::kSurfaceStill, "camera surface", still, sample, 0);
    dispatch(stream, Stage::kSurfaceMoving, "camera surface", surfaces - still, sample, still);
    if (surfaces > 0) tracer.anyHit(stream, {array(Array::kShadowRays), array(Array::kShadowHits), surfaces, true});
    dispatch(stream, Stage::kDirect, "camera direct", surfaces, sample, still);
    const uint32_t detours = gathered + finishLists(stream, timings)[shared::kListGlossy];
    dispatch(stream, Stage::kDetours, "camera detours", detours, sample);
    tracer.closestHit(stream, {array(Array::kDetourRays), array(Array::kDetourHits), detours});
    dispatch(stream, Stage::kDetourLight, "camera detour light", detours, sample);
    tracer.anyHit(stream, {array(Array::kDetourShadowRays), array(Array::kDetourShadowHits), detours});
    dispatch(stream, Stage::kGather, "camera gather", detours, sample);
    for (uint32_t pass = 0; gatherScale_ > 1 && pass < kFilterPasses; ++pass)
      dispatch(stream, Stage::kFilter, "camera filter", gathered, sample, pass);
    if (glows_) dispatch(stream, Stage::kGlow, "camera glow", over(options_.width, 4) * over(rows, 4), sample);
    dispatch(stream, glows_ ? Stage::kCombineGlow : Stage::kCombine, "camera combine", (last - first) * options_.width,
             sample, first * options_.width);
  }
}

uint32_t CameraView::aimCapacity() const {
  return std::min(pixels(), kMostAims);
}

void CameraView::develop(gpu::Stream& stream) {
  for (uint32_t pass = 0; pass < 5; ++pass)
    dispatch(stream, Stage::kGlare, "camera glare", over(options_.width, 8) * over(options_.height, 8), 0, pass);
  dispatch(stream, Stage::kDevelop, "camera develop", pixels());
  image_.fetch(stream, pixels() * sizeof(uint32_t));
}

void CameraView::truth(gpu::Stream& stream, trace::Tracer& tracer, std::vector<gpu::Timing>& timings) {
  for (uint32_t first = 0; first < options_.height; first += windowRows_) {
    if (windowRows_ < options_.height && (first > 0 || options_.image)) {  // the window before it is still under way
      stream.finish();
      append(timings, stream);
    }
    select(first, std::min(first + windowRows_, options_.height));
    const uint32_t n = windowPixels();
    dispatch(stream, Stage::kRays, "camera truth rays", n, 0, 1);
    tracer.closestHit(stream, {array(Array::kRays), array(Array::kHits), n, true});
    dispatch(stream, options_.normals ? Stage::kTruthNormals : Stage::kTruth, "camera truth", n);
    if (!options_.flow) continue;
    dispatch(stream, Stage::kFlow, "camera flow", n);
    tracer.anyHit(stream, {array(Array::kRays), array(Array::kHits), n, true});
    dispatch(stream, Stage::kFlowMask, "camera flow mask", n);
  }
  const uint32_t n = pixels();
  if (options_.normals) normals_.fetch(stream, n * sizeof(uint32_t));
  if (options_.flow) {
    flow_.fetch(stream, n * sizeof(glm::vec2));
    flowState_.fetch(stream, n * sizeof(uint32_t));
  }
  depth_.fetch(stream, n * sizeof(float));
  semantic_.fetch(stream, n * sizeof(uint32_t));
  instance_.fetch(stream, n * sizeof(uint32_t));
}

void CameraView::aim(gpu::Stream& stream, trace::Tracer& tracer, std::span<const shared::CameraAim> aims) {
  NF_ASSERT(aims.size() <= aimCapacity(), "{} aims", aims.size());
  const auto count = static_cast<uint32_t>(aims.size());
  std::memcpy(aims_.host(), aims.data(), aims.size_bytes());
  dispatch(stream, Stage::kAim, "camera aim", count);
  tracer.closestHit(stream, {array(Array::kDetourRays), array(Array::kDetourHits), count, true});
  aimHits_.fetch(stream, array(Array::kDetourHits), count * sizeof(shared::Hit));
}

}  // namespace nightfog::camera
