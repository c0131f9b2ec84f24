// What the injectors of sensor faults share: a fault is on its sensor from start to stop.
#pragma once

#include <algorithm>
#include <type_traits>
#include <utility>

#include "engine/core/hash.hpp"
#include "engine/events/injector.hpp"

namespace nightfog::events {

/// Where and how a fault lies by chance: of the run and the injector, so that two of them differ.
inline uint64_t faultSeed(const scenario::Injector& injector, const scenario::Scenario& scenario) {
  return hashCombine(hashCombine(scenario.seed, scenario.run), hash64(injector.id));
}

/// The LiDAR of this name; nullptr: it is another sensor.
inline const scenario::LidarSpec* lidarNamed(const scenario::Scenario& scenario, const std::string& sensor) {
  const auto mount = std::find_if(scenario.sensors.begin(), scenario.sensors.end(),
                                  [&](const scenario::SensorMount& m) { return m.id == sensor; });
  return mount == scenario.sensors.end() ? nullptr : std::get_if<scenario::LidarSpec>(&mount->spec);
}

/// Throws Error where the sensor is a LiDAR whose window is no cylinder that its beams turn in.
inline void refuseRosette(const scenario::Injector& injector, const scenario::Scenario& scenario,
                          const std::string& sensor) {
  const scenario::LidarSpec* lidar = lidarNamed(scenario, sensor);
  if (lidar == nullptr || lidar->profile.scanner != scenario::LidarScanner::kRosette) return;
  throw Error(ExitCode::kDiagnostics,
              fmt::format("injector '{}' ({}): '{}' scans by turning prisms ({})", injector.id, injector.type, sensor,
                          lidar->profile.id),
              "what lies on the window is modelled for heads, columns and mirrors; name such a LiDAR");
}

/// Throws Error where the sensor is a camera: this fault is carried out by LiDARs alone.
inline void refuseCamera(const scenario::Injector& injector, const scenario::Scenario& scenario,
                         const std::string& sensor) {
  if (lidarNamed(scenario, sensor) != nullptr) return;
  throw Error(ExitCode::kDiagnostics,
              fmt::format("injector '{}' ({}): '{}' is a camera, and cameras do not have this fault yet", injector.id,
                          injector.type, sensor),
              "name a LiDAR, or use sensor.lens_dirt");
}

/// A fault that does not go away by itself.
class SensorFaultInjector final : public Injector {
 public:
  explicit SensorFaultInjector(content::SensorFault fault) : fault_(std::move(fault)) {}
  void start(Stage& stage) override { handle_ = stage.world.breakSensor(fault_); }
  bool goOn(Stage&) override { return true; }
  void stop(Stage& stage) override { stage.world.repair(handle_); }

 private:
  content::SensorFault fault_;
  size_t handle_ = 0;
};

/// The injector of a fault that LiDARs alone have.
template <class Fault>
std::unique_ptr<Injector> lidarFault(const scenario::Injector& injector, const scenario::Scenario& scenario,
                                     Fault kind) {
  content::SensorFault fault;
  fault.sensor = InjectorValues(injector).word("sensor");
  refuseCamera(injector, scenario, fault.sensor);
  if (std::is_same_v<Fault, content::WaterFilm> || std::is_same_v<Fault, content::BlockedSector>)
    refuseRosette(injector, scenario, fault.sensor);
  fault.kind = std::move(kind);
  return std::make_unique<SensorFaultInjector>(std::move(fault));
}

}  // namespace nightfog::events
