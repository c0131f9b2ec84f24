// Returns of what a beam did not meet: noise, the sun, and light that strays from a retroreflector. With fixed seeds.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/shared/cause.h"
#include "engine/shared/lidar_return.h"
#include "sensors/lidar/lidar_bloom.hpp"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;
using record::LidarSweep;

namespace {

double upperTail(double x) {
  return 0.5 * std::erfc(x / std::sqrt(2.0));
}

/// A sensor that detects, without noise in range and intensity.
scenario::LidarSpec detecting(const std::string& profile) {
  scenario::LidarSpec spec = lab::exactSpec(profile);
  spec.threshold = true;
  return spec;
}

/// So far from its mean is a count of independent events at most, but once in 16 000.
double spread(double expected) {
  return 4 * std::sqrt(expected) + 1;
}

}  // namespace

TEST_CASE("The tail of a normal is right to a thousandth where thresholds lie") {
  for (double x = 0; x < 6; x += 0.01)
    CHECK(double{shared::lidarUpperTail(static_cast<float>(x))} == doctest::Approx(upperTail(x)).epsilon(1e-3));
}

TEST_CASE("Noise alone crosses the threshold once in a million chances, anywhere in the range window") {
  Lab lab;
  lab.scenery(lab.plate(1, 1, lab.material(0.5f)), RigidTransform::fromTranslation({0, 0, 500}));
  scenario::LidarSpec spec = detecting("velodyne.hdl64e_s2_1");
  lab.mount(spec, lab::still({}));
  CHECK(lab.capture().points.empty());
  spec.falseAlarms = true;
  const double chances = (120 - 0.9) / (0.5 * 5e-9 * 299'792'458.0);
  const double expected = chances * 1e-6 * 133'312;  // 21 a turn
  for (const auto echoes : {scenario::LidarEchoMode::kStrongest, scenario::LidarEchoMode::kLast}) {
    spec.echoes = echoes;
    lab.mount(spec, lab::still({}));
    double count = 0;
    double sum = 0;
    for (uint32_t frame = 0; frame < 12; ++frame) {
      const LidarSweep sweep = lab.capture(frame);
      REQUIRE(std::count(sweep.beamOutcomes.begin(), sweep.beamOutcomes.end(), shared::kCauseNoise) ==
              static_cast<std::ptrdiff_t>(sweep.points.size()));
      for (const LidarPoint& p : sweep.points) {
        REQUIRE(p.cause == shared::kCauseNoise);
        REQUIRE(p.instance == 0);
        REQUIRE(p.fill == 0);
        sum += double{p.range_m};
        ++count;
      }
    }
    CHECK(std::abs(count - 12 * expected) < spread(12 * expected));
    // Uniform: the mean of n ranges has a sigma of width / sqrt(12 n).
    CHECK(std::abs(sum / count - 60.45) < 4 * 119.1 / std::sqrt(12 * count));
  }
}

