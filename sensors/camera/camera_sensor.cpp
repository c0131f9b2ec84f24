#include "sensors/camera/camera_sensor.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/record/image.hpp"
#include "engine/sensing/sensor_track.hpp"
#include "engine/shared/light.h"
#include "sensors/camera/camera_exposure.hpp"
#include "sensors/camera/camera_light.hpp"
#include "sensors/camera/camera_stages.hpp"
#include "sensors/camera/camera_visibility.hpp"
#include "sensors/camera/lens.hpp"
#include "sensors/faults/lens_dirt.hpp"

namespace nightfog::camera {

namespace {

constexpr uint32_t kMeterWidth = 120;  ///< pixels of the metering picture
constexpr int kFastCompression = 1;

[[noreturn]] void refuse(const scenario::SensorMount& mount, const std::string& what, const std::string& allowed) {
  throw Error(ExitCode::kDiagnostics, fmt::format("camera '{}': {}", mount.id, what), allowed);
}

const scenario::CameraSpec& checked(const scenario::SensorMount& mount) {
  const auto& s = std::get<scenario::CameraSpec>(mount.spec);
  const auto within = [&](double value, double low, double high, const char* name) {
    if (!(value >= low && value <= high))
      refuse(mount, fmt::format("{} is {}", name, value), fmt::format("Give a value from {} to {}.", low, high));
  };
  within(s.width, 16, 8192, "width");
  within(s.height, 16, 8192, "height");
  within(s.fx, 1, 1e6, "fx");
  within(s.fy, 1, 1e6, "fy");
  within(s.cx, -8192, 16384, "cx");
  within(s.cy, -8192, 16384, "cy");
  for (const double k : {s.k1, s.k2, s.p1, s.p2, s.k3}) within(k, -1000, 1000, "a distortion coefficient");
  within(s.frameRate_hz, 0.01, 1000, "frame rate");
  within(s.readoutTime_s, 0, 1 / s.frameRate_hz, "readout time");
  within(s.exposureTime_s, 1e-6, 1 / s.frameRate_hz, "exposure time");
  within(s.fNumber, 0.5, 64, "f number");
  within(s.iso, 1, 1e6, "ISO");
  within(s.maxIso, 1, 1e6, "greatest ISO");
  within(s.vignetting, 0, 1, "vignetting");
  within(s.softness, 0, 0.9, "softness");
  within(s.glare, 0, 0.5, "glare");
  within(s.samplesPerPixel, 1, 4096, "samples per pixel");
  within(s.jpegQuality, 1, 100, "JPEG quality");
  return s;
}

CameraView::Options viewOptions(const scenario::CameraSpec& spec, const sensing::CaptureServices& services) {
  return {spec.width, spec.height, !services.labelsOnly, spec.filterIndirect, spec.truth.normals, spec.truth.flow};
}

/// The metering picture: the same view, small, each pixel its own bounce.
CameraView::Options meterOptions(const scenario::CameraSpec& spec) {
  const uint32_t width = std::min(kMeterWidth, spec.width);
  return {width, std::max(width * spec.height / spec.width, 1u), true, false, false, false};
}

}  // namespace

struct CameraSensor::Impl {
  Impl(const scenario::SensorMount& sensorMount, const sensing::CaptureServices& captureServices, KernelPlace place)
      : mount(sensorMount),
        spec(checked(sensorMount)),
        services(captureServices),
        standingLamps(captureServices.sceneryLamps.begin(), captureServices.sceneryLamps.end()),
        lens(makeLens(spec)),
        key(hashCombine(hashCombine(hash64(mount.id), services.seed), services.run)),
        kernels(services.device, services.jobs, place),
        scratch(services.device),
        view(services.device, sharedScratch(), kernels, viewOptions(spec, services)) {
    if (sensing::remembersFrames(mount, services.labelsOnly))
      meterView.emplace(services.device, sharedScratch(), kernels, meterOptions(spec));
  }

