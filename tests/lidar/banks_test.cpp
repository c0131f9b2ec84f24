// Banks of fog before a LiDAR: what they take from a beam and what they send back, against sums along its way.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/shared/cause.h"
#include "engine/shared/lidar_fog.h"
#include "engine/shared/lidar_return.h"
#include "tests/fog_bank_reference.hpp"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;
using record::LidarSweep;

namespace {

/// Begins 40 m ahead and is 24 m deep; at 40 m/s it drifts by 4 m within a turn.
content::FogBank bankAhead() {
  content::FogBank bank;
  bank.centre = {52, -3, -2};
  bank.velocity_mps = {0, 40, 0};
  bank.extinction_1pm = 0.12;
  bank.radius_m = {12, 9, 6};
  bank.heading_rad = 0.3;
  bank.edge = 0.6;
  return bank;
}

/// A receiver and the mean of its waveform in half pulses, in units of the noise.
struct Receiver {
  double snrScale, threshold, pulse_m, fullGain_m, first_m, least_m, most_m, lidarRatio_sr;

  /// The sin^2 pulse over the fog from e - L / 2 to e + L / 2, by 48 steps.
  double waveform(const content::FogBank& bank, const glm::dvec3& direction, double time_s, double e,
                  double depthBefore) const {
    constexpr int kSteps = 48;
    double sum = 0;
    double depth = depthBefore;
    const double step = pulse_m / kSteps;
    for (int i = 0; i < kSteps; ++i) {
      const double s = e - pulse_m / 2 + (i + 0.5) * step;
      const double density = bank.extinction_1pm * test::bankShareAt(bank, direction * s, time_s);
      const double gain = std::pow(std::min(s / fullGain_m, 1.0), 2);
      sum += density * gain / (s * s) * std::exp(-2 * (depth + density * step / 2)) *
             std::pow(std::sin(kPi * (i + 0.5) / kSteps), 2) * step;
      depth += density * step;
    }
    return snrScale * kPi / lidarRatio_sr * sum;
  }

  /// Chances that the waveform first crosses the threshold in each of `count` half pulses.
  std::vector<double> crossings(const content::FogBank& bank, const glm::dvec3& direction, double time_s,
                                int count) const {
    std::vector<double> chances;
    double missed = 1;
    for (int k = 0; k < count; ++k) {
      const double e = first_m + k * pulse_m / 2;
      const double from = std::max(e - pulse_m / 2, 0.0);
      double here = 0;
      if (e >= least_m && e <= most_m && e - pulse_m / 2 > 0) {
        const double depth = test::bankDepth(bank, {}, direction, from, time_s, 200);
        const double a = waveform(bank, direction, time_s, e, depth);
        here = 0.5 * (std::erfc((threshold - a) / std::sqrt(2.0)) - std::erfc(threshold / std::sqrt(2.0)));
      }
      chances.push_back(missed * here);
      missed *= 1 - here;
    }
    return chances;
  }
};

bool sameBytes(const LidarSweep& a, const LidarSweep& b) {
  return a.points.size() == b.points.size() &&
         std::memcmp(a.points.data(), b.points.data(), a.points.size() * sizeof(LidarPoint)) == 0 &&
         a.beamOutcomes == b.beamOutcomes;
}

}  // namespace

TEST_CASE("A bank that drifts takes from every beam what a sum of its density along it says, at the beam's own time") {
  Lab lab;
  lab.scenery(lab.plate(90, 40, lab.material(0.5f)), RigidTransform::fromTranslation({75, 0, 0}));
  lab.mount(lab::exactSpec("velodyne.vlp16"), lab::still({}));
  const LidarSweep clear = lab.capture();
  const content::FogBank bank = bankAhead();
  lab.media.banks = {bank};
  const LidarSweep foggy = lab.capture();
  REQUIRE(clear.points.size() == foggy.points.size());
  double most = 0;
  for (size_t i = 0; i < clear.points.size(); ++i) {
    const LidarPoint& p = foggy.points[i];
    const glm::dvec3 place(p.x, p.y, p.z);
    const double range = glm::length(place);
    const double time_s = p.timeOffset_ns * 1e-9;
    const double exact = test::bankDepth(bank, {}, place / range, range, time_s, 4000);
    const double found = -0.5 * std::log(double{p.intensity} / double{clear.points[i].intensity});
    // Two intensities rounded to floats, and 1e-5 of the bank's radius.
    CHECK(std::abs(found - exact) < 2e-4 * std::max(exact, 0.1));
    most = std::max(most, exact);
  }
  CHECK(most > 0.5);
}

