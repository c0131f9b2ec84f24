// What a point says beside its range: the maker's intensity, the true reflectance, and the echo's elongation.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/random.hpp"
#include "engine/shared/cause.h"
#include "engine/shared/lidar_return.h"
#include "engine/shared/lidar_waveform.h"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;
using record::LidarSweep;

namespace {

constexpr float kLength = 1.5f;  // c x 5 ns

/// Counts of 255 as the makers' manuals have them, between the ends that they state by the logarithm.
double countsOf(uint32_t scale, double reflectivity) {
  const double retro = std::min(std::log(std::max(reflectivity, 1.0)) / std::log(1000.0), 1.0);
  switch (scale) {
    case shared::kLidarScaleOuster:
      return reflectivity > 1 ? 100 + 155 * retro : 100 * reflectivity;
    case shared::kLidarScaleLivox:
      return reflectivity > 1 ? 150 + 105 * retro : 150 * reflectivity;
    case shared::kLidarScaleWaymo:
      return 255 * std::tanh(reflectivity);
    default:
      return std::min(100 * reflectivity, 255.0);
  }
}

shared::LidarEcho soleEcho(shared::LidarWaveform& waveform) {
  const shared::LidarEchoes echoes = shared::lidarEchoes(waveform, kLength);
  REQUIRE(echoes.count == 1);
  return echoes.at[0];
}

double waveformAt(const shared::LidarWaveform& waveform, double r) {
  double sum = 0;
  for (uint32_t i = 0; i < waveform.count; ++i) {
    const double in = (r - double{waveform.range_m[i]}) / double{kLength};
    if (in > 0 && in < 1) sum += double{waveform.amplitude[i]} * std::pow(std::sin(kPi * in), 2);
  }
  return sum;
}

/// Mean elongation of the returns of a plate turned by `tilt`, 20 m ahead.
double meanElongation(double tilt_rad, uint32_t subRays) {
  Lab lab;
  lab.scenery(lab.plate(8, 8, lab.material(0.5f)), RigidTransform::fromYawPitchRoll({20, 0, 0}, tilt_rad));
  scenario::LidarSpec spec = lab::exactSpec("generic.waymo_top");
  spec.profile.divergenceH_rad = spec.profile.divergenceV_rad = 6e-3;
  spec.subRays = subRays;
  lab.mount(spec, lab::still({}));
  double sum = 0;
  size_t count = 0;
  for (const LidarPoint& p : lab.capture().points) {
    if (std::abs(p.azimuth_rad) > 0.02 || std::abs(p.z) > 0.3f) continue;
    sum += double{p.elongation_m};
    ++count;
  }
  REQUIRE(count > 10);
  return sum / static_cast<double>(count);
}

}  // namespace

TEST_CASE("Each maker's intensity has the counts that its manual states") {
  shared::LidarModel model{};
  for (uint32_t scale = 0; scale < 6; ++scale) {
    if (scale == shared::kLidarScaleOusterSignal) continue;
    model.intensityScale = scale;
    for (const float reflectivity : {0.0f, 0.04f, 0.1f, 0.5f, 1.0f, 2.0f, 31.6228f, 1000.0f, 5000.0f}) {
      CAPTURE(scale);
      CAPTURE(reflectivity);
      const float shown = shared::lidarIntensity(model, reflectivity, 20);
      CHECK(std::abs(double{shown} - countsOf(scale, double{reflectivity}) / 255) < 2e-6);
    }
  }
}

