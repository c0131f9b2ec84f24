#include <doctest/doctest.h>

#include <cmath>

#include "engine/road/opendrive.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

road::RoadNetwork hills() {
  return road::loadOpenDrive(NIGHTFOG_SOURCE_DIR "/scenarios/maps/rural_hills.xodr");
}

/// A straight road with this grade and bank.
road::RoadNetwork slope(double grade, double bank_rad) {
  road::RoadData data;
  data.id = "slope";
  data.line = road::ReferenceLine({{{0, 0}, 0, 400, road::LineShape{}}});
  data.elevation = road::Profile({{0, 20, grade, 0, 0}});
  data.superelevation = road::Profile::constant(bank_rad);
  road::LaneSection section;
  section.last_s = 400;
  road::Lane lane;
  lane.width = road::Profile::constant(3.5);
  lane.id = 1;
  section.left.push_back(lane);
  lane.id = -1;
  section.right.push_back(lane);
  data.sections.push_back(section);
  return {road::Road(data)};
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
    const double acceleration = 9.81 * (std::sin(angle) - friction * std::cos(angle));
    CAPTURE(friction);
    // Bullet's friction pyramid and the first contact's settling: 3 %.
    if (acceleration > 0) CHECK(gone == doctest::Approx(0.5 * acceleration * seconds * seconds).epsilon(0.03));
    if (acceleration < 0) CHECK(gone < 0.01);
  }
}

TEST_CASE("What rolls over the edges between the ground's triangles does not feel them") {
  // A tyre straight down a slope of 5 %: it keeps its line and never leaves the ground.
  const road::RoadNetwork map = slope(-0.05, 0);
  Stage stage;
  stage.scenario.map = map;
  constexpr double kRadius = 0.3, kSpeed = 6;
  catalog::AssetInfo tyre = tyreAsset(kRadius, 0.2, 9);
  tyre.restitution = 0;
  tyre.friction = 0.9;
  const RigidTransform placed = map.standing(map.point(0, 20, 0.4), 0);
  const ObjectId body = stage.add(
      tyre, placed, scenario::FreeBody{placed.rotate({kSpeed, 0, 0}), placed.rotate({0, kSpeed / kRadius, 0})});
  World world = stage.world();
  glm::dvec3 centre(0);
  double highest = 0;
  for (int i = 1; i <= 40; ++i) {
    centre = world.actorPose(body, SimTime::fromMs(100 * i)) * tyre.centreOfMass;
    highest = std::max(highest, (centre.z - map.height_m(centre)) * std::cos(std::atan(0.05)));
  }
  // It rests on its tread or on an edge of it, and never jumps.
  CHECK(highest < std::hypot(kRadius, 0.1));
  // It keeps its line within its own width.
  CHECK(std::abs(centre.y - 0.4) < 0.2);
  // As far as energy allows: between a hoop that loses 2 % of its weight to rolling, and a disc that loses nothing.
  const double slopeAngle = std::atan(0.05), time = 4;
  const auto reach = [&](double inertia, double resistance) {
    const double acceleration = 9.81 * (std::sin(slopeAngle) - resistance) / (1 + inertia);
    return (kSpeed * time + 0.5 * acceleration * time * time) * std::cos(slopeAngle);
  };
  CHECK(centre.x - 20 > 0.98 * reach(1, 0.02));
  CHECK(centre.x - 20 < 1.01 * reach(0.5, 0));
}
