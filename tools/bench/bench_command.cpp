#include "tools/bench/bench_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/core/hash.hpp"
#include "engine/core/version.hpp"
#include "sensors/lidar/lidar_sensor.hpp"
#include "tools/bench/bench_scene.hpp"
#include "tools/bench/camera_bench.hpp"
#include "tools/bench/crowd_bench.hpp"
#include "tools/bench/lidar_bench.hpp"
#include "tools/bench/timing.hpp"
#include "tools/bench/trace_bench.hpp"

namespace nightfog::bench {
namespace {

using Json = nlohmann::ordered_json;

/// The whole LiDAR frame: from a new snapshot to labelled points in the host's memory.
struct FrameTiming {
  double best_s = 0;
  double median_s = 0;
  size_t points = 0;
  std::map<std::string, double> stages_ms;  ///< of the fastest frame
  std::string hash;                         ///< SHA-256 of points and outcomes
};

std::string hashOf(const record::LidarSweep& sweep) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(sweep.points)));
  hash.update(std::as_bytes(std::span(sweep.beamOutcomes)));
  return hash.hex();
}

FrameTiming benchFrame(gpu::Device& device, Jobs& jobs, BenchScene& bench, int repetitions) {
  trace::SceneBuffers scene(device, bench.content);
  const auto tracer = trace::makeTracer(trace::TracerKind::kAuto, scene, jobs);
  tracer->build();
  sensing::CaptureServices services{device, scene, *tracer, jobs, 1, 0};
  lidar::LidarSensor sensor(bench.scenario.sensors.front(), services);
  gpu::Stream stream(device);
  const auto exposure = sensor.exposure(0);
  const content::SceneSnapshot snapshot = bench.world->snapshot(exposure.start, exposure.end);
  FrameTiming timing;
  std::vector<double> seconds;
  for (int i = 0; i < repetitions + 1; ++i) {  // the first warms caches and does not count
    const auto start = Clock::now();
    scene.setFrame(snapshot, sensor.frameOrigin(snapshot, 0));
    tracer->update();
    const double prepared = since(start);
    const auto sweep = std::get<record::LidarSweep>(sensor.capture(snapshot, 0, stream));
    const double elapsed = since(start);
    if (i == 0) continue;
    if (seconds.empty() || elapsed < *std::min_element(seconds.begin(), seconds.end())) {
      timing.stages_ms.clear();
      timing.stages_ms["scene update"] = prepared * 1e3;
      for (const auto& stage : sensor.timings()) timing.stages_ms[stage.name] += stage.milliseconds;
    }
    seconds.push_back(elapsed);
    timing.points = sweep.points.size();
    timing.hash = hashOf(sweep);
  }
  std::sort(seconds.begin(), seconds.end());
  timing.best_s = seconds.front();
  timing.median_s = seconds[seconds.size() / 2];
  return timing;
}

Json toJson(const TraceTiming& timing, size_t rays) {
  Json json{{"name", timing.name},
            {"build_s", timing.build_s},
            {"update_s", timing.update_s},
            {"closest_s", timing.closest_s},
            {"mrays_per_s", timing.closest_s > 0 ? double(rays) / timing.closest_s * 1e-6 : 0}};
  if (timing.any_s > 0) json["any_s"] = timing.any_s;
  if (!timing.hash.empty()) json["hash"] = timing.hash;
  return json;
}

void printText(const Json& json) {
  fmt::print("{} triangles, {} moving instances, {} rays; {}\n\n", json["triangles"].get<size_t>(),
             json["moving_instances"].get<size_t>(), json["rays"].get<size_t>(), json["device"].get<std::string>());
  fmt::print("{:<28} {:>10} {:>12} {:>10}\n", "closest hit", "Mrays/s", "update ms", "build s");
  for (const auto& tracer : json["tracers"]) {
    fmt::print("{:<28} {:>10.2f} {:>12.2f} {:>10.2f}\n", tracer["name"].get<std::string>(),
               tracer["mrays_per_s"].get<double>(), tracer["update_s"].get<double>() * 1e3,
               tracer["build_s"].get<double>());
  }
  fmt::print("\nratios to raw Embree 8-ray packets\n");
  for (const auto& [name, value] : json["ratios"].items()) fmt::print("  {:<40} {:.3f}\n", name, value.get<double>());
  fmt::print("\nagreement\n");
  for (const auto& pair : json["agreement"]) {
    fmt::print("  {:<12} {:<12} {} rays, {} same, {} close, {} on an edge, {} different\n",
               pair["a"].get<std::string>(), pair["b"].get<std::string>(), pair["rays"].get<size_t>(),
               pair["same"].get<size_t>(), pair["close"].get<size_t>(), pair["on_edge"].get<size_t>(),
               pair["different"].get<size_t>());
  }
  const auto& frame = json["lidar_frame"];
  fmt::print("\nLiDAR frame, rays to labelled points: {:.1f} ms (best), {:.1f} ms (median), {} points\n",
             frame["best_s"].get<double>() * 1e3, frame["median_s"].get<double>() * 1e3, frame["points"].get<size_t>());
  for (const auto& [name, ms] : frame["stages_ms"].items()) fmt::print("  {:<40} {:.2f} ms\n", name, ms.get<double>());
}