TEST_CASE("Beside the sun false returns are as frequent as they were measured, and a wall before it ends them") {
  Lab lab;
  lab.scenery(lab.plate(1, 1, lab.material(0.5f)), RigidTransform::fromTranslation({0, 0, 500}));
  const double elevation = 5 * kPi / 180;
  lab.environment.sunDirection = {std::cos(elevation), 0, std::sin(elevation)};
  scenario::LidarSpec spec = detecting("velodyne.vlp16");
  spec.profile.channels.clear();
  for (int i = 0; i < 64; ++i) spec.profile.channels.push_back({(-4 + i * 0.25) * kPi / 180, 0, 0});
  spec.profile.firingCycle_s = 30e-6;
  lab.mount(spec, lab::still({}));
  std::map<int, std::pair<int, int>> bins;  // by angle in half degrees: beams, returns
  const LidarSweep sweep = lab.capture();
  const double step = 2 * kPi * 10 * 30e-6;
  for (uint32_t column = 0; column < sweep.columnCount; ++column) {
    for (uint32_t ring = 0; ring < 64; ++ring) {
      const double e = spec.profile.channels[ring].elevation_rad;
      const glm::dvec3 d(std::cos(e) * std::cos(step * column), -std::cos(e) * std::sin(step * column), std::sin(e));
      const double off_deg = std::acos(std::clamp(glm::dot(d, lab.environment.sunDirection), -1.0, 1.0)) * 180 / kPi;
      auto& [beams, returns] = bins[static_cast<int>(std::lround(off_deg * 4))];
      ++beams;
      const uint8_t outcome = sweep.beamOutcomes[column * 64 + ring];
      REQUIRE((outcome == shared::kCauseSun || outcome == shared::kCauseOutOfRange));
      returns += outcome == shared::kCauseSun ? 1 : 0;
    }
  }
  const auto share = [&](double off_deg) {
    const auto& [beams, returns] = bins[static_cast<int>(std::lround(off_deg * 4))];
    return double(returns) / beams;
  };
  // Linnhoff et al. 2022, a VLP-16: 0.28 at 3 degrees, 0.11 at 4. Bins are a quarter of a degree wide.
  CHECK(std::abs(share(3) - 0.281) < 0.06);
  CHECK(std::abs(share(4) - 0.11) < 0.04);
  CHECK(share(6) < 0.03);
  CHECK(share(20) == 0);
  lab.scenery(lab.plate(2, 2, lab.material(0.0001f)),
              RigidTransform::fromTranslation(3.0 * lab.environment.sunDirection));
  for (const LidarPoint& p : lab.capture().points) REQUIRE(p.cause != shared::kCauseSun);
}

TEST_CASE("Under a low sun a weak target is lost that is found by night") {
  Lab lab;
  lab.scenery(lab.plate(30, 30, lab.material(0.1f)), RigidTransform::fromTranslation({33, 0, 0}));
  scenario::LidarSpec spec = detecting("velodyne.vlp16");
  for (scenario::LidarChannel& c : spec.profile.channels) c.elevation_rad *= 0.2;
  lab.mount(spec, lab::still({}));
  const auto found = [&] {
    int count = 0;
    for (const LidarPoint& p : lab.capture().points)
      count += p.cause == shared::kCauseSurface && std::abs(p.y) < 2 ? 1 : 0;
    return count;
  };
  lab.environment.sunDirection = {0, 0, -1};
  const int night = found();
  // Just above the wall's upper edge, 24.4 degrees up, is too far; as seen over a lower one it is not.
  lab.environment.sunDirection = glm::normalize(glm::dvec3(1, 0, 0.5));
  CHECK(found() == night);
  Lab low;
  low.scenery(low.plate(30, 2, low.material(0.1f)), RigidTransform::fromTranslation({33, 0, 0}));
  low.mount(spec, lab::still({}));
  low.environment.sunDirection = {0, 0, -1};
  const auto countOf = [&] {
    int count = 0;
    for (const LidarPoint& p : low.capture().points)
      count += p.cause == shared::kCauseSurface && std::abs(p.y) < 2 ? 1 : 0;
    return count;
  };
  const int dark = countOf();
  low.environment.sunDirection = glm::normalize(glm::dvec3(1, 0, std::tan(4 * kPi / 180)));
  CHECK(countOf() < dark * 3 / 4);
}

namespace {

/// Mean of (theta^2 + theta_0^2)^-2 over a window seen under small angles, times its solid angle: brute force.
double tailOver(const glm::dvec2& from, const glm::dvec2& half, double angle) {
  constexpr int kSteps = 60;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    for (int k = 0; k < kSteps; ++k) {
      const glm::dvec2 at((2 * (i + 0.5) / kSteps - 1) * half.x, (2 * (k + 0.5) / kSteps - 1) * half.y);
      const double apart2 = glm::dot(at - from, at - from) + angle * angle;
      sum += 1 / (apart2 * apart2);
    }
  }
  return sum / (kSteps * kSteps) * 4 * half.x * half.y;
}

}  // namespace

