// Places against arithmetic done by hand on the boxes of test_library.hpp.
#include "engine/scenario/placement.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/scenario/test_library.hpp"

using namespace nightfog;
using namespace nightfog::scenario;

namespace {

Scenario run(const std::string& text) {
  return sample(fromText(text), std::nullopt, 0);
}

const Actor& actor(const Scenario& scenario, const std::string& id) {
  for (const Actor& a : scenario.actors) {
    if (a.id == id) return a;
  }
  FAIL("no actor " << id);
  return scenario.actors.front();
}

void checkPose(const Actor& a, double x, double y, double z, double yaw_deg) {
  CAPTURE(a.id);
  CHECK(a.worldFromActor.translation.x == doctest::Approx(x).epsilon(1e-12));
  CHECK(a.worldFromActor.translation.y == doctest::Approx(y).epsilon(1e-12));
  CHECK(a.worldFromActor.translation.z == doctest::Approx(z).epsilon(1e-12));
  CHECK(std::abs(wrapAngle(a.worldFromActor.yaw_rad() - yaw_deg * kPi / 180)) < 1e-12);
}

}  // namespace

TEST_CASE("xyz puts the actor's origin there, with its heading from the map's x axis") {
  const Scenario s =
      run(onPlane("actors:\n  a: {asset: vehicle.sedan, place: {xyz: [3 m, -2 m, 0.5 m], heading: 90 deg}}\n"));
  checkPose(s.actors[0], 3, -2, 0.5, 90);
  CHECK(std::holds_alternative<Parked>(s.actors[0].behavior));
  CHECK(s.map.isEmpty());
}

TEST_CASE("A lane place puts the middle of the box at s on the lane's centre, heading with its traffic") {
  const Scenario s =
      run(onRoad("actors:\n"
                 "  ego: {asset: vehicle.sedan, place: {lane: ego_lane, s: 40 m}}\n"
                 "  other: {asset: vehicle.sedan, place: {lane: oncoming, s: 90 m, offset: 0.3 m}}\n"
                 "  wrong_way: {asset: vehicle.sedan, place: {lane: ego_lane, s: 150 m, facing: against}}\n"
                 "  askew: {asset: vehicle.van.white, place: {lane: parking, s: 100 m, offset: 0.2 m, facing: "
                 "{heading: 10 deg}}}\n"
                 "  walker: {asset: person.adult.dark_clothes, place: {lane: walk, s: 10 m}}\n"));
  // A box centre 1.35 m before the origin: the origin is 1.35 m behind the middle.
  checkPose(actor(s, "ego"), 40 - 1.35, -1.75, 0, 0);
  // Driving towards -x, left is -y.
  checkPose(actor(s, "other"), 90 + 1.35, 1.75 - 0.3, 0, 180);
  checkPose(actor(s, "wrong_way"), 150 + 1.35, -1.75, 0, 180);
  const double c = std::cos(10 * kPi / 180), n = std::sin(10 * kPi / 180);
  checkPose(actor(s, "askew"), 100 - 1.5 * c, -4.75 + 0.2 - 1.5 * n, 0, 10);
  checkPose(actor(s, "walker"), 10, -7, 0.12, 0);  // on the kerb
}

TEST_CASE("The gap of the flagship's corner cases is the published one") {
  // scenario_language.md §4.2: ego at s = 40 m, blocker at s = 100 m; gap 55.2 m to a van of 5 m, 53.7 m to a truck of
  // 8 m.
  const auto gap = [](const std::string& blocker, double length) {
    const Scenario s = run(
        onRoad("actors:\n  ego: {asset: vehicle.sedan, place: {lane: ego_lane, s: 40 m}}\n  van: {asset: " + blocker +
               ", place: {lane: parking, s: 100 m}}\n"));
    const double egoFront = s.actors[0].worldFromActor.translation.x + 1.35 + 4.7 / 2;
    const double centre = testCatalog().find(blocker)->boxCentre.x;
    return s.actors[1].worldFromActor.translation.x + centre - length / 2 - egoFront;
  };
  CHECK(gap("vehicle.van.white", 5) == doctest::Approx(55.15));
  CHECK(gap("vehicle.truck.box", 8) == doctest::Approx(53.65));
}

