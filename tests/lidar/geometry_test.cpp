// Where the beams go, against closed forms and the published tables.
#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "sensors/lidar/lidar_tables.hpp"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;

namespace {

const char* const kProfiles[9] = {"velodyne.vlp16", "velodyne.hdl64e_s2_1", "ouster.os1_128",
                                  "hesai.pandar64", "velodyne.vls128",      "hesai.pandar128",
                                  "hesai.xt32",     "velodyne.vlp32c",      "velodyne.hdl32e"};

}  // namespace

TEST_CASE("A turn has as many rays as the datasheets say") {
  const uint32_t expected[9] = {28'928, 133'312, 131'072, 115'200, 240'128, 230'400, 64'000, 57'856, 69'440};
  for (int i = 0; i < 9; ++i) {
    const lidar::LidarTables tables(lab::loadProfile(kProfiles[i]));
    CHECK_MESSAGE(tables.beams() == expected[i], kProfiles[i]);
  }
}

TEST_CASE("Every profile names its sources, and its figures are within what such sensors have") {
  for (const char* name : kProfiles) {
    const scenario::LidarProfile profile = lab::loadProfile(name);
    CHECK(profile.id == name);
    CHECK(profile.source.size() > 100);
    CHECK(profile.wavelength_nm > 800);
    CHECK(profile.range10_m <= profile.maxRange_m);
    for (const scenario::LidarChannel& channel : profile.channels) CHECK(channel.firingOffset_s < profile.cycle_s());
  }
}

TEST_CASE("A VLP-16 at 1.73 m over a plane draws its eight rings where trigonometry has them") {
  Lab lab;
  lab.ground(0, lab.material(0.3f));
  lab.mount(lab::exactSpec("velodyne.vlp16"), lab::still({}), RigidTransform::fromTranslation({0, 0, 1.73}));
  const record::LidarSweep sweep = lab.capture();
  const double published[8] = {6.46, 7.49, 8.90, 10.92, 14.09, 19.77, 33.01, 99.11};
  std::map<int, int> pointsOnRing;
  for (const LidarPoint& p : sweep.points) {
    REQUIRE(p.ring < 8);
    const double elevation = (-15 + 2 * p.ring) * kPi / 180;
    const double range = 1.73 / std::sin(-elevation);
    REQUIRE(std::abs(p.range_m - range) < std::max(1e-3, 1e-5 * range));
    const double ground = std::hypot(double{p.x}, double{p.y});
    REQUIRE(std::abs(ground - 1.73 / std::tan(-elevation)) < std::max(1e-3, 1e-5 * range));
    REQUIRE(std::abs(ground - published[p.ring]) < 0.0051);  // two decimals
    REQUIRE(std::abs(p.z + 1.73) < 1e-3);
    REQUIRE(std::abs(p.incidenceCosine - std::sin(-elevation)) < 1e-5);
    ++pointsOnRing[p.ring];
  }
  for (int ring = 0; ring < 8; ++ring) CHECK(pointsOnRing[ring] == 1808);
}

TEST_CASE("A point lies in the direction of its beam, at the time and azimuth of its own firing") {
  Lab lab;
  lab.ground(-2, lab.material(0.3f));
  const scenario::LidarSpec spec = lab::exactSpec("hesai.pandar64");
  lab.mount(spec, lab::still({}));
  for (const LidarPoint& p : lab.capture().points) {
    const scenario::LidarChannel& channel = spec.profile.channels[p.ring];
    const double time = p.column * spec.profile.cycle_s() + channel.firingOffset_s;
    REQUIRE(std::abs(p.timeOffset_ns - time * 1e9) < 1.01);
    const double azimuth = -2 * kPi * 10 * time + channel.azimuthOffset_rad;
    REQUIRE(std::abs(wrapAngle(p.azimuth_rad - azimuth)) < 1e-6);
    REQUIRE(std::abs(wrapAngle(std::atan2(double{p.y}, double{p.x}) - azimuth)) < 1e-6);
    REQUIRE(std::abs(std::atan2(double{p.z}, std::hypot(double{p.x}, double{p.y})) - channel.elevation_rad) < 1e-6);
  }
}

TEST_CASE("A plate 1.6 m wide, 0.3 to 1.5 m high, has the published number of points from 5 to 100 m") {
  const double distances[10] = {5, 10, 15, 20, 30, 40, 50, 60, 80, 100};
  const int published[7][10] = {{637, 135, 93, 46, 15, 11, 9, 7, 5, 0},
                                {3150, 689, 315, 162, 85, 39, 33, 18, 14, 10},
                                {1969, 540, 221, 130, 54, 28, 20, 15, 9, 6},
                                {2639, 1395, 837, 460, 210, 110, 72, 49, 25, 20},
                                {4275, 2444, 1302, 736, 315, 176, 108, 77, 40, 30},
                                {4882, 1890, 1147, 621, 270, 154, 99, 63, 35, 30},
                                {1313, 357, 165, 100, 34, 26, 11, 9, 0, 0}};
  for (int profile = 0; profile < 7; ++profile) {
    for (int d = 0; d < 10; ++d) {
      Lab lab;
      const MeshId plate = lab.plate(1.6, 1.2, lab.material(0.5f));
      // A sliver beyond 100 m belongs to the table, not to every sensor's range window.
      scenario::LidarSpec spec = lab::exactSpec(kProfiles[profile]);
      spec.profile.maxRange_m = 250;
      lab.object("plate", plate, lab::still(RigidTransform::fromTranslation({distances[d], 0, 0.9})));
      lab.mount(spec, lab::still(RigidTransform::fromTranslation({0, 0, 1.73})));
      const record::LidarSweep sweep = lab.capture();
      // The table leaves out the lasers' azimuth offsets, which shift where a ring's columns fall: each ring on the
      // plate may gain or lose one. A flat plate is met at its edges by rings whose height changes with azimuth; count
      // the rings that have a point.
      std::map<int, int> rings;
      for (const LidarPoint& p : sweep.points) ++rings[p.ring];
      CHECK_MESSAGE(
          std::abs(static_cast<int>(sweep.points.size()) - published[profile][d]) <= static_cast<int>(rings.size()),
          kProfiles[profile], " at ", distances[d], " m: ", sweep.points.size(), " points, published ",
          published[profile][d]);
      CHECK(sweep.visibility.at(0).hits == sweep.points.size());
      CHECK(sweep.visibility.at(0).possibleHits == sweep.points.size());
    }
  }
}

TEST_CASE("A sphere is ranged at d cos psi - sqrt(r^2 - d^2 sin^2 psi)") {
  Lab lab;
  const double radius = 1;
  const int facets = 180;
  const glm::dvec3 centre(11, 4, -0.5);
  lab.scenery(lab.sphere(radius, facets, lab.material(0.5f)), RigidTransform::fromTranslation(centre));
  lab.mount(lab::exactSpec("ouster.os1_128"), lab::still({}));
  const double d = glm::length(centre);
  // The mesh lies inside the sphere by at most the sagitta of a facet, seen more obliquely towards the rim: the sphere
  // and the one shrunk by the sagitta bracket the range.
  const double inner = radius * (1 - std::pow(kPi / facets, 2));
  int checked = 0;
  for (const LidarPoint& p : lab.capture().points) {
    const glm::dvec3 direction = glm::normalize(glm::dvec3(p.x, p.y, p.z));
    const double along = glm::dot(direction, centre);
    const double off2 = d * d - along * along;
    REQUIRE(off2 < radius * radius + 1e-5);
    if (off2 > inner * inner * 0.98) continue;
    REQUIRE(p.range_m > along - std::sqrt(radius * radius - off2) - 1e-4);
    REQUIRE(p.range_m < along - std::sqrt(inner * inner - off2) + 1e-4);
    ++checked;
  }
  CHECK(checked > 300);
}

TEST_CASE("A profile that is no LiDAR is refused with its reason") {
  const scenario::LidarProfile good = lab::loadProfile("velodyne.vlp16");
  const auto refused = [&](auto&& change) {
    scenario::LidarProfile profile = good;
    change(profile);
    CHECK_THROWS_AS(lidar::LidarTables{profile}, Error);
  };
  refused([](auto& p) { p.channels.clear(); });
  refused([](auto& p) { p.rotationRate_hz = 0; });
  refused([](auto& p) { p.rotationRate_hz = std::nan(""); });
  refused([](auto& p) { p.firingCycle_s = 0; });
  refused([](auto& p) { p.firingCycle_s = 1; });
  refused([](auto& p) { p.columnsPerTurn = 1'000'000; });
  refused([](auto& p) { p.columnsPerTurn = 4000; });  // 4000 x 55.296 us is longer than a turn
  refused([](auto& p) { p.maxRange_m = p.minRange_m; });
  refused([](auto& p) { p.range10_m = -1; });
  refused([](auto& p) { p.channels[3].elevation_rad = 2; });
  refused([](auto& p) { p.channels[3].firingOffset_s = -1e-6; });
}
