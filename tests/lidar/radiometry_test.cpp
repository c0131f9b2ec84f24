// The lidar equation, detection and noise against closed forms and published tables, on the CPU.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "engine/core/random.hpp"
#include "engine/core/transform.hpp"
#include "engine/shared/lidar_return.h"

using namespace nightfog;
using namespace nightfog::shared;

namespace {

double upperTail(double x) {
  return 0.5 * std::erfc(x / std::sqrt(2.0));
}

LidarMaterial lambertian(float reflectance) {
  return {reflectance, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f};
}

LidarModel testModel() {
  LidarModel model{};
  model.snrScale = lidarSnrScale(50);
  model.detectionThreshold = kLidarThreshold;
  model.minRange_m = 0.5f;
  model.maxRange_m = 1000;
  model.rangeNoise_m = 0.02f;
  model.rangeResolution_m = 0;
  model.band = kBand905;
  model.useThreshold = 1;
  model.useNoise = 1;
  model.keyLow = 12345;
  model.keyHigh = 678;
  return model;
}

const LidarRing kAhead{1, 0, 1, 0, 0, 0, vec3(0), 1, 1, 1};
const LidarColumn kFirst{1, 0, 0, 0, 1, 0};

LidarSlot at(const LidarModel& model, float range_m, float reflectance, uint beam = 0, float cosine = 1) {
  return lidarReturn(model, kAhead, kFirst, 0, 0, beam, {range_m, cosine, vec3(0), 7, 5, 32, 3},
                     lambertian(reflectance));
}

uint causeOf(const LidarSlot& slot) {
  return slot.returnCause >> 8 & 0xff;
}

/// Range at which the expected SNR is that of the datasheet's reference: P_d = 0.9.
double range90(float snrScale, float reflectance, float extinction) {
  double low = 0.1;
  double high = 5000;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (lidarSnr(snrScale, reflectance, static_cast<float>(middle), extinction) > kLidarSnrAtRange10 ? low : high) =
        middle;
  }
  return low;
}

double sigmaOf(const std::vector<double>& values) {
  double sum = 0, sum2 = 0;
  for (double v : values) sum += v, sum2 += v * v;
  const double mean = sum / values.size();
  return std::sqrt(sum2 / values.size() - mean * mean);
}

}  // namespace

TEST_CASE("The threshold has a false-alarm probability of 1e-6 and the reference a detection probability of 0.9") {
  CHECK(upperTail(kLidarThreshold) == doctest::Approx(1e-6).epsilon(1e-5));
  CHECK(upperTail(kLidarThreshold - kLidarSnrAtRange10) == doctest::Approx(0.9).epsilon(1e-6));
  CHECK(lidarSnr(lidarSnrScale(50), 0.1f, 50, 0) == doctest::Approx(kLidarSnrAtRange10).epsilon(1e-6));
}

TEST_CASE("Received power falls with the square of the range") {
  // Least-squares slope of log P over log R, 1 to 400 m.
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (double range = 1; range < 400; range *= 1.05) {
    const double logR = std::log(range);
    const double logP = std::log(lidarSnr(1e4f, 0.3f, static_cast<float>(range), 0));
    n += 1, x += logR, y += logP, xx += logR * logR, xy += logR * logP;
  }
  CHECK((n * xy - x * y) / (n * xx - x * x) == doctest::Approx(-2.0).epsilon(0.0005));
}

TEST_CASE("A Lambertian surface returns its reflectance times the cosine of incidence") {
  for (double degrees = 0; degrees < 90; degrees += 5) {
    const double cosine = std::cos(degrees * 3.14159265358979 / 180);
    CHECK(lidarReflectance(lambertian(0.4f), static_cast<float>(cosine)) ==
          doctest::Approx(0.4 * cosine).epsilon(1e-6));
  }
}

TEST_CASE("A metal's return is the GGX lobe looked at from its light") {
  for (double roughness : {0.3, 0.5, 0.8}) {
    for (double degrees : {0.0, 10.0, 40.0, 70.0}) {
      const double c = std::cos(degrees * 3.14159265358979 / 180);
      const double a = roughness * roughness;
      const double d = a * a / (3.14159265358979 * std::pow((a * a - 1) * c * c + 1, 2));
      const double v = 0.5 / (2 * c * std::sqrt(a * a + (1 - a * a) * c * c));
      const LidarMaterial metal{0.6f, static_cast<float>(roughness), 1, 0, 0, 0};
      CHECK(lidarReflectance(metal, static_cast<float>(c)) ==
            doctest::Approx(3.14159265358979 * d * v * 0.6 * c).epsilon(1e-4));
    }
  }
}

