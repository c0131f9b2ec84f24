#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/error.hpp"
#include "tests/world/fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

/// Everything at once: a parked van, a car on the road, a walker, a tyre and two boxes that fall on each other.
Stage busyStage() {
  Stage stage;
  stage.scenario.map = road::Road({{0, 0}, 0, {{60, 0}, {80, 0.02}}}, {{"oncoming"}},
                                  {{"ego"}, {"walk", road::LaneKind::kSidewalk, 2.5}});
  stage.add(carAsset(), at(30, -5), scenario::Parked{}, carParts());
  stage.add(carAsset(), at(5, -1.6), scenario::FollowRoad{13.9, -1.6, false}, carParts());
  stage.add(personAsset(), at(40, -5), scenario::WalkTo{{40, 6, 0}, 1.4, SimTime::fromMs(300)}, personParts());
  const RigidTransform tyre = at(28, 4, 0, std::atan2(-4.0, -2.0));
  const double speed = std::hypot(2.0, 4.0);
  stage.add(tyreAsset(0.3, 0.2, 9), tyre,
            scenario::FreeBody{tyre.rotate({speed, 0, 0}), tyre.rotate({0, speed / 0.3, 0})});
  stage.add(boxAsset({0.4, 0.3, 0.3}, 5), at(20, 0, 1), scenario::FreeBody{});
  stage.add(boxAsset({0.5, 0.5, 0.5}, 8), at(20.1, 0.05, 2), scenario::FreeBody{{0, 0, 0}, {1, 2, 3}});
  stage.add(boxAsset({1, 0.1, 1}), at(60, 3), scenario::ConstantMotion{{1, 0, 0}, {0, 0, 2}});
  return stage;
}

SimTime ms(int64_t v) {
  return SimTime::fromMs(v);
}

}  // namespace

TEST_CASE("Two worlds of one scenario have the same poses, bit for bit, however their snapshots were asked for") {
  const Stage stage = busyStage();
  World whole = stage.world();
  whole.snapshot(ms(0), ms(3000));
  World again = stage.world();
  again.snapshot(ms(0), ms(3000));
  CHECK(whole.poseHash() == again.poseHash());

  World frames = stage.world();
  for (int frame = 0; frame < 30; ++frame) {
    frames.snapshot(ms(frame * 100), ms(frame * 100 + 100));
    frames.snapshot(ms(frame * 100 + 33), ms(frame * 100 + 45));
  }
  CHECK(whole.poseHash() == frames.poseHash());

  World late = stage.world();
  late.actorPose(ObjectId{4}, ms(3000));
  CHECK(whole.poseHash() == late.poseHash());
  CHECK(whole.collisions().size() == frames.collisions().size());
}

TEST_CASE("Another start gives other poses: the hash sees every actor") {
  const Stage stage = busyStage();
  World world = stage.world();
  world.snapshot(ms(0), ms(100));
  for (size_t i = 0; i < stage.scenario.actors.size(); ++i) {
    Stage other = busyStage();
    other.scenario.actors[i].worldFromActor.translation.y += 1e-9;
    if (auto* follow = std::get_if<scenario::FollowRoad>(&other.scenario.actors[i].behavior)) follow->t_m += 1e-9;
    World moved = other.world();
    moved.snapshot(ms(0), ms(100));
    CAPTURE(i);
    CHECK(world.poseHash() != moved.poseHash());
  }
}

TEST_CASE("Keys lie on steps, from the last at or before the start to the first at or after the end") {
  Stage stage;
  stage.add(boxAsset({1, 1, 1}), at(0, 0), scenario::ConstantMotion{{1, 0, 0}, {}});
  World world = stage.world();
  const auto check = [&](SimTime start, SimTime end, int64_t first_ms, uint32_t keys) {
    const auto snapshot = world.snapshot(start, end);
    CHECK(snapshot.firstKey == ms(first_ms));
    CHECK(snapshot.keyStep == ms(10));
    CHECK(snapshot.keyCount == keys);
    CHECK(object(snapshot, ObjectId{1}).worldFromObject.size() == keys);
  };
  check(ms(0), ms(100), 0, 11);
  check(ms(100), ms(100), 100, 2);  // an instant on a step still has a neighbour
  check(ms(105), ms(106), 100, 2);
  check(SimTime::fromNs(100'000'001), SimTime::fromNs(110'000'001), 100, 3);
  check(SimTime::fromNs(99'999'999), ms(110), 90, 3);
}

