#include "tools/viewer/sensor_drag.hpp"

#include <doctest/doctest.h>

#include "engine/core/error.hpp"

using namespace nightfog;
using namespace nightfog::viewer;

namespace {

const RigidTransform kRoof = RigidTransform::fromYawPitchRoll({1.2, 0, 1.9}, 0.1, 0);

std::string of(const std::string& sensors) {
  return "format: scenario/1\nsensors:   # what looks\n" + sensors + "\nexports: []\n";
}

}  // namespace

TEST_CASE("A rig's sensor is moved in the override of the scenario, which begins where the rig has it") {
  CHECK(moveSensor(of("  main: {use: rigs.a, mount: ego}   # the roof's"), "top", kRoof, {0.1, 0, 0.05}, {}) ==
        of("  main: {use: rigs.a, mount: ego, override: {top: {mount: {xyz: [1.3 m, 0 m, 1.95 m]}}}}   # the roof's"));
  CHECK(moveSensor(of("  main: {use: rigs.a, override: {front: {exposure: 12 ms}}}"), "top", kRoof, {0, 0.2, 0}, {}) ==
        of("  main: {use: rigs.a, override: {front: {exposure: 12 ms}, top: {mount: {xyz: [1.2 m, 0.2 m, 1.9 m]}}}}"));
  CHECK(moveSensor(of("  main: {use: rigs.a, override: {top: {rate: 20 Hz}}}"), "top", kRoof, {0, 0.2, 0}, {}) ==
        of("  main: {use: rigs.a, override: {top: {rate: 20 Hz, mount: {xyz: [1.2 m, 0.2 m, 1.9 m]}}}}"));
  CHECK(turnSensor(of("  main: {use: rigs.a, mount: ego}"), "top", kRoof, 0.1, {}) ==
        of("  main: {use: rigs.a, mount: ego, override: {top: {mount: {xyz: [1.2 m, 0 m, 1.9 m], yaw: 11.5 deg}}}}"));
}

TEST_CASE("A mount that is written keeps its units, and only the lengths that change are touched") {
  const std::string own = "  top: {kind: lidar, mount: {xyz: [120 cm, 0 m, $height], yaw: 0.1 rad}}   # ours";
  CHECK(moveSensor(of(own), "top", kRoof, {0.25, 0, 0}, {{"height", 1.9}}) ==
        of("  top: {kind: lidar, mount: {xyz: [145 cm, 0 m, $height], yaw: 0.1 rad}}   # ours"));
  CHECK(moveSensor(of(own), "top", kRoof, {0, 0, 0.1}, {{"height", 1.9}}) ==
        of("  top: {kind: lidar, mount: {xyz: [120 cm, 0 m, 2 m], yaw: 0.1 rad}}   # ours"));
  CHECK(moveSensor(of(own), "top", kRoof, {0, 0, 0}, {}) == of(own));
  const std::string over =
      "  main:\n    use: rigs.a\n    override:\n      top:\n        mount: {xyz: [1.2 m, 0 m, 1.9 m]}";
  CHECK(moveSensor(of(over), "top", kRoof, {0, -0.3, 0}, {}) ==
        of("  main:\n    use: rigs.a\n    override:\n      top:\n        mount: {xyz: [1.2 m, -0.3 m, 1.9 m]}"));
  CHECK(turnSensor(of(over), "top", RigidTransform::fromTranslation({1.2, 0, 1.9}), -0.5235987755982988, {}) ==
        of("  main:\n    use: rigs.a\n    override:\n      top:\n        mount: {xyz: [1.2 m, 0 m, 1.9 m], yaw: -30 "
           "deg}"));
}

TEST_CASE("A sensor that is not of this text, or of no one rig, is left alone with the reason") {
  CHECK_THROWS_AS(moveSensor("format: scenario/1\n", "top", kRoof, {1, 0, 0}, {}), Error);
  CHECK_THROWS_AS(moveSensor(of("  a: {use: rigs.a}\n  b: {use: rigs.b}"), "top", kRoof, {1, 0, 0}, {}), Error);
  CHECK(moveSensor(of("  a: {use: rigs.a}\n  b: {use: rigs.b, override: {top: {rate: 5 Hz}}}"), "top", kRoof, {1, 0, 0},
                   {}) ==
        of("  a: {use: rigs.a}\n  b: {use: rigs.b, override: {top: {rate: 5 Hz, mount: {xyz: [2.2 m, 0 m, 1.9 m]}}}}"));
}