TEST_CASE("A bank sends back as often, and from as far, as its waveform crosses the threshold") {
  Lab lab;
  scenario::LidarSpec spec = lab::exactSpec("hesai.pandar64");
  for (scenario::LidarChannel& channel : spec.profile.channels) channel.elevation_rad = 0;
  spec.threshold = true;
  lab.scenery(lab.plate(1, 1, lab.material(0.5f)), RigidTransform::fromTranslation({0, 0, -400}));
  lab.mount(spec, lab::still({}));
  content::FogBank bank = bankAhead();
  bank.velocity_mps = {};
  lab.media.banks = {bank};
  const LidarSweep sweep = lab.capture();

  const scenario::LidarProfile& profile = spec.profile;
  const Receiver receiver{double{shared::lidarSnrScale(static_cast<float>(profile.range10_m))},
                          double{shared::kLidarThreshold},
                          299'792'458 * profile.pulseWidth_s.value_or(scenario::kLidarPulseWidth_s),
                          profile.gainRange_m(),
                          profile.overlapBegin_m,
                          profile.minRange_m,
                          profile.maxRange_m,
                          lab.media.lidarRatio_sr};
  constexpr int kCells = 100;
  constexpr int kAzimuths = 161;  // 0.25 degrees apart, to 20 on either side
  std::vector<std::vector<double>> table;
  for (int a = 0; a < kAzimuths; ++a) {
    const double azimuth = (a - 80) * 0.25 * kPi / 180;
    table.push_back(receiver.crossings(bank, {std::cos(azimuth), std::sin(azimuth), 0}, 0, kCells));
  }
  std::vector<double> expected(kCells, 0), found(kCells, 0);
  double variance = 0;
  const double beams = static_cast<double>(profile.columns());
  for (const std::vector<double>& row : table) {
    double p = 0;
    for (int k = 0; k < kCells; ++k) {
      expected[size_t(k)] += row[size_t(k)] * beams * 64 * 0.25 / 360;
      p += row[size_t(k)];
    }
    variance += p * (1 - p) * beams * 64 * 0.25 / 360;
  }
  for (const LidarPoint& p : sweep.points) {
    REQUIRE(p.cause == shared::kCauseFog);
    REQUIRE(test::bankShareAt(bank, {p.x, p.y, p.z}, 0) > 0);
    ++found[size_t(std::clamp((p.range_m - receiver.first_m) / (receiver.pulse_m / 2) + 0.5, 0.0, kCells - 1.0))];
  }
  double expectedSum = 0, worst = 0, sum = 0;
  for (const double e : expected) expectedSum += e;
  const double count = static_cast<double>(sweep.points.size());
  REQUIRE(count > 500);
  CHECK(std::abs(count - expectedSum) < 4 * std::sqrt(variance) + 0.005 * expectedSum);
  double expectedSoFar = 0;
  for (size_t k = 0; k < size_t(kCells); ++k) {
    sum += found[k];
    expectedSoFar += expected[k];
    worst = std::max(worst, std::abs(sum / count - expectedSoFar / expectedSum));
  }
  CHECK(worst < 1.95 / std::sqrt(count));  // Kolmogorov and Smirnov at one in a thousand
}

TEST_CASE("A bank that no beam meets changes no byte, and an empty list of banks is none") {
  Lab lab;
  lab.ground(-1.7, lab.material(0.2f));
  lab.scenery(lab.plate(40, 40, lab.material(0.8f)), RigidTransform::fromTranslation({75, 0, 0}));
  scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
  spec.noise = true;
  spec.threshold = true;
  for (const uint32_t subRays : {1u, 7u}) {
    spec.subRays = subRays;
    lab.mount(spec, lab::still({}));
    lab.media.banks.clear();
    const LidarSweep clear = lab.capture();
    REQUIRE(clear.points.size() > 1000);
    content::FogBank above = bankAhead();
    above.centre.z = 500;
    lab.media.banks = {above};
    CHECK(sameBytes(clear, lab.capture()));
    lab.media.banks = {bankAhead()};
    CHECK(!sameBytes(clear, lab.capture()));
  }
}
