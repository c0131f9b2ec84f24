// The elementary functions of engine/shared/math.h against double precision.
#include "engine/shared/math.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/random.hpp"

using namespace nightfog;

TEST_CASE("Sine and cosine are within 1e-7 of double precision up to a thousand radians") {
  RandomSource rng(1, 0, "sincos");
  double worst = 0;
  for (int i = 0; i < 200'000; ++i) {
    const auto x = static_cast<float>(i < 100'000 ? rng.uniform(-7, 7) : rng.uniform(-1000, 1000));
    float s = 0;
    float c = 0;
    shared::sinCos(x, s, c);
    worst = std::max({worst, std::abs(s - std::sin(double{x})), std::abs(c - std::cos(double{x}))});
  }
  CHECK(worst < 1e-7);
}

TEST_CASE("The logarithm is within 2e-7 over the range of floats") {
  RandomSource rng(2, 0, "log");
  for (int i = 0; i < 100'000; ++i) {
    const auto x = static_cast<float>(std::exp2(i < 50'000 ? rng.uniform(-125, 127) : rng.uniform(-1, 1)));
    const double exact = std::log(double{x});
    REQUIRE(std::abs(shared::logOf(x) - exact) <= 2e-7 * std::max(1.0, std::abs(exact)));
  }
  CHECK(shared::logOf(1.0f) == 0.0f);
}

TEST_CASE("The exponential is within 2e-7 of the result, and ends at 0 instead of a subnormal number") {
  RandomSource rng(3, 0, "exp");
  for (int i = 0; i < 100'000; ++i) {
    const auto x = static_cast<float>(rng.uniform(-86.9, 88));
    const double exact = std::exp(double{x});
    REQUIRE(std::abs(shared::expOf(x) - exact) <= 2e-7 * exact);
  }
  CHECK(shared::expOf(0.0f) == 1.0f);
  CHECK(shared::expOf(-87.5f) == 0.0f);
  CHECK(shared::expOf(-1e30f) == 0.0f);
}

TEST_CASE("The angle of a point in the upper half plane is within 3e-7") {
  for (int i = 0; i <= 10'000; ++i) {
    const double angle = 3.14159265358979 * i / 10'000;
    const auto y = static_cast<float>(3 * std::sin(angle));
    const auto x = static_cast<float>(3 * std::cos(angle));
    REQUIRE(std::abs(shared::upperAngle(y, x) - std::atan2(double{y}, double{x})) < 3e-7);
  }
}

TEST_CASE("Normal pairs are normal, and their halves independent") {
  RandomSource rng(4, 0, "pairs");
  const int n = 400'000;
  double sumA = 0, sumB = 0, sumAA = 0, sumBB = 0, sumAB = 0, sumA4 = 0;
  int beyond3 = 0;
  for (int i = 0; i < n; ++i) {
    const uint64_t bits = rng.bits();
    const shared::vec2 pair = shared::normalPair(static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32));
    sumA += pair.x;
    sumB += pair.y;
    sumAA += pair.x * pair.x;
    sumBB += pair.y * pair.y;
    sumAB += pair.x * pair.y;
    sumA4 += std::pow(pair.x, 4);
    beyond3 += std::abs(pair.y) > 3 ? 1 : 0;
  }
  // Four standard errors each: Var(x) = 1, Var(x^2) = 2, Var(xy) = 1, Var(x^4) = 96.
  CHECK(std::abs(sumA / n) < 4 / std::sqrt(n));
  CHECK(std::abs(sumB / n) < 4 / std::sqrt(n));
  CHECK(std::abs(sumAA / n - 1) < 4 * std::sqrt(2.0 / n));
  CHECK(std::abs(sumBB / n - 1) < 4 * std::sqrt(2.0 / n));
  CHECK(std::abs(sumAB / n) < 4 / std::sqrt(n));
  CHECK(std::abs(sumA4 / n - 3) < 4 * std::sqrt(96.0 / n));
  CHECK(std::abs(beyond3 / double(n) - 0.0026998) < 4 * std::sqrt(0.0026998 / n));
}