  gpu::Scratch& sharedScratch() { return services.scratch == nullptr ? scratch : *services.scratch; }
  shared::CameraShutter shutter(const content::SceneSnapshot& snapshot, uint32_t frame, double exposure_s) const;
  shared::CameraFrame frameData(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track,
                                uint32_t frame, const Exposure& exposure);
  shared::CameraPush instant(const content::SceneSnapshot& snapshot, uint32_t frame,
                             const shared::CameraFrame& data) const;
  const Sky& skyOf(const content::Environment& environment) {
    return skies.at(environment.sunDirection, environment.moonIlluminance_lx, environment.sunIlluminance_lx);
  }
  /// Of the frame in hand: metering and shading see the same.
  const FrameLight& lightOf(const content::SceneSnapshot& snapshot, const Sky& sky, SimTime at, const glm::dvec3& eye) {
    if (!frameLight)
      frameLight = makeFrameLight(snapshot, standingLamps, sky, at, services.scene.origin(), eye,
                                  isGlance ? &knownCells : nullptr);
    return *frameLight;
  }
  void uploadLight(const FrameLight& light, const Sky& sky);
  double meterFrame(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track, uint32_t frame,
                    gpu::Stream& stream);
  void meter(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track, uint32_t frame,
             gpu::Stream& stream);
  /// Radiance of the frame, developed. `image` says when and from where.
  void shade(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track, uint32_t frame,
             const Exposure& exposed, const record::CameraImage& image, gpu::Stream& stream);
  /// Poses and times of a frame.
  record::CameraImage describe(const sensing::SensorTrack& track, uint32_t frame, const sensing::Exposure& when) const;
  void takeColours(record::CameraImage& image) const;
  /// The dirt that the lens has now.
  void soil(const content::SceneSnapshot& snapshot);
  void takePlanes(record::CameraImage& image) const;
  void encode(record::CameraImage& image);

  template <class Body>
  void timed(const char* name, Body&& body) {
    const auto begin = std::chrono::steady_clock::now();
    body();
    timings.push_back(
        {name, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count()});
  }
  void finish(gpu::Stream& stream) {
    stream.finish();
    timings.insert(timings.end(), stream.timings().begin(), stream.timings().end());
  }

