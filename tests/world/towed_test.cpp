// Trailers, against the tractrix and the circle; ways through junctions; bends beside the middle of a lane.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/error.hpp"
#include "engine/road/lane_graph.hpp"
#include "engine/road/opendrive.hpp"
#include "engine/world/towed.hpp"
#include "engine/world/track_motion.hpp"
#include "tests/world/fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

TEST_CASE("A trailer behind a hitch that goes straight turns along a tractrix") {
  // tan(angle / 2) falls with exp(-way / length) [Huygens 1692]. The error of the steps is of their length.
  constexpr double kSpeed_mps = 5, kCoupler_m = 4, kHitch_m = -1;
  const auto leader = [&](double time_s) {
    MotionState state;
    state.worldFromActor = RigidTransform::fromYawPitchRoll({kSpeed_mps * time_s, 0, 0}, 0);
    state.velocity_mps = {kSpeed_mps, 0, 0};
    return state;
  };
  const double angle = 1.2;
  const glm::dvec3 start(kHitch_m - kCoupler_m * std::cos(angle), -kCoupler_m * std::sin(angle), 0);
  const TowedMotion trailer(leader, kHitch_m, kCoupler_m, RigidTransform::fromYawPitchRoll(start, angle), {});
  CHECK(trailer.at(0).worldFromActor.yaw_rad() == doctest::Approx(angle));
  for (const double time_s : {0.5, 1.0, 2.0, 3.0}) {
    const double expected = 2 * std::atan(std::tan(angle / 2) * std::exp(-kSpeed_mps * time_s / kCoupler_m));
    const MotionState state = trailer.at(time_s);
    CHECK(std::abs(state.worldFromActor.yaw_rad() - expected) < 2e-3);
    // The axle does not slip, and the hitch pulls along the drawbar only.
    const glm::dvec3 side = state.worldFromActor.rotate({0, 1, 0});
    CHECK(std::abs(glm::dot(state.velocity_mps, side)) < 1e-9);
    CHECK(glm::length(state.velocity_mps) == doctest::Approx(kSpeed_mps * std::cos(expected)).epsilon(2e-3));
    const glm::dvec3 coupler = state.worldFromActor * glm::dvec3(kCoupler_m, 0, 0);
    CHECK(glm::length(coupler - glm::dvec3(kHitch_m + kSpeed_mps * time_s, 0, 0)) < 1e-9);
  }
}

TEST_CASE("On a circle a trailer's axle settles on the circle that the drawbar touches") {
  constexpr double kRadius_m = 20, kSpeed_mps = 5, kCoupler_m = 6;
  const auto leader = [&](double time_s) {
    const double turned = kSpeed_mps * time_s / kRadius_m;
    MotionState state;
    state.worldFromActor =
        RigidTransform::fromYawPitchRoll({kRadius_m * std::sin(turned), kRadius_m * (1 - std::cos(turned)), 0}, turned);
    state.velocity_mps = state.worldFromActor.rotate({kSpeed_mps, 0, 0});
    state.angularVelocity_radps = {0, 0, kSpeed_mps / kRadius_m};
    return state;
  };
  const TowedMotion trailer(leader, 0, kCoupler_m, RigidTransform::fromYawPitchRoll({-kCoupler_m, 0, 0}, 0), {});
  const MotionState state = trailer.at(30);
  const double radius = glm::length(state.worldFromActor.translation - glm::dvec3(0, kRadius_m, 0));
  CHECK(radius == doctest::Approx(std::sqrt(kRadius_m * kRadius_m - kCoupler_m * kCoupler_m)).epsilon(1e-3));
  CHECK(state.angularVelocity_radps.z == doctest::Approx(kSpeed_mps / kRadius_m).epsilon(1e-3));
}

