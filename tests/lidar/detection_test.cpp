// Detection, noise and fog in whole sweeps, with fixed seeds.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/shared/cause.h"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;
using record::LidarSweep;

namespace {

struct Share {
  size_t detected = 0;
  size_t beams = 0;
};

/// A tube of many flat sides around the sensor, whose rings are all set level: every beam meets a side within half a
/// side's angle of head-on.
Share detectedAt(double range_m, float reflectance, double extinction_1pm) {
  Lab lab;
  const int sides = 256;
  const double side = 2 * range_m * std::tan(kPi / sides) * 1.001;
  const MeshId wall = lab.plate(side, 4, lab.material(reflectance));
  for (int i = 0; i < sides; ++i) {
    const double yaw = 2 * kPi * i / sides;
    lab.scenery(wall, RigidTransform::fromYawPitchRoll(range_m * glm::dvec3(std::cos(yaw), std::sin(yaw), 0), yaw));
  }
  scenario::LidarSpec spec = lab::exactSpec("hesai.pandar64");
  for (scenario::LidarChannel& channel : spec.profile.channels) channel.elevation_rad = 0;
  spec.threshold = true;
  spec.profile.maxRange_m = 1000;
  spec.echoes = scenario::LidarEchoMode::kLast;  // fog before a surface may be the stronger echo
  lab.mount(spec, lab::still({}));
  lab.media.extinction_1pm = extinction_1pm;
  const LidarSweep sweep = lab.capture();
  Share share{0, sweep.beamOutcomes.size()};
  for (uint8_t outcome : sweep.beamOutcomes) {
    REQUIRE((outcome == shared::kCauseSurface || outcome == shared::kCauseBelowThreshold ||
             (outcome == shared::kCauseFog && extinction_1pm > 0)));
    share.detected += outcome == shared::kCauseSurface ? 1 : 0;
  }
  return share;
}

/// Sides are met within pi / 256 of head-on: up to 7.5e-5 less power, and as much more range, hence at most 0.05 % in
/// P_d.
void checkNinety(const Share& share) {
  const double p = static_cast<double>(share.detected) / static_cast<double>(share.beams);
  CHECK(std::abs(p - 0.9) < 5e-4 + 4 * std::sqrt(0.09 / static_cast<double>(share.beams)));
}

}  // namespace

TEST_CASE("Nine of ten beams find a 10 % target at the datasheet's range") {
  checkNinety(detectedAt(200, 0.1f, 0));
}

TEST_CASE("In clear air a 40 % target is found twice as far") {
  checkNinety(detectedAt(400, 0.4f, 0));
}

TEST_CASE(
    "In fog of 100 m visibility nine of ten beams find a 10 % target at 47.8 m, and hardly any half as far again") {
  // W(alpha 200 m) / alpha with alpha = ln 20 / 100 m.
  const double alpha = std::log(20.0) / 100;
  double range = 47.8;
  for (int i = 0; i < 5; ++i)
    range -= (range - 200 * std::exp(-alpha * range)) / (1 + 200 * alpha * std::exp(-alpha * range));
  REQUIRE(range == doctest::Approx(47.8).epsilon(0.001));
  checkNinety(detectedAt(range, 0.1f, alpha));
  CHECK(detectedAt(1.5 * range, 0.1f, alpha).detected < 20);
}

