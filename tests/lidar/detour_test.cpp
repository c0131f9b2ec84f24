// What lies beyond panes and in mirrors, against geometry and Fresnel's equations.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/shared/cause.h"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;
using record::LidarSweep;

namespace {

/// Fresnel's reflectances of an interface of index n, along (p) and across (s) the plane of incidence.
double fresnel(double cosine, double n) {
  const double inside = std::sqrt(1 - (1 - cosine * cosine) / (n * n));
  const double s = std::pow((cosine - n * inside) / (cosine + n * inside), 2);
  const double p = std::pow((n * cosine - inside) / (n * cosine + inside), 2);
  return 0.5 * (s + p);
}

/// A mirror of this reflectance.
MaterialId mirror(Lab& lab, float reflectance) {
  return lab.metal(reflectance, 0);
}

}  // namespace

TEST_CASE("Through a pane the wall behind it returns, weakened by both crossings") {
  for (const uint32_t subRays : {1u, 7u}) {
    Lab lab;
    lab.object("pane", lab.plate(6, 6, lab.material(0.0001f, 0.85f)),
               lab::still(RigidTransform::fromTranslation({10, 0, 0})));
    const ObjectId wall = lab.object("wall", lab.plate(40, 40, lab.material(0.5f)),
                                     lab::still(RigidTransform::fromTranslation({20, 0, 0})));
    scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
    spec.subRays = subRays;
    lab.mount(spec, lab::still({}));
    const LidarSweep sweep = lab.capture();
    size_t count = 0;
    for (const LidarPoint& p : sweep.points) {
      const double c = p.incidenceCosine;
      const double atPane_m = 10 / c;
      if (std::abs(p.y) / p.range_m * atPane_m > 2.9 || std::abs(p.z) / p.range_m * atPane_m > 2.9) continue;
      REQUIRE(p.cause == shared::kCauseSurface);
      REQUIRE(p.instance == wall.value);
      REQUIRE(std::abs(p.range_m - 20 / c) < 0.005);
      const double r = fresnel(c, 1.5);
      const double through = (1 - 2 * r / (1 + r)) * 0.85 / 0.92;
      REQUIRE(p.intensity == doctest::Approx(0.5 * c * through * through / 2.55).epsilon(5e-3));
      ++count;
    }
    CHECK(count > 1000);
    CHECK(sweep.visibility[1].hits >= count);
    CHECK(sweep.visibility[1].hits + sweep.visibility[1].occludedBeams <= sweep.visibility[1].possibleHits);
  }
}

TEST_CASE("In a mirror stands a ghost of the wall beside it, as far behind as the way is long") {
  for (const uint32_t subRays : {1u, 7u}) {
    Lab lab;
    const auto turned = RigidTransform::fromYawPitchRoll({10, 0, 0}, kPi / 4);
    lab.scenery(lab.plate(4, 8, mirror(lab, 0.9f)), turned);
    const ObjectId wall = lab.object("wall", lab.plate(60, 60, lab.material(0.5f)),
                                     lab::still(RigidTransform::fromYawPitchRoll({10, -8, 0}, kPi / 2)));
    scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
    spec.subRays = subRays;
    lab.mount(spec, lab::still({}));
    const LidarSweep sweep = lab.capture();
    size_t ghosts = 0, walls = 0;
    for (const LidarPoint& p : sweep.points) {
      if (p.cause != shared::kCauseGhost) {
        walls += p.instance == wall.value ? 1 : 0;
        continue;
      }
      ++ghosts;
      REQUIRE(p.instance == wall.value);
      // Mirrored in x + y = 10 (or x - y = 10) the wall y = -8 is the plane x = 18 or x = 2: what is behind counts.
      const double depth = p.range_m * std::cos(p.azimuth_rad) * std::sqrt(1 - std::pow(p.z / p.range_m, 2));
      REQUIRE(std::abs(depth - 18) < 0.02);
      REQUIRE(std::abs(p.range_m - p.trueRange_m) < 0.02);
      // Head-on to the mirrored wall as to the wall: cos is that of the beam with x.
      REQUIRE(p.incidenceCosine == doctest::Approx(depth / p.range_m).epsilon(2e-3));
      if (subRays == 1) REQUIRE(p.intensity == doctest::Approx(0.5 * p.incidenceCosine * 0.81 / 2.55).epsilon(2e-3));
    }
    CHECK(ghosts > 500);
    CHECK(sweep.visibility[0].hits == walls);  // a ghost is no hit
  }
}

TEST_CASE("A wet road mirrors a wall below itself where Fresnel lets it, and labels that a ghost") {
  Lab lab;
  lab.ground(-1.73, lab.material(0.02f), classes::kRoad);
  const ObjectId wall = lab.object("wall", lab.plate(30, 12, lab.material(0.9f)),
                                   lab::still(RigidTransform::fromTranslation({40, 0, 0})));
  scenario::LidarSpec spec = lab::exactSpec("hesai.pandar64");
  spec.echoes = scenario::LidarEchoMode::kDual;
  lab.mount(spec, lab::still({}));
  size_t dry = 0, wet = 0;
  for (const double wetness : {0.0, 1.0}) {
    lab.media.roadWetness = wetness;
    for (const LidarPoint& p : lab.capture().points) {
      if (p.cause != shared::kCauseGhost) continue;
      ++(wetness > 0 ? wet : dry);
      REQUIRE(p.instance == wall.value);
      REQUIRE(p.z < -1.73);
      REQUIRE(std::abs(p.x - 40) < 0.01);
      // Where the beam meets the road: film x R(theta) x what stays in the beam, both ways.
      const double c = -p.z / p.range_m;
      const double share = fresnel(c, 1.33 / 1.0003) * (1 - 0.14 / 0.3);
      REQUIRE(share > 0.0999);
      REQUIRE(p.intensity == doctest::Approx(0.9 * p.incidenceCosine * share * share / 2.55).epsilon(5e-3));
    }
  }
  CHECK(dry == 0);
  CHECK(wet > 100);
}

TEST_CASE("A beam goes in through one window and out through the next") {
  Lab lab;
  const MeshId pane = lab.plate(20, 20, lab.material(0.0001f, 0.9f));
  lab.scenery(pane, RigidTransform::fromTranslation({8, 0, 0}));
  lab.scenery(pane, RigidTransform::fromTranslation({10, 0, 0}));
  const ObjectId wall = lab.object("wall", lab.plate(40, 40, lab.material(0.5f)),
                                   lab::still(RigidTransform::fromTranslation({30, 0, 0})));
  lab.mount(lab::exactSpec("velodyne.vlp16"), lab::still({}));
  size_t count = 0;
  for (const LidarPoint& p : lab.capture().points) {
    if (std::abs(p.azimuth_rad) > 0.2) continue;
    const double c = p.incidenceCosine;
    const double r = fresnel(c, 1.5);
    const double through = std::pow((1 - 2 * r / (1 + r)) * 0.9 / 0.92, 2);
    REQUIRE(p.instance == wall.value);
    REQUIRE(p.intensity == doctest::Approx(0.5 * c * through * through / 2.55).epsilon(2e-3));
    ++count;
  }
  CHECK(count > 500);
}
