#include "tools/bench/lidar_bench.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "sensors/lidar/lidar_sensor.hpp"
#include "tools/bench/timing.hpp"

namespace nightfog::bench {
namespace {

struct Variant {
  const char* name;
  uint32_t subRays;
  scenario::LidarEchoMode echoes;
  double visibility_m;   ///< 0: clear
  double fogHeight_m;    ///< 0: no upper edge
  bool isHdl64 = false;  ///< an HDL-64E instead of the scene's own
};

constexpr Variant kVariants[] = {
    {"one ray, clear", 1, scenario::LidarEchoMode::kStrongest, 0, 0},
    {"one ray, fog of 100 m", 1, scenario::LidarEchoMode::kStrongest, 100, 0},
    {"one ray, fog of 100 m, 3 m high", 1, scenario::LidarEchoMode::kStrongest, 100, 3},
    {"7 rays, dual, clear", 7, scenario::LidarEchoMode::kDual, 0, 0},
    {"7 rays, dual, fog of 100 m", 7, scenario::LidarEchoMode::kDual, 100, 0},
    {"HDL-64E, one ray, clear", 1, scenario::LidarEchoMode::kStrongest, 0, 0, true},
    {"HDL-64E, one ray, fog of 100 m", 1, scenario::LidarEchoMode::kStrongest, 100, 0, true},
    {"HDL-64E, 7 rays, dual, clear", 7, scenario::LidarEchoMode::kDual, 0, 0, true},
};

}  // namespace

std::vector<LidarCost> benchLidar(gpu::Device& device, Jobs& jobs, BenchScene& bench,
                                  const scenario::LidarProfile& hdl64, int repetitions) {
  trace::SceneBuffers scene(device, bench.content);
  const auto tracer = trace::makeTracer(trace::TracerKind::kAuto, scene, jobs);
  tracer->build();
  gpu::Stream stream(device);
  sensing::CaptureServices services{device, scene, *tracer, jobs, 1, 0};
  std::vector<LidarCost> costs;
  std::vector<std::unique_ptr<lidar::LidarSensor>> sensors;
  for (const Variant& variant : kVariants) {
    scenario::SensorMount mount = bench.scenario.sensors.front();
    auto spec = std::get<scenario::LidarSpec>(mount.spec);
    if (variant.isHdl64) spec.profile = hdl64;
    spec.subRays = variant.subRays;
    spec.echoes = variant.echoes;
    mount.spec = spec;
    sensors.push_back(std::make_unique<lidar::LidarSensor>(mount, services));
    costs.push_back({variant.name});
  }
  const auto exposure = sensors.front()->exposure(0);
  content::SceneSnapshot snapshot = bench.world->snapshot(exposure.start, exposure.end);
  for (int i = 0; i < repetitions + 1; ++i) {  // the first warms caches and does not count
    for (size_t v = 0; v < std::size(kVariants); ++v) {
      snapshot.media = {};
      if (kVariants[v].visibility_m > 0) snapshot.media.extinction_1pm = std::log(20.0) / kVariants[v].visibility_m;
      if (kVariants[v].fogHeight_m > 0) snapshot.media.fogHeight_m = kVariants[v].fogHeight_m;
      const double cpuBefore = processorSeconds();
      const auto start = Clock::now();
      scene.setFrame(snapshot, sensors[v]->frameOrigin(snapshot, 0));
      tracer->update();
      const auto sweep = std::get<record::LidarSweep>(sensors[v]->capture(snapshot, 0, stream));
      const double wall_s = since(start);
      const double cpu_s = processorSeconds() - cpuBefore;
      costs[v].beams = sweep.beamOutcomes.size();
      costs[v].points = sweep.points.size();
      if (i == 0) continue;
      costs[v].wall_s = costs[v].wall_s > 0 ? std::min(costs[v].wall_s, wall_s) : wall_s;
      costs[v].cpu_s = costs[v].cpu_s > 0 ? std::min(costs[v].cpu_s, cpu_s) : cpu_s;
    }
  }
  return costs;
}

}  // namespace nightfog::bench