TEST_CASE("What stands still has one pose key, what moves has them all, and ids ascend") {
  const Stage stage = busyStage();
  World world = stage.world();
  const auto snapshot = world.snapshot(ms(500), ms(600));
  REQUIRE(snapshot.objects.size() == stage.scenario.actors.size());
  for (size_t i = 0; i < snapshot.objects.size(); ++i) {
    CHECK(snapshot.objects[i].id.value == i + 1);
    CHECK(snapshot.objects[i].name == stage.scenario.actors[i].id);
    CHECK(snapshot.objects[i].worldFromObject.size() == snapshot.keyCount);
    CHECK(snapshot.objects[i].velocity_mps.size() == snapshot.keyCount);
    CHECK(snapshot.objects[i].angularVelocity_radps.size() == snapshot.keyCount);
  }
  size_t poses = 0;
  for (const auto& instance : snapshot.instances) {
    CHECK(instance.firstKey == poses);
    CHECK(instance.keyCount == (instance.object.value == 1 ? 1 : snapshot.keyCount));
    poses += instance.keyCount;
  }
  CHECK(poses == snapshot.poses.size());
  CHECK(snapshot.media.extinction_1pm == 0);
}

TEST_CASE("A joint without geometry makes no instance") {
  Stage stage;
  auto parts = carParts();
  parts[2].mesh = MeshId::invalid();
  stage.add(carAsset(), at(0, 0), scenario::Parked{}, parts);
  World world = stage.world();
  CHECK(world.snapshot(ms(0), ms(10)).instances.size() == 4);
}

TEST_CASE("A walker who has not started, and one who has arrived, stand still") {
  Stage stage;
  stage.add(personAsset(), at(0, 0), scenario::WalkTo{{2.8, 0, 0}, 1.4, ms(1000)}, personParts());
  World world = stage.world();
  for (const auto& instance : world.snapshot(ms(0), ms(1000)).instances) CHECK(instance.keyCount == 1);
  for (const auto& instance : world.snapshot(ms(1500), ms(1600)).instances) CHECK(instance.keyCount > 1);
  for (const auto& instance : world.snapshot(ms(3000), ms(3100)).instances) CHECK(instance.keyCount == 1);
  // Standing means the pose at rest, part for part.
  const auto snapshot = world.snapshot(ms(3000), ms(3010));
  const auto parts = personParts();
  CHECK(snapshot.poses[0].translation.x == doctest::Approx(2.8));
  CHECK(snapshot.poses[0].translation.z == doctest::Approx(0.95));
  CHECK(snapshot.poses[3].translation.z == doctest::Approx(0.08));
}

TEST_CASE("Velocity keys are the slope of the pose keys") {
  const Stage stage = busyStage();
  World world = stage.world();
  const auto snapshot = world.snapshot(ms(400), ms(460));
  const double step = snapshot.keyStep.seconds();
  for (const auto& item : snapshot.objects) {
    if (item.id.value == 5 || item.id.value == 6) continue;  // boxes that collide: no slope at the impact
    for (size_t k = 1; k + 1 < item.worldFromObject.size(); ++k) {
      const auto& before = item.worldFromObject[k - 1];
      const auto& after = item.worldFromObject[k + 1];
      const glm::dvec3 slope = (after.translation - before.translation) / (2 * step);
      const glm::dquat turn = after.rotation * glm::conjugate(before.rotation);
      const glm::dvec3 axis(turn.x, turn.y, turn.z);
      const double sine = glm::length(axis);
      const glm::dvec3 spin = sine > 0 ? axis * (2 * std::atan2(sine, turn.w) / sine / (2 * step)) : axis;
      CAPTURE(item.id.value);
      // Central differences miss by jerk * step^2 / 6; contacts of the tyre (9.81 m/s^2 within a step) by g * step.
      CHECK(glm::length(slope - item.velocity_mps[k]) < 0.1);
      CHECK(glm::length(spin - item.angularVelocity_radps[k]) < 0.15);
    }
  }
}

TEST_CASE("Constant motion is exact: v t, and one rate about one axis, after hours too") {
  Stage stage;
  const glm::dvec3 velocity{1.25, -2.5, 0.125};
  const glm::dvec3 spin{3, 4, 12};  // 13 rad/s
  const RigidTransform start = RigidTransform::fromYawPitchRoll({10, 20, 5}, 0.3, 0.2, 0.1);
  const ObjectId id = stage.add(boxAsset({1, 1, 1}), start, scenario::ConstantMotion{velocity, spin});
  World world = stage.world();
  for (double time_s : {0.0, 0.01, 1.0, 7.77}) {
    const RigidTransform pose = poseAt(world, id, time_s);
    CHECK(glm::length(pose.translation - (start.translation + velocity * time_s)) < 1e-12);
    // A point on the axis stays; a point off it goes round by Rodrigues' formula.
    const glm::dvec3 axis = spin / 13.0;
    const glm::dvec3 arm = start.rotate({0.3, -0.7, 0.2});
    const double c = std::cos(13 * time_s), s = std::sin(13 * time_s);
    const glm::dvec3 expected = arm * c + glm::cross(axis, arm) * s + axis * glm::dot(axis, arm) * (1 - c);
    CHECK(glm::length(pose.rotate({0.3, -0.7, 0.2}) - expected) < 1e-12);
  }
  const auto snapshot = world.snapshot(ms(8000), ms(8100));
  CHECK(object(snapshot, id).velocity_mps[3] == velocity);
  CHECK(object(snapshot, id).angularVelocity_radps[3] == spin);
}

