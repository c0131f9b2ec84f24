// Time inside a sweep: every point is where the world and the sensor were when its own beam fired.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;

namespace {

double firingTime_s(const record::LidarSweep& sweep, const LidarPoint& p) {
  return sweep.start.seconds() + p.timeOffset_ns * 1e-9;
}

glm::dvec3 positionOf(const LidarPoint& p) {
  return {p.x, p.y, p.z};
}
glm::dvec3 velocityOf(const LidarPoint& p) {
  return {p.vx, p.vy, p.vz};
}

}  // namespace

TEST_CASE("A wall that moves is met v t of the point's own firing farther, and its points carry its velocity") {
  Lab lab;
  const glm::dvec3 velocity(13.9, -2, 0);
  const MeshId wall = lab.plate(400, 20, lab.material(0.5f));
  lab.object("wall", wall,
             [&](double t) { return RigidTransform::fromTranslation(glm::dvec3(20, 0, 0) + velocity * t); });
  lab.mount(lab::exactSpec("velodyne.vlp16"), lab::still({}));
  for (uint32_t frame : {0u, 3u}) {
    const record::LidarSweep sweep = lab.capture(frame);
    CHECK(sweep.points.size() > 5000);
    for (const LidarPoint& p : sweep.points) {
      REQUIRE(std::abs(p.x - (20 + 13.9 * firingTime_s(sweep, p))) < 1e-4 + 1e-6 * p.range_m);
      REQUIRE(glm::length(velocityOf(p) - velocity) < 1e-3);
    }
  }
}

TEST_CASE("A wall that moves by bending is met where it has bent to at the point's own firing, with that velocity") {
  const glm::dvec3 velocity(13.9, -2, 0);
  for (const trace::TracerKind tracer : {trace::TracerKind::kAuto, trace::TracerKind::kComputeBvh}) {
    Lab lab;
    // A shape every 40 ms, on a body that is turned half round: its own axes are not the world's.
    const RigidTransform pose = RigidTransform::fromYawPitchRoll({20, 0, 0}, kPi);
    const MeshId wall = lab.cycle(lab.plate(400, 20, lab.material(0.5f)), 12, 0.04 * pose.inverse().rotate(velocity));
    lab.bendingObject(
        "wall", wall, 12, [](double t) { return t / 0.04; }, lab::still(pose));
    lab.mount(lab::exactSpec("velodyne.vlp16"), lab::still({}));
    lab::Options options;
    options.tracer = tracer;
    for (uint32_t frame : {0u, 3u}) {
      const record::LidarSweep sweep = lab.capture(frame, options);
      CHECK(sweep.points.size() > 5000);
      for (const LidarPoint& p : sweep.points) {
        REQUIRE(std::abs(p.x - (20 + 13.9 * firingTime_s(sweep, p))) < 1e-4 + 1e-6 * p.range_m);
        REQUIRE(glm::length(velocityOf(p) - velocity) < 1e-3);
      }
      // Its swept bounds hold the whole cycle: no beam that meets it is missed.
      CHECK(sweep.visibility[0].hits == sweep.points.size());
      CHECK(sweep.visibility[0].possibleHits == sweep.points.size());
    }
  }
}