TEST_CASE("Neighbours of a retroreflective sign see it as far off as the tail's light stays above the threshold") {
  Lab lab;
  const double range = 50;
  const double step = 2 * kPi * 10 * 30e-6;
  const double spacing = 0.08 * kPi / 180;
  const glm::dvec2 half(4.5 * step, 6 * spacing);  // its edges lie half way between beams
  const ObjectId sign =
      lab.object("sign", lab.plate(2 * range * std::tan(half.x), 2 * range * std::tan(half.y), lab.retroreflector(300)),
                 lab::still(RigidTransform::fromTranslation({range, 0, 0})));
  scenario::LidarSpec spec = detecting("velodyne.hdl64e_s2_1");  // R10 is 50 m
  spec.profile.channels.clear();
  for (int i = 0; i < 64; ++i) spec.profile.channels.push_back({(i - 31.5) * spacing, 0, 0});
  spec.profile.firingCycle_s = 30e-6;
  spec.profile.bloomShare = 4e-3;
  const double angle = spec.profile.bloomAngle_rad;
  for (const uint32_t subRays : {1u, 7u}) {
    spec.subRays = subRays;
    lab.mount(spec, lab::still({}));
    std::map<std::pair<int, int>, int> bloomed;
    uint32_t hits = 0;
    for (uint32_t frame = 0; frame < 3; ++frame) {
      const LidarSweep sweep = lab.capture(frame);
      hits = 0;
      for (const LidarPoint& p : sweep.points) {
        CHECK(p.instance == sign.value);
        CHECK(std::abs(p.range_m - range) < 0.01 * range);
        if (p.cause == shared::kCauseBloom) ++bloomed[{(p.column + 1500) % 3333 - 1500, p.ring}];
        hits += p.cause == shared::kCauseSurface ? 1 : 0;
        CHECK((p.cause == shared::kCauseSurface || p.cause == shared::kCauseBloom));
      }
      CHECK(sweep.visibility.at(0).hits == hits);  // what blooms is no hit
    }
    CHECK(hits >= 108);
    // Expected: Q(T - K 300 SNR(100 %)).
    const double full = 6.034976 * 10;  // of 100 % at R10
    double expected = 0;
    double variance = 0;
    double got = 0;
    double farthest = 0;
    for (int column = -150; column <= 150; ++column) {
      for (int ring = 0; ring < 64; ++ring) {
        const glm::dvec2 at(step * column, (ring - 31.5) * spacing);
        const glm::dvec2 off = glm::max(glm::abs(at) - half, glm::dvec2(0));
        // Beams of several rays on the edge meet the sign with some of them.
        if (off.x < (subRays > 1 ? 2e-3 : 1e-9) && off.y < (subRays > 1 ? 2e-3 : 1e-9)) continue;
        const double snr = 4e-3 * angle * angle / kPi * tailOver(at, half, angle) * 300 * full;
        const double detected = upperTail(4.753424 - snr);
        const auto found = bloomed.find({column, ring});
        if (found != bloomed.end()) {
          got += found->second;
          farthest = std::max(farthest, glm::length(off));
        }
        if (detected < 1e-3) continue;
        expected += 3 * detected;
        variance += 3 * detected * (1 - detected);
      }
    }
    CHECK(expected > 300);
    CHECK(std::abs(got - expected) < 4 * std::sqrt(variance) + 0.02 * expected);
    CHECK(farthest > 0.5 * angle);
    CHECK(farthest < 2 * angle);
  }
  spec.profile.bloomShare = 0;
  lab.mount(spec, lab::still({}));
  for (const LidarPoint& p : lab.capture().points) CHECK(p.cause == shared::kCauseSurface);
}

TEST_CASE("A sign of high-grade sheeting blooms at 20 m; the reflectors and the number plate of a car do not") {
  for (const char* profile : {"velodyne.hdl64e_s2_1", "hesai.pandar64", "ouster.os1_128"}) {
    CAPTURE(profile);
    const auto blooms = [&](const Lab& lab) {
      const LidarSweep sweep = lab.capture();
      return std::count(sweep.beamOutcomes.begin(), sweep.beamOutcomes.end(), shared::kCauseBloom);
    };
    const scenario::LidarSpec spec = detecting(profile);
    Lab lab;
    lab.object("sign", lab.plate(0.75, 0.75, lab.retroreflector(785)),
               lab::still(RigidTransform::fromTranslation({20, 0, -0.8})));
    lab.mount(spec, lab::still({}));
    CHECK(blooms(lab) > 8);
    for (const double distance : {6.0, 10.0, 20.0, 40.0}) {
      CAPTURE(distance);
      Lab street;
      street.ground(-1.73, street.material(0.1f));
      // The rear of a car: 1.8 m wide, two reflectors of 16 cm by 3.5 cm, a plate of 52 cm by 11 cm.
      street.scenery(street.plate(1.8, 1.2, street.material(0.4f)),
                     RigidTransform::fromTranslation({distance, 0, -0.93}));
      for (const double y : {-0.55, 0.55})
        street.object("reflector", street.plate(0.16, 0.035, street.retroreflector(1000)),
                      lab::still(RigidTransform::fromTranslation({distance - 0.02, y, -1.25})));
      street.object("plate", street.plate(0.52, 0.11, street.retroreflector(120)),
                    lab::still(RigidTransform::fromTranslation({distance - 0.02, 0, -1.0})));
      street.mount(spec, lab::still({}));
      CHECK(blooms(street) == 0);
    }
  }
}

