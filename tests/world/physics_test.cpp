#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/world/fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

constexpr double kSubstep = 1e-3;

SimTime ms(int64_t v) {
  return SimTime::fromMs(v);
}

/// Velocity keys are the origin's; energy and rolling are the centre's.
glm::dvec3 centreVelocity(const content::SnapshotObject& item, size_t k) {
  const glm::dvec3 lever = item.worldFromObject[k].rotate(item.boxCentre);
  return item.velocity_mps[k] + glm::cross(item.angularVelocity_radps[k], lever);
}

double kineticEnergy(const content::SnapshotObject& item, size_t k, double mass, const glm::dvec3& inertia) {
  const glm::dvec3 velocity = centreVelocity(item, k);
  const glm::dvec3 spin = glm::conjugate(item.worldFromObject[k].rotation) * item.angularVelocity_radps[k];
  return 0.5 * mass * glm::dot(velocity, velocity) + 0.5 * glm::dot(inertia * spin, spin);
}

double height(const content::SnapshotObject& item, size_t k) {
  return (item.worldFromObject[k] * item.boxCentre).z;
}

}  // namespace

TEST_CASE("A body falls by half g t squared, and keeps its spin in the air") {
  Stage stage;
  const glm::dvec3 velocity{3, -1, 2}, spin{0, 0, 5};
  const ObjectId id = stage.add(boxAsset({0.3, 0.3, 0.3}, 4), at(0, 0, 20), scenario::FreeBody{velocity, spin});
  World world = stage.world();
  for (double t : {0.5, 1.0, 1.5}) {
    const RigidTransform pose = poseAt(world, id, t);
    // Semi-implicit Euler lags the parabola by g t dt / 2, here 5 to 15 mm at most.
    const glm::dvec3 expected =
        glm::dvec3(0, 0, 20) + velocity * t - glm::dvec3(0, 0, 0.5 * kGravity * t * (t + kSubstep));
    CHECK(glm::length(pose.translation - expected) < 1e-9);
    CHECK(std::abs(wrapAngle(pose.yaw_rad() - 5 * t)) < 1e-6);
  }
}

TEST_CASE("A bounce reaches e squared of the height it fell from") {
  for (double e : {0.3, 0.6, 0.8}) {
    Stage stage;
    auto ball = boxAsset({0.2, 0.2, 0.2}, 1);
    ball.builder = "sphere";
    ball.restitution = e;
    stage.add(ball, at(0, 0, 2), scenario::FreeBody{});
    World world = stage.world();
    const auto snapshot = world.snapshot(ms(0), ms(2000));
    const auto& item = snapshot.objects[0];
    size_t bounce = 1;
    while (item.velocity_mps[bounce].z < 0) ++bounce;
    double top = 0;
    for (size_t k = bounce + 1; k < item.worldFromObject.size() && item.velocity_mps[k - 1].z > -0.2; ++k) {
      top = std::max(top, item.worldFromObject[k].translation.z);
    }
    CAPTURE(e);
    // Velocity is quantised by g dt = 0.01 m/s of 6.3, at impact and at the bounce: 2 * (0.16 % + 0.16 % / e).
    CHECK(top / 2 == doctest::Approx(e * e).epsilon(0.0032 * (1 + 1 / e) + 0.002));
  }
}

TEST_CASE("A sliding box stops after v^2 / (2 mu g)") {
  for (double mu : {0.3, 0.7}) {
    Stage stage;
    auto box = boxAsset({0.6, 0.6, 0.2}, 10);
    box.friction = mu;
    box.restitution = 0;
    const ObjectId id = stage.add(box, at(0, 0, 0, 0.4), scenario::FreeBody{{6, 0, 0}, {}});
    World world = stage.world();
    const RigidTransform end = poseAt(world, id, 4.0);
    CAPTURE(mu);
    CHECK(end.translation.x == doctest::Approx(36 / (2 * mu * kGravity)).epsilon(0.01));
    CHECK(std::abs(end.translation.y) < 0.02);
    // At rest it does not creep, and a snapshot knows that it does not move.
    CHECK(world.snapshot(ms(9000), ms(9100)).instances[0].keyCount == 1);
  }
}

