// Random numbers as a function of a key: no stream, no state that a change elsewhere could shift.
#pragma once

#include <cstdint>
#include <string_view>

namespace nightfog {

/// One named source of random numbers. Draw i is Philox4x32-10(key, i), so equal keys give equal draws on every
/// platform, and adding a source changes no other one. Distributions are our own (the standard library's differ between
/// implementations).
/// @code RandomSource rng(seed, run, "params/ego_speed"); double v = rng.normal(50, 2); @endcode
class RandomSource {
 public:
  /// `path` names what is drawn, e.g. "params/ego_speed" or "scenery/trees/17". Seed 0 is an ordinary seed.
  RandomSource(uint64_t seed, uint64_t run, std::string_view path, uint32_t attempt = 0);

  uint64_t bits();                                ///< the next 64 random bits
  double uniform();                               ///< [0, 1), 53 bits
  double uniform(double low, double high);        ///< [low, high)
  uint64_t below(uint64_t n);                     ///< {0 … n-1}, unbiased; n ≥ 1
  double normal(double mean = 0, double sd = 1);  ///< by inverse CDF (Acklam's rational form, refined), one draw each
  double exponential(double rate);
  bool bernoulli(double probability);

 private:
  uint64_t key_ = 0;
  uint64_t counter_ = 0;
};

/// The standard normal quantile, |error| < 1e-9 for p in (1e-300, 1 - 1e-16).
double normalQuantile(double p);

}  // namespace nightfog