TEST_CASE("Relative places are gaps from edge to edge in the other's frame") {
  const Scenario s =
      run(onRoad("actors:\n"
                 "  child: {asset: person.adult.dark_clothes, place: {relative_to: van, ahead: 0.8 m, lateral: -0.6 m, "
                 "facing: {heading: 90 deg}}}\n"
                 "  van: {asset: vehicle.van.white, place: {lane: parking, s: 100 m}}\n"
                 "  follower: {asset: vehicle.sedan, place: {relative_to: van, behind: 1 m}}\n"
                 "  second: {asset: vehicle.sedan, place: {relative_to: follower, behind: 2 m, lateral: 0.1 m}}\n"));
  // The van reaches from 97.5 to 102.5; turned by 90 degrees the person is 0.6 m long along the road.
  checkPose(actor(s, "child"), 102.5 + 0.8 + 0.3, -4.75 - 0.6, 0, 90);
  checkPose(actor(s, "follower"), 97.5 - 1 - 4.7 / 2 - 1.35, -4.75, 0, 0);
  checkPose(actor(s, "second"), 97.5 - 1 - 4.7 - 2 - 4.7 / 2 - 1.35, -4.75 + 0.1, 0, 0);
}

TEST_CASE("Relative places turn with their reference") {
  const Scenario s =
      run(onPlane("actors:\n"
                  "  van: {asset: vehicle.van.white, place: {xyz: [10 m, 20 m, 0 m], heading: 90 deg}}\n"
                  "  a: {asset: person.adult.dark_clothes, place: {relative_to: van, ahead: 1 m, lateral: 2 m}}\n"));
  // The van's middle is 1.5 m up y; ahead is +y, left is -x.
  checkPose(s.actors[1], 10 - 2, 20 + 1.5 + 2.5 + 1 + 0.2, 0, 90);
}

TEST_CASE("Bends carry lanes, places and headings along") {
  const double radius = 50;
  const Scenario s =
      run("format: scenario/1\nid: bend\nseed: 1\nworld:\n  duration: 1 s\n  road:\n"
          "    line: [{left: {length: 78.53981633974483 m, radius: 50 m}}]\n"
          "    lanes: {right: [{name: a, width: 4 m}]}\n"
          "actors:\n  p: {asset: person.adult.dark_clothes, place: {lane: a, s: 78.53981633974483 m}}\n");
  // A quarter turn to the left about (0, 50): the lane's centre, 2 m outside, ends at (52, 50), heading along y.
  CHECK(s.actors[0].worldFromActor.translation.x == doctest::Approx(radius + 2));
  CHECK(s.actors[0].worldFromActor.translation.y == doctest::Approx(radius));
  CHECK(s.actors[0].worldFromActor.yaw_rad() == doctest::Approx(kPi / 2));
}