  scenario::SensorMount mount;
  scenario::CameraSpec spec;
  sensing::CaptureServices services;
  std::vector<content::Lamp> standingLamps;
  shared::CameraLens lens;
  uint64_t key = 0;
  CameraKernels kernels;
  gpu::Scratch scratch;  ///< where the services have none
  CameraView view;
  std::optional<CameraView> meterView;
  AutoExposure autoExposure;
  CameraVisibility visibility;
  SkyOfFrame skies;
  KnownCells knownCells;  ///< of glances
  bool isGlance = false;
  std::optional<FrameLight> frameLight;  ///< none: not made yet for the frame in hand
  gpu::Buffer skyTable, lamps, cells, sensorKeys;
  std::vector<shared::PoseKey> keys;
  std::optional<content::LensDirt> dirt;
  faults::DirtMap dirtMap;  ///< of `dirt`
  gpu::Buffer dirtBuffer;
  std::vector<gpu::Timing> timings;
};

shared::CameraShutter CameraSensor::Impl::shutter(const content::SceneSnapshot& snapshot, uint32_t frame,
                                                  double exposure_s) const {
  shared::CameraShutter shutter{};
  // The rows' exposures are centred where the longest exposure's centre lies, so that labels do not depend on the
  // light.
  const double centred = 0.5 * (spec.exposureTime_s - exposure_s);
  shutter.start_s =
      static_cast<float>((sensing::exposureOf(mount, frame).start - snapshot.firstKey).seconds() + centred);
  shutter.rowTime_s = static_cast<float>(spec.readoutTime_s / spec.height);
  shutter.exposure_s = static_cast<float>(exposure_s);
  return shutter;
}

shared::CameraFrame CameraSensor::Impl::frameData(const content::SceneSnapshot& snapshot,
                                                  const sensing::SensorTrack& track, uint32_t frame,
                                                  const Exposure& exposure) {
  shared::CameraFrame data{};
  track.writePoseKeys(services.scene.origin(), keys);
  if (sensorKeys.size() < keys.size() * sizeof(shared::PoseKey)) {
    sensorKeys =
        services.device.createBuffer(keys.size() * sizeof(shared::PoseKey), gpu::Memory::kUpload, "camera sensor keys");
  }
  std::copy(keys.begin(), keys.end(), sensorKeys.hostSpan<shared::PoseKey>().begin());
  data.scene = kernels.onHost ? services.scene.hostTable() : services.scene.table();
  data.sensorKeys = kernels.addressOf(sensorKeys);
  data.lens = lens;
  data.shutter = shutter(snapshot, frame, exposure.time_s);
  data.nextShutter = shutter(snapshot, frame + 1, exposure.time_s);
  data.keyCount = static_cast<uint32_t>(keys.size());
  data.samples = spec.samplesPerPixel;
  data.sensor.frame = frame;
  data.sensor.keyLow = static_cast<uint32_t>(key);
  data.sensor.keyHigh = static_cast<uint32_t>(key >> 32);
  return data;
}

shared::CameraPush CameraSensor::Impl::instant(const content::SceneSnapshot& snapshot, uint32_t frame,
                                               const shared::CameraFrame& data) const {
  shared::CameraPush push{};
  push.frameNumber = frame;
  push.keyLow = static_cast<uint32_t>(key);
  push.keyHigh = static_cast<uint32_t>(key >> 32);
  push.sunDirection = data.light.sunDirection;
  push.sunIrradiance = data.light.sunIrradiance;
  push.skyIrradiance = data.light.skyIrradiance;
  push.fog = data.light.fog;
  push.roadWetness = data.light.roadWetness;
  push.fx = data.lens.fx;
  // While metering nothing is known of the exposure: the light itself says what white is.
  push.white_cdpm2 =
      data.sensor.scale > 0
          ? 1 / data.sensor.scale
          : std::max(shared::luminanceOf(data.light.sunIrradiance + data.light.skyIrradiance) / shared::kPiFloat, 1.0f);
  push.lampCount = data.light.lampCount;
  push.tileCount = services.scene.tileCount();
  push.keyStep_s = static_cast<float>(snapshot.keyStep.seconds());
  push.cloudCover = data.light.cloudCover;
  return push;
}

void CameraSensor::Impl::uploadLight(const FrameLight& light, const Sky& sky) {
  const auto put = [&](gpu::Buffer& buffer, std::span<const std::byte> bytes, const char* name) {
    if (buffer.size() < bytes.size())
      buffer = services.device.createBuffer(bytes.size() + bytes.size() / 2, gpu::Memory::kUpload, name);
    std::copy(bytes.begin(), bytes.end(), buffer.host());
  };
  put(skyTable, std::as_bytes(std::span(sky.radiance)), "camera sky");
  put(lamps, std::as_bytes(std::span(light.lamps)), "camera lamps");
  put(cells, std::as_bytes(std::span(light.cells)), "camera lamp cells");
}

void CameraSensor::Impl::soil(const content::SceneSnapshot& snapshot) {
  std::optional<content::LensDirt> now;
  for (const content::SensorFault& fault : snapshot.faults) {
    if (fault.sensor != mount.id) continue;
    if (const auto* found = std::get_if<content::LensDirt>(&fault.kind)) now = *found;
  }
  if (now == dirt) return;
  dirt = now;
  dirtMap = {};
  if (!dirt) return;
  dirtMap = faults::lensDirtMap({spec.width, spec.height, spec.fx, spec.fy, spec.cx, spec.cy, spec.fNumber}, *dirt);
  const auto bytes = std::as_bytes(std::span(dirtMap.blocked));
  if (dirtBuffer.size() < bytes.size())
    dirtBuffer = services.device.createBuffer(bytes.size(), gpu::Memory::kUpload, "camera dirt");
  std::copy(bytes.begin(), bytes.end(), dirtBuffer.host());
}

double CameraSensor::Impl::meterFrame(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track,
                                      uint32_t frame, gpu::Stream& stream) {
  const SimTime middle = sensing::exposureOf(mount, frame).reference();
  const Sky& sky = skyOf(snapshot.environment);
  const FrameLight& seen = lightOf(snapshot, sky, middle, track.worldFromSensor(middle).translation);
  uploadLight(seen, sky);
  Exposure any{spec.exposureTime_s, spec.iso};
  shared::CameraFrame data = frameData(snapshot, track, frame, any);
  data.lens = scaleLens(lens, static_cast<double>(meterView->width()) / spec.width);
  data.shutter.rowTime_s = static_cast<float>(spec.readoutTime_s / meterView->height());
  data.samples = 1;
  data.light = seen.constants;
  data.light.skyTable = kernels.addressOf(skyTable);
  data.light.lamps = kernels.addressOf(lamps);
  data.light.lampCells = kernels.addressOf(cells);
  meterView->upload(data, instant(snapshot, frame, data));
  std::vector<gpu::Timing> stages;
  meterView->shade(stream, services.tracer, 1, stages);
  meterView->fetchSum(stream);
  stream.finish();
  return meteredLuminance(meterView->sum(), meterView->width(), meterView->height());
}

void CameraSensor::Impl::meter(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track,
                               uint32_t frame, gpu::Stream& stream) {
  if (meterView && !autoExposure.hasMetered(frame))
    autoExposure.meter(frame, meterFrame(snapshot, track, frame, stream));
}

record::CameraImage CameraSensor::Impl::describe(const sensing::SensorTrack& track, uint32_t frame,
                                                 const sensing::Exposure& when) const {
  record::CameraImage image;
  image.sensor = mount.id;
  image.frame = frame;
  image.start = when.start;
  image.end = when.end;
  image.reference = when.reference();
  image.width = spec.width;
  image.height = spec.height;
  image.worldFromSensor = track.worldFromSensor(image.reference) * sensorFromOptical().inverse();
  image.worldFromVehicle = track.worldFromCarrier(image.reference);
  return image;
}

void CameraSensor::Impl::shade(const content::SceneSnapshot& snapshot, const sensing::SensorTrack& track,
                               uint32_t frame, const Exposure& exposed, const record::CameraImage& image,
                               gpu::Stream& stream) {
  timed("camera light", [&] {
    const Sky& sky = skyOf(snapshot.environment);
    const FrameLight& seen = lightOf(snapshot, sky, image.reference, image.worldFromSensor.translation);
    uploadLight(seen, sky);
    shared::CameraFrame data = frameData(snapshot, track, frame, exposed);
    const shared::SensorModel drawn = data.sensor;
    data.sensor = sensorModel(spec, exposed, seen.colour);
    data.sensor.frame = drawn.frame;
    data.sensor.keyLow = drawn.keyLow;
    data.sensor.keyHigh = drawn.keyHigh;
    data.light = seen.constants;
    const glm::dvec3 origin = services.scene.origin();
    data.detailOrigin = glm::vec3(origin - 4096.0 * glm::floor(origin / 4096.0));
    data.light.skyTable = kernels.addressOf(skyTable);
    data.light.lamps = kernels.addressOf(lamps);
    data.light.lampCells = kernels.addressOf(cells);
    if (dirt) {
      data.hasDirt = 1;
      data.dirtScattered = dirtMap.scattered;
      data.dirt = kernels.addressOf(dirtBuffer);
    }
    view.upload(data, instant(snapshot, frame, data));
  });
  view.shade(stream, services.tracer, spec.samplesPerPixel, timings);
  view.develop(stream);
}

void CameraSensor::Impl::takePlanes(record::CameraImage& image) const {
  const auto copy = [](auto from, auto& into) { into.assign(from.begin(), from.end()); };
  image.dirt.reserve(dirtMap.blocked.size());
  for (const float blocked : dirtMap.blocked) image.dirt.push_back(static_cast<uint8_t>(std::lround(255 * blocked)));
  if (spec.truth.depth) copy(view.depth(), image.depth_m);
  if (spec.truth.semantic) copy(view.semantic(), image.semantic);
  if (spec.truth.instance) copy(view.instance(), image.instance);
  if (spec.truth.normals) copy(view.normals(), image.normals);
  if (spec.truth.flow) {
    copy(view.flow(), image.flow_px);
    image.flowState.reserve(view.pixels());
    for (const uint32_t state : view.flowState()) image.flowState.push_back(static_cast<record::FlowState>(state));
  }
}

void CameraSensor::Impl::takeColours(record::CameraImage& image) const {
  const std::span<const uint32_t> pixels = view.image();
  image.rgb.resize(pixels.size() * 3);
  uint8_t* into = image.rgb.data();
  for (const uint32_t pixel : pixels) {
    *into++ = static_cast<uint8_t>(pixel);
    *into++ = static_cast<uint8_t>(pixel >> 8);
    *into++ = static_cast<uint8_t>(pixel >> 16);
  }
}

void CameraSensor::Impl::encode(record::CameraImage& image) {
  takeColours(image);
  const bool png = spec.encoding == scenario::ImageEncoding::kPng;
  const std::string bytes = png ? record::encodePng(spec.width, spec.height, image.rgb, kFastCompression)
                                : record::encodeJpeg(spec.width, spec.height, image.rgb, spec.jpegQuality);
  image.encoding = png ? "png" : "jpeg";
  image.encoded.assign(bytes.begin(), bytes.end());
}

CameraSensor::CameraSensor(const scenario::SensorMount& mount, const sensing::CaptureServices& services,
                           KernelPlace place)
    : impl_(std::make_unique<Impl>(mount, services, place)) {}

CameraSensor::~CameraSensor() = default;

const std::string& CameraSensor::id() const {
  return impl_->mount.id;
}

sensing::Exposure CameraSensor::exposure(uint32_t frame) const {
  return sensing::exposureOf(impl_->mount, frame);
}

glm::dvec3 CameraSensor::frameOrigin(const content::SceneSnapshot& snapshot, uint32_t frame) const {
  return sensing::SensorTrack(snapshot, impl_->mount.actor, impl_->mount.vehicleFromSensor)
      .worldFromSensor(exposure(frame).reference())
      .translation;
}

bool CameraSensor::remembersFrames() const {
  return sensing::remembersFrames(impl_->mount, impl_->services.labelsOnly);
}

void CameraSensor::meter(const content::SceneSnapshot& snapshot, uint32_t frame, gpu::Stream& stream) {
  const sensing::SensorTrack track(snapshot, impl_->mount.actor, impl_->mount.vehicleFromSensor * sensorFromOptical());
  impl_->frameLight.reset();
  impl_->isGlance = false;
  impl_->meter(snapshot, track, frame, stream);
}

sensing::Reading CameraSensor::capture(const content::SceneSnapshot& snapshot, uint32_t frame, gpu::Stream& stream) {
  Impl& self = *impl_;
  self.timings.clear();
  self.frameLight.reset();
  self.isGlance = false;
  const sensing::Exposure when = exposure(frame);
  const sensing::SensorTrack track(snapshot, self.mount.actor, self.mount.vehicleFromSensor * sensorFromOptical());
  record::CameraImage image = self.describe(track, frame, when);

  self.timed("camera dirt", [&] { self.soil(snapshot); });
  Exposure exposed{self.spec.exposureTime_s, self.spec.iso};
  if (self.services.labelsOnly) {
    const shared::CameraFrame data = self.frameData(snapshot, track, frame, exposed);
    self.view.upload(data, self.instant(snapshot, frame, data));
  } else {
    self.timed("camera metering", [&] { self.meter(snapshot, track, frame, stream); });
    if (self.meterView) exposed = exposureFor(self.spec, self.autoExposure.luminanceFor(frame));
    image.exposureTime_s = exposed.time_s;
    image.iso = exposed.iso;
    self.shade(snapshot, track, frame, exposed, image, stream);
  }
  self.view.truth(stream, self.services.tracer, self.timings);
  self.finish(stream);

  const CameraVisibility::Frame seen{
      snapshot,        track,           self.lens,        image.start,          image.end,
      image.reference, self.spec.width, self.spec.height, self.view.instance(), self.view.depth()};
  self.timed("camera visibility plan", [&] { self.visibility.plan(seen); });
  const std::span<const shared::CameraAim> aims = self.visibility.aims();
  for (size_t begin = 0; begin < aims.size(); begin += self.view.aimCapacity()) {
    const auto some = aims.subspan(begin, std::min<size_t>(self.view.aimCapacity(), aims.size() - begin));
    self.view.aim(stream, self.services.tracer, some);
    self.finish(stream);
    self.timed("camera visibility",
               [&] { self.visibility.take(seen, some, self.view.aimHits(static_cast<uint32_t>(some.size()))); });
  }
  image.visibility = self.visibility.finish(seen);
  self.timed("camera planes", [&] { self.takePlanes(image); });
  if (!self.services.labelsOnly) self.timed("camera encode", [&] { self.encode(image); });
  return image;
}

Glimpse CameraSensor::glance(const content::SceneSnapshot& snapshot, const Glance& how, gpu::Stream& stream) {
  Impl& self = *impl_;
  self.timings.clear();
  self.frameLight.reset();
  self.isGlance = true;
  const sensing::SensorTrack track(snapshot, self.mount.actor, how.vehicleFromSensor * sensorFromOptical());
  Glimpse seen{self.describe(track, 0, exposure(0)), 0};
  self.soil(snapshot);
  Exposure exposed{self.spec.exposureTime_s, self.spec.iso};
  if (self.meterView) {
    seen.luminance = how.luminance ? *how.luminance : self.meterFrame(snapshot, track, 0, stream);
    exposed = exposureFor(self.spec, seen.luminance);
  }
  self.shade(snapshot, track, 0, exposed, seen.image, stream);
  self.view.truth(stream, self.services.tracer, self.timings);
  self.finish(stream);
  self.takePlanes(seen.image);
  self.takeColours(seen.image);
  return seen;
}

const std::vector<gpu::Timing>& CameraSensor::timings() const {
  return impl_->timings;
}

}  // namespace nightfog::camera
