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
#include "kernels/camera/camera_flow_mask.spv.h"
#include "kernels/camera/camera_gather.spv.h"
#include "kernels/camera/camera_glare.spv.h"
#include "kernels/camera/camera_glow.spv.h"
#include "kernels/camera/camera_panes.spv.h"
#include "kernels/camera/camera_rays.spv.h"
#include "kernels/camera/camera_surface.spv.h"
#include "kernels/camera/camera_truth.spv.h"

namespace nightfog::camera {

namespace {

constexpr uint32_t kGroup = 64;        // invocations of a work group, as the kernels say
constexpr uint32_t kFilterPasses = 4;  // even: the result lies where it began
constexpr uint32_t kPanes = 2;         // panes that a ray may pass
constexpr uint32_t kMostAims = 4096;

uint32_t over(uint32_t n, uint32_t divisor) {
  return (n + divisor - 1) / divisor;
}

void append(std::vector<gpu::Timing>& timings, const gpu::Stream& stream) {
  timings.insert(timings.end(), stream.timings().begin(), stream.timings().end());
}

}  // namespace

CameraKernels::CameraKernels(gpu::Device& device) {
  constexpr size_t kPush = sizeof(shared::CameraPush);
  rays = device.createKernel(kCameraRays_spv, "camera rays", kPush);
  panes = device.createKernel(kCameraPanes_spv, "camera panes", kPush);
  surface = device.createKernel(kCameraSurface_spv, "camera surface", kPush);
  direct = device.createKernel(kCameraDirect_spv, "camera direct", kPush);
  detours = device.createKernel(kCameraDetours_spv, "camera detours", kPush);
  detourLight = device.createKernel(kCameraDetourLight_spv, "camera detour light", kPush);
  gather = device.createKernel(kCameraGather_spv, "camera gather", kPush);
  filter = device.createKernel(kCameraFilter_spv, "camera filter", kPush);
  glow = device.createKernel(kCameraGlow_spv, "camera glow", kPush);
  combine = device.createKernel(kCameraCombine_spv, "camera combine", kPush);
  glare = device.createKernel(kCameraGlare_spv, "camera glare", kPush);
  develop = device.createKernel(kCameraDevelop_spv, "camera develop", kPush);
  truth = device.createKernel(kCameraTruth_spv, "camera truth", kPush);
  flowMask = device.createKernel(kCameraFlowMask_spv, "camera flow mask", kPush);
  aim = device.createKernel(kCameraAim_spv, "camera aim", sizeof(shared::CameraAimPush));
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
  aims_ = device.createBuffer(kMostAims * sizeof(shared::CameraAim), gpu::Memory::kUpload, "camera aims");
  depth_ = Readable(device, n * sizeof(float), "camera depth");
  semantic_ = Readable(device, n * sizeof(uint32_t), "camera semantic");
  instance_ = Readable(device, n * sizeof(uint32_t), "camera instance");
  normals_ = Readable(device, n * sizeof(uint32_t), "camera normals");
  if (options.flow) {
    flow_ = Readable(device, n * sizeof(glm::vec2), "camera flow");
    flowState_ = Readable(device, n * sizeof(uint32_t), "camera flow state");
  }
  if (!options.image) return;
  shadowRays_ = make(n * sizeof(shared::Ray), "camera shadow rays");
  shadowHits_ = make(n * sizeof(shared::Hit), "camera shadow hits");
  pending_ = make(n * sizeof(glm::vec3), "camera pending light");
  radiance_ = make(n * sizeof(glm::vec3), "camera radiance");
  points_ = make(n * sizeof(shared::CameraPoint), "camera points");
  detourShadowRays_ = make(detourCapacity_ * sizeof(shared::Ray), "camera detour shadow rays");
  detourShadowHits_ = make(detourCapacity_ * sizeof(shared::Hit), "camera detour shadow hits");
  detours_ = make(detourCapacity_ * sizeof(shared::CameraDetour), "camera detours");
  gathered_ = make(gathered * sizeof(glm::vec3), "camera gathered");
  gatheredNext_ = make(gathered * sizeof(glm::vec3), "camera gathered next");
  glossyPixels_ = Readable(device, (n + 1) * sizeof(uint32_t), "camera glossy pixels");
  glow_ = make(size_t{over(options.width, 4)} * over(options.height, 4) * sizeof(glm::vec4), "camera glow");
  glare_ = make(size_t{4} * over(options.width, 8) * over(options.height, 8) * sizeof(glm::vec3), "camera glare");
  sum_ = Readable(device, n * sizeof(glm::vec3), "camera sum");
  image_ = Readable(device, n * sizeof(uint32_t), "camera image");
}

void CameraView::upload(shared::CameraFrame frame) {
  frame.rays = rays_.address();
  frame.hits = hits_.address();
  frame.shadowRays = shadowRays_.address();
  frame.shadowHits = shadowHits_.address();
  frame.pending = pending_.address();
  frame.radiance = radiance_.address();
  frame.points = points_.address();
  frame.detourRays = detourRays_.address();
  frame.detourHits = detourHits_.address();
  frame.detourShadowRays = detourShadowRays_.address();
  frame.detourShadowHits = detourShadowHits_.address();
  frame.detours = detours_.address();
  frame.gathered = gathered_.address();
  frame.gatheredNext = gatheredNext_.address();
  frame.glossyPixels = glossyPixels_.address();
  frame.glow = glow_.address();
  frame.sum = sum_.address();
  frame.glare = glare_.address();
  frame.image = image_.address();
  frame.truthRays = rays_.address();  // the image's rays are done with by then
  frame.truthHits = hits_.address();
  frame.depth = depth_.address();
  frame.semantic = semantic_.address();
  frame.instance = instance_.address();
  frame.normals = normals_.address();
  frame.flow = flow_.address();
  frame.flowState = flowState_.address();
  frame.width = options_.width;
  frame.height = options_.height;
  frame.gatherScale = gatherScale_;
  frame.gatherWidth = gatherWidth_;
  frame.gatherHeight = gatherHeight_;
  frame.glowWidth = over(options_.width, 4);
  frame.glowHeight = over(options_.height, 4);
  frame.glareWidth = over(options_.width, 8);
  frame.glareHeight = over(options_.height, 8);
  glows_ = frame.light.glowLampCount > 0;
  std::memcpy(frame_.host(), &frame, sizeof frame);
}

void CameraView::dispatch(gpu::Stream& stream, const gpu::Kernel& kernel, std::string_view name, uint32_t items,
                          uint32_t sample, uint32_t pass) {
  stream.dispatch(kernel, name, gpu::groupsFor(items, kGroup),
                  shared::CameraPush{frame_.address(), sample, pass, items, 0});
}

void CameraView::shade(gpu::Stream& stream, trace::Tracer& tracer, uint32_t samples,
                       std::vector<gpu::Timing>& timings) {
  const uint32_t n = pixels();
  const uint32_t gathered = gatherWidth_ * gatherHeight_;
  for (uint32_t sample = 0; sample < samples; ++sample) {
    dispatch(stream, kernels_.rays, "camera rays", n, sample);
    tracer.closestHit(stream, {rays_, hits_, n});
    for (uint32_t pass = 0; pass < kPanes; ++pass) {
      dispatch(stream, kernels_.panes, "camera panes", n, sample, pass);
      tracer.closestHit(stream, {rays_, shadowHits_, n});
    }
    dispatch(stream, kernels_.panes, "camera panes", n, sample, kPanes);
    stream.fill(glossyPixels_.buffer(), 0);
    dispatch(stream, kernels_.surface, "camera surface", n, sample);
    tracer.anyHit(stream, {shadowRays_, shadowHits_, n});
    dispatch(stream, kernels_.direct, "camera direct", n, sample);
    glossyPixels_.fetch(stream, sizeof(uint32_t));
    stream.finish();
    append(timings, stream);
    const uint32_t detours = gathered + std::min(glossyPixels_.view<uint32_t>(1)[0], n);
    dispatch(stream, kernels_.detours, "camera detours", detours, sample);
    tracer.closestHit(stream, {detourRays_, detourHits_.buffer(), detours});
    dispatch(stream, kernels_.detourLight, "camera detour light", detours, sample);
    tracer.anyHit(stream, {detourShadowRays_, detourShadowHits_, detours});
    dispatch(stream, kernels_.gather, "camera gather", detours, sample);
    for (uint32_t pass = 0; gatherScale_ > 1 && pass < kFilterPasses; ++pass)
      dispatch(stream, kernels_.filter, "camera filter", gathered, sample, pass);
    if (glows_)
      dispatch(stream, kernels_.glow, "camera glow", over(options_.width, 4) * over(options_.height, 4), sample);
    dispatch(stream, kernels_.combine, "camera combine", n, sample);
  }
}

void CameraView::develop(gpu::Stream& stream) {
  for (uint32_t pass = 0; pass < 5; ++pass)
    dispatch(stream, kernels_.glare, "camera glare", over(options_.width, 8) * over(options_.height, 8), 0, pass);
  dispatch(stream, kernels_.develop, "camera develop", pixels());
  image_.fetch(stream, pixels() * sizeof(uint32_t));
}

void CameraView::truth(gpu::Stream& stream, trace::Tracer& tracer) {
  const uint32_t n = pixels();
  dispatch(stream, kernels_.rays, "camera truth rays", n, 0, 1);
  tracer.closestHit(stream, {rays_, hits_, n});
  dispatch(stream, kernels_.truth, "camera truth", n, 0, options_.flow ? 1 : 0);
  if (options_.flow) {
    tracer.anyHit(stream, {rays_, hits_, n});
    dispatch(stream, kernels_.flowMask, "camera flow mask", n);
    flow_.fetch(stream, n * sizeof(glm::vec2));
    flowState_.fetch(stream, n * sizeof(uint32_t));
  }
  depth_.fetch(stream, n * sizeof(float));
  semantic_.fetch(stream, n * sizeof(uint32_t));
  instance_.fetch(stream, n * sizeof(uint32_t));
  normals_.fetch(stream, n * sizeof(uint32_t));
}

void CameraView::aim(gpu::Stream& stream, trace::Tracer& tracer, std::span<const shared::CameraAim> aims,
                     uint32_t rayCount) {
  NF_ASSERT(aims.size() <= kMostAims && rayCount <= detourCapacity_, "{} aims, {} rays", aims.size(), rayCount);
  std::memcpy(aims_.host(), aims.data(), aims.size_bytes());
  const shared::CameraAimPush push{frame_.address(), aims_.address(), detourRays_.address(),
                                   static_cast<uint32_t>(aims.size()), rayCount};
  stream.dispatch(kernels_.aim, "camera aim", gpu::groupsFor(rayCount, kGroup), push);
  tracer.closestHit(stream, {detourRays_, detourHits_.buffer(), rayCount});
  detourHits_.fetch(stream, rayCount * sizeof(shared::Hit));
}

}  // namespace nightfog::camera
