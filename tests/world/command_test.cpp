// What a director says is done, against closed forms.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/error.hpp"
#include "tests/world/fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

Stage roadStage() {
  Stage stage;
  stage.scenario.map = road::Road({{0, 0}, 0, {{2000, 0}}}, {{"oncoming", road::LaneKind::kDriving, 3.5}},
                                  {{"ego", road::LaneKind::kDriving, 3.5}, {"far", road::LaneKind::kDriving, 3.5}});
  return stage;
}

}  // namespace

TEST_CASE("A car told to brake stops after v^2 / 2a, from where it was told, brake lamps lit") {
  Stage stage = roadStage();
  const ObjectId car = stage.add(carAsset(), at(10, -1.75), scenario::FollowRoad{15, -1.75, false}, carParts());
  Script script;
  script.at_ms[2000] = [&](World& world) { world.command(car, scenario::Brake{6, 0}); };
  World world = stage.world(&script);
  CHECK(poseAt(world, car, 2.0).translation.x == doctest::Approx(40).epsilon(1e-12));
  CHECK(poseAt(world, car, 3.0).translation.x == doctest::Approx(40 + 15 - 3).epsilon(1e-12));
  CHECK(poseAt(world, car, 9.0).translation.x == doctest::Approx(40 + 225 / 12.0).epsilon(1e-12));
  CHECK(glm::length(world.view(car).velocity_mps) == 0);
}

TEST_CASE("Speed changes at its own rate and is held") {
  Stage stage = roadStage();
  const ObjectId car = stage.add(carAsset(), at(0, -1.75), scenario::FollowRoad{10, -1.75, false});
  Script script;
  script.at_ms[1000] = [&](World& world) { world.command(car, scenario::SetSpeed{20, 2.5}); };
  World world = stage.world(&script);
  CHECK(poseAt(world, car, 5).translation.x == doctest::Approx(10 + 40 + 0.5 * 2.5 * 16).epsilon(1e-12));
  CHECK(poseAt(world, car, 7).translation.x == doctest::Approx(10 + 40 + 20 + 40).epsilon(1e-12));
}

TEST_CASE("A change of lane ends in the middle of the lane, after its time, on either heading") {
  for (const bool againstS : {false, true}) {
    Stage stage = roadStage();
    const double t = againstS ? 1.75 : -1.75;
    const ObjectId car =
        stage.add(carAsset(), at(1000, t, 0, againstS ? kPi : 0), scenario::FollowRoad{20, t, againstS});
    Script script;
    script.at_ms[1000] = [&](World& world) { world.command(car, scenario::ChangeLane{"far", 4}); };
    World world = stage.world(&script);
    CHECK(std::abs(poseAt(world, car, 1.0).translation.y - t) < 1e-9);
    CHECK(std::abs(poseAt(world, car, 3.0).translation.y - 0.5 * (t - 5.25)) < 0.05);  // halfway: odd in the middle
    CHECK(std::abs(poseAt(world, car, 5.3).translation.y + 5.25) < 1e-3);
    CHECK(std::abs(wrapAngle(poseAt(world, car, 6).yaw_rad() - (againstS ? kPi : 0))) < 1e-3);
    CHECK(glm::length(world.view(car).velocity_mps) == doctest::Approx(20).epsilon(1e-9));
  }
}

TEST_CASE("Whoever keeps a gap settles at it behind a slower leader, without swinging through") {
  Stage stage = roadStage();
  const ObjectId leader = stage.add(carAsset(), at(80, -1.75), scenario::FollowRoad{15, -1.75, false});
  const ObjectId follower = stage.add(carAsset(), at(0, -1.75), scenario::FollowRoad{25, -1.75, false});
  Script script;
  script.at_ms[0] = [&](World& world) { world.command(follower, scenario::KeepGap{"a1", 20.0, std::nullopt, 2, 6}); };
  World world = stage.world(&script);
  double nearest = 1e9;
  for (double time = 0; time < 40; time += 0.1) {
    const double gap = poseAt(world, leader, time).translation.x - poseAt(world, follower, time).translation.x - 4.6;
    nearest = std::min(nearest, gap);
  }
  CHECK(nearest > 19.5);
  const double gap = poseAt(world, leader, 40).translation.x - poseAt(world, follower, 40).translation.x - 4.6;
  CHECK(gap == doctest::Approx(20).epsilon(0.005));
}