TEST_CASE("A train of trailers follows its tractor, whoever is named first, and does not collide with itself") {
  Stage stage;
  stage.scenario.map = road::Road({{0, 0}, 0, {{2000, 0}}}, {}, {{"ego", road::LaneKind::kDriving, 3.5}});
  const ObjectId second = stage.add(carAsset(), at(88, -1.75), scenario::Towed{"a2", -1, 4});
  const ObjectId first = stage.add(carAsset(), at(95, -1.75), scenario::Towed{"a3", -1, 2});
  const ObjectId tractor = stage.add(carAsset(), at(98, -1.75), scenario::FollowRoad{10, -1.75, false});
  World world = stage.world();
  for (const double time_s : {0.0, 1.0, 2.5}) {
    const double x = 98 + 10 * time_s;
    CHECK(poseAt(world, tractor, time_s).translation.x == doctest::Approx(x).epsilon(1e-12));
    CHECK(poseAt(world, first, time_s).translation.x == doctest::Approx(x - 3).epsilon(1e-9));
    CHECK(poseAt(world, second, time_s).translation.x == doctest::Approx(x - 8).epsilon(1e-9));
  }
  CHECK(world.collisions().empty());
}

TEST_CASE("Beside the middle of its lane one goes as fast as one is told, inside a bend and outside") {
  // 50 m about (0, 50): 48 m for who keeps 2 m to the left.
  std::vector<glm::dvec3> circle;
  for (int i = 0; i <= 150; ++i) {
    const double turned = i / 50.0;
    circle.emplace_back(50 * std::sin(turned), 50 * (1 - std::cos(turned)), 0);
  }
  for (const double left : {2.0, -3.0}) {
    TrackMotion motion(Track::throughSamples(circle), RigidTransform{}, 10, SimTime{}, 0);
    motion.moveInTime(0, left, 0, scenario::Shape::kStep);
    const glm::dvec3 place = motion.at(6).worldFromActor.translation;
    const double turned = 60 / (50 - left);
    const glm::dvec3 expected((50 - left) * std::sin(turned), 50 - (50 - left) * std::cos(turned), 0);
    CHECK(glm::length(place - expected) < 0.01);
    CHECK(glm::length(motion.at(6).velocity_mps) == doctest::Approx(10).epsilon(1e-6));
    CHECK(motion.at(6).angularVelocity_radps.z == doctest::Approx(10 / (50 - left)).epsilon(1e-3));
  }
}

TEST_CASE("Told a route, a car takes every way that leads on from its junction, and straight on without one") {
  Stage stage;
  stage.scenario.map = road::loadOpenDrive(NIGHTFOG_SOURCE_DIR "/scenarios/maps/signalled_junction.xodr");
  const road::LaneGraph lanes(stage.scenario.map);
  int taken = 0;
  for (road::LaneIndex from = 0; from < lanes.size() && taken < 6; ++from) {
    const auto& lane = lanes.lane(from);
    if (!lane.isDrivable || lane.junction >= 0 || lane.successors.size() < 2 || lane.length_m < 30) continue;
    for (const road::LaneIndex way : lane.successors) {
      if (lanes.lane(way).successors.empty()) continue;
      const road::LaneIndex beyond = lanes.lane(way).successors.front();
      const road::LanePose start = lanes.path(from).at(lane.length_m - 20);
      const glm::dvec3 goal = lanes.path(beyond).at(10).worldFromLane.translation;
      Stage run = stage;
      const ObjectId car =
          run.add(carAsset(), start.worldFromLane,
                  scenario::FollowRoad{10, stage.scenario.map.locate(start.worldFromLane.translation)->t,
                                       stage.scenario.map.road(lane.key.road).isAgainstS(lane.key.lane)});
      Script script;
      script.at_ms[0] = [&](World& world) { world.command(car, scenario::FollowRoute{{goal}}); };
      World world = run.world(&script);
      double nearest = 1e9;
      for (double time_s = 0; time_s < 8; time_s += 0.05)
        nearest = std::min(nearest, glm::length(glm::dvec2(poseAt(world, car, time_s).translation - goal)));
      CHECK(nearest < 0.5);  // 10 m/s, looked at every 50 ms
      ++taken;
    }
  }
  CHECK(taken >= 3);
}
