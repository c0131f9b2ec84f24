#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/error.hpp"
#include "engine/world/track.hpp"
#include "tests/world/fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

constexpr double kSpeed = 12.5;

Stage roadStage(std::vector<road::Segment> segments) {
  Stage stage;
  stage.scenario.hasRoad = true;
  stage.scenario.road = road::Road({{0, 0}, 0, std::move(segments)}, {{"oncoming"}}, {{"ego"}});
  return stage;
}

const RigidTransform& instancePose(const content::SceneSnapshot& snapshot, size_t instance, uint32_t key) {
  const auto& entry = snapshot.instances[instance];
  return snapshot.poses[entry.firstKey + (entry.keyCount > 1 ? key : 0)];
}

}  // namespace

TEST_CASE("A car on an arc is where the circle says, turns at v kappa and heads along it") {
  const double kappa = 0.01, t = -1.625;
  Stage stage = roadStage({{200, kappa}});
  const ObjectId car = stage.add(carAsset(), at(0, t), scenario::FollowRoad{kSpeed, t, false}, carParts());
  World world = stage.world();
  const double radius = 1 / kappa - t;  // of the car's own circle, about (0, 100)
  for (double time_s : {0.0, 0.5, 3.0, 10.0}) {
    const double angle = kSpeed * time_s / radius;
    const RigidTransform pose = poseAt(world, car, time_s);
    CHECK(std::abs(pose.translation.x - radius * std::sin(angle)) < 1e-9);
    CHECK(std::abs(pose.translation.y - (1 / kappa - radius * std::cos(angle))) < 1e-9);
    CHECK(std::abs(wrapAngle(pose.yaw_rad() - angle)) < 1e-12);
  }
  const auto snapshot = world.snapshot(SimTime::fromMs(10'000), SimTime::fromMs(10'100));
  const auto& item = object(snapshot, car);
  CHECK(item.angularVelocity_radps[4].z == doctest::Approx(kSpeed / radius).epsilon(1e-12));
  CHECK(glm::length(item.velocity_mps[4]) == doctest::Approx(kSpeed).epsilon(1e-12));
  CHECK(glm::dot(item.velocity_mps[4], item.worldFromObject[4].rotate({0, 1, 0})) == doctest::Approx(0));
}

TEST_CASE("An oncoming car drives the same lane backwards, from s to 0 and on straight ahead") {
  const double kappa = -0.02, t = 1.625;
  Stage stage = roadStage({{50, 0}, {60, kappa}});
  const RigidTransform placed = stage.scenario.road.pose(100, t);
  const ObjectId car = stage.add(carAsset(), placed * at(0, 0, 0, kPi), scenario::FollowRoad{kSpeed, t, true});
  World world = stage.world();
  // The offset curve is longer than the line where it lies outside the bend.
  const double arc = 50 * (1 - kappa * t);
  CHECK(arc > 50);
  const glm::dvec3 inBend = stage.scenario.road.pose(100 - 30 / (1 - kappa * t), t).translation;
  CHECK(glm::length(poseAt(world, car, 30 / kSpeed).translation - inBend) < 1e-9);
  const RigidTransform onStraight = poseAt(world, car, (arc + 20) / kSpeed);
  CHECK(glm::length(onStraight.translation - glm::dvec3(30, t, 0)) < 1e-7);  // ns of the clock: 1e-9 s * 12.5 m/s
  CHECK(std::abs(wrapAngle(onStraight.yaw_rad() - kPi)) < 1e-9);
  CHECK(glm::length(poseAt(world, car, (arc + 90) / kSpeed).translation - glm::dvec3(-40, t, 0)) < 1e-7);
}

TEST_CASE("Beyond a bend's centre there is no lane to keep") {
  Stage stage = roadStage({{30, 0.1}});
  stage.add(carAsset(), at(0, 0), scenario::FollowRoad{5, 11, false});
  CHECK_THROWS_AS(stage.world(), Error);
}