TEST_CASE("A tyre set rolling rolls on: spin is v / r, upright, and no energy comes from nowhere") {
  const double radius = 0.32, width = 0.2, speed = 5, mass = 9;
  Stage stage;
  const ObjectId id =
      stage.add(tyreAsset(radius, width, mass), at(0, 0), scenario::FreeBody{{speed, 0, 0}, {0, speed / radius, 0}});
  World world = stage.world();
  const auto snapshot = world.snapshot(ms(0), ms(3000));
  const auto& item = object(snapshot, id);
  const double squares = radius * radius * (1 + 0.64 * 0.64);
  const glm::dvec3 inertia(mass * (3 * squares + width * width) / 12, mass * squares / 2,
                           mass * (3 * squares + width * width) / 12);
  const double atStart = kineticEnergy(item, 0, mass, inertia) + mass * kGravity * height(item, 0);
  double most = 0;
  for (size_t k = 0; k < item.worldFromObject.size(); ++k) {
    const glm::dvec3 centre = centreVelocity(item, k);
    CHECK(glm::dot(glm::normalize(item.angularVelocity_radps[k]), glm::dvec3(0, 1, 0)) > 0.999);
    CHECK(item.angularVelocity_radps[k].y == doctest::Approx(centre.x / radius).epsilon(0.005));
    most = std::max(most, kineticEnergy(item, k, mass, inertia) + mass * kGravity * height(item, k));
  }
  CHECK(most < atStart * 1.0005);
  // Rolling resistance c m g at the tread brakes mass and spin: c g / (1 + I / (m r^2)), c = 0.015.
  const double brake_mps2 = 0.015 * kGravity / (1 + inertia.y / (mass * radius * radius));
  const double slowed = (item.worldFromObject.back() * item.boxCentre).x - 3 * speed;
  CHECK(slowed == doctest::Approx(-0.5 * brake_mps2 * 9).epsilon(0.03));
}

TEST_CASE("A tyre thrown without spin takes up the rolling speed that momentum about its contact leaves it") {
  // Sliding friction turns v0 into v0 / (1 + I / (m r^2)) wherever it acts; I = m r^2 (1 + b^2) / 2. It slides for 0.36
  // s; rolling resistance takes another 0.3 % until 0.43 s.
  const double radius = 0.32, v0 = 6;
  Stage stage;
  const ObjectId id = stage.add(tyreAsset(radius, 0.2, 9), at(0, 0), scenario::FreeBody{{v0, 0, 0}, {}});
  World world = stage.world();
  const auto snapshot = world.snapshot(ms(400), ms(500));
  const auto& item = object(snapshot, id);
  const double ratio = (1 + 0.64 * 0.64) / 2;
  const double rolling = v0 / (1 + ratio);
  const double centre = centreVelocity(item, 3).x;
  CHECK(centre == doctest::Approx(rolling).epsilon(0.02));
  CHECK(item.angularVelocity_radps[3].y == doctest::Approx(rolling / radius).epsilon(0.02));
}

TEST_CASE("A tyre that wobbles or falls comes to rest, and stays") {
  Stage stage;
  // Leaning by 40 degrees it falls over and rattles down; spinning flat it stops too.
  stage.add(tyreAsset(0.32, 0.2, 9), RigidTransform::fromYawPitchRoll({0, 0, 0.1}, 0, 0, 0.7),
            scenario::FreeBody{{1, 0, 0}, {0, 2, 0}});
  World world = stage.world();
  const auto snapshot = world.snapshot(ms(29'000), ms(30'000));
  const RigidTransform& end = snapshot.objects[0].worldFromObject.back();
  CHECK(std::abs(end.rotate({0, 1, 0}).z) == doctest::Approx(1).epsilon(0.001));
  CHECK((end * snapshot.objects[0].boxCentre).z == doctest::Approx(0.1).epsilon(0.01));
  CHECK(snapshot.instances[0].keyCount == 1);
}

