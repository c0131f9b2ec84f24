#include "tools/viewer/studio.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <map>
#include <thread>

#include "engine/content/environment.hpp"
#include "engine/core/error.hpp"
#include "engine/record/preview.hpp"
#include "engine/sensing/exposure.hpp"
#include "engine/sensing/sensor_track.hpp"
#include "engine/simulation/stage.hpp"
#include "engine/weather/weather.hpp"
#include "sensors/builtin.hpp"
#include "sensors/camera/camera_sensor.hpp"
#include "sensors/camera/sky_tables.hpp"

namespace nightfog::viewer {
namespace {

using Clock = std::chrono::steady_clock;

/// Something newer is wanted.
struct Interrupted {};

/// Hands on to the stage's tracer, unless it has been called off.
class InterruptibleTracer final : public trace::Tracer {
 public:
  InterruptibleTracer(trace::Tracer& tracer, const std::atomic<bool>& isCalledOff)
      : tracer_(tracer), isCalledOff_(isCalledOff) {}
  std::string_view name() const override { return tracer_.name(); }
  void build() override { tracer_.build(); }
  void update() override { tracer_.update(); }
  void closestHit(gpu::Stream& stream, const trace::RayBatch& batch) override {
    ask(stream);
    tracer_.closestHit(stream, batch);
  }
  void anyHit(gpu::Stream& stream, const trace::RayBatch& batch) override {
    ask(stream);
    tracer_.anyHit(stream, batch);
  }

 private:
  /// As a step of the stream: after an exception of a step the stream is empty and can be used again.
  void ask(gpu::Stream& stream) {
    stream.hostTask("called off?", [this] {
      if (isCalledOff_) throw Interrupted{};
    });
  }
  trace::Tracer& tracer_;
  const std::atomic<bool>& isCalledOff_;
};

constexpr double kCoarse_s = 0.06;    ///< that a coarse picture may take
constexpr double kPatience_s = 0.25;  ///< of stillness before anything fine is begun
constexpr uint32_t kNarrowest_px = 160, kWidestCoarse_px = 640;
constexpr uint32_t kWidest_px = 1280;
constexpr int kFineSamples = 4;
constexpr int kNice = 2;
constexpr float kLeastFlow_px = 0.25F;  ///< of the eye, that counts as moving
constexpr double kOriginStep_m = 16;
constexpr std::chrono::milliseconds kMeterEvery{400};  ///< while the camera moves

uint32_t roundedWidth(double width) {
  return static_cast<uint32_t>(std::clamp(width, 64.0, static_cast<double>(kWidest_px))) / 16 * 16;
}

scenario::CameraSpec sceneSpec(const Look& look, uint32_t width) {
  scenario::CameraSpec spec;
  spec.width = width;
  spec.height = std::max<uint32_t>(16, width * look.height_px / std::max(look.width_px, 1u));
  spec.fx = spec.fy = 0.5 * width / look.camera.halfWidthTangent;
  spec.cx = 0.5 * (width - 1.0);
  spec.cy = 0.5 * (spec.height - 1.0);
  spec.frameRate_hz = 1 / look.episode->scenario().step.seconds();
  spec.exposureTime_s = 0.5 / spec.frameRate_hz;
  spec.maxIso = 51200;
  spec.noise = false;
  spec.vignetting = 0;
  spec.softness = 0.2;
  return spec;
}

/// A camera's own view, smaller.
scenario::CameraSpec scaledSpec(const scenario::CameraSpec& whole, uint32_t width) {
  scenario::CameraSpec spec = whole;
  const double scale = static_cast<double>(width) / whole.width;
  spec.width = width;
  spec.height = std::max<uint32_t>(16, static_cast<uint32_t>(std::lround(whole.height * scale)));
  spec.fx *= scale;
  spec.fy *= scale;
  spec.cx = (whole.cx + 0.5) * scale - 0.5;
  spec.cy = (whole.cy + 0.5) * scale - 0.5;
  spec.truth.flow = false;
  return spec;
}

/// Beginning at time 0, so that every sensor takes it for its frame 0.
content::SceneSnapshot startingAtZero(const content::SceneSnapshot& snapshot, SimTime start) {
  content::SceneSnapshot out = snapshot;
  out.firstKey = snapshot.firstKey - start;
  return out;
}

void clear(content::SceneSnapshot& snapshot) {
  const double ground_m = snapshot.media.groundLevel_m;
  snapshot.media = {};
  snapshot.media.groundLevel_m = ground_m;
}

void brighten(content::SceneSnapshot& snapshot) {
  content::Environment day;
  day.cloudCover = 0.2;
  snapshot.environment = day;
}

}  // namespace

struct Studio::Impl {
  Impl(StudioOptions chosen, const catalog::Catalog& assets) : options(std::move(chosen)), catalog(assets) {}

