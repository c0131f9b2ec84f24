// Footprints and echoes in whole sweeps.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "engine/shared/cause.h"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;
using record::LidarSweep;
using scenario::LidarEchoMode;

namespace {

constexpr double kNear = 20;
constexpr float kReflectance = 0.4f;

/// Rings all level. Ahead, a sheet whose left half is `gap` nearer than its right half.
Lab edge(double gap, uint32_t subRays, LidarEchoMode echoes) {
  Lab lab;
  const MaterialId grey = lab.material(kReflectance);
  lab.object("near", lab.plate(8, 8, grey), lab::still(RigidTransform::fromTranslation({kNear, 4, 0})));
  lab.object("far", lab.plate(16, 8, grey), lab::still(RigidTransform::fromTranslation({kNear + gap, 0, 0})));
  scenario::LidarSpec spec = lab::exactSpec("hesai.pandar64");
  for (scenario::LidarChannel& channel : spec.profile.channels) channel.elevation_rad = 0;
  spec.subRays = subRays;
  spec.echoes = echoes;
  lab.mount(spec, lab::still({}));
  return lab;
}

/// Share of the beam's energy an exact return stands for.
double shareOf(const LidarPoint& p) {
  return p.intensity * 2.55 / kReflectance;
}

/// The distance of the wall a point is on, from its range: walls are level in x.
double depthOf(const LidarPoint& p) {
  return p.range_m * std::cos(p.azimuth_rad);
}

}  // namespace

TEST_CASE("With one ray a beam, looking for more echoes changes nothing") {
  Lab lab = edge(2, 1, LidarEchoMode::kStrongest);
  auto spec = std::get<scenario::LidarSpec>(lab.sensorMount().spec);
  spec.noise = true;
  spec.threshold = true;
  lab.mount(spec, lab::still({}));
  const LidarSweep one = lab.capture();
  spec.echoes = LidarEchoMode::kDual;
  lab.mount(spec, lab::still({}));
  const LidarSweep two = lab.capture();
  REQUIRE(one.points.size() == two.points.size());
  CHECK(std::memcmp(one.points.data(), two.points.data(), one.points.size() * sizeof(LidarPoint)) == 0);
  CHECK(one.beamOutcomes == two.beamOutcomes);
}

TEST_CASE("A beam on an edge gives two echoes that share its energy, each at its own wall's range") {
  for (uint32_t subRays : {7u, 19u}) {
    Lab lab = edge(2, subRays, LidarEchoMode::kDual);
    const LidarSweep sweep = lab.capture();
    std::map<std::pair<int, int>, std::vector<LidarPoint>> beams;
    for (const LidarPoint& p : sweep.points) beams[{p.ring, p.column}].push_back(p);
    size_t split = 0;
    double evenest = 1;
    for (const auto& [beam, points] : beams) {
      if (std::abs(points[0].azimuth_rad) > 0.1) continue;
      double energy = 0;
      for (const LidarPoint& p : points) {
        REQUIRE(std::abs(depthOf(p) - (p.instance == 1 ? kNear : kNear + 2)) < 0.002);
        energy += shareOf(p) / p.incidenceCosine;
      }
      REQUIRE(std::abs(energy - 1) < 2e-3);
      if (points.size() < 2) continue;
      ++split;
      REQUIRE(points[0].returnIndex == 0);
      REQUIRE(points[1].returnIndex == 1);
      REQUIRE(points[0].instance != points[1].instance);
      REQUIRE(points[0].intensity >= points[1].intensity);
      evenest = std::min(evenest, shareOf(points[0]) - shareOf(points[1]));
    }
    CHECK(split >= 8);
    MESSAGE(subRays, " rays: ", split, " split beams, the evenest by ", evenest);
  }
}

TEST_CASE("Walls less than c tau / 4 apart give one echo between them, and none lies outside") {
  Lab lab = edge(0.35, 19, LidarEchoMode::kDual);
  const LidarSweep sweep = lab.capture();
  size_t mixed = 0;
  for (const LidarPoint& p : sweep.points) {
    if (std::abs(p.azimuth_rad) > 0.1) continue;
    REQUIRE(p.returnIndex == 0);
    const double depth = depthOf(p);
    REQUIRE(depth > kNear - 0.002);
    REQUIRE(depth < kNear + 0.352);
    mixed += depth > kNear + 0.01 && depth < kNear + 0.34 ? 1 : 0;
  }
  CHECK(mixed >= 8);
}

TEST_CASE("First and last are the near and the far of a split beam") {
  const LidarSweep near = edge(2, 19, LidarEchoMode::kFirst).capture();
  const LidarSweep far = edge(2, 19, LidarEchoMode::kLast).capture();
  REQUIRE(near.points.size() == far.points.size());
  size_t split = 0;
  for (size_t i = 0; i < near.points.size(); ++i) {
    REQUIRE(near.points[i].range_m <= far.points[i].range_m);
    if (near.points[i].instance == far.points[i].instance) continue;
    ++split;
    REQUIRE(near.points[i].instance == 1);
    REQUIRE(far.points[i].instance == 2);
  }
  CHECK(split >= 8);
}

TEST_CASE("A plate that fills the beam returns as much by 19 rays as by one") {
  for (uint32_t subRays : {1u, 7u, 19u}) {
    Lab lab;
    lab.scenery(lab.plate(6, 6, lab.material(0.3f)), RigidTransform::fromTranslation({25, 0, 0}));
    scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
    spec.subRays = subRays;
    lab.mount(spec, lab::still({}));
    size_t count = 0;
    for (const LidarPoint& p : lab.capture().points) {
      if (std::abs(p.y) > 2 || std::abs(p.z) > 2) continue;
      REQUIRE(p.intensity == doctest::Approx(0.3 * p.incidenceCosine / 2.55).epsilon(2e-3));
      REQUIRE(std::abs(p.range_m - p.trueRange_m) < 0.01);
      ++count;
    }
    CHECK(count > 50);
  }
}

TEST_CASE("Of every object, the beams that return from it and those that lose it are possible beams") {
  for (uint32_t subRays : {1u, 7u}) {
    Lab lab;
    const MeshId box = lab.box({2, 2, 2}, lab.material(0.4f));
    for (int i = 0; i < 5; ++i)
      lab.object(fmt::format("box{}", i), box, lab::still(RigidTransform::fromTranslation({8.0 + 4 * i, 0.8 * i, 0})));
    scenario::LidarSpec spec = lab::exactSpec("hesai.pandar64");
    spec.subRays = subRays;
    spec.echoes = LidarEchoMode::kDual;
    lab.mount(spec, lab::still({}));
    const LidarSweep sweep = lab.capture();
    size_t hits = 0;
    for (const record::LidarObjectVisibility& v : sweep.visibility) {
      CHECK(v.hits + v.occludedBeams <= v.possibleHits);
      hits += v.hits;
    }
    CHECK(hits > 100);
    CHECK((subRays == 1 ? hits == sweep.points.size() : hits <= sweep.points.size()));
  }
}