Json toJson(const FrameCost& cost) {
  Json json{{"wall_s", cost.wall_s}, {"cpu_s", cost.cpu_s}};
  if (!cost.hash.empty()) json["hash"] = cost.hash;
  if (!cost.stages_ms.empty()) json["stages_ms"] = cost.stages_ms;
  return json;
}

/// What stands for a frame's cost: on a machine that others use too, processor time per core.
Json cameraJson(const CameraBenchResult& result) {
  Json json{{"triangles", result.triangles},
            {"width", result.width},
            {"height", result.height},
            {"frame", toJson(result.frame)},
            {"labels", toJson(result.labels)}};
  json["ratios"]["labels only / frame"] = {{"wall", result.labels.wall_s / result.frame.wall_s},
                                           {"cpu", result.labels.cpu_s / result.frame.cpu_s}};
  if (result.cycles) {
    json["blender"] = result.blender;
    json["cycles"] = toJson(*result.cycles);
    json["ratios"]["frame / Cycles"] = {{"wall", result.frame.wall_s / result.cycles->wall_s},
                                        {"cpu", result.frame.cpu_s / result.cycles->cpu_s}};
  }
  return json;
}

void printCamera(const Json& json) {
  fmt::print("{} triangles, {} x {}, 1 sample a pixel, one bounce, no denoiser; {}, {} threads\n\n",
             json["triangles"].get<size_t>(), json["width"].get<int>(), json["height"].get<int>(),
             json["device"].get<std::string>(), json["threads"].get<int>());
  fmt::print("{:<44} {:>8} {:>12}\n", "a frame", "wall s", "processor s");
  const auto line = [&](const std::string& name, const Json& cost) {
    fmt::print("{:<44} {:>8.3f} {:>12.3f}\n", name, cost["wall_s"].get<double>(), cost["cpu_s"].get<double>());
  };
  line("nightfog, image and every truth channel", json["frame"]);
  line("nightfog, every truth channel alone", json["labels"]);
  if (json.contains("cycles")) line("Blender " + json["blender"].get<std::string>() + " Cycles, image", json["cycles"]);
  fmt::print("\n{:<44} {:>8} {:>12}\n", "ratios", "wall", "processor");
  for (const auto& [name, value] : json["ratios"].items())
    fmt::print("{:<44} {:>8.3f} {:>12.3f}\n", name, value["wall"].get<double>(), value["cpu"].get<double>());
  fmt::print("\nstages of the frame\n");
  for (const auto& [name, ms] : json["frame"]["stages_ms"].items())
    fmt::print("  {:<40} {:.1f} ms\n", name, ms.get<double>());
}

ExitCode runCamera(gpu::Device& device, Jobs& jobs, BenchScene& bench, const BenchArguments& arguments) {
  CameraBenchOptions options;
  options.repeat = arguments.repeat;
  options.saveImages = arguments.saveImages;
  if (arguments.peer == "blender") options.script = arguments.dataFolder / "tools" / "bench" / "cycles_street.py";
  Json json = cameraJson(benchCamera(device, jobs, bench, options));
  json["engine_version"] = engineVersion();
  json["device"] = device.info().name;
  json["driver"] = device.info().driver;
  json["threads"] = jobs.threads();
  if (arguments.json) {
    fmt::print("{}\n", json.dump(2));
  } else {
    printCamera(json);
  }
  return ExitCode::kOk;
}

ExitCode runLidar(gpu::Device& device, Jobs& jobs, BenchScene& bench, const BenchArguments& arguments) {
  Json json;
  json["engine_version"] = engineVersion();
  json["device"] = device.info().name;
  json["threads"] = jobs.threads();
  json["frames"] = Json::array();
  const auto hdl64 =
      scenario::loadLidarProfile(arguments.dataFolder / "sensors" / "profiles" / "velodyne.hdl64e_s2_1.yaml");
  const std::vector<LidarCost> costs = benchLidar(device, jobs, bench, hdl64, arguments.repeat);
  for (const LidarCost& cost : costs) {
    json["frames"].push_back({{"name", cost.name},
                              {"wall_s", cost.wall_s},
                              {"cpu_s", cost.cpu_s},
                              {"beams", cost.beams},
                              {"points", cost.points},
                              {"wall_s_per_100000_beams", cost.wall_s * 1e5 / double(cost.beams)},
                              {"cpu_ratio", cost.cpu_s / costs.front().cpu_s},
                              {"wall_ratio", cost.wall_s / costs.front().wall_s}});
  }
  if (arguments.json) {
    fmt::print("{}\n", json.dump(2));
    return ExitCode::kOk;
  }
  fmt::print("{:<36} {:>8} {:>12} {:>8} {:>8} {:>10} {:>16}\n", "a LiDAR frame", "wall ms", "processor ms", "ratio",
             "of wall", "points", "ms / 100k beams");
  for (const LidarCost& cost : costs) {
    fmt::print("{:<36} {:>8.1f} {:>12.1f} {:>8.3f} {:>8.3f} {:>10} {:>16.1f}\n", cost.name, cost.wall_s * 1e3,
               cost.cpu_s * 1e3, cost.cpu_s / costs.front().cpu_s, cost.wall_s / costs.front().wall_s, cost.points,
               cost.wall_s * 1e8 / static_cast<double>(cost.beams));
  }
  return ExitCode::kOk;
}

