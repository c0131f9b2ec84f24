// The waveform's maxima against closed forms and against brute force.
#include "engine/shared/lidar_waveform.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "engine/core/random.hpp"
#include "engine/core/transform.hpp"
#include "sensors/lidar/lidar_sub_rays.hpp"

using namespace nightfog;
using namespace nightfog::shared;

namespace {

constexpr float kLength = 1.5f;  // c x 5 ns

struct Part {
  double range;
  double amplitude;
};

LidarEchoes echoesOf(const std::vector<Part>& parts) {
  LidarWaveform waveform{};
  for (uint i = 0; i < parts.size(); ++i)
    lidarAddPart(waveform, static_cast<float>(parts[i].range), static_cast<float>(parts[i].amplitude), i);
  return lidarEchoes(waveform, kLength);
}

double waveformAt(const std::vector<Part>& parts, double r) {
  double sum = 0;
  for (const Part& p : parts) {
    if (r > p.range && r < p.range + kLength) sum += p.amplitude * std::pow(std::sin(kPi * (r - p.range) / kLength), 2);
  }
  return sum;
}

}  // namespace

TEST_CASE("One surface gives one echo, at its range and with its amplitude") {
  const LidarEchoes echoes = echoesOf({{37.125, 8}});
  REQUIRE(echoes.count == 1);
  CHECK(echoes.at[0].range_m == 37.125f);
  CHECK(echoes.at[0].amplitude == 8);
}

TEST_CASE("Two equal surfaces give two equal echoes when c tau / 2 apart or more, else one in their middle") {
  for (double gap = 0.02; gap < 3; gap += 0.02) {
    if (std::abs(gap - kLength / 2) < 0.015) continue;
    const LidarEchoes echoes = echoesOf({{20, 0.5}, {20 + gap, 0.5}});
    CAPTURE(gap);
    if (gap > kLength / 2) {
      REQUIRE(echoes.count == 2);
      CHECK(echoes.at[0].range_m == doctest::Approx(20).epsilon(1e-6));
      CHECK(echoes.at[1].range_m == doctest::Approx(20 + gap).epsilon(1e-6));
      CHECK(echoes.at[0].amplitude == doctest::Approx(0.5).epsilon(1e-6));
      CHECK(echoes.at[1].amplitude == doctest::Approx(0.5).epsilon(1e-6));
      CHECK(echoes.at[0].source == 0);
      CHECK(echoes.at[1].source == 1);
    } else {
      // sin^2 x + sin^2(x - d) = 1 - cos(2 x - d) cos(d), d = pi gap / L.
      REQUIRE(echoes.count == 1);
      CHECK(echoes.at[0].range_m == doctest::Approx(20 + gap / 2).epsilon(1e-6));
      CHECK(echoes.at[0].amplitude == doctest::Approx(0.5 * (1 + std::cos(kPi * gap / kLength))).epsilon(1e-5));
    }
  }
}

TEST_CASE("Surfaces at one range are one echo of all their energy, and one that touches it is another") {
  for (double next : {0.0, 1.0, 1.5, 1.5000038, 4.0}) {
    std::vector<Part> parts(7, {20, 0.125});
    if (next > 0) parts.push_back({20 + next, 0.5});
    const LidarEchoes echoes = echoesOf(parts);
    CAPTURE(next);
    REQUIRE(echoes.count == (next > 0 ? 2 : 1));
    CHECK(echoes.at[0].range_m == doctest::Approx(20).epsilon(1e-6));
    CHECK(echoes.at[0].amplitude == doctest::Approx(0.875).epsilon(1e-6));
  }
}

TEST_CASE("A mixed pixel lies where the phasors of its surfaces point") {
  for (double share = 0.05; share < 1; share += 0.05) {
    for (double gap : {0.1, 0.3, 0.5}) {
      const double turn = 2 * kPi * gap / kLength;
      const double s = (1 - share) * std::sin(turn);
      const double c = share + (1 - share) * std::cos(turn);
      const LidarEchoes echoes = echoesOf({{50, share}, {50 + gap, 1 - share}});
      REQUIRE(echoes.count == 1);
      CHECK(std::abs(echoes.at[0].range_m - (50 + std::atan2(s, c) * kLength / (2 * kPi))) < 1e-5);
      CHECK(echoes.at[0].amplitude == doctest::Approx(0.5 * (1 + std::hypot(s, c))).epsilon(1e-5));
      CHECK(echoes.at[0].source == (share > 0.501 ? 0 : share < 0.499 ? 1 : echoes.at[0].source));
    }
  }
}