TEST_CASE("Wheels roll without slipping: the tread stands still where it meets the road, in bends too") {
  for (double kappa : {0.0, 0.03, -0.05}) {
    Stage stage = roadStage({{100, kappa}});
    stage.add(carAsset(), at(0, 0), scenario::FollowRoad{kSpeed, 0, false}, carParts());
    World world = stage.world();
    const auto snapshot = world.snapshot(SimTime::fromMs(1000), SimTime::fromMs(1100));
    for (size_t wheel = 1; wheel <= 4; ++wheel) {
      const auto& before = instancePose(snapshot, wheel, 4);
      const auto& after = instancePose(snapshot, wheel, 5);
      glm::dquat turn = after.rotation * glm::conjugate(before.rotation);
      if (turn.w < 0) turn = -turn;
      const glm::dvec3 axis(turn.x, turn.y, turn.z);
      const double step = snapshot.keyStep.seconds();
      const glm::dvec3 spin = axis * (2 * std::atan2(glm::length(axis), turn.w) / glm::length(axis) / step);
      const glm::dvec3 velocity = (after.translation - before.translation) / step;
      const glm::dvec3 contact = velocity + glm::cross(spin, glm::dvec3(0, 0, -kWheelRadius));
      CAPTURE(kappa);
      CAPTURE(wheel);
      CHECK(before.translation.z == doctest::Approx(kWheelRadius));
      // The axle turns by v kappa dt within the step: at most 12.5 * 0.05 * 0.01 rad, of 12.5 m/s, half of it forward.
      CHECK(glm::length(contact) < 0.5 * kSpeed * kSpeed * std::abs(kappa) * step + 1e-6);
      // Rolling forward is positive about the wheel's own left.
      CHECK(glm::dot(spin, before.rotate({0, 1, 0})) > 0);
    }
  }
}

TEST_CASE("Front wheels point along their own circles about the bend's centre") {
  const double kappa = 0.05;
  Stage stage = roadStage({{100, kappa}});
  stage.add(carAsset(), at(0, 0), scenario::FollowRoad{kSpeed, 0, false}, carParts());
  World world = stage.world();
  const auto snapshot = world.snapshot(SimTime::fromMs(500), SimTime::fromMs(510));
  const glm::dvec3 centre(0, 1 / kappa, kWheelRadius);
  for (size_t wheel = 1; wheel <= 4; ++wheel) {
    const RigidTransform& pose = instancePose(snapshot, wheel, 0);
    const glm::dvec3 toCentre = glm::normalize(centre - pose.translation);
    CHECK(glm::dot(pose.rotate({0, 1, 0}), toCentre) == doctest::Approx(1).epsilon(1e-9));
  }
}

TEST_CASE("A path is walked at its speed through its points and ended where it ends") {
  Stage stage;
  const std::vector<glm::dvec3> points{{0, 0, 0}, {10, 0, 0}, {10, 5, 0}};
  const ObjectId id = stage.add(boxAsset({1, 1, 1}), at(0, 0), scenario::FollowPath{points, 2, SimTime::fromMs(500)});
  World world = stage.world();
  CHECK(poseAt(world, id, 0.5).translation == glm::dvec3(0, 0, 0));
  CHECK(glm::length(poseAt(world, id, 2.5).translation - glm::dvec3(4, 0, 0)) < 1e-12);
  // Cutting the corner by a quarter circle of 0.5 m saves 2 * 0.5 - 0.5 * pi / 2.
  const double length = 15 - 1 + 0.25 * kPi;
  const double arrival = 0.5 + length / 2;
  CHECK(glm::length(poseAt(world, id, arrival - 0.5).translation - glm::dvec3(10, 4, 0)) < 1e-8);
  CHECK(glm::length(poseAt(world, id, arrival + 2).translation - glm::dvec3(10, 5, 0)) < 1e-12);
  CHECK(std::abs(poseAt(world, id, arrival + 2).yaw_rad() - kPi / 2) < 1e-12);
  const auto arrived = world.snapshot(SimTime::fromMs(9000), SimTime::fromMs(9020));
  CHECK(object(arrived, id).velocity_mps[0] == glm::dvec3(0));
}