TEST_CASE("A tumbling box in the air keeps its angular momentum") {
  Stage stage;
  const glm::dvec3 size{0.6, 0.3, 0.1};
  const double mass = 3;
  const ObjectId id = stage.add(boxAsset(size, mass), at(0, 0, 50), scenario::FreeBody{{0, 0, 0}, {0.1, 6, 0.1}});
  World world = stage.world();
  const auto snapshot = world.snapshot(ms(0), ms(2000));
  const auto& item = object(snapshot, id);
  const glm::dvec3 inertia = mass / 12 *
                             glm::dvec3(size.y * size.y + size.z * size.z, size.x * size.x + size.z * size.z,
                                        size.x * size.x + size.y * size.y);
  const auto momentum = [&](size_t k) {
    const glm::dquat& q = item.worldFromObject[k].rotation;
    return q * (inertia * (glm::conjugate(q) * item.angularVelocity_radps[k]));
  };
  double wobble = 0;
  for (size_t k = 0; k < item.worldFromObject.size(); ++k) {
    CHECK(glm::length(momentum(k) - momentum(0)) < 0.02 * glm::length(momentum(0)));
    wobble = std::max(wobble, glm::length(item.angularVelocity_radps[k] - item.angularVelocity_radps[0]));
  }
  CHECK(wobble > 3);  // the middle axis is unstable (Dzhanibekov)
}

TEST_CASE("A box that is thrown at a parked car collides once, with both ids and its momentum") {
  Stage stage;
  const ObjectId car = stage.add(carAsset(), at(10, 0), scenario::Parked{});
  auto box = boxAsset({0.4, 0.4, 0.4}, 5);
  box.restitution = 0;
  const ObjectId thrown = stage.add(box, at(0, 0, 0.5), scenario::FreeBody{{20, 0, 2.17}, {}});
  World world = stage.world();
  world.snapshot(ms(0), ms(3000));
  std::vector<Collision> between;
  for (const Collision& c : world.collisions()) {
    if (c.b.isObject()) between.push_back(c);
  }
  REQUIRE(between.size() == 1);
  CHECK(between[0].a == car);
  CHECK(between[0].b == thrown);
  // The car's rear is at 10 + 1.35 - 2.3 m, the box's front at 0.2 m.
  CHECK(between[0].at.seconds() == doctest::Approx((9.05 - 0.2) / 20).epsilon(0.005));
  CHECK(between[0].point.x == doctest::Approx(9.05).epsilon(0.005));
  CHECK(between[0].impulse_Ns == doctest::Approx(5 * 20).epsilon(0.02));
  // It stays in front of the car, and the ground is reported too.
  CHECK(poseAt(world, thrown, 3.0).translation.x < 9.05 - 0.15);
  CHECK(std::any_of(world.collisions().begin(), world.collisions().end(),
                    [&](const Collision& c) { return c.a == thrown && !c.b.isObject(); }));
}

TEST_CASE("What lies still at the start has not collided") {
  Stage stage;
  stage.add(boxAsset({1, 1, 1}, 5), at(0, 0), scenario::FreeBody{});
  stage.add(boxAsset({1, 1, 1}, 5), at(0, 0, 1), scenario::FreeBody{});
  stage.add(tyreAsset(0.3, 0.2, 9), at(5, 0), scenario::FreeBody{});
  World world = stage.world();
  world.snapshot(ms(0), ms(1000));
  CHECK(world.collisions().empty());
  for (const auto& item : world.snapshot(ms(900), ms(1000)).objects) {
    CHECK(glm::length(item.worldFromObject[0].translation -
                      stage.scenario.actors[item.id.value - 1].worldFromActor.translation) < 2e-3);
  }
}