TEST_CASE("Echoes are the maxima that brute force finds") {
  RandomSource rng(11, 0, "waveform");
  size_t found = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<Part> parts(1 + rng.below(kLidarMostSubRays));
    const double spread = rng.uniform(0.01, 8);
    const double start = rng.uniform(1, 100);
    for (Part& p : parts)
      p = {double{static_cast<float>(start + rng.uniform(0, spread))}, std::exp(rng.uniform(-4, 2))};
    const LidarEchoes echoes = echoesOf(parts);
    CAPTURE(round);
    REQUIRE(echoes.count >= 1);
    double total = 0;
    for (const Part& p : parts) total += p.amplitude;
    const double slack = 2e-6 * total;
    for (uint i = 0; i < echoes.count; ++i) {
      const double peak = echoes.at[i].range_m + kLength / 2;
      const double height = waveformAt(parts, peak);
      REQUIRE(std::abs(height - echoes.at[i].amplitude) < slack);
      REQUIRE(waveformAt(parts, peak - 1e-3) < height + slack);
      REQUIRE(waveformAt(parts, peak + 1e-3) < height + slack);
      if (i > 0) REQUIRE(echoes.at[i].range_m > echoes.at[i - 1].range_m);
    }
    // At steps of L / 300 a maximum stands out from its neighbours by far more than rounding.
    const double step = kLength / 300;
    for (double r = start; r < start + spread + kLength; r += step) {
      const double here = waveformAt(parts, r);
      if (!(here > waveformAt(parts, r - step) + slack && here > waveformAt(parts, r + step) + slack)) continue;
      double nearest = 1e9;
      for (uint i = 0; i < echoes.count; ++i)
        nearest = std::min(nearest, std::abs(echoes.at[i].range_m + kLength / 2 - r));
      REQUIRE(nearest < 1.5 * step);
      ++found;
    }
  }
  CHECK(found > 100);
}

TEST_CASE("Receivers choose among echoes as they say") {
  const float amplitudes[4] = {3, 9, 5, 4};
  LidarFound found = lidarFoundNothing();
  CHECK(lidarChoose(found, kLidarDual).primary == kLidarNoEcho);
  CHECK(lidarChoose(found, kLidarDual).second == kLidarNoEcho);
  lidarFind(found, 0, amplitudes[0]);
  CHECK(lidarChoose(found, kLidarDual).second == kLidarNoEcho);
  CHECK(lidarChoose(found, kLidarSecondStrongest).primary == 0);
  for (uint i = 1; i < 4; ++i) lidarFind(found, i, amplitudes[i]);
  CHECK(lidarChoose(found, kLidarFirst).primary == 0);
  CHECK(lidarChoose(found, kLidarLast).primary == 3);
  CHECK(lidarChoose(found, kLidarStrongest).primary == 1);
  CHECK(lidarChoose(found, kLidarStrongest).second == kLidarNoEcho);
  CHECK(lidarChoose(found, kLidarSecondStrongest).primary == 2);
  CHECK(lidarChoose(found, kLidarDual).primary == 1);
  CHECK(lidarChoose(found, kLidarDual).second == 3);
  lidarFind(found, 4, 20);  // the last is the strongest now
  CHECK(lidarChoose(found, kLidarDual).primary == 4);
  CHECK(lidarChoose(found, kLidarDual).second == 1);
}

TEST_CASE("A bundle has the energy and the second moments of the Gaussian it stands for") {
  // exp(-2 r^2) on the unit disc: <r^2> = (1 - 3 e^-2) / (2 (1 - e^-2)), half of it on each axis.
  const double moment = (1 - 3 * std::exp(-2)) / (2 * (1 - std::exp(-2))) / 2;
  for (uint32_t count : {7u, 19u}) {
    const auto bundle = lidar::subRays(count, 3e-3, 1.5e-3);
    REQUIRE(bundle.size() == count);
    CHECK((bundle[0].left == 0 && bundle[0].up == 0));
    double energy = 0, left = 0, up = 0, left2 = 0, up2 = 0, cross = 0, leftEnergy = 0, upperEnergy = 0;
    for (const LidarSubRay& ray : bundle) {
      energy += ray.weight;
      left += ray.weight * ray.left;
      up += ray.weight * ray.up;
      left2 += ray.weight * ray.left * ray.left;
      up2 += ray.weight * ray.up * ray.up;
      cross += ray.weight * ray.left * ray.up;
      leftEnergy += ray.left > 0 ? ray.weight : 0;
      upperEnergy += ray.up > 0 ? ray.weight : 0;
      CHECK(std::hypot(ray.left / 1.5e-3, ray.up / 0.75e-3) < 1);
    }
    CHECK(energy == doctest::Approx(1).epsilon(1e-6));
    CHECK(std::abs(left) < 1e-9);
    CHECK(std::abs(up) < 1e-9);
    CHECK(std::abs(cross) < 1e-12);
    CHECK(left2 == doctest::Approx(moment * 1.5e-3 * 1.5e-3).epsilon(1e-4));
    CHECK(up2 == doctest::Approx(moment * 0.75e-3 * 0.75e-3).epsilon(1e-4));
    CHECK(leftEnergy == doctest::Approx((1 - bundle[0].weight) / 2).epsilon(1e-5));
    CHECK(upperEnergy == doctest::Approx((1 - bundle[0].weight) / 2).epsilon(1e-5));
  }
  CHECK(lidar::subRays(1, 3e-3, 1.5e-3).front().weight == 1);
}