  // -- shared, under the mutex
  mutable std::mutex mutex;
  std::condition_variable wake;
  bool isStopping = false;
  std::optional<std::packaged_task<Built()>> building;
  std::optional<Look> wanted;
  Clock::time_point wantedSince;
  std::optional<Picture> picture;
  std::shared_ptr<const Sweep> lastSweep;
  bool isIdle = true;
  int levelUnderWay = -1;  ///< -1: none
  std::string failure, deviceName;
  std::atomic<bool> isCalledOff{false};

  // -- the studio's thread alone
  StudioOptions options;
  const catalog::Catalog& catalog;
  std::unique_ptr<gpu::Device> device;
  std::unique_ptr<Jobs> jobs;
  std::unique_ptr<simulation::ContentCache> contents;
  std::unique_ptr<simulation::StageCache> stages;
  std::unique_ptr<InterruptibleTracer> tracer;
  simulation::Stage* stage = nullptr;
  std::shared_ptr<PlayedEpisode> current;
  std::unique_ptr<gpu::Stream> stream;
  std::map<std::pair<int, uint32_t>, std::unique_ptr<camera::CameraSensor>>
      cameras;                                                ///< by sensor (-1: the scene's), width
  std::map<size_t, std::unique_ptr<sensing::Sensor>> lidars;  ///< those that have been looked at: their kernels take
                                                              ///< seconds to compile
  std::optional<Look> drawn;
  int drawnLevel = -1;
  double secondsPerPixel = 1.2e-6;
  /// What the last finer picture was exposed for: while the camera moves, its light is taken to be the same.
  struct Metered {
    Look of;
    double luminance = 0;
    Clock::time_point at;
  };
  std::optional<Metered> metered;
  std::thread thread;

  void run();
  void work();
  Built buildStage(std::shared_ptr<const scenario::Scenario> scenario);
  sensing::CaptureServices services() {
    return {*device,
            *stage->scene,
            *tracer,
            *jobs,
            current->scenario().seed,
            current->scenario().run,
            stage->content->scene.lamps,
            false};
  }
  /// False: not played so far.
  bool draw(const Look& look, int level, Clock::time_point wished);
  uint32_t widthFor(const Look& look, int level) const;
  camera::CameraSensor& cameraFor(const Look& look, uint32_t width, int level);
  bool sweepFor(const Look& look);
  std::optional<double> knownLuminance(const Look& look) const;
};

Studio::Studio(StudioOptions options, const catalog::Catalog& catalog)
    : impl_(std::make_unique<Impl>(std::move(options), catalog)) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Studio::~Studio() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->isStopping = true;
    impl_->isCalledOff = true;
  }
  impl_->wake.notify_all();
  impl_->thread.join();
}

void Studio::Impl::run() {
  // The window's thread answers first. What this one starts inherits it.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
  try {
    device = std::make_unique<gpu::Device>(gpu::DeviceOptions{options.device, options.validation, options.cacheFolder});
    jobs = std::make_unique<Jobs>(options.threads);
    contents = std::make_unique<simulation::ContentCache>(catalog, options.assetsFolder);
    stages = std::make_unique<simulation::StageCache>(*device, *jobs, options.tracer);
    stream = std::make_unique<gpu::Stream>(*device);
    {
      const std::lock_guard lock(mutex);
      deviceName = device->info().name;
    }
    work();
  } catch (const std::exception& error) {
    std::unique_lock lock(mutex);
    failure = error.what();
    building.reset();  // whoever waits gets a broken promise
    // Tasks that come later end at once.
    wake.wait(lock, [&] {
      building.reset();
      return isStopping;
    });
  }
  cameras.clear();
  lidars.clear();
}

