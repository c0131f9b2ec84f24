#include "sensors/camera/camera_stages.hpp"

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

CameraView::CameraView(gpu::Device& device, const CameraKernels& kernels, const Options& options)
    : device_(device), kernels_(kernels), options_(options) {
  const size_t n = pixels();
  gatherScale_ = options.filterIndirect ? 2 : 1;
  gatherWidth_ = over(options.width, gatherScale_);
  gatherHeight_ = over(options.height, gatherScale_);
  const uint32_t gathered = gatherWidth_ * gatherHeight_;
  detourCapacity_ = options.image ? gathered + static_cast<uint32_t>(n) : static_cast<uint32_t>(n);
  const auto make = [&](size_t bytes, std::string_view name) {
    return device.createBuffer(bytes, gpu::Memory::kDevice, name);
  };
  frame_ = device.createBuffer(sizeof(shared::CameraFrame), gpu::Memory::kUpload, "camera frame");
  rays_ = make(n * sizeof(shared::Ray), "camera rays");
  hits_ = make(n * sizeof(shared::Hit), "camera hits");
  detourRays_ = make(detourCapacity_ * sizeof(shared::Ray), "camera detour rays");
  detourHits_ = Readable(device, detourCapacity_ * sizeof(shared::Hit), "camera detour hits");
  aims_ = device.createBuffer(aimCapacity() * sizeof(shared::CameraAim), gpu::Memory::kUpload, "camera aims");
  depth_ = Readable(device, n * sizeof(float), "camera depth");
  semantic_ = Readable(device, n * sizeof(uint32_t), "camera semantic");
  instance_ = Readable(device, n * sizeof(uint32_t), "camera instance");
  if (options.normals) normals_ = Readable(device, n * sizeof(uint32_t), "camera normals");
  if (options.flow) {
    flow_ = Readable(device, n * sizeof(glm::vec2), "camera flow");
    flowState_ = Readable(device, n * sizeof(uint32_t), "camera flow state");
  }
  if (!options.image) return;
  shadowRays_ = make(n * sizeof(shared::Ray), "camera shadow rays");
  shadowHits_ = make(n * sizeof(shared::Hit), "camera shadow hits");
  pending_ = make(n * sizeof(glm::vec3), "camera pending light");
  shadowed_ = make(n * sizeof(glm::vec3), "camera shadowed light");
  radiance_ = make(n * sizeof(glm::vec3), "camera radiance");
  points_ = make(n * sizeof(shared::CameraPoint), "camera points");
  detourShadowRays_ = make(detourCapacity_ * sizeof(shared::Ray), "camera detour shadow rays");
  detourShadowHits_ = make(detourCapacity_ * sizeof(shared::Hit), "camera detour shadow hits");
  detours_ = make(detourCapacity_ * sizeof(shared::CameraDetour), "camera detours");
  guides_ = make(gathered * sizeof(shared::CameraGuide), "camera guides");
  gathered_ = make(gathered * sizeof(glm::vec3), "camera gathered");
  gatheredNext_ = make(gathered * sizeof(glm::vec3), "camera gathered next");
  lists_ = Readable(device, (shared::kListHead + shared::kListCount * n) * sizeof(uint32_t), "camera lists");
  glow_ = make(size_t{over(options.width, 4)} * over(options.height, 4) * sizeof(glm::vec4), "camera glow");
  glare_ = make(size_t{4} * over(options.width, 8) * over(options.height, 8) * sizeof(glm::vec3), "camera glare");
  sum_ = Readable(device, n * sizeof(glm::vec3), "camera sum");
  image_ = Readable(device, n * sizeof(uint32_t), "camera image");
}

void CameraView::upload(shared::CameraFrame frame, const shared::CameraPush& instant) {
  frame.rays = kernels_.addressOf(rays_);
  frame.hits = kernels_.addressOf(hits_);
  frame.shadowRays = kernels_.addressOf(shadowRays_);
  frame.shadowHits = kernels_.addressOf(shadowHits_);
  frame.pending = kernels_.addressOf(pending_);
  frame.shadowed = kernels_.addressOf(shadowed_);
  frame.radiance = kernels_.addressOf(radiance_);
  frame.points = kernels_.addressOf(points_);
  frame.detourRays = kernels_.addressOf(detourRays_);
  frame.detourHits = kernels_.addressOf(detourHits_);
  frame.detourShadowRays = kernels_.addressOf(detourShadowRays_);
  frame.detourShadowHits = kernels_.addressOf(detourShadowHits_);
  frame.detours = kernels_.addressOf(detours_);
  frame.guides = kernels_.addressOf(guides_);
  frame.gathered = kernels_.addressOf(gathered_);
  frame.gatheredNext = kernels_.addressOf(gatheredNext_);
  frame.lists = kernels_.addressOf(lists_);
  frame.glow = kernels_.addressOf(glow_);
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
  push_ = instant;
  push_.frame = kernels_.addressOf(frame_);
  push_.width = options_.width;
  push_.height = options_.height;
  push_.gatherScale = gatherScale_;
  glows_ = frame.light.glowLampCount > 0;
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
  lists_.fetch(stream, sizeof(Counts));
  stream.finish();
  append(timings, stream);
  Counts counts{};
  const std::span<const uint32_t> head = lists_.view<uint32_t>(counts.size());
  std::transform(head.begin(), head.end(), counts.begin(), [&](uint32_t count) { return std::min(count, pixels()); });
  return counts;
}

