#include "tools/viewer/eye.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace nightfog;
using namespace nightfog::viewer;

TEST_CASE("A ray through the pixel of a place meets the place") {
  const Pinhole camera{RigidTransform::fromYawPitchRoll({3, -2, 6}, 0.7, 0.4), 0.6};
  const glm::dvec2 size(900, 500);
  for (const glm::dvec3 place : {glm::dvec3(12, 4, 0), glm::dvec3(9, 6, 0), glm::dvec3(20, 5, 0)}) {
    const auto pixel = project(camera, size, place);
    REQUIRE(pixel);
    const auto met = onLevel(camera, rayThrough(camera, size, *pixel), 0);
    REQUIRE(met);
    CHECK(glm::distance(*met, place) < 1e-9);
  }
  CHECK_FALSE(project(camera, size, camera.worldFromCamera * glm::dvec3(-1, 0, 0)));
}

TEST_CASE("The middle of the picture lies ahead, left of it lies left") {
  const Pinhole camera{RigidTransform::identity(), 0.5};
  const auto ahead = project(camera, {400, 200}, {10, 0, 0});
  CHECK(ahead->x == doctest::Approx(200));
  CHECK(ahead->y == doctest::Approx(100));
  // Half the width is seen at a tangent of 0.5: 10 m ahead, 5 m to the left is the left edge.
  CHECK(project(camera, {400, 200}, {10, 5, 0})->x == doctest::Approx(0));
  CHECK(project(camera, {400, 200}, {10, 0, 1})->y < 100);
}

TEST_CASE("Changing the mode keeps the place that is looked at") {
  Eye eye;
  eye.lookAt({10, 5, 0}, 0.3, 20);
  const Pinhole orbit = eye.pinhole({});
  eye.setMode(EyeMode::kFree, {});
  CHECK(glm::distance(eye.pinhole({}).worldFromCamera.translation, orbit.worldFromCamera.translation) < 1e-9);
  eye.setMode(EyeMode::kOrbit, {});
  CHECK(glm::distance(eye.pinhole({}).worldFromCamera.translation, orbit.worldFromCamera.translation) < 1e-9);
  eye.setMode(EyeMode::kTop, {});
  CHECK(glm::dot(eye.pinhole({}).worldFromCamera.rotate({1, 0, 0}), {0, 0, -1}) > 0.999);
}

TEST_CASE("A following eye goes with the actor and turns with it") {
  Eye eye;
  eye.setMode(EyeMode::kFollow, RigidTransform::identity());
  const RigidTransform moved = RigidTransform::fromYawPitchRoll({30, 4, 0}, 1.2);
  const RigidTransform first = eye.pinhole(RigidTransform::identity()).worldFromCamera;
  const RigidTransform then = eye.pinhole(moved).worldFromCamera;
  CHECK(glm::distance(moved * first.translation, then.translation) < 1e-9);
}