void Studio::Impl::work() {
  std::unique_lock lock(mutex);
  for (;;) {
    if (isStopping) return;
    if (building) {
      std::packaged_task<Built()> task = std::move(*building);
      building.reset();
      lock.unlock();
      task();
      lock.lock();
      continue;
    }
    const bool isShown = wanted && wanted->episode == current && current != nullptr && wanted->width_px > 0;
    if (!isShown) {
      isIdle = true;
      wake.wait(lock);
      continue;
    }
    const Look look = *wanted;
    const Clock::time_point wished = wantedSince;
    const bool isSame = drawn && *drawn == look;
    int level = isSame ? drawnLevel + 1 : 0;
    const bool needsSweep =
        look.lidar && (lastSweep == nullptr || lastSweep->episode != look.episode || lastSweep->sensor != *look.lidar ||
                       lastSweep->frame != look.episode->frameAt(*look.lidar, look.episode->timeOf(look.step)));
    if (level > kFinest && !needsSweep) {
      isIdle = true;
      wake.wait(lock);
      continue;
    }
    isIdle = false;
    if (level > 0) {
      const auto ready = wantedSince + std::chrono::duration_cast<Clock::duration>(
                                           std::chrono::duration<double>(level == 1 ? 0.5 * kPatience_s : kPatience_s));
      if (Clock::now() < ready) {
        wake.wait_until(lock, ready);
        continue;
      }
    }
    isCalledOff = false;
    levelUnderWay = needsSweep && level > 0 ? kFinest : level;
    lock.unlock();
    bool isDone = false;
    try {
      isDone = needsSweep && level > 0 ? sweepFor(look) : draw(look, level, wished);
    } catch (const Interrupted&) {
      isDone = true;
    }
    lock.lock();
    levelUnderWay = -1;
    if (!isDone && !isStopping && !building) wake.wait_for(lock, std::chrono::milliseconds(5));
  }
}

uint32_t Studio::Impl::widthFor(const Look& look, int level) const {
  const uint32_t whole = std::min(kWidest_px, look.width_px);
  if (level >= 2) return roundedWidth(whole);
  if (level == 1) return roundedWidth(0.5 * whole);
  const double aspect = static_cast<double>(look.height_px) / look.width_px;
  const double width = std::sqrt(kCoarse_s / secondsPerPixel / aspect);
  // In steps, so that few sizes of buffers are needed.
  uint32_t chosen = kNarrowest_px;
  while (chosen * 1.3 < width && chosen * 1.3 < std::min(kWidestCoarse_px, whole))
    chosen = static_cast<uint32_t>(chosen * 1.3);
  return roundedWidth(chosen);
}

camera::CameraSensor& Studio::Impl::cameraFor(const Look& look, uint32_t width, int level) {
  const int samples = level == kFinest ? kFineSamples : 1;
  const int planes = (look.flow ? 8 : 0) + (look.normals ? 16 : 0);
  const int owner = (look.sensor ? static_cast<int>(*look.sensor) : -1) * 32 + samples + planes;
  auto& slot = cameras[{owner, width}];
  if (slot != nullptr) return *slot;
  if (cameras.size() > 12) {  // sizes of a window that is no more
    cameras.clear();
    return cameraFor(look, width, level);
  }
  scenario::SensorMount mount;
  if (look.sensor) {
    mount = current->scenario().sensors[*look.sensor];
    mount.spec = scaledSpec(std::get<scenario::CameraSpec>(mount.spec), width);
  } else {
    mount.id = "viewer";
    mount.spec = sceneSpec(look, width);
  }
  auto& spec = std::get<scenario::CameraSpec>(mount.spec);
  spec.samplesPerPixel = static_cast<uint32_t>(samples);
  spec.truth = {};
  spec.truth.flow = look.flow;
  spec.truth.normals = look.normals;
  slot = std::make_unique<camera::CameraSensor>(mount, services());
  return *slot;
}

std::optional<double> Studio::Impl::knownLuminance(const Look& look) const {
  if (!metered || Clock::now() - metered->at > kMeterEvery) return std::nullopt;
  const Look& of = metered->of;
  const bool isSame = of.episode == look.episode && of.sensor == look.sensor && of.clearAir == look.clearAir &&
                      of.daylight == look.daylight;
  return isSame ? std::optional(metered->luminance) : std::nullopt;
}

