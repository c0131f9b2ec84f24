#include "engine/road/network.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"

using namespace nightfog;
using namespace nightfog::road;

namespace {

Road street() {
  return Road({{0, 0}, 0, {{100, 0}}}, {{"oncoming"}, {"left_walk", LaneKind::kSidewalk, 2.5}},
              {{"ego_lane"}, {"parking", LaneKind::kParking, 2.2}, {"walk", LaneKind::kSidewalk, 2.5}}, 0.12);
}

}  // namespace

TEST_CASE("A quarter circle ends where geometry says") {
  const double radius = 50;
  for (const double side : {1.0, -1.0}) {
    const Road road({{3, 4}, 0.3, {{radius * kPi / 2, side / radius}}}, {}, {});
    const RigidTransform end = road.pose(road.length_m());
    // In the start's own frame: radius forward, radius to the side, turned by a right angle.
    const glm::dvec2 expected(3 + radius * std::cos(0.3) - side * radius * std::sin(0.3),
                              4 + radius * std::sin(0.3) + side * radius * std::cos(0.3));
    CHECK(end.translation.x == doctest::Approx(expected.x).epsilon(1e-12));
    CHECK(std::abs(end.translation.x - expected.x) < 1e-9);
    CHECK(std::abs(end.translation.y - expected.y) < 1e-9);
    CHECK(end.translation.z == 0);
    CHECK(std::abs(wrapAngle(end.yaw_rad() - (0.3 + side * kPi / 2))) < 1e-9);
  }
}

TEST_CASE("Four quarter circles close") {
  std::vector<Segment> quarters(4, Segment{20 * kPi / 2, 1.0 / 20});
  const Road road({{7, -2}, 1.1, quarters}, {}, {});
  const RigidTransform end = road.pose(road.length_m());
  CHECK(glm::length(end.translation - glm::dvec3(7, -2, 0)) < 1e-9);
  CHECK(road.length_m() == doctest::Approx(2 * kPi * 20).epsilon(1e-14));
}

TEST_CASE("An arc of vanishing curvature is a straight line") {
  const Road bent({{0, 0}, 0, {{200, 1e-12}}}, {}, {});
  const glm::dvec3 end = bent.pose(200).translation;
  CHECK(std::abs(end.x - 200) < 1e-9);
  CHECK(std::abs(end.y - 0.5 * 1e-12 * 200 * 200) < 1e-12);  // sagitta of a shallow arc: curvature s^2 / 2
}

TEST_CASE("project undoes pose on every segment, inside the arcs' radii") {
  const Road road({{10, -20}, 0.7, {{80, 0}, {60, 1.0 / 40}, {30, 0}, {70, -1.0 / 55}, {25, 1.0 / 300}}}, {}, {});
  RandomSource rng(42, 0, "tests/road/project");
  for (int i = 0; i < 20000; ++i) {
    const double s = rng.uniform(0, road.length_m());
    const double t = rng.uniform(-15, 15);  // nearer than any other stretch of this road
    const RigidTransform at = road.pose(s, t);
    const RoadPoint back = road.project(at.translation);
    REQUIRE(std::abs(back.s - s) < 1e-9);
    REQUIRE(std::abs(back.t - t) < 1e-9);
  }
}

TEST_CASE("project finds the nearest point that brute force finds") {
  const Road road({{0, 0}, 0, {{40, 1.0 / 25}, {40, -1.0 / 12}, {30, 0}}}, {}, {});
  RandomSource rng(43, 0, "tests/road/brute");
  for (int i = 0; i < 200; ++i) {
    const glm::dvec3 point(rng.uniform(-30, 90), rng.uniform(-60, 60), rng.uniform(-3, 3));
    const RoadPoint found = road.project(point);
    const glm::dvec2 flat(point);
    const double distance = glm::length(flat - glm::dvec2(road.pose(found.s).translation));
    double nearest = std::numeric_limits<double>::infinity();
    for (double s = 0; s <= road.length_m(); s += 0.01) {
      nearest = std::min(nearest, glm::length(flat - glm::dvec2(road.pose(s).translation)));
    }
    REQUIRE(distance <= nearest + 1e-12);
    REQUIRE(distance > nearest - 0.01);  // a sample lies within half a step of the foot
  }
}

TEST_CASE("Beyond the ends s is clamped and t stays lateral") {
  const Road road = street();
  const RoadPoint behind = road.project({-12, 3, 0});
  CHECK(behind.s == 0);
  CHECK(behind.t == doctest::Approx(3));
  const RoadPoint ahead = road.project({130, -2, 0});
  CHECK(ahead.s == doctest::Approx(100));
  CHECK(ahead.t == doctest::Approx(-2));
  CHECK(road.pose(1e9).translation.x == doctest::Approx(100));
}

TEST_CASE("Lanes lie in their order from the line outwards; the left ones run against s") {
  const RoadNetwork map(street());
  const auto centre = [&](const char* name) { return map.laneCentre_t(*map.findLane(name), 30); };
  CHECK(centre("ego_lane") == doctest::Approx(-1.625));
  CHECK(centre("parking") == doctest::Approx(-(3.25 + 1.1)));
  CHECK(centre("oncoming") == doctest::Approx(1.625));
  CHECK(map.laneCentre(*map.findLane("ego_lane"), 30).heading_rad == 0);
  CHECK(map.laneCentre(*map.findLane("oncoming"), 30).heading_rad == doctest::Approx(kPi));
  CHECK_FALSE(map.findLane("tram").has_value());
  CHECK(map.road(0).leftEdge_m(50) == doctest::Approx(5.75));
  CHECK(map.road(0).rightEdge_m(50) == doctest::Approx(-7.95));
}

TEST_CASE("Sidewalks are a kerb above the carriageway") {
  const Road road = street();
  CHECK(road.height_m(50, 0) == 0);
  CHECK(road.height_m(50, -5.4) == 0);
  CHECK(road.height_m(50, -5.46) == doctest::Approx(0.12));
  CHECK(road.height_m(50, 3.3) == doctest::Approx(0.12));
  CHECK(road.height_m(50, -40) == doctest::Approx(0.12));
  CHECK(Road({{0, 0}, 0, {{10, 0}}}, {}, {{"lane"}}).height_m(5, -40) == 0);
}

TEST_CASE("A road that cannot be built says which segment or lane") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(Road({{0, 0}, 0, {{0, 0}}}, {}, {}), Error);
  CHECK_THROWS_AS(Road({{0, 0}, 0, {{-5, 0}}}, {}, {}), Error);
  CHECK_THROWS_AS(Road({{0, 0}, 0, {{10, nan}}}, {}, {}), Error);
  CHECK_THROWS_AS(Road({{0, 0}, 0, {{100, 0.1}}}, {}, {}), Error);  // turns more than once
  CHECK_THROWS_AS(Road({{nan, 0}, 0, {{10, 0}}}, {}, {}), Error);
  CHECK_THROWS_AS(Road({{0, 0}, 0, {{10, 0}}}, {{"thin", LaneKind::kDriving, 0}}, {}), Error);
  CHECK_THROWS_AS(Road({{0, 0}, 0, {{10, 0}}}, {}, {}, -1), Error);
}

TEST_CASE("A road without segments stands at its start") {
  const Road road({{2, 3}, kPi / 2, {}}, {}, {});
  CHECK(road.length_m() == 0);
  CHECK(glm::length(road.pose(5, 1).translation - glm::dvec3(1, 3, 0)) < 1e-12);
  CHECK(road.project({1, 3, 0}).t == doctest::Approx(1));
}