TEST_CASE("A car that hits a person who walks is reported once, though neither yields") {
  Stage stage;
  stage.scenario.map = road::Road({{0, 0}, 0, {{200, 0}}}, {{"oncoming"}}, {{"ego"}});
  const ObjectId car = stage.add(carAsset(), at(0, -1.6), scenario::FollowRoad{10, -1.6, false}, carParts());
  // Crosses x = 40 at the car's time: the front bumper gets there at (40 - 3.65) / 10 s.
  const double meets = (40 - 3.65 - 0.2) / 10;
  const ObjectId person =
      stage.add(personAsset(), at(40, -1.6 - 1.4 * meets), scenario::WalkTo{{40, 6, 0}, 1.4, {}}, personParts());
  stage.add(personAsset(), at(60, 3), scenario::Parked{}, personParts());
  World world = stage.world();
  world.snapshot(ms(0), ms(8000));
  REQUIRE(world.collisions().size() == 1);
  const Collision& hit = world.collisions()[0];
  CHECK(hit.a == car);
  CHECK(hit.b == person);
  // Tested every step, 10 ms; the person is a capsule of half the box's narrower side.
  CHECK(hit.at.seconds() >= meets - 1e-9);
  CHECK(hit.at.seconds() < meets + 0.01 + 1e-9);
  CHECK(hit.point.x == doctest::Approx(39.8).epsilon(0.005));
  CHECK(hit.impulse_Ns == 0);
}

TEST_CASE("A car drives into a parked car, and a box on the road is pushed away") {
  Stage stage;
  stage.scenario.map = road::Road({{0, 0}, 0, {{200, 0}}}, {{"oncoming"}}, {{"ego"}});
  const ObjectId car = stage.add(carAsset(), at(0, -1.6), scenario::FollowRoad{10, -1.6, false}, carParts());
  const ObjectId box = stage.add(boxAsset({0.5, 0.5, 0.5}, 10), at(30, -1.6), scenario::FreeBody{});
  const ObjectId parked = stage.add(carAsset(), at(60, -1.6), scenario::Parked{}, carParts());
  World world = stage.world();
  world.snapshot(ms(0), ms(4000));
  CHECK(poseAt(world, box, 4.0).translation.x > 42);
  const auto met = [&](ObjectId a, ObjectId b) {
    return std::count_if(world.collisions().begin(), world.collisions().end(),
                         [&](const Collision& c) { return c.a == a && c.b == b; });
  };
  CHECK(met(car, box) >= 1);
  world.snapshot(ms(4000), ms(7000));
  CHECK(met(car, parked) == 1);
}

TEST_CASE("A tyre that meets the kerb is thrown back by it") {
  Stage stage;
  stage.scenario.map = road::Road({{0, 0}, 0, {{60, 0}, {60, 0.02}}}, {{"oncoming"}},
                                  {{"ego"}, {"walk", road::LaneKind::kSidewalk, 2.5}}, 0.12);
  // Kerb at t = -3.25 m. Slow: 0.12 m of kerb cannot be climbed at 1 m/s (that takes v^2 / 2g, 5 cm).
  for (double s : {30.0, 90.0}) {
    Stage one = stage;
    RigidTransform placed = stage.scenario.map.road(0).pose(s, -1);
    placed = placed * at(0, 0, 0, -kPi / 2);
    const ObjectId id = one.add(tyreAsset(0.32, 0.2, 9), placed,
                                scenario::FreeBody{placed.rotate({1, 0, 0}), placed.rotate({0, 1 / 0.32, 0})});
    World world = one.world();
    double furthest = 0;
    for (int i = 0; i < 400; ++i) {
      const RigidTransform pose = poseAt(world, id, 0.01 * i);
      furthest = std::min(furthest, stage.scenario.map.road(0).project(pose * glm::dvec3(0, 0, 0.32)).t);
    }
    CAPTURE(s);
    // The rim meets the edge 0.25 m before the kerb, sqrt(r^2 - (r - h)^2). From there the tyre may climb, turning
    // about the edge, as far as all its energy would lift it: v^2 (1 + (1 + b^2) / 2) / 2g = 8.7 cm, to 0.142 m before
    // the kerb.
    CHECK(furthest < -3.25 + 0.26);
    CHECK(furthest > -3.25 + 0.135);
    REQUIRE(world.collisions().size() >= 1);
    CHECK(world.collisions()[0].point.z == doctest::Approx(0.12).epsilon(0.05));
  }
}