TEST_CASE("Ouster's signal counts the stated photons where 10 % is seen as far as the sensor can, and falls as R^2") {
  Lab lab;
  lab.scenery(lab.plate(4, 4, lab.material(0.1f)), RigidTransform::fromTranslation({40, 0, 0}));
  lab.scenery(lab.plate(4, 4, lab.material(0.1f)), RigidTransform::fromTranslation({-20, 0, 0}));
  scenario::LidarSpec spec = lab::exactSpec("ouster.os1_128");
  spec.profile.intensityScale = scenario::LidarIntensityScale::kOusterSignal;
  REQUIRE(spec.profile.range10_m == 40);
  lab.mount(spec, lab::still({}));
  size_t count = 0;
  for (const LidarPoint& p : lab.capture().points) {
    const double far = double{p.range_m} / 40;
    CHECK(double{p.intensity} * 65'535 == doctest::Approx(60 * double{p.incidenceCosine} / (far * far)).epsilon(1e-4));
    ++count;
  }
  CHECK(count > 100);
}

TEST_CASE("Points carry their profile's intensity, and the true reflectance whatever the sensor makes of it") {
  for (const char* profile : {"velodyne.vlp16", "hesai.xt32", "ouster.os1_128", "livox.mid40", "generic.waymo_top"}) {
    Lab lab;
    lab.scenery(lab.plate(6, 6, lab.material(0.6f)), RigidTransform::fromYawPitchRoll({18, 0, 0}, 0.5));
    scenario::LidarSpec spec = lab::exactSpec(profile);
    lab.mount(spec, lab::still({}));
    const LidarSweep clear = lab.capture();
    lab.media.extinction_1pm = 0.03;
    const LidarSweep foggy = lab.capture();
    REQUIRE(clear.points.size() > 50);
    REQUIRE(clear.points.size() == foggy.points.size());
    CAPTURE(profile);
    for (size_t i = 0; i < clear.points.size(); ++i) {
      const LidarPoint& p = clear.points[i];
      CHECK(p.reflectance == doctest::Approx(0.6 * double{p.incidenceCosine}).epsilon(1e-5));
      const double counts = countsOf(static_cast<uint32_t>(spec.profile.intensityScale), double{p.reflectance});
      CHECK(double{p.intensity} == doctest::Approx(counts / 255).epsilon(1e-4));
      CHECK(foggy.points[i].reflectance == p.reflectance);
      CHECK(foggy.points[i].intensity < p.intensity);
    }
  }
}

TEST_CASE("An echo of one surface is as wide as its pulse; of two, as their sum is in closed form") {
  shared::LidarWaveform one{};
  shared::lidarAddPart(one, 30, 7, 0);
  CHECK(shared::lidarElongation(one, soleEcho(one), kLength) < 1e-5f);
  for (const double gap : {0.05, 0.1, 0.2, 0.3, 0.4}) {
    shared::LidarWaveform two{};
    shared::lidarAddPart(two, 30, 5, 0);
    shared::lidarAddPart(two, static_cast<float>(30 + gap), 5, 1);
    // 1 + C cos x falls to half of 1 + C, where x turns once a pulse.
    const double c = std::cos(kPi * gap / double{kLength});
    const double width = double{kLength} / kPi * std::acos(-(1 - c) / (2 * c));
    CAPTURE(gap);
    CHECK(double{shared::lidarElongation(two, soleEcho(two), kLength)} ==
          doctest::Approx(width - double{kLength} / 2).epsilon(1e-3));
  }
}

TEST_CASE("The width of any echo is what brute force measures") {
  RandomSource rng(5, 0, "elongation");
  for (int i = 0; i < 300; ++i) {
    shared::LidarWaveform waveform{};
    const auto parts = static_cast<uint32_t>(1 + rng.below(19));
    for (uint32_t k = 0; k < parts; ++k)
      shared::lidarAddPart(waveform, static_cast<float>(rng.uniform(20, 23)), static_cast<float>(rng.uniform(0.1, 1)),
                           k);
    const shared::LidarEchoes echoes = shared::lidarEchoes(waveform, kLength);
    for (uint32_t e = 0; e < echoes.count; ++e) {
      const double peak = double{echoes.at[e].range_m} + double{kLength} / 2;
      const double half = waveformAt(waveform, peak) / 2;
      constexpr double kStep = 2e-4;
      double left = peak, right = peak;
      while (waveformAt(waveform, left) > half) left -= kStep;
      while (waveformAt(waveform, right) > half) right += kStep;
      CAPTURE(i);
      // Where the waveform only just dips below half, rounding may decide: there the slope is nil.
      const double found = double{shared::lidarElongation(waveform, echoes.at[e], kLength)};
      const double exact = std::max(right - left - double{kLength} / 2, 0.0);
      CHECK(std::abs(found - exact) < 3 * kStep + 1e-3 * exact);
    }
  }
}

TEST_CASE("A slanted surface's echo is longer, the more the flatter it is met; one ray knows nothing of it") {
  double before = meanElongation(0, 19);
  CHECK(before < 1e-3);
  for (const double tilt : {0.6, 0.9, 1.2}) {
    const double now = meanElongation(tilt, 19);
    CAPTURE(tilt);
    CHECK(now > 1.5 * before);
    CHECK(meanElongation(tilt, 1) < 1e-5);
    before = now;
  }
  CHECK(before > 0.005);
}

TEST_CASE("A soft return of uniform fog is as long as its light takes to halve") {
  for (const double extinction : {0.06, 0.1, 0.15}) {
    Lab lab;
    scenario::LidarSpec spec = lab::exactSpec("hesai.pandar64");
    for (scenario::LidarChannel& channel : spec.profile.channels) channel.elevation_rad = 0;
    spec.threshold = true;
    spec.profile.elongation = true;
    spec.profile.fullGain_m = 281 * std::sqrt(extinction);  // it makes good the square of the range; SNR is 4 there
    spec.profile.range10_m = 200;
    lab.scenery(lab.plate(1, 1, lab.material(0.5f)), RigidTransform::fromTranslation({0, 0, -400}));
    lab.mount(spec, lab::still({}));
    lab.media.extinction_1pm = extinction;
    size_t count = 0;
    for (const LidarPoint& p : lab.capture().points) {
      if (p.range_m < 2.5f) continue;  // past where the receiver comes to see the beam
      ++count;
      CAPTURE(extinction);
      REQUIRE(p.cause == shared::kCauseFog);
      CHECK(double{p.reflectance} == 0);
      // The table is interpolated along cells of 0.75 m.
      CHECK(double{p.elongation_m} ==
            doctest::Approx(std::log(2.0) / (2 * extinction) - double{kLength} / 4).epsilon(0.02));
    }
    CHECK(count > 20);
  }
}