TEST_CASE("What a scenario cannot have is refused with the actor's name") {
  const auto refused = [](Stage& stage) {
    try {
      stage.world();
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::kDiagnostics);
      CHECK_FALSE(error.help().empty());
      return std::string(error.what()).find("a1") != std::string::npos;
    }
    return false;
  };
  const auto refusedBehavior = [&](scenario::Behavior behavior) {
    Stage stage;
    stage.add(boxAsset({1, 1, 1}), at(0, 0), std::move(behavior));
    return refused(stage);
  };
  CHECK(refusedBehavior(scenario::FollowRoad{10, 0, false}));  // there is no road
  CHECK(refusedBehavior(scenario::FreeBody{}));                // there is no mass
  CHECK(refusedBehavior(scenario::FollowPath{{}, 1, {}}));
  CHECK(refusedBehavior(scenario::FollowPath{{{0, 0, 0}, {NAN, 0, 0}}, 1, {}}));
  CHECK(refusedBehavior(scenario::WalkTo{{1, 0, 0}, -1, {}}));
  CHECK(refusedBehavior(scenario::ConstantMotion{{INFINITY, 0, 0}, {}}));
  Stage unknown;
  unknown.add(boxAsset({1, 1, 1}), at(0, 0), scenario::Parked{});
  unknown.scenario.actors[0].asset = "vehicle.unheard_of";
  CHECK(refused(unknown));
  Stage noStep;
  noStep.scenario.step = SimTime();
  CHECK_THROWS_AS(noStep.world(), Error);
}

TEST_CASE("A model with a clip is posed between samples, and what bends of it lies between shapes") {
  Stage stage;
  std::vector<content::ModelPart> parts(2);
  parts[0].name = "body";
  parts[0].mesh = MeshId(1);
  parts[0].meshOfSample = {MeshId(1), MeshId(2), MeshId(3), MeshId(4)};
  parts[1].name = "arm";
  parts[1].mesh = MeshId(9);
  for (int k = 0; k < 4; ++k) parts[1].poseOfSample.push_back(at(0.1 * (k < 3 ? k : 1), 0, 1));
  const ObjectId walker = stage.add(personAsset(), at(0, 0), scenario::ConstantMotion{{2, 0, 0}, {}}, parts);
  stage.models.back().clip = content::ModelClip{4, 1, 0.8, {-0.7, -0.3, 0}, {0.9, 0.3, 1.8}};
  const ObjectId waver = stage.add(personAsset(), at(0, 9), scenario::Parked{}, parts);
  stage.models.back().clip = content::ModelClip{4, 1, 0, {-0.2, -0.3, 0}, {0.2, 0.3, 1.75}};
  World world = stage.world();
  const content::SceneSnapshot snapshot = world.snapshot(ms(330), ms(350));
  const auto of = [&snapshot](ObjectId object) {
    std::vector<content::SnapshotInstance> out;
    for (const content::SnapshotInstance& i : snapshot.instances)
      if (i.object == object) out.push_back(i);
    return out;
  };
  // Walker: 0.68 m of 0.8 m in the middle are 3.4 samples of 4; at the first key, 0.66 m, 3.3.
  REQUIRE(of(walker).size() == 2);
  CHECK(of(walker)[0].mesh.value == 1);
  CHECK(of(walker)[0].shapeCount == 4);
  CHECK(of(walker)[0].keyCount == snapshot.keyCount);
  const auto shapeAt = [&](ObjectId object, uint32_t k) { return snapshot.shapes[of(object)[0].firstShape + k]; };
  for (uint32_t k = 0; k < 3; ++k) CHECK(shapeAt(walker, k) == doctest::Approx(3.3 + 0.1 * k));
  CHECK(of(walker)[1].shapeCount == 1);
  const RigidTransform arm = snapshot.poses[of(walker)[1].firstKey];
  CHECK(arm.translation.x == doctest::Approx(0.66 + 0.7 * 0.1));  // from 0.1 towards the first sample's 0
  // Who stands moves by time: 0.34 of 1 s are 1.36 samples; at the first key 1.32.
  for (uint32_t k = 0; k < 3; ++k) CHECK(shapeAt(waver, k) == doctest::Approx(1.32 + 0.04 * k));
  CHECK(of(waver)[1].keyCount == snapshot.keyCount);
  CHECK(snapshot.poses[of(waver)[1].firstKey].translation.x == doctest::Approx(0.132));
  // The box holds the whole cycle.
  CHECK(snapshot.findObject(walker)->boxSize.x == doctest::Approx(1.6));
  CHECK(snapshot.findObject(walker)->boxCentre.x == doctest::Approx(0.1));
}
