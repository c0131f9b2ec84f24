#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "engine/core/transform.hpp"
#include "engine/road/plan_view.hpp"

using namespace nightfog;
using namespace nightfog::road;

namespace {

/// Composite Simpson of (cos φ, sin φ): shares nothing with the code under test.
glm::dvec2 simpson(double k0, double rate, double length, int steps) {
  const auto f = [&](double s) {
    const double phase = k0 * s + 0.5 * rate * s * s;
    return glm::dvec2(std::cos(phase), std::sin(phase));
  };
  glm::dvec2 sum = f(0) + f(length);
  for (int i = 1; i < steps; ++i) sum += (i % 2 == 1 ? 4.0 : 2.0) * f(length * i / steps);
  return sum * (length / steps / 3);
}

}  // namespace

TEST_CASE("A clothoid of curvature pi s ends at the published Fresnel integrals") {
  // Abramowitz & Stegun, table 7.7 (C_2, S_2 with argument pi t^2 / 2), 7 digits.
  const double table[][3] = {{0.1, 0.0999975, 0.0005236}, {0.5, 0.4923442, 0.0647324}, {1.0, 0.7798934, 0.4382591},
                             {1.5, 0.4452612, 0.6975050}, {2.0, 0.4882534, 0.3434157}, {2.5, 0.4574130, 0.6191818},
                             {3.0, 0.6057208, 0.4963130}, {4.0, 0.4984260, 0.4205158}, {5.0, 0.5636312, 0.4991914}};
  for (const auto& [x, c, s] : table) {
    const ClothoidEnd end = clothoid(0, kPi, x);
    CAPTURE(x);
    CHECK(std::abs(end.displacement.x - c) < 6e-8);
    CHECK(std::abs(end.displacement.y - s) < 6e-8);
    CHECK(end.turn_rad == doctest::Approx(kPi * x * x / 2).epsilon(1e-14));
  }
  // C(infinity) = S(infinity) = 1/2, approached as 1 / (pi x).
  const ClothoidEnd far = clothoid(0, kPi, 30);
  CHECK(std::abs(far.displacement.x - 0.5) < 1 / (kPi * 30));
}

TEST_CASE("Clothoids of any curvature and rate agree with dense numeric integration") {
  RandomSource rng(7, 0, "tests/road/clothoid");
  for (int i = 0; i < 200; ++i) {
    const double length = rng.uniform(1, 200);
    const double k0 = rng.uniform(-0.1, 0.1);
    // Rates from 1e-14 (nearly an arc) to what bends a road.
    const double rate = (rng.bernoulli(0.5) ? 1 : -1) * std::pow(10, rng.uniform(-14, -3));
    const ClothoidEnd end = clothoid(k0, rate, length);
    const glm::dvec2 reference = simpson(k0, rate, length, 20'000);
    CAPTURE(length);
    CAPTURE(k0);
    CAPTURE(rate);
    // Simpson's own error: (phase per step)^4 / 180 of the length, below 1e-9 m here.
    CHECK(glm::length(end.displacement - reference) < 1e-8);
  }
}

TEST_CASE("A clothoid without rate is an arc, and one without curvature a line") {
  const double radius = 80;
  for (const double rate : {0.0, 1e-18}) {
    const ClothoidEnd arc = clothoid(1 / radius, rate, 50);
    CHECK(arc.displacement.x == doctest::Approx(radius * std::sin(50 / radius)).epsilon(1e-14));
    CHECK(arc.displacement.y == doctest::Approx(radius * (1 - std::cos(50 / radius))).epsilon(1e-13));
  }
  CHECK(clothoid(0, 0, 123).displacement == glm::dvec2(123, 0));
  CHECK(glm::length(clothoid(0.01, 1e-4, -40).displacement - simpson(0.01, 1e-4, -40, 4000)) < 1e-10);
}

TEST_CASE("A parametric cubic is measured by its arc length") {
  // A parabola v = a u^2 has a closed arc length; both ranges of p mean the same curve.
  const double a = 0.01, last_u = 60;
  const auto exact = [&](double u) {
    const double q = 2 * a * u;
    return (q * std::sqrt(1 + q * q) + std::asinh(q)) / (4 * a);
  };
  const double length = exact(last_u);
  const PlanPiece byU{{1, 2}, 0.3, length, ParamPoly3Shape{{0, last_u, 0, 0}, {0, 0, a * last_u * last_u, 0}, 1}};
  const double k = last_u / length;
  const PlanPiece byLength{{1, 2}, 0.3, length, ParamPoly3Shape{{0, k, 0, 0}, {0, 0, a * k * k, 0}, length}};
  for (const PlanPiece& piece : {byU, byLength}) {
    const ReferenceLine line({piece});
    CHECK(line.lengthRatio(0) == doctest::Approx(1).epsilon(1e-12));
    for (double u = 0; u <= last_u; u += 3.7) {
      const PlanPoint at = line.at(exact(u));
      const glm::dvec2 local(u, a * u * u);
      const glm::dvec2 expected(1 + local.x * std::cos(0.3) - local.y * std::sin(0.3),
                                2 + local.x * std::sin(0.3) + local.y * std::cos(0.3));
      CHECK(glm::length(at.position - expected) < 1e-9);
      CHECK(at.heading_rad == doctest::Approx(0.3 + std::atan(2 * a * u)).epsilon(1e-10));
      CHECK(at.curvature_1pm == doctest::Approx(2 * a / std::pow(1 + 4 * a * a * u * u, 1.5)).epsilon(1e-9));
    }
  }
}

TEST_CASE("A line that cannot be is refused") {
  const double nan = std::nan("");
  CHECK_THROWS_AS(ReferenceLine({{{0, 0}, 0, 0, LineShape{}}}), Error);
  CHECK_THROWS_AS(ReferenceLine({{{nan, 0}, 0, 5, LineShape{}}}), Error);
  CHECK_THROWS_AS(ReferenceLine({{{0, 0}, 0, 5, ArcShape{nan}}}), Error);
  CHECK_THROWS_AS(ReferenceLine({{{0, 0}, 0, 5, ParamPoly3Shape{{0, 0, 0, 0}, {0, 0, 0, 0}, 1}}}), Error);
  CHECK_THROWS_AS(ReferenceLine({{{0, 0}, 0, 5, ParamPoly3Shape{{0, 1, 0, 0}, {0, 0, 0, 0}, -1}}}), Error);
}