TEST_CASE("A small fast body does not pass through a thin wall") {
  Stage stage;
  stage.add(boxAsset({0.02, 3, 3}), at(10, 0), scenario::Parked{});
  const ObjectId id = stage.add(boxAsset({0.05, 0.05, 0.05}, 0.3), at(0, 0, 1), scenario::FreeBody{{80, 0, 0}, {}});
  World world = stage.world();
  CHECK(poseAt(world, id, 1.0).translation.x < 10);
  CHECK(world.collisions().size() >= 1);
}

TEST_CASE("In the air a body turns about its centre of mass, wherever its origin lies") {
  Stage stage;
  auto box = boxAsset({0.4, 0.4, 0.4}, 10);
  box.centreOfMass = {0.1, -0.05, 0.3};
  const ObjectId id = stage.add(box, at(0, 0, 20), scenario::FreeBody{{2, 0, 0}, {0, 0, 7}});
  World world = stage.world();
  for (double t : {0.25, 1.0}) {
    const glm::dvec3 start = glm::dvec3(0, 0, 20) + box.centreOfMass;
    const glm::dvec3 expected = start + glm::dvec3(2 * t, 0, -0.5 * kGravity * t * (t + kSubstep));
    CHECK(glm::length(poseAt(world, id, t) * box.centreOfMass - expected) < 1e-6);
  }
}

TEST_CASE("A body alone on the ground moves as it does in Bullet's world under a ceiling that it does not touch") {
  // A ceiling at 3 cm is nearer than what is alone keeps from others, one at 4 m is far.
  const auto slide = [](double gap_m, const glm::dvec3& spin) {
    Stage stage;
    scenario::FreeBody thrown;
    thrown.velocity_mps = {12, 3, 0};
    thrown.angularVelocity_radps = spin;
    stage.add(carAsset(), RigidTransform(), thrown);
    stage.add(boxAsset({120, 120, 1}), RigidTransform::fromTranslation({0, 0, 1.45 + gap_m}), scenario::Parked{});
    World world = stage.world();
    world.advanceTo(SimTime::fromSeconds(5));
    REQUIRE(world.collisions().empty());
    return world.actorPose(ObjectId{1}, world.now());
  };
  const RigidTransform straight = slide(4, glm::dvec3(0)), straightBeside = slide(0.03, glm::dvec3(0));
  CHECK(glm::length(straight.translation) > 10);
  CHECK(glm::length(straight.translation - straightBeside.translation) < 1e-3);
  // Of eight feet on a plane three loads are determined, and friction's torque depends on the others: a foot is at the
  // inner rim, 1.51 m from the middle, or at the outer, 1.62 m. From their mean either is 3.5 % off.
  const RigidTransform turned = slide(4, {0, 0, 1.5}), turnedBeside = slide(0.03, {0, 0, 1.5});
  CHECK(std::abs(turned.yaw_rad()) > 0.5);
  CHECK(std::abs(turned.yaw_rad() - turnedBeside.yaw_rad()) < 0.07 * std::abs(turned.yaw_rad()));
  CHECK(glm::length(turned.translation - turnedBeside.translation) < 0.035 * glm::length(turned.translation));
  CHECK(std::abs(turned.translation.z - turnedBeside.translation.z) < 1e-4);
}

TEST_CASE("What comes to rest alone sleeps, and wakes when it is hit") {
  Stage stage;
  scenario::FreeBody still, thrown;
  thrown.velocity_mps = {14, 0, 0};
  stage.add(carAsset(), RigidTransform::fromTranslation({30, 0, 0}), still);
  stage.add(carAsset(), RigidTransform::fromTranslation({12, 0.2, 0}), thrown);
  World world = stage.world();
  world.advanceTo(SimTime::fromSeconds(0.5));
  const RigidTransform before = world.actorPose(ObjectId{1}, world.now());
  CHECK(glm::length(before.translation - glm::dvec3(30, 0, 0)) < 1e-3);
  world.advanceTo(SimTime::fromSeconds(8));
  const ActorView struck = world.view(ObjectId{1});
  CHECK(struck.worldFromActor.translation.x > 30.2);
  CHECK(glm::length(struck.velocity_mps) == 0);
  CHECK(glm::length(world.view(ObjectId{2}).velocity_mps) == 0);
}