bool Studio::Impl::draw(const Look& look, int level, Clock::time_point wished) {
  const auto begin = Clock::now();
  SimTime start{};
  SnapshotPtr snapshot;
  RigidTransform vehicleFromSensor = look.camera.worldFromCamera;
  if (look.sensor) {
    const size_t frame = look.episode->frameAt(*look.sensor, look.episode->timeOf(look.step));
    snapshot = look.episode->frame(*look.sensor, frame);
    start = look.episode->exposures()[*look.sensor][frame].start;
    vehicleFromSensor = current->scenario().sensors[*look.sensor].vehicleFromSensor;
  } else {
    snapshot = look.episode->step(look.step);
    if (snapshot != nullptr) start = snapshot->firstKey;
  }
  if (snapshot == nullptr) return false;
  content::SceneSnapshot seen = startingAtZero(*snapshot, start);
  if (look.clearAir) clear(seen);
  if (look.daylight) brighten(seen);
  const uint32_t width = widthFor(look, level);
  camera::CameraSensor& camera = cameraFor(look, width, level);
  const std::optional<double> known = level == 0 ? knownLuminance(look) : std::nullopt;
  // An eye that moves stays near one origin for a while: what is known of lamps in that frame stays true.
  const glm::dvec3 origin = look.sensor
                                ? camera.frameOrigin(seen, 0)
                                : kOriginStep_m * glm::round(look.camera.worldFromCamera.translation / kOriginStep_m);
  stage->scene->setFrame(seen, origin);
  tracer->update();
  camera::Glimpse glimpse = camera.glance(seen, {vehicleFromSensor, known}, *stream);
  if (!known) metered = {look, glimpse.luminance, Clock::now()};
  Picture out;
  out.look = look;
  out.width = glimpse.image.width;
  out.height = glimpse.image.height;
  out.camera = {glimpse.image.worldFromSensor, look.camera.halfWidthTangent};
  if (look.sensor) {
    const auto& spec = std::get<scenario::CameraSpec>(current->scenario().sensors[*look.sensor].spec);
    out.camera.halfWidthTangent = 0.5 * spec.width / spec.fx;
  }
  out.rgb = std::move(glimpse.image.rgb);
  out.depth_m = std::move(glimpse.image.depth_m);
  out.semantic = std::move(glimpse.image.semantic);
  out.instance = std::move(glimpse.image.instance);
  out.normals = std::move(glimpse.image.normals);
  if (look.flow) {
    const auto wanted_s = static_cast<float>(look.sensor ? 1 : kFlow_s / current->scenario().step.seconds());
    for (glm::vec2& flow : glimpse.image.flow_px) flow *= wanted_s;
    // Of an eye that stands still all but little stands still, too: what counts is what moves.
    if (!look.sensor) {
      std::vector<record::FlowState> moving = glimpse.image.flowState;
      for (size_t i = 0; i < moving.size(); ++i) {
        if (glm::length(glimpse.image.flow_px[i]) < kLeastFlow_px) moving[i] = record::FlowState::kNone;
      }
      glimpse.image.flowState = std::move(moving);
    }
    out.flowScale_px = record::flowScale_px(glimpse.image);
    out.flow_px = std::move(glimpse.image.flow_px);
    out.flowState = std::move(glimpse.image.flowState);
  }
  out.level = level;
  out.wished = wished;
  out.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (level == 0) {
    const double measured = out.seconds / (static_cast<double>(out.width) * out.height);
    secondsPerPixel += 0.3 * (std::clamp(measured, 1e-8, 1e-4) - secondsPerPixel);
  }
  drawn = look;
  drawnLevel = level;
  {
    const std::lock_guard lock(mutex);
    picture = std::move(out);
  }
  if (options.onNews) options.onNews();
  return true;
}