TEST_CASE("Behaviors get places and frames of the map") {
  const Scenario s = run(onRoad(
      "actors:\n"
      "  ego: {asset: vehicle.sedan, place: {lane: ego_lane, s: 40 m, offset: 0.5 m}, behavior: {follow_lane: {speed: "
      "36 km/h}}}\n"
      "  back: {asset: vehicle.sedan, place: {lane: oncoming, s: 140 m}, behavior: {follow_lane: {speed: 10 m/s}}}\n"
      "  by: {asset: person.adult.dark_clothes, place: {lane: walk, s: 60 m}, behavior: {walk_to: {to: {lane: "
      "oncoming, s: 62 m}, speed: 3 m/s, start: 700 ms}}}\n"
      "  path: {asset: person.adult.dark_clothes, place: {xyz: [1 m, 2 m, 0 m]}, behavior: {follow_path: {points: [[2 "
      "m, 3 m, 0 m], {relative_to: ego, ahead: 2 m}], speed: 1 m/s}}}\n"
      "  tyre: {asset: lab.sphere, place: {xyz: [0 m, 0 m, 0 m], heading: 90 deg}, behavior: {free: {velocity: "
      "{forward: 2 m/s}, spin: {y: 60 rpm}}}}\n"
      "  lab: {asset: lab.plate, place: {xyz: [0 m, 9 m, 0 m]}, behavior: {constant_motion: {velocity: {x: 1 m/s, z: 2 "
      "m/s}}}}\n"));
  const auto& ego = std::get<FollowRoad>(actor(s, "ego").behavior);
  CHECK(ego.speed_mps == doctest::Approx(10));
  CHECK(ego.t_m == doctest::Approx(-1.25));
  CHECK_FALSE(ego.againstS);
  CHECK(std::get<FollowRoad>(actor(s, "back").behavior).againstS);
  CHECK(std::get<FollowRoad>(actor(s, "back").behavior).t_m == doctest::Approx(1.75));
  const auto& walk = std::get<WalkTo>(actor(s, "by").behavior);
  CHECK(glm::distance(walk.target, glm::dvec3(62, 1.75, 0)) < 1e-12);
  CHECK(walk.start == SimTime::fromMs(700));
  const auto& path = std::get<FollowPath>(actor(s, "path").behavior);
  REQUIRE(path.points.size() == 3);
  CHECK(path.points[0] == glm::dvec3(1, 2, 0));
  CHECK(glm::distance(path.points[2], glm::dvec3(40 + 2.35 + 2, -1.25, 0)) < 1e-12);
  const auto& tyre = std::get<FreeBody>(actor(s, "tyre").behavior);
  CHECK(glm::distance(tyre.velocity_mps, glm::dvec3(0, 2, 0)) < 1e-12);  // forward is +y for a heading of 90 degrees
  CHECK(glm::distance(tyre.angularVelocity_radps, glm::dvec3(0, 2 * kPi, 0)) < 1e-12);
  CHECK(std::get<ConstantMotion>(actor(s, "lab").behavior).velocity_mps == glm::dvec3(1, 0, 2));
}

TEST_CASE("A reference that resembles an actor whose own name is wrong is reported, and so is the name") {
  try {
    fromText(
        onPlane("actors:\n  e-g?: {asset: lab.plate, place: {xyz: [0 m, 0 m, 0 m]}}\n"
                "  a: {asset: lab.plate, place: {relative_to: e-g, ahead: 1 m}}\n"));
    FAIL("must throw");
  } catch (const config::DiagnosticsError& e) {
    std::vector<std::string> codes;
    for (const auto& d : e.diagnostics()) codes.push_back(d.code);
    CHECK(codes.front() == "E0212");
    CHECK(codes.back() == "E0412");
  }
}

TEST_CASE("A trailer has somebody who pulls it, and nobody pulls what pulls him") {
  const std::string trailer = ", place: {xyz: [0 m, 0 m, 0 m]}, behavior: {towed: {by: ";
  const std::string ends = ", hitch: -1 m, coupler: 3 m}}}\n";
  const Scenario s =
      run(onPlane("actors:\n  a: {asset: lab.plate, place: {xyz: [4 m, 0 m, 0 m]}}\n  b: {asset: lab.plate" + trailer +
                  "a" + ends));
  const auto& towed = std::get<Towed>(actor(s, "b").behavior);
  CHECK(towed.by == "a");
  CHECK(towed.hitch_m == -1);
  CHECK(towed.coupler_m == 3);
  for (const auto& [first, second, code] :
       {std::tuple{"b", "a", "E0410"}, {"a", "b", "E0410"}, {"c", "c", "E0410"}, {"nobody", "a", "E0412"}}) {
    CAPTURE(first);
    try {
      run(onPlane("actors:\n  a: {asset: lab.plate" + trailer + first + ends + "  b: {asset: lab.plate" + trailer +
                  second + ends + "  c: {asset: lab.plate" + trailer + "b" + ends));
      FAIL("must throw");
    } catch (const config::DiagnosticsError& e) {
      CHECK(e.diagnostics().front().code == code);
    }
  }
}