TEST_CASE("In clear air the range grows with the root of the reflectance") {
  for (float reflectance : {0.05f, 0.1f, 0.2f, 0.5f, 0.9f}) {
    CHECK(range90(lidarSnrScale(200), reflectance, 0) ==
          doctest::Approx(200 * std::sqrt(reflectance / 0.1)).epsilon(1e-4));
  }
}

TEST_CASE("Fog shortens the range as Lambert's W of the optical depth says") {
  // R_fog = W(alpha R_clear) / alpha for 200 m at 10 %; rows: MOR, alpha, range at 5, 10, 20, 50 and 90 %.
  const double table[7][7] = {
      {1000, 0.0030, 103.7, 133.9, 170.0, 226.7, 268.4}, {500, 0.0060, 85.0, 106.0, 129.9, 165.7, 191.0},
      {200, 0.0150, 58.7, 70.0, 82.4, 100.0, 112.0},     {100, 0.0300, 41.2, 47.8, 54.8, 64.6, 71.2},
      {50, 0.0599, 27.4, 31.1, 34.9, 40.2, 43.7},        {30, 0.0999, 19.7, 22.1, 24.5, 27.8, 30.0},
      {20, 0.1498, 15.0, 16.6, 18.3, 20.6, 22.1}};
  const float reflectances[5] = {0.05f, 0.1f, 0.2f, 0.5f, 0.9f};
  for (const auto& row : table) {
    const double extinction = std::log(20.0) / row[0];
    for (int i = 0; i < 5; ++i) {
      const double range = range90(lidarSnrScale(200), reflectances[i], static_cast<float>(extinction));
      CHECK(range == doctest::Approx(row[2 + i]).epsilon(0.02));
      // W(x) e^W(x) = x, to float accuracy.
      const double w = extinction * range;
      const double clear = 200 * std::sqrt(reflectances[i] / 0.1);
      CHECK(w * std::exp(w) == doctest::Approx(extinction * clear).epsilon(1e-4));
    }
  }
}

TEST_CASE("Detection is Gaussian in amplitude: P_d = Q(T - SNR)") {
  // T = 5 sigma: 0.5 at SNR 5, 0.841 at 6, 0.977 at 7.
  LidarModel model = testModel();
  model.detectionThreshold = 5;
  const int n = 200'000;
  const double expected[3] = {0.5, 0.841, 0.977};
  for (int snr = 5; snr <= 7; ++snr) {
    model.snrScale = static_cast<float>(snr) * 100;  // at 10 m from a white surface
    model.frame = static_cast<uint>(snr);
    int detected = 0;
    for (int beam = 0; beam < n; ++beam)
      detected += causeOf(at(model, 10, 1, static_cast<uint>(beam))) == kCauseSurface ? 1 : 0;
    const double p = expected[snr - 5];
    CHECK(std::abs(detected / double(n) - p) < 0.0005 + 4 * std::sqrt(p * (1 - p) / n));  // the table has three digits
  }
}

