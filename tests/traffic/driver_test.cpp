#include "engine/traffic/driver.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

using namespace nightfog::traffic;

namespace {

/// A column behind a leader whose speed is given; ballistic steps. Returns each follower's speeds.
template <class LeaderSpeed>
std::vector<std::vector<double>> platoon(const Driver& driver, double desired, size_t count, double step, double time,
                                         double v0, const LeaderSpeed& leader) {
  const double gap0 = equilibriumGap_m(driver, v0, desired);
  std::vector<double> gap(count, gap0), v(count, v0);
  std::vector<std::vector<double>> speeds(count);
  for (int n = 0; n * step < time; ++n) {
    const double before = leader(n * step), after = leader((n + 1) * step);
    std::vector<double> a(count);
    for (size_t i = 0; i < count; ++i)
      a[i] = followingAcceleration(driver, v[i], desired, gap[i], v[i] - (i == 0 ? before : v[i - 1]));
    for (size_t i = count; i-- > 0;) {
      const double aheadNow = i == 0 ? before : v[i - 1];
      const double aheadNext = i == 0 ? after : v[i - 1] + a[i - 1] * step;
      gap[i] += 0.5 * (aheadNow + aheadNext) * step - (v[i] + 0.5 * a[i] * step) * step;
    }
    for (size_t i = 0; i < count; ++i) {
      v[i] += a[i] * step;
      speeds[i].push_back(v[i]);
    }
  }
  return speeds;
}

/// |G(i w)| of one follower, from the derivatives of the acceleration by differences: [Treiber2013] ch. 15.
double gain(const Driver& driver, double desired, double v, double omega) {
  const double s = equilibriumGap_m(driver, v, desired), h = 1e-5;
  const auto f = [&](double gap, double own, double leader) {
    return followingAcceleration(driver, own, desired, gap, own - leader);
  };
  const double fs = (f(s + h, v, v) - f(s - h, v, v)) / (2 * h), fv = (f(s, v + h, v) - f(s, v - h, v)) / (2 * h),
               fl = (f(s, v, v + h) - f(s, v, v - h)) / (2 * h);
  const std::complex<double> p(0, omega);
  return std::abs((fl * p + fs) / (p * p - fv * p + fs));
}

double amplitude(const std::vector<double>& speeds, double step, double omega, double mean) {
  // Over the last four periods, by projection on the oscillation.
  const auto period = static_cast<size_t>(std::llround(2 * std::numbers::pi / omega / step));
  std::complex<double> sum;
  for (size_t k = speeds.size() - 4 * period; k < speeds.size(); ++k)
    sum += (speeds[k] - mean) * std::polar(1.0, -omega * static_cast<double>(k) * step);
  return 2 * std::abs(sum) / (4.0 * static_cast<double>(period));
}

}  // namespace

TEST_CASE("Behind a leader of constant speed one comes to the gap that the closed form says") {
  const Driver driver;
  for (const double v : {3.0, 10.0, 20.0, 28.0}) {
    // From twice the speed's gap: integrate until it rests.
    double gap = 2 * equilibriumGap_m(driver, v, 30), speed = v;
    for (int n = 0; n < 40000; ++n) {
      const double a = followingAcceleration(driver, speed, 30, gap, speed - v);
      gap += (v - speed - 0.5 * a * 0.1) * 0.1;
      speed += a * 0.1;
    }
    CHECK(speed == doctest::Approx(v).epsilon(1e-6));
    CHECK(gap == doctest::Approx(equilibriumGap_m(driver, v, 30)).epsilon(1e-5));
    // (s0 + v T) / sqrt(1 - (v / v0)^4), by hand.
    CHECK(gap == doctest::Approx((2 + 1.4 * v) / std::sqrt(1 - std::pow(v / 30, 4))).epsilon(1e-5));
  }
}

TEST_CASE("A small oscillation passes from car to car with the gain of linear theory, damped or growing") {
  // Sluggish drivers who follow closely are string-unstable, brisk ones are not.
  for (const bool isStable : {true, false}) {
    Driver driver;
    driver.acceleration_mps2 = isStable ? 2.0 : 0.6;
    driver.timeGap_s = isStable ? 1.6 : 1.0;
    const double v = 12, desired = 33, omega = 2 * std::numbers::pi / 40, step = 0.02;
    const auto speeds =
        platoon(driver, desired, 6, step, 600, v, [&](double t) { return v + 0.01 * std::sin(omega * t); });
    const double expected = gain(driver, desired, v, omega);
    CHECK((expected < 1) == isStable);
    double before = amplitude(speeds[0], step, omega, v);
    CHECK(before == doctest::Approx(0.01 * expected).epsilon(0.01));
    for (size_t i = 1; i < speeds.size(); ++i) {
      const double now = amplitude(speeds[i], step, omega, v);
      CHECK(now / before == doctest::Approx(expected).epsilon(0.01));
      before = now;
    }
  }
}

TEST_CASE("The drivers we use damp every oscillation of a column: it is string-stable at all speeds") {
  const Driver driver;
  double worst = 0;
  for (double v = 1; v < 28; v += 1) {
    for (double omega = 0.02; omega < 3; omega *= 1.2) worst = std::max(worst, gain(driver, 30, v, omega));
  }
  MESSAGE("largest gain ", worst);
  CHECK(worst < 1.02);
}

TEST_CASE(
    "One who comes upon a standing car stops behind it at the standstill gap and never brakes out of comfort by much") {
  const Driver driver;
  double gap = 150, v = 13.9, hardest = 0;
  for (int n = 0; n < 3000; ++n) {
    const double a = followingAcceleration(driver, v, 13.9, gap, v);
    const double step = 0.1, end = std::max(0.0, v + a * step);
    gap -= v + a * step < 0 ? v * v / (-2 * a) : 0.5 * (v + end) * step;
    v = end;
    hardest = std::min(hardest, a);
  }
  CHECK(v < 0.01);
  CHECK(gap == doctest::Approx(driver.standstillGap_m).epsilon(0.02));
  CHECK(hardest > -2 * driver.braking_mps2);
}

TEST_CASE("The time to come a distance is that of even acceleration up to the top speed") {
  for (const double v0 : {0.0, 4.0, 9.0}) {
    for (const double distance : {1.0, 10.0, 80.0}) {
      double v = v0, x = 0, t = 0;
      while (x < distance) {
        x += v * 1e-4;
        v = std::min(8.0 > v0 ? 8.0 : v0, v + 1.5e-4);
        t += 1e-4;
      }
      CHECK(travelTime_s(distance, v0, 1.5, 8) == doctest::Approx(t).epsilon(1e-3));
    }
  }
}

TEST_CASE("MOBIL: a change is worth what it gains oneself, and politeness weighs what others lose") {
  Driver driver;
  driver.politeness = 0.5;
  ChangeEffect effect;
  effect.own = -0.5;
  effect.ownAfter = 0.7;
  CHECK(changeGain(driver, effect, 0) == doctest::Approx(1.2 - driver.changeThreshold_mps2));
  effect.newFollowerAfter = -2.4;
  CHECK(changeGain(driver, effect, 0) == doctest::Approx(-driver.changeThreshold_mps2));
  effect.oldFollowerAfter = 1;
  CHECK(changeGain(driver, effect, 0.1) == doctest::Approx(0.6 - driver.changeThreshold_mps2));
}
