#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/random.hpp"
#include "fixture.hpp"
#include "lane_oracle.hpp"

using namespace nightfog;
using namespace nightfog::road;

TEST_CASE("Sampling each lane centre of each map agrees with dense numeric integration to 1 mm") {
  for (const char* name : kOwnMaps) {
    const RoadNetwork map = ownMap(name);
    double worst = 0;
    int samples = 0;
    for (uint32_t r = 0; r < map.roads().size(); ++r) {
      LaneOracle(map.road(r).data())
          .walk(0.5, [&](double s, const LaneSection&, const Lane& lane, const glm::dvec3& place) {
            const glm::dvec3 ours = map.laneCentre({r, lane.id}, s).worldFromLane.translation;
            worst = std::max(worst, glm::length(ours - place));
            ++samples;
          });
    }
    MESSAGE(std::string(name), ": ", samples, " samples, off by ", 1e6 * worst, " um");
    CHECK(worst < 1e-3);
  }
}

TEST_CASE("World to (s, t) and back, and (s, t) to world and back, agree to 1 mm on every map") {
  for (const char* name : kOwnMaps) {
    const RoadNetwork map = ownMap(name);
    RandomSource rng(11, 0, "tests/road/round_trip");
    double worst_st = 0, worst_world = 0;
    for (int i = 0; i < 4000; ++i) {
      const auto r = static_cast<uint32_t>(rng.below(map.roads().size()));
      const Road& road = map.road(r);
      const double s = rng.uniform(0, road.length_m());
      const double t = rng.uniform(road.rightEdge_m(s), road.leftEdge_m(s));
      const glm::dvec3 place = map.point(r, s, t);
      const std::optional<NetworkPoint> on = map.locate(place);
      REQUIRE(on.has_value());
      CHECK(on->road == r);
      CHECK(on->beyond_m == 0);
      // A raised lane of a banked road lies a little aside in the plan: t is that of the place on the plane below.
      worst_st = std::max({worst_st, std::abs(on->s - s), std::abs(on->t - t)});
      worst_world = std::max(worst_world, glm::length(map.point(on->road, on->s, on->t) - place));
      CHECK(std::abs(map.height_m(place) - place.z) < 1e-3);
    }
    MESSAGE(std::string(name), ": (s, t) off by ", 1e6 * worst_st, " um, world by ", 1e6 * worst_world, " um");
    CHECK(worst_st < 1e-3);
    CHECK(worst_world < 1e-3);
  }
}

TEST_CASE("A place is found as brute force over all roads finds it") {
  const RoadNetwork map = testMap("crossing");
  RandomSource rng(12, 0, "tests/road/brute");
  for (int i = 0; i < 300; ++i) {
    const glm::dvec3 place(rng.uniform(-80, 80), rng.uniform(-80, 80), 0);
    const std::optional<NetworkPoint> on = map.locate(place);
    REQUIRE(on.has_value());
    double nearest = 1e300;
    for (const Road& road : map.roads()) {
      for (double s = 0; s <= road.length_m(); s += 0.05) {
        const PlanPoint at = road.plan(s);
        const glm::dvec2 left(-std::sin(at.heading_rad), std::cos(at.heading_rad));
        // The nearest point of this slice of lanes.
        const double t =
            std::clamp(glm::dot(glm::dvec2(place) - at.position, left), road.rightEdge_m(s), road.leftEdge_m(s));
        nearest = std::min(nearest, glm::length(glm::dvec2(place) - at.position - t * left));
      }
    }
    CAPTURE(place.x);
    CAPTURE(place.y);
    CHECK(std::abs(on->beyond_m - nearest) < 0.06);
  }
}

TEST_CASE("The flagship's lanes lie where the scenario expects them") {
  const RoadNetwork map = ownMap("urban_straight");
  const LanePose ego = map.laneCentre(*map.findLane("main/-1"), 40);
  CHECK(ego.worldFromLane.translation.y == doctest::Approx(-1.625));
  CHECK(ego.heading_rad == 0);
  CHECK(ego.width_m == doctest::Approx(3.25));
  const LanePose oncoming = map.laneCentre(*map.findLane("main/1"), 190);
  CHECK(oncoming.worldFromLane.translation.y == doctest::Approx(1.625));
  CHECK(oncoming.heading_rad == doctest::Approx(kPi));
  CHECK(map.road(0).laneAt(100, -4.3)->kind == LaneKind::kParking);
  CHECK(map.road(0).laneAt(100, -6)->kind == LaneKind::kSidewalk);
  CHECK(map.road(0).height_m(100, -6) == doctest::Approx(0.12));
  CHECK(map.isFlat());
}

TEST_CASE("Curvature and grade of a lane are those of its own curve") {
  for (const char* name : kOwnMaps) {
    const RoadNetwork map = ownMap(name);
    const Road& road = map.road(0);
    for (double s = 5; s < road.length_m() - 5; s += 7.3) {
      for (const int lane : {-1, 1}) {
        // Three points of the curve, 1 m apart: the circle through them, and the rise between the outer two.
        std::array<glm::dvec3, 3> p;
        for (int k = 0; k < 3; ++k)
          p[static_cast<size_t>(k)] = map.laneCentre({0, lane}, s + (k - 1)).worldFromLane.translation;
        if (lane > 0) std::swap(p[0], p[2]);
        const glm::dvec2 a(p[1] - p[0]), b(p[2] - p[1]);
        const double turn = std::asin((a.x * b.y - a.y * b.x) / (glm::length(a) * glm::length(b)));
        const double curvature = 2 * turn / (glm::length(a) + glm::length(b));
        const LanePose at = map.laneCentre({0, lane}, s);
        CAPTURE(std::string(name));
        CAPTURE(s);
        CAPTURE(lane);
        // Within 1 m a clothoid of ours changes its curvature by 2e-4 at most, and by jumps of that slope at its ends.
        CHECK(std::abs(at.curvature_1pm - curvature) < 3e-4);
        const double rise = (p[2].z - p[0].z) / (glm::length(a) + glm::length(b));
        CHECK(std::abs(at.grade - rise) < 3e-3);
        CHECK(std::abs(wrapAngle(at.heading_rad - std::atan2(p[2].y - p[0].y, p[2].x - p[0].x))) < 3e-4);
      }
    }
  }
}