TEST_CASE("Range noise is the datasheet's on a strong pulse and sigma_0 / sqrt 2 at the threshold") {
  LidarModel model = testModel();
  std::vector<double> strong, weak;
  for (uint beam = 0; beam < 40'000; ++beam) strong.push_back(at(model, 5, 0.5f, beam).range_m - 5.0);
  CHECK(sigmaOf(strong) == doctest::Approx(0.02).epsilon(4 / std::sqrt(2 * 40'000.0)));
  model.useThreshold = 0;
  const auto farAway = static_cast<float>(50 * std::sqrt(kLidarSnrAtRange10 / kLidarThreshold));  // 10 % here: SNR = T
  for (uint beam = 0; beam < 40'000; ++beam) weak.push_back(at(model, farAway, 0.1f, beam).range_m - double{farAway});
  CHECK(sigmaOf(weak) == doctest::Approx(0.09 / std::sqrt(2.0)).epsilon(4 / std::sqrt(2 * 40'000.0)));
}

TEST_CASE("Ranges are multiples of the resolution, and without noise they are exact") {
  LidarModel model = testModel();
  model.rangeResolution_m = 0.004f;
  for (uint beam = 0; beam < 1000; ++beam) {
    const double steps = at(model, 7.7f, 0.5f, beam).range_m / 0.004;
    REQUIRE(std::abs(steps - std::round(steps)) < 1e-3);
  }
  model.useNoise = 0;
  CHECK(at(model, 7.7f, 0.5f).range_m == 7.7f);
}

TEST_CASE("Intensity is the reflectivity on a scale that leaves room for retroreflectors") {
  LidarModel model = testModel();
  model.useNoise = 0;
  model.useThreshold = 0;
  for (float reflectance : {0.05f, 0.3f, 1.0f}) {
    CHECK(at(model, 10, reflectance).intensity == doctest::Approx(reflectance * 100 / 255).epsilon(1e-5));
    CHECK(at(model, 40, reflectance, 0, 1).intensity == doctest::Approx(reflectance * 100 / 255).epsilon(1e-5));
  }
  CHECK(at(model, 10, 0.5f, 0, 0.5f).intensity == doctest::Approx(0.25 * 100 / 255).epsilon(1e-5));
  LidarMaterial sheet = lambertian(0.3f);
  sheet.retroreflectance = 220;  // ASTM D4956 type I
  CHECK(lidarReturn(model, kAhead, kFirst, 0, 0, 0, {80, 1, vec3(0), 0, 0, 0, 0}, sheet).intensity == 1.0f);
}

TEST_CASE("A beam without a return says why, and still says what it met") {
  LidarModel model = testModel();
  CHECK(causeOf(at(model, 0.3f, 0.5f)) == kCauseOutOfRange);
  CHECK(causeOf(at(model, 1001, 0.5f)) == kCauseOutOfRange);
  const LidarSlot weak = at(model, 900, 0.05f);
  CHECK(causeOf(weak) == kCauseBelowThreshold);
  CHECK(weak.object == 7);
  CHECK((weak.returnCause >> 16) == 5);  // its part
  CHECK(weak.trueRange_m == 900);
  LidarMaterial glass = lambertian(0.001f);
  glass.transmission = 0.9f;
  CHECK(causeOf(lidarReturn(model, kAhead, kFirst, 0, 0, 0, {40, 1, vec3(0), 0, 0, 0, 0}, glass)) ==
        kCauseSpecularAway);
  model.useThreshold = 0;
  CHECK(causeOf(at(model, 900, 0.05f)) == kCauseSurface);
}

TEST_CASE("The velocity of a point on a turning, moving body is v + omega x r") {
  RandomSource rng(5, 0, "velocity");
  for (int i = 0; i < 200; ++i) {
    const glm::dvec3 linear(rng.uniform(-30, 30), rng.uniform(-30, 30), rng.uniform(-5, 5));
    const glm::dvec3 axis = glm::normalize(glm::dvec3(rng.normal(), rng.normal(), rng.normal()));
    const double rate = rng.uniform(0, 100);  // rad/s; up to a radian a step
    const double step = 0.01;
    const glm::dquat start = glm::angleAxis(rng.uniform(0, 6), axis);
    const glm::dquat end = glm::angleAxis(rate * step, axis) * start;
    const auto key = [](const glm::dquat& q, const glm::dvec3& t) {
      return PoseKey{{float(q.x), float(q.y), float(q.z), float(q.w)}, glm::vec3(t), 0};
    };
    const glm::dvec3 arm(rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1));
    // Origin within metres of the frame's: translation keys are exact to 1e-7 m, hence 1e-5 m/s … 1e-4 m/s over the
    // step.
    const vec3 velocity = lidarPointVelocity(key(start, glm::dvec3(0)), key(end, linear * step),
                                             static_cast<float>(step), vec3(0), vec3(arm));
    const glm::dvec3 exact = linear + glm::cross(axis * rate, arm);
    REQUIRE(glm::length(glm::dvec3(velocity) - exact) < 1e-3);
  }
}