TEST_CASE("What a driving, turning sensor sees of a standing wall is the wall again after de-skewing") {
  Lab lab;
  // A standing room 60 m square, upright walls.
  const MeshId wall = lab.plate(60, 30, lab.material(0.5f));
  for (double yaw : {0.0, kPi / 2, kPi, -kPi / 2}) {
    lab.scenery(wall, RigidTransform::fromYawPitchRoll(30.0 * glm::dvec3(std::cos(yaw), std::sin(yaw), 0), yaw));
  }
  // A bend of 20 m radius at 20 m/s: 1 rad/s.
  const lab::Motion drive = [](double t) {
    return RigidTransform::fromYawPitchRoll({20 * std::sin(t), 20 * (1 - std::cos(t)) - 10, 0}, t);
  };
  lab.mount(lab::exactSpec("ouster.os1_128"), drive, RigidTransform::fromYawPitchRoll({1.2, 0, 1.7}, 0.3, 0.02));
  const record::LidarSweep sweep = lab.capture(1);
  CHECK(sweep.points.size() > 100'000);
  double worst = 0;
  double distorted = 0;
  for (const LidarPoint& p : sweep.points) {
    const auto offWall = [](const glm::dvec3& q) { return std::abs(std::max(std::abs(q.x), std::abs(q.y)) - 30); };
    worst = std::max(worst, offWall(lab.worldFromSensor(firingTime_s(sweep, p)) * positionOf(p)));
    distorted = std::max(distorted, offWall(sweep.worldFromSensor * positionOf(p)));
    REQUIRE(velocityOf(p) == glm::dvec3(0));
  }
  // The lever arm's chord between pose keys is 2.1 m x (1 rad/s x 10 ms)^2 / 8 = 0.03 mm; the bend's 20 m x 1e-4 / 8 =
  // 0.25 mm.
  CHECK(worst < 1e-3);
  CHECK(distorted > 0.9);  // half a turn's drive of 1 m, uncorrected
}

TEST_CASE("The points of a wheel that rolls at 50 km/h lie on the wheel") {
  Lab lab;
  const double radius = 0.35;
  const double speed = 50 / 3.6;
  const double rate = speed / radius;  // 39.7 rad/s: 23 degrees a pose key
  const int sides = 6;                 // a hexagon: where it is turned to shows
  const MeshId wheel = lab.wheel(radius, 0.4, sides, lab.material(0.5f));
  lab.object("wheel", wheel, [&](double t) {
    return RigidTransform{glm::angleAxis(rate * t, glm::dvec3(0, 1, 0)), {6, -1, radius - 1.0}};
  });
  lab.object("rolling", wheel, [&](double t) {
    return RigidTransform{glm::angleAxis(rate * t, glm::dvec3(0, 1, 0)), {4 + speed * t, 1.5, radius - 1.0}};
  });
  lab.mount(lab::exactSpec("ouster.os1_128"), lab::still({}));
  int checked = 0;
  for (uint32_t frame : {0u, 1u}) {
    const record::LidarSweep sweep = lab.capture(frame);
    for (const LidarPoint& p : sweep.points) {
      const double t = firingTime_s(sweep, p);
      const bool rolls = p.instance == 2;
      const glm::dvec3 hub = rolls ? glm::dvec3(4 + speed * t, 1.5, radius - 1.0) : glm::dvec3(6, -1, radius - 1.0);
      // Back into the wheel at the point's own time: there the tread lies on the hexagon, the flanks on y = +-0.2.
      const glm::dvec3 q = glm::angleAxis(-rate * t, glm::dvec3(0, 1, 0)) * (positionOf(p) - hub);
      double tread = -1;
      for (int side = 0; side < sides; ++side) {
        const double middle = 2 * kPi * (side + 0.5) / sides;
        tread = std::max(tread, q.x * std::cos(middle) + q.z * std::sin(middle));
      }
      const double apothem = radius * std::cos(kPi / sides);
      REQUIRE(std::min(std::abs(tread - apothem), std::abs(std::abs(q.y) - 0.2)) < 2e-4);
      // v + omega x r
      const glm::dvec3 expected =
          glm::dvec3(rolls ? speed : 0, 0, 0) + glm::cross(glm::dvec3(0, rate, 0), positionOf(p) - hub);
      REQUIRE(glm::length(velocityOf(p) - expected) < 0.01);
      ++checked;
    }
  }
  CHECK(checked > 500);
}

TEST_CASE("Sweeps follow one another without a gap, and the reference time is the middle") {
  Lab lab;
  lab.ground(0, lab.material(0.3f));
  lab.mount(lab::exactSpec("velodyne.vlp16"), lab::still({}), RigidTransform::fromTranslation({0, 0, 1.73}));
  lab::Rig rig(lab, lab::device(), {});
  for (uint32_t frame = 0; frame < 3; ++frame) {
    const record::LidarSweep sweep = rig.capture(frame);
    CHECK(sweep.start.ns == frame * 100'000'000LL);
    CHECK(sweep.end.ns == (frame + 1) * 100'000'000LL);
    CHECK(sweep.reference.ns == frame * 100'000'000LL + 50'000'000);
    CHECK(sweep.frame == frame);
    CHECK(sweep.sensor == "top");
    for (const LidarPoint& p : sweep.points) {
      REQUIRE(p.timeOffset_ns >= 0);
      REQUIRE(p.timeOffset_ns < 100'000'000);
    }
  }
}