bool Studio::Impl::sweepFor(const Look& look) {
  const size_t sensor = *look.lidar;
  const size_t frame = look.episode->frameAt(sensor, look.episode->timeOf(look.step));
  const SnapshotPtr snapshot = look.episode->frame(sensor, frame);
  if (snapshot == nullptr) return false;
  std::unique_ptr<sensing::Sensor>& slot = lidars[sensor];
  if (slot == nullptr) {
    sensing::CaptureServices capture = services();
    slot = sensors::makeSensor(current->scenario().sensors[sensor], capture);
  }
  sensing::Sensor& lidar = *slot;
  stage->scene->setFrame(*snapshot, lidar.frameOrigin(*snapshot, static_cast<uint32_t>(frame)));
  tracer->update();
  auto out = std::make_shared<Sweep>();
  out->episode = look.episode;
  out->sensor = sensor;
  out->frame = frame;
  sensing::Reading reading = lidar.capture(*snapshot, static_cast<uint32_t>(frame), *stream);
  out->sweep = std::move(std::get<record::LidarSweep>(reading));
  const scenario::SensorMount& mount = current->scenario().sensors[sensor];
  const sensing::SensorTrack track(*snapshot, mount.actor, mount.vehicleFromSensor);
  RigidTransform worldFromSensor;
  std::optional<int32_t> at_ns;
  for (const record::LidarPoint& point : out->sweep.points) {  // those of a firing stand together
    if (at_ns != point.timeOffset_ns)
      worldFromSensor = track.worldFromSensor(out->sweep.start + SimTime{*(at_ns = point.timeOffset_ns)});
    out->world.push_back(worldFromSensor * glm::dvec3(point.x, point.y, point.z));
  }
  {
    const std::lock_guard lock(mutex);
    lastSweep = std::move(out);
  }
  if (options.onNews) options.onNews();
  return true;
}

Studio::Built Studio::Impl::buildStage(std::shared_ptr<const scenario::Scenario> scenario) {
  cameras.clear();
  lidars.clear();
  current = nullptr;
  drawn.reset();
  metered.reset();
  // The first picture's sky takes as long as its streets; cameras remember it.
  const std::future<void> sky = std::async(std::launch::async, [scenario] {
    content::Environment now = content::environmentAt(scenario->timeOfDay_s);
    weather::lightFor(scenario->weather.at(SimTime{}), now);
    camera::SkyOfFrame().at(now.sunDirection, now.moonIlluminance_lx, now.sunIlluminance_lx);
  });
  auto world = std::make_unique<simulation::EpisodeWorld>(*scenario, catalog, *contents);
  stage = &stages->at(world->content());
  tracer = std::make_unique<InterruptibleTracer>(*stage->tracer, isCalledOff);
  std::vector<std::vector<sensing::Exposure>> exposures;
  for (const scenario::SensorMount& mount : scenario->sensors) {
    exposures.emplace_back();
    scenario::SensorMount timed = mount;
    // Whoever looks through it may ask for its flow.
    if (auto* spec = std::get_if<scenario::CameraSpec>(&timed.spec)) spec->truth.flow = true;
    for (uint32_t frame = 0; sensing::exposureOf(timed, frame).end <= scenario->duration; ++frame)
      exposures.back().push_back(sensing::exposureOf(timed, frame));
  }
  current = std::make_shared<PlayedEpisode>(std::move(scenario), std::move(exposures));
  return {std::move(world), current};
}

Studio::Built Studio::build(std::shared_ptr<const scenario::Scenario> scenario) {
  std::packaged_task<Built()> task(
      [impl = impl_.get(), scenario = std::move(scenario)] { return impl->buildStage(scenario); });
  std::future<Built> built = task.get_future();
  {
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->failure.empty()) throw Error(ExitCode::kNoDevice, impl_->failure);
    impl_->building = std::move(task);
    impl_->isCalledOff = true;
  }
  impl_->wake.notify_all();
  try {
    return built.get();
  } catch (const std::future_error&) {
    throw Error(ExitCode::kNoDevice, failure());
  }
}

void Studio::look(const Look& look) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->wanted && *impl_->wanted == look) return;
    impl_->wanted = look;
    impl_->wantedSince = Clock::now();
    // A coarse picture is soon done, and a moving camera never stands still: only what is fine is broken off.
    if (impl_->levelUnderWay > 0) impl_->isCalledOff = true;
  }
  impl_->wake.notify_all();
}

std::optional<Picture> Studio::takePicture() {
  const std::lock_guard lock(impl_->mutex);
  std::optional<Picture> out = std::move(impl_->picture);
  impl_->picture.reset();
  return out;
}

std::shared_ptr<const Sweep> Studio::sweep() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->lastSweep;
}

bool Studio::isBusy() const {
  const std::lock_guard lock(impl_->mutex);
  return !impl_->isIdle || impl_->building.has_value();
}

std::string Studio::failure() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->failure;
}

std::string Studio::deviceName() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->deviceName;
}

}  // namespace nightfog::viewer
