#include "tools/bench/camera_bench.hpp"

#include <algorithm>

#include "engine/content/environment.hpp"
#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/sensing/sensor_track.hpp"
#include "sensors/camera/camera_sensor.hpp"
#include "sensors/camera/lens.hpp"
#include "tools/bench/cycles_peer.hpp"
#include "tools/bench/timing.hpp"

namespace nightfog::bench {
namespace {

constexpr double kHour = 15;

/// A dash camera without distortion and with a global shutter, as Cycles' is; every truth channel on.
scenario::SensorMount benchCameraMount(const BenchScene& bench, uint32_t width, uint32_t height) {
  scenario::CameraSpec spec;
  spec.width = width;
  spec.height = height;
  spec.fx = spec.fy = 0.62 * width;
  spec.cx = 0.5 * width - 0.5;
  spec.cy = 0.5 * height - 0.5;
  spec.exposureTime_s = 0.002;
  spec.encoding = scenario::ImageEncoding::kJpeg;
  spec.truth = {true, true, true, true, true};
  return {"front", bench.scenario.actors.front().id, RigidTransform::fromYawPitchRoll({1.9, 0, 1.62}, 0, 0.035), spec};
}

std::string hashOf(const record::CameraImage& image) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(image.rgb)));
  hash.update(std::as_bytes(std::span(image.depth_m)));
  hash.update(std::as_bytes(std::span(image.semantic)));
  hash.update(std::as_bytes(std::span(image.instance)));
  hash.update(std::as_bytes(std::span(image.normals)));
  hash.update(std::as_bytes(std::span(image.flow_px)));
  hash.update(std::as_bytes(std::span(image.flowState)));
  return hash.hex();
}

/// One way of making the frame, repeated.
class Contestant {
 public:
  Contestant(const scenario::SensorMount& mount, const sensing::CaptureServices& services)
      : sensor_(mount, services), stream_(services.device) {}

  camera::CameraSensor& sensor() { return sensor_; }
  const FrameCost& cost() const { return cost_; }
  const record::CameraImage& image() const { return image_; }

  void capture(const content::SceneSnapshot& snapshot, bool counts) {
    const double cpuBefore = processorSeconds();
    const auto begin = Clock::now();
    image_ = std::get<record::CameraImage>(sensor_.capture(snapshot, 0, stream_));
    const double wall = since(begin);
    const double cpu = processorSeconds() - cpuBefore;
    if (!counts) return;
    if (cost_.wall_s == 0 || wall < cost_.wall_s) {
      cost_.wall_s = wall;
      cost_.stages_ms.clear();
      for (const gpu::Timing& stage : sensor_.timings()) cost_.stages_ms[stage.name] += stage.milliseconds;
    }
    cost_.cpu_s = cost_.cpu_s == 0 ? cpu : std::min(cost_.cpu_s, cpu);
    cost_.hash = hashOf(image_);
  }

 private:
  camera::CameraSensor sensor_;
  gpu::Stream stream_;
  record::CameraImage image_;
  FrameCost cost_;
};

}  // namespace

CameraBenchResult benchCamera(gpu::Device& device, Jobs& jobs, BenchScene& bench, const CameraBenchOptions& options) {
  if (!options.script.empty()) requireBlender();  // before minutes are spent
  trace::SceneBuffers scene(device, bench.content);
  const auto tracer = trace::makeTracer(trace::TracerKind::kAuto, scene, jobs);
  tracer->build();
  const scenario::SensorMount mount = benchCameraMount(bench, options.width, options.height);
  sensing::CaptureServices services{device, scene, *tracer, jobs, 1, 0, bench.content.lamps, false};
  Contestant frame(mount, services);
  services.labelsOnly = true;
  Contestant labels(mount, services);

  const sensing::Exposure exposure = frame.sensor().exposure(0);
  content::SceneSnapshot snapshot = bench.world->snapshot(exposure.start, exposure.knownUntil());
  snapshot.environment = content::environmentAt(kHour * 3600);
  content::switchLamps(snapshot);
  scene.setFrame(snapshot, frame.sensor().frameOrigin(snapshot, 0));
  tracer->update();

  CameraBenchResult result;
  result.width = options.width;
  result.height = options.height;
  result.triangles = countTriangles(scene);
  for (int i = 0; i < options.repeat + 1; ++i) {  // the first meters, makes the sky's tables and does not count
    frame.capture(snapshot, i > 0);
    labels.capture(snapshot, i > 0);
  }
  result.frame = frame.cost();
  result.labels = labels.cost();
  const bool saves = !options.saveImages.empty();
  if (saves) {
    std::filesystem::create_directories(options.saveImages);
    const std::vector<uint8_t>& bytes = frame.image().encoded;
    writeFileAtomically(options.saveImages / "nightfog.jpg", std::string(bytes.begin(), bytes.end()));
  }
  if (options.script.empty()) return result;

  const sensing::SensorTrack track(snapshot, mount.actor, mount.vehicleFromSensor * camera::sensorFromOptical());
  const CyclesTime cycles = renderWithCycles(
      {scene, static_cast<float>((exposure.reference() - snapshot.firstKey).seconds()),
       camera::makeSky(snapshot.environment.sunDirection), static_cast<float>(snapshot.environment.cloudCover),
       track.worldFromSensor(exposure.reference()), std::get<scenario::CameraSpec>(mount.spec), options.repeat,
       jobs.threads(), options.script, saves ? std::filesystem::absolute(options.saveImages / "cycles.png") : ""});
  result.cycles = FrameCost{cycles.wall_s, cycles.cpu_s, {}, {}};
  result.blender = cycles.version;
  return result;
}

}  // namespace nightfog::bench
