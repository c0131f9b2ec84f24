// What a return says of its beam: how much of it met the object, and through whose pane it was seen.
#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "engine/shared/cause.h"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;
using record::LidarSweep;
using scenario::LidarEchoMode;

TEST_CASE("On an edge a beam's energy is told to the two objects it meets, and sums to one") {
  for (const uint32_t subRays : {7u, 19u}) {
    Lab lab;
    const MaterialId grey = lab.material(0.4f);
    lab.object("near", lab.plate(8, 8, grey), lab::still(RigidTransform::fromTranslation({20, 4, 0})));
    lab.object("far", lab.plate(16, 8, grey), lab::still(RigidTransform::fromTranslation({23, 0, 0})));
    scenario::LidarSpec spec = lab::exactSpec("hesai.pandar64");
    for (scenario::LidarChannel& channel : spec.profile.channels) channel.elevation_rad = 0;
    spec.subRays = subRays;
    spec.echoes = LidarEchoMode::kDual;
    lab.mount(spec, lab::still({}));
    std::map<std::pair<int, int>, std::vector<LidarPoint>> beams;
    for (const LidarPoint& p : lab.capture().points) beams[{p.column, p.ring}].push_back(p);
    int split = 0;
    for (const auto& [beam, points] : beams) {
      if (std::abs(points[0].azimuth_rad) > 0.15) continue;
      double sum = 0;
      for (const LidarPoint& p : points) {
        sum += double{p.fill};
        // The signal of a return is its share of the beam: both walls reflect alike.
        if (points.size() == 2)
          CHECK(p.fill * p.incidenceCosine == doctest::Approx(p.intensity * 2.55 / 0.4).epsilon(0.02));
      }
      CHECK(std::abs(sum - 1) < 1e-5);
      split += points.size() == 2 ? 1 : 0;
    }
    CHECK(split > 10);
  }
}

TEST_CASE("A beam of one ray is filled by what it meets") {
  Lab lab;
  lab.ground(-2, lab.material(0.3f));
  lab.mount(lab::exactSpec("velodyne.vlp16"), lab::still({}));
  for (const LidarPoint& p : lab.capture().points) {
    REQUIRE(p.fill == 1);
    REQUIRE(p.seenVia == 0);
  }
}

TEST_CASE("What is seen through a pane or in a mirror says whose, and the fills of a beam's returns stay within one") {
  for (const uint32_t subRays : {1u, 7u}) {
    Lab lab;
    const ObjectId car = lab.object("pane", lab.plate(6, 6, lab.material(0.05f, 0.85f)),
                                    lab::still(RigidTransform::fromTranslation({10, 0, 0})));
    const ObjectId wall = lab.object("wall", lab.plate(40, 40, lab.material(0.5f)),
                                     lab::still(RigidTransform::fromTranslation({20, 0, 0})));
    lab.scenery(lab.plate(4, 8, lab.metal(0.9f, 0)), RigidTransform::fromYawPitchRoll({-10, 0, 0}, kPi * 3 / 4));
    const ObjectId beside = lab.object("beside", lab.plate(60, 60, lab.material(0.5f)),
                                       lab::still(RigidTransform::fromYawPitchRoll({-10, -18, 0}, kPi / 2)));
    scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
    spec.subRays = subRays;
    spec.echoes = LidarEchoMode::kDual;
    lab.mount(spec, lab::still({}));
    std::map<std::pair<int, int>, double> fills;
    int through = 0;
    int ghosts = 0;
    int direct = 0;
    for (const LidarPoint& p : lab.capture().points) {
      fills[{p.column, p.ring}] += double{p.fill};
      if (p.cause == shared::kCauseGhost) {
        CHECK(p.instance == beside.value);
        CHECK(p.seenVia == record::kSceneryPane);
        ++ghosts;
      } else if (p.instance == wall.value && std::abs(p.y) < 5 && std::abs(p.z) < 5) {
        CHECK(p.seenVia == car.value);
        CHECK(p.fill > 0.7);  // two faces of a pane keep and mirror the rest
        CHECK(p.fill < 0.93);
        ++through;
      } else if (p.seenVia == 0) {
        ++direct;
      }
    }
    CHECK(through > 500);
    CHECK(ghosts > 100);
    CHECK(direct > 500);
    for (const auto& [beam, sum] : fills) REQUIRE(sum < 1 + 1e-5);
  }
}