TEST_CASE("Heading never jumps: along corners, from a wrong start, and at a reversal") {
  Stage stage;
  const std::vector<glm::dvec3> points{{0, 0, 0}, {6, 0, 0}, {6, 6, 0}, {6, 0, 0}, {0, -3, 0}};
  const double speed = 1.4;
  stage.add(personAsset(), at(0, 0, 0, 2.5), scenario::FollowPath{points, speed, {}});
  World world = stage.world();
  const auto snapshot = world.snapshot(SimTime(), SimTime::fromMs(20'000));
  const auto& item = snapshot.objects[0];
  for (size_t k = 1; k < item.worldFromObject.size(); ++k) {
    const double turn = wrapAngle(item.worldFromObject[k].yaw_rad() - item.worldFromObject[k - 1].yaw_rad());
    // Fastest: half a turn in 0.7 m, a smoothstep's peak being 1.5 times its mean: 6.7 rad/m.
    CHECK(std::abs(turn) <= 6.8 * speed * 0.01);
    // The mean of the rates at both ends, but where an arc begins within the step.
    const double before = item.angularVelocity_radps[k - 1].z, after = item.angularVelocity_radps[k].z;
    CHECK(std::abs(turn / 0.01 - 0.5 * (before + after)) <= 0.5 * std::abs(after - before) + 0.01);
  }
}

TEST_CASE("Positions on a track of lines and arcs are as far apart as the distance travelled, in space too") {
  const std::vector<glm::dvec3> points{{0, 0, 0}, {8, 0, 1}, {8, 6, 4}, {2, 9, 4}, {2.1, 9, 4}, {2.1, 12, 0}};
  const Track track = Track::throughPoints(points, 1.5);
  const double step = 1e-3;
  glm::dvec3 last = track.at(0).position;
  for (double travelled = step; travelled < track.length_m(); travelled += step) {
    const TrackPoint point = track.at(travelled);
    // Chord of an arc of radius >= 0.03 m: short by step^3 / (24 r^2).
    CHECK(glm::distance(point.position, last) == doctest::Approx(step).epsilon(1e-4));
    last = point.position;
  }
  CHECK(track.at(1e9).position == track.at(track.length_m()).position);
  CHECK(glm::distance(track.at(track.length_m()).position, points.back()) < 1e-12);
  CHECK(glm::distance(track.at(0).position, points.front()) < 1e-12);
}

TEST_CASE("A track through samples of a clothoid follows it: place, heading and curvature") {
  // theta = s^2 / (2 A^2), integrated numerically with 1 mm steps: nothing of the track's own.
  constexpr double kA2 = 60.0 * 45.0;
  std::vector<glm::dvec3> dense{{0, 0, 0}};
  for (int i = 0; i < 60'000; ++i) {
    const double theta = std::pow((i + 0.5) * 1e-3, 2) / (2 * kA2);
    dense.push_back(dense.back() + glm::dvec3(std::cos(theta), std::sin(theta), 0.05) * 1e-3);
  }
  std::vector<glm::dvec3> samples;
  for (size_t i = 0; i < dense.size(); i += 1000) samples.push_back(dense[i]);
  const Track track = Track::throughSamples(samples);
  const double slant = std::hypot(1.0, 0.05);
  CHECK(track.length_m() == doctest::Approx(60 * slant).epsilon(1e-5));
  double furthest = 0, turned = 0;
  for (size_t i = 1000; i < 59'000; i += 37) {
    const double s = static_cast<double>(i) * 1e-3;
    const TrackPoint point = track.at(s * slant);
    furthest = std::max(furthest, glm::length(glm::dvec2(point.position - dense[i])));
    turned = std::max(turned, std::abs(wrapAngle(point.heading_rad - s * s / (2 * kA2))));
  }
  CHECK(furthest < 1e-3);
  CHECK(turned < 1e-3);
}

TEST_CASE("A lane change ends a lane to the side, heading along the lane, and its wheels have rolled the way gone") {
  for (const double kappa : {0.0, 0.004, -0.004}) {
    const road::Road road({{0, 0}, 0, {{400, kappa}}}, {{"oncoming"}}, {{"ego"}});
    Track track = Track::alongRoad(road, 0, 0, false, 0);
    const Track before = track;
    track.shift(50, 3.5, 60);
    for (const double along : {0.0, 20.0, 49.9}) CHECK(track.at(along).position == before.at(along).position);
    glm::dvec3 last = track.at(0).position;
    double gone = 0, widest = -1;
    for (int i = 1; i <= 200'000; ++i) {
      const glm::dvec3 position = track.at(i * 1e-3).position;
      gone += glm::distance(last, position);
      last = position;
      widest = std::max(widest, road.project(position).t);
    }
    CHECK(gone == doctest::Approx(200).epsilon(1e-6));
    CHECK(widest < 3.5 + 1e-3);
    const TrackPoint end = track.at(200);
    const road::RoadPoint place = road.project(end.position);
    CHECK(place.t == doctest::Approx(3.5).epsilon(1e-4));
    CHECK(std::abs(wrapAngle(end.heading_rad - road.pose(place.s).yaw_rad())) < 1e-4);
    CHECK(track.rolled_m(200, {0, 0}) == doctest::Approx(200).epsilon(1e-9));
  }
}