CameraView::Counts CameraView::sortPixels(gpu::Stream& stream, trace::Tracer& tracer, uint32_t sample,
                                          std::vector<gpu::Timing>& timings) {
  const uint32_t n = pixels();
  if (kernels_.onHost) {
    std::memset(lists_.buffer().host(), 0, sizeof(Counts));
  } else {
    stream.fill(lists_.buffer(), 0);
  }
  dispatch(stream, Stage::kRays, "camera rays", n, sample);
  tracer.closestHit(stream, {rays_, hits_, n, true});
  dispatch(stream, Stage::kSort, "camera sort", n, sample);
  const Counts counts = finishLists(stream, timings);
  const uint32_t panes = counts[shared::kListPanes];
  if (panes == 0) return counts;
  for (uint32_t pass = 0; pass < 2; ++pass) {
    dispatch(stream, Stage::kPanes, "camera panes", panes, sample, pass);
    tracer.closestHit(stream, {detourRays_, detourHits_.buffer(), panes, true});
  }
  dispatch(stream, Stage::kPanes, "camera panes", panes, sample, 2);
  dispatch(stream, Stage::kSort, "camera sort", panes, sample, 1);
  return finishLists(stream, timings);
}

void CameraView::shade(gpu::Stream& stream, trace::Tracer& tracer, uint32_t samples,
                       std::vector<gpu::Timing>& timings) {
  const uint32_t n = pixels();
  const uint32_t gathered = gatherWidth_ * gatherHeight_;
  for (uint32_t sample = 0; sample < samples; ++sample) {
    const Counts counts = sortPixels(stream, tracer, sample, timings);
    const uint32_t still = counts[shared::kListStill];
    const uint32_t surfaces = still + counts[shared::kListMoving];
    dispatch(stream, Stage::kSky, "camera sky", counts[shared::kListSky], sample);
    dispatch(stream, Stage::kSurfaceStill, "camera surface", still, sample, 0);
    dispatch(stream, Stage::kSurfaceMoving, "camera surface", surfaces - still, sample, still);
    if (surfaces > 0) tracer.anyHit(stream, {shadowRays_, shadowHits_, surfaces, true});
    dispatch(stream, Stage::kDirect, "camera direct", surfaces, sample, still);
    const uint32_t detours = gathered + finishLists(stream, timings)[shared::kListGlossy];
    dispatch(stream, Stage::kDetours, "camera detours", detours, sample);
    tracer.closestHit(stream, {detourRays_, detourHits_.buffer(), detours});
    dispatch(stream, Stage::kDetourLight, "camera detour light", detours, sample);
    tracer.anyHit(stream, {detourShadowRays_, detourShadowHits_, detours});
    dispatch(stream, Stage::kGather, "camera gather", detours, sample);
    for (uint32_t pass = 0; gatherScale_ > 1 && pass < kFilterPasses; ++pass)
      dispatch(stream, Stage::kFilter, "camera filter", gathered, sample, pass);
    if (glows_)
      dispatch(stream, Stage::kGlow, "camera glow", over(options_.width, 4) * over(options_.height, 4), sample);
    dispatch(stream, glows_ ? Stage::kCombineGlow : Stage::kCombine, "camera combine", n, sample);
  }
}

uint32_t CameraView::aimCapacity() const {
  return std::min(detourCapacity_, kMostAims);
}

void CameraView::develop(gpu::Stream& stream) {
  for (uint32_t pass = 0; pass < 5; ++pass)
    dispatch(stream, Stage::kGlare, "camera glare", over(options_.width, 8) * over(options_.height, 8), 0, pass);
  dispatch(stream, Stage::kDevelop, "camera develop", pixels());
  image_.fetch(stream, pixels() * sizeof(uint32_t));
}

void CameraView::truth(gpu::Stream& stream, trace::Tracer& tracer) {
  const uint32_t n = pixels();
  dispatch(stream, Stage::kRays, "camera truth rays", n, 0, 1);
  tracer.closestHit(stream, {rays_, hits_, n, true});
  dispatch(stream, options_.normals ? Stage::kTruthNormals : Stage::kTruth, "camera truth", n);
  if (options_.normals) normals_.fetch(stream, n * sizeof(uint32_t));
  if (options_.flow) {
    dispatch(stream, Stage::kFlow, "camera flow", n);
    tracer.anyHit(stream, {rays_, hits_, n, true});
    dispatch(stream, Stage::kFlowMask, "camera flow mask", n);
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
  tracer.closestHit(stream, {detourRays_, detourHits_.buffer(), count, true});
  detourHits_.fetch(stream, count * sizeof(shared::Hit));
}

}  // namespace nightfog::camera
