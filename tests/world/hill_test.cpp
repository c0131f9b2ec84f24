#include <doctest/doctest.h>

#include <cmath>

#include "engine/road/opendrive.hpp"
#include "engine/world/ground.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

road::RoadNetwork hills() {
  return road::loadOpenDrive(NIGHTFOG_SOURCE_DIR "/scenarios/maps/rural_hills.xodr");
}

/// A lane of 3.5 m on either side, 400 m long.
void addLanes(road::RoadData& data) {
  road::LaneSection section;
  section.last_s = 400;
  road::Lane lane;
  lane.width = road::Profile::constant(3.5);
  lane.id = 1;
  section.left.push_back(lane);
  lane.id = -1;
  section.right.push_back(lane);
  data.sections.push_back(section);
}

/// A straight road with this grade and bank.
road::RoadNetwork slope(double grade, double bank_rad) {
  road::RoadData data;
  data.id = "slope";
  data.line = road::ReferenceLine({{{0, 0}, 0, 400, road::LineShape{}}});
  data.elevation = road::Profile({{0, 20, grade, 0, 0}});
  data.superelevation = road::Profile::constant(bank_rad);
  addLanes(data);
  return {road::Road(data)};
}

/// Distance of a point from a road that runs along x, by trying.
double distanceFromSurface(const road::RoadNetwork& map, const glm::dvec3& point) {
  double best = 1e9;
  for (int i = -100; i <= 100; ++i) {
    glm::dvec3 on = point + glm::dvec3(0.0005 * i, 0, 0);
    on.z = map.height_m(on);
    best = std::min(best, glm::length(on - point));
  }
  return best;
}

}  // namespace

TEST_CASE("A car follows its lane over hills: its wheels are on the road, and it leans as the road does") {
  const road::RoadNetwork map = hills();
  Stage stage;
  stage.scenario.map = map;
  const road::LanePose start = map.laneCentre(*map.findLane("main/-1"), 60);
  const ObjectId car = stage.add(carAsset(), start.worldFromLane,
                                 scenario::FollowRoad{20, map.laneCentre_t({0, -1}, 60), false}, carParts());
  World world = stage.world();
  double travelled = 0;
  glm::dvec3 last = start.worldFromLane.translation;
  for (int i = 0; i <= 600; ++i) {
    const RigidTransform pose = world.actorPose(car, SimTime::fromMs(100 * i));
    const auto on = map.locate(pose.translation);
    REQUIRE(on.has_value());
    REQUIRE(on->beyond_m == 0);
    // On the lane's centre line and on the surface; arcs through samples a metre apart stay within a millimetre.
    CHECK(std::abs(on->t - map.laneCentre_t({0, -1}, on->s)) < 2e-3);
    CHECK(std::abs(map.height_m(pose.translation) - pose.translation.z) < 2e-3);
    // The contact points of four wheels, where the surface bends least: within what a crest does over a wheelbase.
    for (const double x : {0.0, 2.7}) {
      for (const double y : {-0.8, 0.8}) {
        const glm::dvec3 wheel = pose * glm::dvec3(x, y, 0);
        CHECK(std::abs(map.height_m(wheel) - wheel.z) < 0.02);
      }
    }
    travelled += glm::length(pose.translation - last);
    last = pose.translation;
  }
  // Chords of 2 m: the way's length falls short by less than (2 / R)^2 / 24 of it.
  CHECK(travelled == doctest::Approx(20 * 60).epsilon(1e-4));
}

TEST_CASE("Who drives against s on the other side goes down where the road goes up") {
  const road::RoadNetwork map = slope(0.05, 0);
  Stage stage;
  stage.scenario.map = map;
  const road::LanePose start = map.laneCentre({0, 1}, 300);
  CHECK(start.grade == doctest::Approx(-0.05));
  const ObjectId car = stage.add(carAsset(), start.worldFromLane, scenario::FollowRoad{10, 1.75, true}, carParts());
  const RigidTransform pose = stage.world().actorPose(car, SimTime::fromSeconds(10));
  const double along = 100 / std::hypot(1, 0.05);
  CHECK(pose.translation.x == doctest::Approx(300 - along).epsilon(1e-6));
  CHECK(pose.translation.z == doctest::Approx(20 + 0.05 * (300 - along)).epsilon(1e-6));
  CHECK(pose.rotate({1, 0, 0}).z == doctest::Approx(-std::sin(std::atan(0.05))).epsilon(1e-6));
}

