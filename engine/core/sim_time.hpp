// Simulated time: whole nanoseconds since the start of the episode, so that equal instants compare equal.
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>

namespace nightfog {

/// An instant or a span of simulated time, int64 nanoseconds (±292 years).
struct SimTime {
  int64_t ns = 0;

  static constexpr SimTime fromNs(int64_t v) { return {v}; }
  static constexpr SimTime fromMs(int64_t v) { return {v * 1'000'000}; }
  /// Rounds to the nearest nanosecond.
  static SimTime fromSeconds(double seconds) { return {static_cast<int64_t>(std::llround(seconds * 1e9))}; }
  constexpr double seconds() const { return static_cast<double>(ns) / 1e9; }

  constexpr auto operator<=>(const SimTime&) const = default;
  friend constexpr SimTime operator+(SimTime a, SimTime b) { return {a.ns + b.ns}; }
  friend constexpr SimTime operator-(SimTime a, SimTime b) { return {a.ns - b.ns}; }
  friend constexpr SimTime operator*(SimTime a, int64_t n) { return {a.ns * n}; }
};

}  // namespace nightfog
