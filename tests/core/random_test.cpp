#include "engine/core/random.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

#include "engine/core/hash.hpp"
#include "engine/shared/philox.h"

using namespace nightfog;

TEST_CASE("Philox gives the published vectors") {
  // Known-answer vectors of Random123 (kat_vectors, philox4x32 10 rounds).
  auto r = shared::philox4x32({0, 0, 0, 0}, {0, 0});
  CHECK(r == shared::uvec4(0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u));
  r = shared::philox4x32({0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu}, {0xffffffffu, 0xffffffffu});
  CHECK(r == shared::uvec4(0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu));
  r = shared::philox4x32({0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}, {0xa4093822u, 0x299f31d0u});
  CHECK(r == shared::uvec4(0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u));
}

TEST_CASE("SHA-256 gives the published digest of abc") {
  CHECK(sha256Hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("A draw depends on its own name only, and seed 0 is an ordinary seed") {
  RandomSource a(0, 0, "params/a"), again(0, 0, "params/a"), other(0, 0, "params/b"), seed1(1, 0, "params/a"),
      run1(0, 1, "params/a");
  const uint64_t first = a.bits();
  CHECK(first == again.bits());
  CHECK(first != other.bits());
  CHECK(first != seed1.bits());
  CHECK(first != run1.bits());
}

TEST_CASE("Uniform draws pass a chi-square test on 64 bins") {
  RandomSource rng(7, 0, "chi2");
  std::array<int, 64> bins{};
  const int n = 640'000;
  for (int i = 0; i < n; ++i) ++bins[static_cast<size_t>(rng.uniform() * 64)];
  double chi2 = 0;
  for (int count : bins) chi2 += (count - n / 64.0) * (count - n / 64.0) / (n / 64.0);
  CHECK(chi2 < 112.3);  // 99.99 % quantile of chi-square with 63 degrees of freedom
  CHECK(chi2 > 30.0);   // 0.01 % quantile is 30.0: neither too even
}

TEST_CASE("Normal draws have the moments and the tails of a normal distribution") {
  RandomSource rng(11, 0, "normal");
  const int n = 400'000;
  double sum = 0, sum2 = 0, sum4 = 0;
  int beyond2 = 0;
  for (int i = 0; i < n; ++i) {
    const double x = rng.normal();
    sum += x;
    sum2 += x * x;
    sum4 += x * x * x * x;
    beyond2 += std::abs(x) > 2 ? 1 : 0;
  }
  CHECK(std::abs(sum / n) < 4.0 / std::sqrt(n));
  CHECK(std::abs(sum2 / n - 1) < 4 * std::sqrt(2.0 / n));
  CHECK(std::abs(sum4 / n - 3) < 4 * std::sqrt(96.0 / n));
  CHECK(std::abs(beyond2 / double(n) - 0.0455003) < 4 * std::sqrt(0.0455 / n));
}

TEST_CASE("The normal quantile inverts the normal distribution") {
  for (double p : {1e-12, 1e-6, 0.001, 0.02425, 0.3, 0.5, 0.8, 0.97575, 0.999999}) {
    CHECK(0.5 * std::erfc(-normalQuantile(p) / std::sqrt(2.0)) == doctest::Approx(p).epsilon(1e-9));
  }
}

TEST_CASE("below(n) reaches every value and nothing else") {
  RandomSource rng(3, 0, "below");
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen.at(rng.below(7));
  for (int count : seen) CHECK(std::abs(count - 1000) < 150);
}
