#include "exporters/kitti/kitti_labels.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace nightfog;
using namespace nightfog::exporters::kitti;

namespace {

/// A box upright in optical axes (x right, y down, z forward) whose front points `yaw_rad` left of straight ahead.
RigidTransform uprightBox(const glm::dvec3& centre, double yaw_rad) {
  const RigidTransform opticalFromSensor{glm::inverse(glm::dquat(0.5, -0.5, 0.5, -0.5)), glm::dvec3(0)};
  RigidTransform box = opticalFromSensor * RigidTransform::fromYawPitchRoll({0, 0, 0}, yaw_rad);
  box.translation = centre;
  return box;
}

constexpr glm::dvec3 kCar{4.5, 1.8, 1.5};

record::CameraObjectVisibility seen(uint32_t visible, uint32_t total, record::PixelBox box) {
  record::CameraObjectVisibility v;
  v.object = ObjectId{3};
  v.visiblePixels = visible;
  v.totalPixels = total;
  v.amodalBox = box;
  return v;
}

}  // namespace

TEST_CASE("A car ahead has rotation_y -90 degrees, one that comes +90, one that crosses to the right 0") {
  CHECK(kittiBox(uprightBox({0, 0, 20}, 0), kCar).rotationY_rad == doctest::Approx(-kPi / 2));
  CHECK(std::abs(kittiBox(uprightBox({0, 0, 20}, kPi), kCar).rotationY_rad) == doctest::Approx(kPi / 2));
  CHECK(kittiBox(uprightBox({0, 0, 20}, -kPi / 2), kCar).rotationY_rad == doctest::Approx(0));
  const KittiBox box = kittiBox(uprightBox({3, 0.7, 20}, 0.3), kCar);
  CHECK(box.rotationY_rad == doctest::Approx(-0.3 - kPi / 2));  // ry = -psi - pi/2
  CHECK(box.height_m == 1.5);
  CHECK(box.width_m == 1.8);
  CHECK(box.length_m == 4.5);
}

TEST_CASE("The location is the middle of the bottom face, and alpha is rotation_y seen along the line of sight") {
  const KittiBox box = kittiBox(uprightBox({10, 0.7, 10}, 0), kCar);
  CHECK(glm::distance(box.bottomCentre, glm::dvec3(10, 1.45, 10)) < 1e-12);
  CHECK(box.alpha_rad == doctest::Approx(-kPi / 2 - kPi / 4));
}

TEST_CASE("A box that lies on its side becomes the upright one around it") {
  RigidTransform box = uprightBox({0, 0, 10}, 0);
  box.rotation = box.rotation * glm::angleAxis(kPi / 2, glm::dvec3(1, 0, 0));  // rolled over
  const KittiBox lying = kittiBox(box, kCar);
  CHECK(lying.length_m == doctest::Approx(4.5));
  CHECK(lying.width_m == doctest::Approx(1.5));
  CHECK(lying.height_m == doctest::Approx(1.8));
  CHECK(lying.bottomCentre.y == doctest::Approx(0.9));
  box = uprightBox({0, 0, 10}, 0);
  box.rotation = box.rotation * glm::angleAxis(kPi / 4, glm::dvec3(0, 1, 0));
  const KittiBox nose = kittiBox(box, kCar);
  CHECK(nose.length_m == doctest::Approx((4.5 + 1.5) * std::sqrt(0.5)));
  CHECK(nose.height_m == doctest::Approx((4.5 + 1.5) * std::sqrt(0.5)));
  CHECK(nose.width_m == doctest::Approx(1.8));
  box.rotation = uprightBox({}, 0).rotation * glm::angleAxis(0.1, glm::dvec3(0, 1, 0));  // a car that brakes
  CHECK(kittiBox(box, kCar).height_m == 1.5);
}

TEST_CASE(
    "Occlusion levels: 80 percent of the pixels are fully visible, 40 partly, fewer largely occluded, none unknown") {
  CHECK(occlusionLevel(100, 100) == 0);
  CHECK(occlusionLevel(80, 100) == 0);
  CHECK(occlusionLevel(79, 100) == 1);
  CHECK(occlusionLevel(40, 100) == 1);
  CHECK(occlusionLevel(39, 100) == 2);
  CHECK(occlusionLevel(1, 100) == 2);
  CHECK(occlusionLevel(0, 100) == 3);
}

TEST_CASE("Every countable class but the carrier has one of KITTI's words, and nothing else has") {
  constexpr std::string_view kWords[] = {"Car",     "Van",  "Truck", "Pedestrian", "Person_sitting",
                                         "Cyclist", "Tram", "Misc"};
  for (const ClassInfo& info : taxonomy()) {
    CAPTURE(info.name);
    const auto type = kittiType(info.id);
    CHECK(type.has_value() == (info.isThing && info.id != classes::kEgo));
    if (type) CHECK(std::find(std::begin(kWords), std::end(kWords), *type) != std::end(kWords));
  }
}

TEST_CASE("A label has fifteen words; what is too small is DontCare; what nobody saw has no line") {
  record::ObjectTruth car;
  car.id = ObjectId{3};
  car.semantic = classes::kCar;
  car.worldFromBox = uprightBox({10, 0.7, 10}, 0);
  car.size = kCar;
  const RigidTransform here = RigidTransform::identity();
  CHECK(labelLine(car, seen(500, 1000, {10, 20, 60, 50}), 0.25f, 7, here) ==
        "Car 0.25 1 -2.356194 10.00 20.00 59.00 49.00 1.5000 1.8000 4.5000 10.0000 1.4500 10.0000 -1.570796\n");
  CHECK(labelLine(car, seen(20, 20, {10, 20, 18, 27}), 0, 0, here) ==
        "DontCare -1 -1 -10 10.00 20.00 17.00 26.00 -1 -1 -1 -1000 -1000 -1000 -10\n");
  CHECK(labelLine(car, seen(20, 20, {10, 20, 18, 27}), 0, 5, here).starts_with("Car "));  // five points tell enough
  CHECK(labelLine(car, seen(0, 1000, {10, 20, 60, 50}), 0, 0, here).empty());
  CHECK(labelLine(car, seen(0, 1000, {10, 20, 60, 50}), 0, 3, here).starts_with("Car 0.00 3 "));
  CHECK(labelLine(car, seen(0, 0, {}), 1, 50, here).empty());  // not in the image
  car.semantic = classes::kEgo;
  CHECK(labelLine(car, seen(500, 500, {10, 20, 60, 50}), 0, 7, here).empty());
}
