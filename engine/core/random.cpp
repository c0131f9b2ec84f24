#include "engine/core/random.hpp"

#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/shared/philox.h"

namespace nightfog {

RandomSource::RandomSource(uint64_t seed, uint64_t run, std::string_view path, uint32_t attempt)
    : key_(hashCombine(hashCombine(hashCombine(hash64("root", seed), run), attempt), hash64(path))) {}

uint64_t RandomSource::bits() {
  const shared::uvec4 counter(static_cast<uint32_t>(counter_), static_cast<uint32_t>(counter_ >> 32), 0u, 0u);
  const shared::uvec2 key(static_cast<uint32_t>(key_), static_cast<uint32_t>(key_ >> 32));
  ++counter_;
  const shared::uvec4 r = shared::philox4x32(counter, key);
  return (static_cast<uint64_t>(r.y) << 32) | r.x;
}

double RandomSource::uniform() {
  return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

double RandomSource::uniform(double low, double high) {
  return low + (high - low) * uniform();
}

uint64_t RandomSource::below(uint64_t n) {
  NF_ASSERT(n >= 1, "below({})", n);
  const uint64_t limit = ~uint64_t{0} - (~uint64_t{0} % n + 1) % n;  // reject the incomplete last block
  uint64_t value = bits();
  while (value > limit) value = bits();
  return value % n;
}

double RandomSource::normal(double mean, double sd) {
  const double p = (static_cast<double>(bits() >> 11) + 0.5) * 0x1.0p-53;  // open interval
  return mean + sd * normalQuantile(p);
}

double RandomSource::exponential(double rate) {
  return -std::log1p(-uniform()) / rate;
}

bool RandomSource::bernoulli(double probability) {
  return uniform() < probability;
}

double normalQuantile(double p) {
  // P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function" (2003): rational
  // approximation with relative error 1.15e-9, here followed by one Halley step.
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                          1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
                          -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                          -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
  constexpr double low = 0.02425;
  double x = 0;
  if (p < low) {
    const double q = std::sqrt(-2 * std::log(p));
    x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
        ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
  } else if (p <= 1 - low) {
    const double q = p - 0.5;
    const double r = q * q;
    x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
        (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
  } else {
    const double q = std::sqrt(-2 * std::log1p(-p));
    x = -(((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
        ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
  }
  const double e = 0.5 * std::erfc(-x / std::sqrt(2.0)) - p;
  const double u = e * std::sqrt(2 * 3.14159265358979323846) * std::exp(x * x / 2);
  return x - u / (1 + x * u / 2);
}

}  // namespace nightfog