TEST_CASE("Someone who stood walks when told to, feet and all") {
  Stage stage = roadStage();
  const ObjectId person = stage.add(personAsset(), at(50, -5, 0, kPi / 2), scenario::Parked{}, personParts());
  Script script;
  script.at_ms[1500] = [&](World& world) { world.command(person, scenario::Walk{{50, 4, 0}, 3}); };
  World world = stage.world(&script);
  CHECK(poseAt(world, person, 1.5).translation.y == -5);
  CHECK(poseAt(world, person, 2.5).translation.y == doctest::Approx(-2).epsilon(1e-9));
  CHECK(poseAt(world, person, 9).translation.y == doctest::Approx(4).epsilon(1e-9));
  const auto snapshot = world.snapshot(SimTime::fromMs(9000), SimTime::fromMs(9100));
  CHECK(snapshot.findObject(person) != nullptr);
}

TEST_CASE("Who enters is not there before, flies as it was thrown, and was where it came from within the exposure") {
  Stage stage = roadStage();
  stage.add(carAsset(), at(0, -1.75), scenario::Parked{});
  const ObjectId ball = stage.add(boxAsset({0.3, 0.3, 0.3}, 2), at(0, 0), scenario::FreeBody{});
  stage.absent.insert(1);
  Script script;
  script.at_ms[600] = [&](World& world) { world.enter(ball, at(30, 0, 5), {4, 0, 0}, {0, 0, 2}); };
  World world = stage.world(&script);
  CHECK(world.snapshot(SimTime(), SimTime::fromMs(100)).findObject(ball) == nullptr);
  CHECK_FALSE(world.view(ball).isPresent);
  const auto snapshot = world.snapshot(SimTime::fromMs(550), SimTime::fromMs(650));
  const auto* seen = snapshot.findObject(ball);
  REQUIRE(seen != nullptr);
  CHECK(seen->worldFromObject.front().translation.x == doctest::Approx(30 - 4 * 0.05).epsilon(1e-9));
  CHECK(world.view(ball).isPresent);
  const double t = 0.5;
  const glm::dvec3 place = poseAt(world, ball, 0.6 + t).translation;
  CHECK(place.x == doctest::Approx(30 + 4 * t).epsilon(1e-9));
  CHECK(std::abs(place.z - (5 - 0.5 * kGravity * t * t)) < kGravity * t * 1e-3);  // half a substep of the integrator
}

TEST_CASE("A car let go keeps its momentum and is physics' own; a push adds to it") {
  Stage stage = roadStage();
  const ObjectId box = stage.add(boxAsset({1, 1, 1}, 50), at(100, -1.75), scenario::FollowRoad{8, -1.75, false});
  Script script;
  script.at_ms[1000] = [&](World& world) {
    world.command(box, scenario::ApplyImpulse{{0, 100, 200}, false, {0, 0, 0}});
  };
  World world = stage.world(&script);
  const glm::dvec3 before = poseAt(world, box, 1.0).translation;
  const glm::dvec3 after = poseAt(world, box, 1.2).translation;
  CHECK(after.x - before.x == doctest::Approx(8 * 0.2).epsilon(0.02));
  CHECK(after.y - before.y == doctest::Approx(2 * 0.2).epsilon(0.02));
  CHECK(after.z - before.z == doctest::Approx(4 * 0.2 - 0.5 * kGravity * 0.04).epsilon(0.05));
}

