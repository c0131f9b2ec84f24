#include "engine/core/transform.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <stdexcept>
#include <vector>

#include "engine/core/jobs.hpp"
#include "engine/core/sim_time.hpp"

using namespace nightfog;

namespace {
void checkClose(const glm::dvec3& a, const glm::dvec3& b, double tolerance = 1e-12) {
  CAPTURE(a.x);
  CAPTURE(a.y);
  CAPTURE(a.z);
  CHECK(glm::length(a - b) <= tolerance);
}
}  // namespace

TEST_CASE("Axes are ISO 8855: x forward, y left, z up; yaw turns left, pitch lowers the nose") {
  const auto left = RigidTransform::fromYawPitchRoll({0, 0, 0}, kPi / 2);
  checkClose(left * glm::dvec3(1, 0, 0), {0, 1, 0});
  const auto nodding = RigidTransform::fromYawPitchRoll({0, 0, 0}, 0, 0.1);
  CHECK((nodding * glm::dvec3(1, 0, 0)).z < 0);
  const auto rolled = RigidTransform::fromYawPitchRoll({0, 0, 0}, 0, 0, 0.1);
  CHECK((rolled * glm::dvec3(0, 1, 0)).z > 0);
}

TEST_CASE("Transforms read right to left and invert") {
  const auto aFromB = RigidTransform::fromYawPitchRoll({1, 2, 3}, 0.4, 0.1, -0.2);
  const auto bFromC = RigidTransform::fromYawPitchRoll({-4, 0, 2}, -1.2, 0.3, 0.7);
  const glm::dvec3 inC(0.3, -7, 2);
  checkClose((aFromB * bFromC) * inC, aFromB * (bFromC * inC), 1e-12);
  checkClose(aFromB.inverse() * (aFromB * inC), inC, 1e-12);
  CHECK(RigidTransform::fromYawPitchRoll({0, 0, 0}, -2.5).yaw_rad() == doctest::Approx(-2.5));
}

TEST_CASE("Interpolation turns at a constant rate the short way round") {
  const auto a = RigidTransform::fromYawPitchRoll({0, 0, 0}, 3.0);
  const auto b = RigidTransform::fromYawPitchRoll({2, 0, 0}, -3.0);
  const auto mid = interpolate(a, b, 0.25);
  CHECK(wrapAngle(mid.yaw_rad() - 3.0) == doctest::Approx((2 * kPi - 6.0) * 0.25).epsilon(1e-9));
  CHECK(mid.translation.x == doctest::Approx(0.5));
}

TEST_CASE("Time is whole nanoseconds") {
  CHECK(SimTime::fromSeconds(0.1).ns == 100'000'000);
  CHECK(SimTime::fromMs(10) * 3 == SimTime::fromSeconds(0.03));
}

TEST_CASE("Jobs cover every index once and pass exceptions on") {
  for (unsigned threads : {1u, 2u, 5u}) {
    Jobs jobs(threads);
    std::vector<int> seen(10'007, 0);
    jobs.parallelFor(seen.size(), 64, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) ++seen[i];
    });
    CHECK(std::accumulate(seen.begin(), seen.end(), 0) == static_cast<int>(seen.size()));
    CHECK_THROWS_AS(jobs.parallelFor(10, 1, [](size_t, size_t) { throw std::runtime_error("x"); }), std::runtime_error);
  }
}