TEST_CASE("A box left on a slope slides as g (sin a - mu cos a) says, or stays") {
  const double grade = 0.5, angle = std::atan(grade);
  for (const double friction : {0.2, 0.8}) {
    const road::RoadNetwork map = slope(grade, 0);
    Stage stage;
    stage.scenario.map = map;
    catalog::AssetInfo box = boxAsset({1, 1, 0.4}, 50);
    box.friction = friction;
    box.restitution = 0;
    const RigidTransform placed = map.standing(map.point(0, 200, 0), 0);
    const ObjectId body = stage.add(box, placed, scenario::FreeBody{});
    World world = stage.world();
    const double seconds = 1.5;
    const double gone =
        glm::length(world.actorPose(body, SimTime::fromSeconds(seconds)).translation - placed.translation);
    const double acceleration = kGravity * (std::sin(angle) - friction * std::cos(angle));
    CAPTURE(friction);
    // Bullet's friction pyramid and the first contact's settling: 3 %.
    if (acceleration > 0) CHECK(gone == doctest::Approx(0.5 * acceleration * seconds * seconds).epsilon(0.03));
    if (acceleration < 0) CHECK(gone < 0.01);
  }
}

TEST_CASE("Physics stands on the map's own surface, and leans as its differences say") {
  const road::RoadNetwork map = hills();
  const Ground ground(map);
  for (uint32_t r = 0; r < map.roads().size(); ++r) {
    const road::Road& road = map.road(r);
    for (double s = 5; s < road.length_m() - 5; s += 3.7) {
      for (const double share : {0.1, 0.5, 0.9}) {
        const double t = road.rightEdge_m(s) + share * (road.leftEdge_m(s) - road.rightEdge_m(s));
        const glm::dvec3 place = map.point(r, s, t);
        const GroundPoint under = ground.under(place);
        CHECK(std::abs(under.height_m - place.z) < 1e-6);
        const auto rise = [&](const glm::dvec3& step) {
          return (map.height_m(place + step) - map.height_m(place - step)) / (2 * glm::length(step));
        };
        // Central differences over 2 cm: what is left of them is below 1e-6 where radii are above 50 m.
        const glm::dvec3 expected = glm::normalize(glm::dvec3(-rise({0.01, 0, 0}), -rise({0, 0.01, 0}), 1));
        CHECK(glm::length(under.normal - expected) < 1e-4);
      }
    }
  }
}

namespace {

/// A wheel's and its ground's numbers, and what mechanics makes of them.
struct Roll {
  double radius_m = 0.3, width_m = 0.2, mass_kg = 9, speed_mps = 6;
  double inertia = 0.5 * (1 + 0.64 * 0.64);  ///< of a ring of that bore, in m r^2
  double resistance = 0.015;
  /// Gain of speed down a slope: m g sin a pulls, c m g cos a times r brakes the spin; (1 + k) m is moved.
  double acceleration_mps2(double slope_rad) const {
    return kGravity * (std::sin(slope_rad) - resistance * std::cos(slope_rad)) / (1 + inertia);
  }
};

catalog::AssetInfo tyreOf(const Roll& roll) {
  catalog::AssetInfo tyre = tyreAsset(roll.radius_m, roll.width_m, roll.mass_kg);
  tyre.restitution = 0;
  tyre.friction = 0.9;
  return tyre;
}

}  // namespace

