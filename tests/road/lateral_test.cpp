// What lies beside the reference line in the rarer ways: poly3, borders, crossfall, shape, level lanes.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/road/surface.hpp"
#include "fixture.hpp"
#include "lane_oracle.hpp"

using namespace nightfog;
using namespace nightfog::road;

TEST_CASE("A poly3 is the parabola that it says, measured along itself") {
  const RoadNetwork map = testMap("poly3");
  const Road& road = map.road(0);
  for (const double u : {0.0, 10.0, 37.0, 80.0, 100.0}) {
    // Closed form: the length of v = c u² from 0, with a = 2 c u.
    const double a = 0.004 * u;
    const double s = (a * std::sqrt(1 + a * a) + std::asinh(a)) / 0.008;
    const PlanPoint at = road.plan(s);
    const double v = 0.002 * u * u, c = std::cos(0.5), sn = std::sin(0.5);
    CHECK(at.position.x == doctest::Approx(10 + c * u - sn * v).epsilon(1e-10));
    CHECK(at.position.y == doctest::Approx(20 + sn * u + c * v).epsilon(1e-10));
    CHECK(at.heading_rad == doctest::Approx(0.5 + std::atan(a)).epsilon(1e-10));
    CHECK(at.curvature_1pm == doctest::Approx(0.004 / std::pow(1 + a * a, 1.5)).epsilon(1e-10));
  }
}

TEST_CASE("Lanes stated by their borders lie between them, measured from the lane offset") {
  const RoadNetwork map = testMap("borders");
  const Road& road = map.road(0);
  const LaneSection& section = road.sections()[0];
  for (const double s : {0.0, 20.0, 40.0, 70.0, 100.0}) {
    CHECK(road.borders(section, 1, s).outer == doctest::Approx(0.5 + 3 + 0.01 * s));
    CHECK(road.borders(section, 2, s).outer == doctest::Approx(7.5));
    CHECK(road.borders(section, -1, s).outer == doctest::Approx(0.5 - 3.25));
    CHECK(road.borders(section, -2, s).outer == doctest::Approx(0.5 - 6 - 0.05 * std::max(0.0, s - 40)));
  }
}

TEST_CASE("Crossfall falls away from the line on each side") {
  const RoadNetwork map = testMap("lateral");
  const Road& road = map.road(0);
  for (const double s : {0.0, 50.0, 99.0}) {
    CHECK(road.surfacePoint(s, -3).z == doctest::Approx(-3 * std::tan(0.03)));
    CHECK(road.surfacePoint(s, 2).z == doctest::Approx(-2 * std::tan(0.02 + 0.0002 * s)));
    CHECK(road.surfacePoint(s, 0).z == 0);
  }
  CHECK_FALSE(map.isFlat());
  // Who stands in the right lane leans to the right.
  const LanePose pose = map.laneCentre({0, -1}, 50);
  CHECK(pose.worldFromLane.rotate({0, 0, 1}).y == doctest::Approx(-std::sin(0.03)));
  CHECK(map.standing({50, -2, 0}, 1.0).rotate({0, 0, 1}).y == doctest::Approx(-std::sin(0.03)));
}

TEST_CASE("A shape's heights go over evenly from place to place") {
  const RoadNetwork map = testMap("lateral");
  const Road& road = map.road(1);
  for (const double t : {-3.9, -2.0, 0.0, 1.5, 3.9}) {
    const double bowl = 0.01 * t * t, ramp = t > 0 ? 0.05 * t : 0;
    for (const double s : {0.0, 15.0, 45.0, 60.0}) {
      CHECK(road.surfacePoint(s, t).z == doctest::Approx((1 - s / 60) * bowl + s / 60 * ramp));
    }
  }
  // At its start the bowl's side leans by 0.02 t; on the way the lane's middle sinks or climbs.
  const glm::dvec3 up = map.laneCentre({1, -1}, 0.5).worldFromLane.rotate({0, 0, 1});
  CHECK(std::atan2(up.y, up.z) == doctest::Approx(0.04 * 59.5 / 60).epsilon(1e-3));
  CHECK(map.laneCentre({1, -1}, 30).grade == doctest::Approx(-0.04 / 60).epsilon(1e-3));
}

TEST_CASE("A level lane of a banked road lies level") {
  const RoadNetwork map = testMap("lateral");
  const Road& road = map.road(2);
  CHECK(road.surfacePoint(20, 3.9).z == doctest::Approx(3.9 * std::sin(0.1)));
  CHECK(road.surfacePoint(20, 5.9).z == doctest::Approx(road.surfacePoint(20, 4.001).z).epsilon(1e-3));
}

TEST_CASE("The bent surface is where the map says: its triangles leave it by less than 3 mm") {
  const RoadNetwork map = testMap("lateral");
  double worst = 0;
  for (const SurfaceStretch& stretch : tessellate(map, {})) {
    const Road& road = map.road(stretch.road);
    for (const SurfaceTriangle& triangle : stretch.triangles) {
      if (triangle.kind.part == SurfacePart::kVerge) continue;
      const glm::dvec3 middle =
          (stretch.points[triangle.points.x] + stretch.points[triangle.points.y] + stretch.points[triangle.points.z]) /
          3.0;
      const RoadPoint on = road.project(middle);
      // Of banked roads t lies in the plane: look at the height along the slice.
      if (!road.data().superelevation.isZero()) continue;
      worst = std::max(worst, std::abs(road.surfacePoint(on.s, on.t).z - middle.z));
    }
  }
  // A chord of 0.5 m below 0.01 t²: 0.6 mm; between rows of at most 5 m the heights go over evenly.
  CHECK(worst < 0.003);
}