TEST_CASE("Noise has the datasheet's sigma, no bias, and moves the point along its beam") {
  Lab lab;
  scenario::LidarSpec spec = lab::exactSpec("hesai.pandar64");
  spec.noise = true;
  lab.ground(-1.7, lab.material(0.5f));
  lab.mount(spec, lab::still({}));
  double sum = 0, sum2 = 0;
  int n = 0;
  for (const LidarPoint& p : lab.capture().points) {
    REQUIRE(std::abs(std::sqrt(double{p.x} * p.x + double{p.y} * p.y + double{p.z} * p.z) - p.range_m) <
            1e-5 * p.range_m);
    const double counts = p.intensity * 255;
    REQUIRE(std::abs(counts - std::round(counts)) < 1e-3);
    if (p.trueRange_m > 20) continue;  // SNR is high here
    sum += p.range_m - p.trueRange_m;
    sum2 += std::pow(p.range_m - p.trueRange_m, 2);
    ++n;
  }
  REQUIRE(n > 10'000);
  const double sigma = std::sqrt(sum2 / n - std::pow(sum / n, 2));
  CHECK(std::abs(sum / n) < 4 * 0.02 / std::sqrt(n));
  // Rounding to 4 mm adds (4 mm)^2 / 12.
  const double expected = std::sqrt(0.02 * 0.02 + 0.004 * 0.004 / 12);
  CHECK(std::abs(sigma / expected - 1) < 4 / std::sqrt(2.0 * n));
}

TEST_CASE("Through a fog layer the pulse pays for its own way in the fog, and over it nothing") {
  Lab lab;
  constexpr double kGround = -2;
  constexpr double kHeight = 3;
  lab.scenery(lab.plate(40, 40, lab.material(0.5f)), RigidTransform::fromTranslation({20, 0, 0}));
  lab.mount(lab::exactSpec("velodyne.vlp16"), lab::still({}));
  lab.media.extinction_1pm = 0.05;
  lab.media.fogHeight_m = kHeight;
  lab.media.groundLevel_m = kGround;
  size_t count = 0;
  for (const LidarPoint& p : lab.capture().points) {
    // The profile as it is stated: full below the height less an eighth, clear above it plus an eighth.
    double depth = 0;
    constexpr int kSteps = 2000;
    for (int i = 0; i < kSteps; ++i) {
      const double z = p.z * (i + 0.5) / kSteps;
      const double u = std::clamp((z - kGround - 0.875 * kHeight) / (0.25 * kHeight), 0.0, 1.0);
      depth += 0.05 * p.range_m / kSteps * (1 - u * u * (3 - 2 * u));
    }
    REQUIRE(p.intensity == doctest::Approx(0.5 * p.incidenceCosine * std::exp(-2 * depth) * 100 / 255).epsilon(1e-3));
    ++count;
  }
  CHECK(count > 1000);
}

TEST_CASE("A wet road returns what the film lets through both ways; a meadow stays as it is") {
  for (const ClassId semantic : {classes::kRoad, classes::kTerrain}) {
    Lab lab;
    lab.ground(-1.73, lab.material(0.1f), semantic);
    lab.mount(lab::exactSpec("velodyne.vlp16"), lab::still({}));
    lab.media.roadWetness = 1;
    size_t far = 0;
    for (const LidarPoint& p : lab.capture().points) {
      const double c = p.incidenceCosine;
      const double n = 1.33 / 1.0003;
      const double inside = std::sqrt(1 - (1 - c * c) / (n * n));
      double through = 0;
      for (const double r :
           {std::pow((c - n * inside) / (c + n * inside), 2), std::pow((n * c - inside) / (n * c + inside), 2)})
        through += 0.5 * (1 - r) * (1 - r) / (1 - 0.1 * r);
      const double left = semantic == classes::kRoad ? through : 1;
      REQUIRE(p.intensity == doctest::Approx(0.1 * c * left * 100 / 255).epsilon(1e-3));
      far += p.range_m > 19 && left < 0.22 ? 1 : 0;
    }
    CHECK((far > 1000) == (semantic == classes::kRoad));  // the black road beyond 20 m
  }
}

TEST_CASE("Glass that sends nothing back is named as the reason") {
  Lab lab;
  lab.scenery(lab.plate(20, 20, lab.material(0.0001f, 0.9f)), RigidTransform::fromTranslation({10, 0, 0}));
  scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
  spec.threshold = true;
  lab.mount(spec, lab::still({}));
  const LidarSweep sweep = lab.capture();
  CHECK(sweep.points.empty());
  CHECK(std::count(sweep.beamOutcomes.begin(), sweep.beamOutcomes.end(), shared::kCauseSpecularAway) > 1000);
}

TEST_CASE("Each sensor, seed, run and frame draws its own noise; the same ones draw the same") {
  Lab lab;
  lab.ground(-1.7, lab.material(0.3f));
  scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
  spec.noise = true;
  lab.mount(spec, lab::still({}));
  const auto ranges = [&](uint32_t frame, const lab::Options& options) {
    std::vector<float> result;
    for (const LidarPoint& p : lab.capture(frame, options).points) result.push_back(p.range_m);
    return result;
  };
  const std::vector<float> first = ranges(0, {.seed = 0});
  CHECK(first == ranges(0, {.seed = 0}));
  CHECK(first != ranges(0, {.seed = 1}));
  CHECK(first != ranges(0, {.seed = 0, .run = 1}));
  CHECK(first != ranges(1, {.seed = 0}));
}