ExitCode runTraffic(const BenchArguments& arguments) {
  Json json;
  json["engine_version"] = engineVersion();
  json["crowds"] = Json::array();
  for (const CrowdCost& cost : benchCrowd(arguments.dataFolder, arguments.repeat)) {
    json["crowds"].push_back({{"name", cost.name},
                              {"members", cost.members},
                              {"start_cpu_s", cost.start_s},
                              {"simulated_s", cost.simulated_s},
                              {"cpu_s", cost.cpu_s},
                              {"times_real_time", cost.simulated_s / cost.cpu_s},
                              {"pose_hash", fmt::format("{:016x}", cost.hash)}});
  }
  if (arguments.json) {
    fmt::print("{}\n", json.dump(2));
    return ExitCode::kOk;
  }
  fmt::print("{:<52} {:>8} {:>10} {:>16}  {}\n", "one core, processor time", "members", "start s", "x real time",
             "poses");
  for (const Json& cost : json["crowds"]) {
    fmt::print("{:<52} {:>8} {:>10.2f} {:>16.1f}  {}\n", cost["name"].get<std::string>(), cost["members"].get<size_t>(),
               cost["start_cpu_s"].get<double>(), cost["times_real_time"].get<double>(),
               cost["pose_hash"].get<std::string>());
  }
  return ExitCode::kOk;
}

}  // namespace

ExitCode run(const BenchArguments& arguments) {
  if (arguments.peer == "traffic") return runTraffic(arguments);
  gpu::Device device({arguments.device, false, {}});
  Jobs jobs(arguments.threads);
  const std::filesystem::path assetsFolder = arguments.dataFolder / "assets";
  const catalog::Catalog catalog = catalog::loadCatalog(assetsFolder);
  BenchScene bench = makeBenchScene(catalog, assetsFolder);
  if (arguments.peer == "lidar") return runLidar(device, jobs, bench, arguments);
  if (arguments.peer != "embree") return runCamera(device, jobs, bench, arguments);
  const auto exposureEnd = SimTime::fromMs(100);
  const content::SceneSnapshot snapshot = bench.world->snapshot(SimTime{}, exposureEnd);
  const glm::dvec3 origin = (snapshot.objectPose(snapshot.objects.front(), SimTime::fromMs(50)) *
                             bench.scenario.sensors.front().vehicleFromSensor)
                                .translation;

  Json json;
  json["engine_version"] = engineVersion();
  json["device"] = device.info().name;
  json["driver"] = device.info().driver;
  json["threads"] = jobs.threads();
  double flat_s = 0;
  if (device.sharesHostMemory()) {
    const auto rays = benchRays(bench, snapshot, origin);
    const auto traced = benchTracers(device, jobs, bench.content, snapshot, origin, rays, arguments.repeat);
    flat_s = traced.rawFlat.closest_s;
    json["rays"] = traced.rays;
    json["triangles"] = traced.triangles;
    json["moving_instances"] = traced.movingInstances;
    json["device_bytes"] = traced.deviceBytes;
    json["tracers"] = Json::array();
    for (const auto* t : {&traced.embree, &traced.compute, &traced.rawTwoLevel, &traced.rawFlat})
      json["tracers"].push_back(toJson(*t, traced.rays));
    json["ratios"]["embree / raw two-level"] = traced.rawTwoLevel.closest_s / traced.embree.closest_s;
    json["ratios"]["embree / raw flat"] = flat_s / traced.embree.closest_s;
    json["ratios"]["compute_bvh / raw flat"] = flat_s / traced.compute.closest_s;
    json["agreement"] = Json::array();
    for (const auto& pair : traced.agreements) {
      json["agreement"].push_back({{"a", pair.a},
                                   {"b", pair.b},
                                   {"rays", pair.rays},
                                   {"same", pair.same},
                                   {"close", pair.close},
                                   {"on_edge", pair.onEdge},
                                   {"different", pair.different}});
    }
  }
  const FrameTiming frame = benchFrame(device, jobs, bench, arguments.repeat);
  if (flat_s > 0) json["ratios"]["LiDAR frame / raw flat"] = flat_s / frame.best_s;
  json["lidar_frame"] = {{"best_s", frame.best_s},
                         {"median_s", frame.median_s},
                         {"points", frame.points},
                         {"hash", frame.hash},
                         {"stages_ms", frame.stages_ms}};
  if (arguments.json) {
    fmt::print("{}\n", json.dump(2));
  } else {
    printText(json);
  }
  return ExitCode::kOk;
}

}  // namespace nightfog::bench