TEST_CASE("High beams burn by day too, tail lamps brighten with the brakes, and dark is dark") {
  Stage stage = roadStage();
  const ObjectId car = stage.add(carAsset(), at(0, -1.75), scenario::FollowRoad{10, -1.75, false}, carParts());
  content::Lamp head, tail;
  head.pattern = content::LampPattern::kLowBeam;
  head.intensity_cd = 24000;
  tail.pattern = content::LampPattern::kTail;
  tail.intensity_cd = 12;
  stage.models[0].lamps = {{0, head}, {0, tail}};
  Script script;
  script.at_ms[500] = [&](World& world) {
    world.command(car, scenario::SetLights{scenario::Beam::kHigh, {}, {}, {}});
    world.command(car, scenario::Brake{6, 0});
  };
  script.at_ms[1000] = [&](World& world) {
    world.command(car, scenario::SetLights{scenario::Beam::kOff, {}, false, {}});
  };
  World world = stage.world(&script);
  const auto at0 = world.snapshot(SimTime(), SimTime::fromMs(20));
  REQUIRE(at0.lamps.size() == 2);
  CHECK(at0.lamps[0].lamp.pattern == content::LampPattern::kLowBeam);
  const auto at700 = world.snapshot(SimTime::fromMs(700), SimTime::fromMs(720));
  REQUIRE(at700.lamps.size() == 2);
  CHECK(at700.lamps[0].lamp.pattern == content::LampPattern::kHighBeam);
  CHECK(at700.lamps[0].isOrdered);
  CHECK(at700.lamps[1].lamp.intensity_cd >= 60);  // ECE R7: a stop lamp gives 60 to 260 cd
  CHECK(world.snapshot(SimTime::fromMs(1100), SimTime::fromMs(1120)).lamps.empty());
}

TEST_CASE("What cannot be done is refused with the actor's name") {
  Stage stage = roadStage();
  const ObjectId car = stage.add(carAsset(), at(0, -1.75), scenario::FollowRoad{10, -1.75, false}, carParts());
  const ObjectId parked = stage.add(carAsset(), at(50, -1.75), scenario::Parked{});
  World world = stage.world();
  CHECK_THROWS_WITH_AS(world.command(parked, scenario::Brake{}), doctest::Contains("a2"), Error);
  CHECK_THROWS_AS(world.command(car, scenario::ChangeLane{"nowhere", 2}), Error);
  CHECK_THROWS_AS(world.command(car, scenario::OpenDoor{"door.front_left", 1, 1}), Error);
  CHECK_THROWS_AS(world.command(car, scenario::KeepGap{"nobody", 10.0, {}, 2, 6}), Error);
  CHECK_THROWS_AS(world.command(car, scenario::SetSignal{}), Error);
}

TEST_CASE("The same commands give the same poses, bit for bit") {
  uint64_t hashes[2];
  for (uint64_t& hash : hashes) {
    Stage stage = roadStage();
    const ObjectId car = stage.add(carAsset(), at(0, -1.75), scenario::FollowRoad{17, -1.75, false}, carParts());
    const ObjectId tyre = stage.add(tyreAsset(0.32, 0.2, 9), at(0, 0), scenario::FreeBody{});
    stage.absent.insert(1);
    Script script;
    script.at_ms[300] = [&](World& world) { world.enter(tyre, at(30, 3, 0.4), {-2, -4, 0}, {0, 14, 0}); };
    script.at_ms[400] = [&](World& world) { world.command(car, scenario::OffsetInLane{0.4, 1.5}); };
    script.at_ms[900] = [&](World& world) { world.command(car, scenario::Brake{7, 2}); };
    World world = stage.world(&script);
    world.snapshot(SimTime::fromMs(2000), SimTime::fromMs(2100));
    hash = world.poseHash();
  }
  CHECK(hashes[0] == hashes[1]);
}