TEST_CASE("A tyre rolls down a slope as g (sin a - c cos a) / (1 + k) says, and keeps its line to a millimetre") {
  for (const double grade : {-0.05, -0.15}) {
    const Roll roll;
    const road::RoadNetwork map = slope(grade, 0);
    Stage stage;
    stage.scenario.map = map;
    const RigidTransform placed = map.standing(map.point(0, 20, 0.4), 0);
    const ObjectId body = stage.add(tyreOf(roll), placed,
                                    scenario::FreeBody{placed.rotate({roll.speed_mps, 0, 0}),
                                                       placed.rotate({0, roll.speed_mps / roll.radius_m, 0})});
    World world = stage.world();
    const double angle = std::atan(-grade);
    CAPTURE(grade);
    for (int i = 1; i <= 40; ++i) {
      const double time = 0.1 * i;
      const RigidTransform pose = world.actorPose(body, SimTime::fromMs(100 * i));
      const glm::dvec3 centre = pose * glm::dvec3(0, 0, roll.radius_m);
      // It never leaves the ground: within a step's fall of its radius.
      CHECK(std::abs((centre.z - map.height_m(centre)) * std::cos(angle) - roll.radius_m) < 1e-4);
      CHECK(std::abs(centre.y - 0.4) < 1e-3);
      const double gone = glm::length(centre - placed * glm::dvec3(0, 0, roll.radius_m));
      const double expected = roll.speed_mps * time + 0.5 * roll.acceleration_mps2(angle) * time * time;
      CHECK(gone == doctest::Approx(expected).epsilon(0.001));
    }
  }
}

TEST_CASE("Over crests and through dips a wheel rolls on the road's own surface, on a straight line") {
  // 1 m up and 1 m down, over 40 m each, as cubics in s: 3 u^2 - 2 u^3, bent to radii of 267 m.
  road::RoadData data;
  data.id = "waves";
  data.line = road::ReferenceLine({{{0, 0}, 0, 400, road::LineShape{}}});
  std::vector<road::Cubic> pieces;
  constexpr double kHalf_m = 40;
  for (int i = 0; i < 10; ++i) {
    const double rise = i % 2 == 0 ? 1 : -1;
    pieces.push_back({i * kHalf_m, i % 2 == 0 ? 20.0 : 21.0, 0, 3 * rise / (kHalf_m * kHalf_m),
                      -2 * rise / (kHalf_m * kHalf_m * kHalf_m)});
  }
  data.elevation = road::Profile(pieces);
  addLanes(data);
  const road::RoadNetwork map{road::Road(data)};
  const Roll roll{.speed_mps = 9};
  Stage stage;
  stage.scenario.map = map;
  const RigidTransform placed = map.standing(map.point(0, 80, 1), 0);
  const ObjectId body = stage.add(tyreOf(roll), placed,
                                  scenario::FreeBody{{roll.speed_mps, 0, 0}, {0, roll.speed_mps / roll.radius_m, 0}});
  World world = stage.world();
  glm::dvec3 last = placed * glm::dvec3(0, 0, roll.radius_m);
  double way = 0;
  for (int i = 1; i <= 800; ++i) {
    const glm::dvec3 centre = world.actorPose(body, SimTime::fromMs(10 * i)) * glm::dvec3(0, 0, roll.radius_m);
    way += glm::length(centre - last);
    last = centre;
    CHECK(std::abs(centre.y - 1) < 1e-3);
    CHECK(std::abs(distanceFromSurface(map, centre) - roll.radius_m) < 2e-4);
    // Energy: what it had, less what lies higher, less what rolling cost.
    const auto view = world.view(body);
    const glm::dvec3 velocity =
        view.velocity_mps + glm::cross(view.angularVelocity_radps, centre - view.worldFromActor.translation);
    const double energy = 0.5 * (1 + roll.inertia) * glm::dot(velocity, velocity) + kGravity * (centre.z - 20 - 0.3);
    const double expected = 0.5 * (1 + roll.inertia) * roll.speed_mps * roll.speed_mps - 0.015 * kGravity * way;
    CHECK(energy == doctest::Approx(expected).epsilon(0.01));
  }
  CHECK(way > 50);
}
