#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/world/pace.hpp"

using nightfog::world::Pace;

TEST_CASE("A steady pace stands until its start and then covers v t") {
  const Pace pace = Pace::steady(12.5, 2);
  CHECK(pace.distance_m(-1e9) == 0);
  CHECK(pace.distance_m(1.999) == 0);
  CHECK(pace.speed_mps(1.999) == 0);
  CHECK(pace.speed_mps(2) == 12.5);
  CHECK(pace.distance_m(6) == 50);
  CHECK(*pace.timeAt(50) == doctest::Approx(6).epsilon(1e-15));
  CHECK(*pace.timeAt(0) == 2);
}

TEST_CASE("Braking to a stop covers v^2 / 2a and takes v / a") {
  Pace pace = Pace::steady(15);
  pace.changeSpeed(3, 0, 6);
  CHECK(pace.distance_m(3) == 45);
  CHECK(pace.speed_mps(4) == doctest::Approx(9).epsilon(1e-15));
  CHECK(pace.distance_m(3 + 2.5) == doctest::Approx(45 + 15 * 15 / 12.0).epsilon(1e-15));
  CHECK(pace.speed_mps(5.5) == 0);
  CHECK(pace.distance_m(1000) == pace.distance_m(5.5));
  CHECK_FALSE(pace.timeAt(64).has_value());
  // half the stopping distance is reached at v (1 - 1/sqrt 2) / a
  CHECK(*pace.timeAt(45 + 15 * 15 / 24.0) == doctest::Approx(3 + 15 * (1 - std::sqrt(0.5)) / 6).epsilon(1e-12));
}

TEST_CASE("A new order replaces what was planned and changes nothing of the past") {
  Pace pace = Pace::steady(10);
  pace.changeSpeed(2, 20, 2);  // until t = 7
  const double before = pace.distance_m(4);
  pace.changeSpeed(4, 0, 7);  // from 14 m/s, in 2 s
  CHECK(pace.distance_m(4) == before);
  CHECK(pace.distance_m(3) == doctest::Approx(20 + 10 + 1).epsilon(1e-15));
  CHECK(pace.speed_mps(5) == doctest::Approx(7).epsilon(1e-15));
  CHECK(pace.speed_mps(6) == 0);
  CHECK(pace.distance_m(9) == doctest::Approx(20 + 20 + 4 + 14).epsilon(1e-14));
  pace.accelerate(9, 1);
  CHECK(pace.speed_mps(19) == doctest::Approx(10).epsilon(1e-15));
  pace.accelerate(19, -5);
  CHECK(pace.speed_mps(21) == 0);
  CHECK(pace.speed_mps(30) == 0);
  CHECK(pace.distance_m(30) == doctest::Approx(58 + 50 + 10).epsilon(1e-14));
}

TEST_CASE("A change at once has no ramp") {
  Pace pace = Pace::steady(10);
  pace.changeSpeed(1, 4, std::numeric_limits<double>::infinity());
  CHECK(pace.speed_mps(1) == 4);
  CHECK(pace.distance_m(2) == 14);
}

TEST_CASE("Distance is the integral of speed, whatever was ordered") {
  Pace pace = Pace::steady(8, 0.5);
  pace.changeSpeed(1.25, 13, 1.5);
  pace.changeSpeed(3, 2, 4);
  pace.accelerate(4, 2.5);
  pace.accelerate(6.1, -3);
  double distance = 0;
  constexpr double kStep = 1e-4;
  for (int i = 0; i < 120'000; ++i) {
    CHECK(pace.speed_mps(i * kStep) >= 0);
    distance += pace.speed_mps((i + 0.5) * kStep) * kStep;
  }
  // midpoint rule: exact on each stretch, off by at most v step at the three jumps of speed or acceleration
  CHECK(std::abs(distance - pace.distance_m(12)) < 8 * kStep);
}
