// Carrying points along with the part they lie on, against closed forms.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/record/object_motion.hpp"

using namespace nightfog;
using namespace nightfog::record;

TEST_CASE("A point of a wheel's rim describes the cycloid of its rolling, and its car a straight line") {
  constexpr double kSpeed_mps = 12;
  constexpr double kRadius_m = 0.3;
  const auto carAt = [](double t) { return RigidTransform::fromTranslation({100 + kSpeed_mps * t, -3, 0}); };
  FrameMotion motion;
  motion.firstKey = SimTime::fromMs(500);
  motion.keyStep = SimTime::fromMs(10);
  motion.keyCount = 11;
  ObjectMotion car{ObjectId{7}, {}, {{"body", {RigidTransform::identity()}}, {"wheel", {}}}};
  for (uint32_t k = 0; k < motion.keyCount; ++k) {
    const double t = 0.5 + 0.01 * k;
    car.worldFromObject.push_back(carAt(t));
    car.parts[1].objectFromPart.push_back(
        {glm::angleAxis(kSpeed_mps * t / kRadius_m, glm::dvec3(0, 1, 0)), {1, 0.5, kRadius_m}});
  }
  motion.objects.push_back(car);
  REQUIRE(motion.find(ObjectId{7}) != nullptr);
  CHECK(motion.find(ObjectId{8}) == nullptr);
  // The point that touched the ground at x0: x0 + r (phi - sin phi), r (1 - cos phi).
  const auto rimAt = [&](double t) {
    const double phi = kSpeed_mps * t / kRadius_m;
    return glm::dvec3(101 + kRadius_m * (phi - std::sin(phi)), -2.5, kRadius_m * (1 - std::cos(phi)));
  };
  const double from = 0.5034;
  for (const double to : {0.5, 0.5299, 0.555, 0.6}) {
    const auto carried = [&](uint32_t part, const glm::dvec3& point) {
      return motion.partPose(car, part, SimTime::fromSeconds(to)) *
             (motion.partPose(car, part, SimTime::fromSeconds(from)).inverse() * point);
    };
    // Exact but for times rounded to a nanosecond: 12 m/s and the rim's 24 m/s make 4e-8 m of that.
    CHECK(glm::distance(carried(1, rimAt(from)), rimAt(to)) < 1e-7);
    const glm::dvec3 onBody = carAt(from) * glm::dvec3(2, 0, 1);
    CHECK(glm::distance(carried(0, onBody), carAt(to) * glm::dvec3(2, 0, 1)) < 1e-7);
  }
}

TEST_CASE("Beyond its keys a pose holds, one pose holds for ever, and an unknown part moves with its object") {
  FrameMotion motion;
  motion.keyStep = SimTime::fromMs(10);
  motion.keyCount = 2;
  const ObjectMotion object{ObjectId{1},
                            {RigidTransform::fromTranslation({0, 0, 0}), RigidTransform::fromTranslation({1, 0, 0})},
                            {{"mast", {RigidTransform::fromTranslation({0, 0, 4})}}}};
  CHECK(motion.partPose(object, 0, SimTime::fromMs(-5)).translation == glm::dvec3(0, 0, 4));
  CHECK(motion.partPose(object, 0, SimTime::fromMs(5)).translation == glm::dvec3(0.5, 0, 4));
  CHECK(motion.partPose(object, 0, SimTime::fromMs(50)).translation == glm::dvec3(1, 0, 4));
  CHECK(motion.partPose(object, 9, SimTime::fromMs(5)).translation == glm::dvec3(0.5, 0, 0));
}
