#include "tools/bench/bench_scene.hpp"

#include <array>
#include <cmath>

#include "engine/content/materials.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/scenery.hpp"

namespace nightfog::bench {
namespace {

constexpr uint32_t kRings = 128;
constexpr uint32_t kColumns = 2048;

/// 128 rings over ±22.5 degrees, 2048 columns, 10 Hz: the shape of a long-range LiDAR of today.
scenario::LidarSpec benchLidar() {
  scenario::LidarSpec spec;
  spec.profile.id = "bench.128x2048";
  spec.profile.rotationRate_hz = 10;
  spec.profile.firingCycle_s = 0;
  spec.profile.columnsPerTurn = kColumns;
  spec.profile.maxRange_m = 200;
  spec.profile.range10_m = 100;
  for (uint32_t ring = 0; ring < kRings; ++ring) {
    const double elevation_deg = 22.5 - 45.0 * ring / (kRings - 1);
    spec.profile.channels.push_back({elevation_deg * kPi / 180, 0, 0});
  }
  return spec;
}

void place(scenario::Scenario& s, const std::string& asset, double station, double lateral, bool againstS,
           scenario::Behavior behavior) {
  const RigidTransform turned =
      againstS ? RigidTransform::fromYawPitchRoll({0, 0, 0}, kPi) : RigidTransform::identity();
  s.actors.push_back(
      {"actor" + std::to_string(s.actors.size()), asset, s.road.pose(station, lateral) * turned, std::move(behavior)});
}

}  // namespace

BenchScene makeBenchScene(const catalog::Catalog& catalog, const std::filesystem::path& assetsFolder) {
  BenchScene bench;
  scenario::Scenario& s = bench.scenario;
  s.id = "bench";
  s.duration = SimTime::fromSeconds(10);
  s.road = content::benchRoad();
  const std::array<const char*, 4> cars{"vehicle.sedan", "vehicle.hatchback.blue", "vehicle.suv", "vehicle.van.white"};
  double right = 0, left = 0;
  bool against = false;
  s.road.findLane(s.road.right().front().name, right, against);
  s.road.findLane(s.road.left().front().name, left, against);
  place(s, "vehicle.sedan", 60, right, false, scenario::FollowRoad{13.9, right, false});
  for (int i = 0; i < 8; ++i) {
    place(s, cars[size_t(i) % 4], 80 + 17 * i, right, false, scenario::FollowRoad{10.0 + i, right, false});
    place(s, cars[size_t(i + 1) % 4], 30 + 22 * i, left, true, scenario::FollowRoad{9.0 + i, left, true});
  }
  for (int i = 0; i < 8; ++i) {
    const RigidTransform from = s.road.pose(50 + 12 * i, right - 5.5);
    const RigidTransform to = s.road.pose(90 + 12 * i, right - 5.5);
    s.actors.push_back({"actor" + std::to_string(s.actors.size()),
                        i % 2 == 0 ? "person.adult.dark_clothes" : "person.child.bright_clothes", from,
                        scenario::WalkTo{to.translation, 1.4, SimTime{}}});
  }
  s.sensors.push_back({"top", s.actors.front().id, RigidTransform::fromTranslation({1.2, 0, 1.9}), benchLidar()});

  content::loadMaterials(assetsFolder / "materials.yaml", bench.content);
  std::vector<world::CastMember> cast;
  for (const auto& actor : s.actors) {
    cast.push_back({actor, content::buildModel(*catalog.find(actor.asset), bench.content)});
  }
  content::buildScenery(s.road, content::benchScenery(), bench.content);
  bench.world = std::make_unique<world::World>(s, catalog, std::move(cast));
  return bench;
}

std::vector<shared::Ray> benchRays(const BenchScene& scene, const content::SceneSnapshot& snapshot,
                                   const glm::dvec3& origin) {
  const auto& mount = scene.scenario.sensors.front();
  const auto& profile = std::get<scenario::LidarSpec>(mount.spec).profile;
  const content::SnapshotObject& ego = snapshot.objects.front();
  std::vector<shared::Ray> rays(size_t{kRings} * kColumns);
  for (uint32_t column = 0; column < kColumns; ++column) {
    const double turn = double(column) / kColumns;
    const SimTime at = snapshot.firstKey + SimTime::fromSeconds(turn / profile.rotationRate_hz);
    const RigidTransform worldFromSensor = snapshot.objectPose(ego, at) * mount.vehicleFromSensor;
    const double azimuth = -2 * kPi * turn;
    for (uint32_t ring = 0; ring < kRings; ++ring) {
      const double elevation = profile.channels[ring].elevation_rad;
      const glm::dvec3 direction = worldFromSensor.rotate(
          {std::cos(elevation) * std::cos(azimuth), std::cos(elevation) * std::sin(azimuth), std::sin(elevation)});
      shared::Ray& ray = rays[size_t{ring} * kColumns + column];
      ray.origin = glm::vec3(worldFromSensor.translation - origin);
      ray.tMin = float(profile.minRange_m);
      ray.direction = glm::vec3(direction);
      ray.tMax = float(profile.maxRange_m);
      ray.time_s = float((at - snapshot.firstKey).seconds());
      ray.target = shared::kAnyTarget;
      ray.mask = ~0u;
      ray.beam = ring * kColumns + column;
    }
  }
  return rays;
}

}  // namespace nightfog::bench