TEST_CASE("Sheeting met at 30 degrees has 0.4 to 0.6 of its coefficient left, as standards ask of it") {
  shared::LidarMaterial sheet{};
  sheet.retroreflectance = 785;  // ASTM D4956 type III
  const double c = std::cos(kPi / 6);
  const double headOn = double{shared::lidarRetroreflectance(sheet, 1)};
  CHECK(headOn == doctest::Approx(785));
  const double coefficient = double{shared::lidarRetroreflectance(sheet, static_cast<float>(c))} * c / headOn;
  CHECK(coefficient > 0.4);
  CHECK(coefficient < 0.6);
}

TEST_CASE("Neither fog nor noise gathers returns on the edge of the range window") {
  Lab lab;
  lab.scenery(lab.plate(1, 1, lab.material(0.5f)), RigidTransform::fromTranslation({0, 0, 500}));
  scenario::LidarSpec spec = detecting("velodyne.vlp16");
  lab.mount(spec, lab::still({}));
  lab.media.extinction_1pm = std::log(20.0) / 15;
  int fog = 0;
  int onEdge = 0;
  for (const LidarPoint& p : lab.capture().points) {
    ++fog;
    onEdge += p.range_m < spec.profile.minRange_m + 1e-3 ? 1 : 0;
  }
  CHECK(fog > 5000);
  CHECK(onEdge < fog / 100);
  CHECK(shared::lidarFolded(0.4f, 0.5f, 100) == doctest::Approx(0.6f));
  CHECK(shared::lidarFolded(100.3f, 0.5f, 100) == doctest::Approx(99.7f));
  CHECK(shared::lidarFolded(7, 0.5f, 100) == 7);
}

TEST_CASE("`strongest` loses in fog just the surfaces that dual shows behind a stronger soft return") {
  Lab lab;
  lab.scenery(lab.box({60, 60, 60}, lab.material(0.1f)), {});
  scenario::LidarSpec spec = detecting("hesai.pandar64");
  lab.mount(spec, lab::still({}));
  lab.media.extinction_1pm = std::log(20.0) / 50;
  const auto outcomes = [&](scenario::LidarEchoMode echoes) {
    spec.echoes = echoes;
    lab.mount(spec, lab::still({}));
    return lab.capture();
  };
  const LidarSweep strongest = outcomes(scenario::LidarEchoMode::kStrongest);
  const LidarSweep last = outcomes(scenario::LidarEchoMode::kLast);
  const LidarSweep dual = outcomes(scenario::LidarEchoMode::kDual);
  std::vector<bool> hasSurface(dual.beamOutcomes.size(), false);
  for (const LidarPoint& p : dual.points)
    if (p.cause == shared::kCauseSurface) hasSurface[p.column * dual.ringCount + p.ring] = true;
  size_t lost = 0;
  for (size_t beam = 0; beam < last.beamOutcomes.size(); ++beam) {
    REQUIRE(strongest.beamOutcomes[beam] == dual.beamOutcomes[beam]);
    const bool isLost =
        last.beamOutcomes[beam] == shared::kCauseSurface && strongest.beamOutcomes[beam] == shared::kCauseFog;
    lost += isLost ? 1 : 0;
    REQUIRE(hasSurface[beam] == (last.beamOutcomes[beam] == shared::kCauseSurface));
  }
  CHECK(lost > 0);
}
