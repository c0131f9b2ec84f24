// Where a mounted sensor is during an exposure.
#include "engine/sensing/sensor_track.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/error.hpp"
#include "engine/shared/pose.h"

using namespace nightfog;

namespace {

content::SceneSnapshot turningCarrier() {
  content::SceneSnapshot snapshot;
  snapshot.firstKey = SimTime::fromMs(40);
  snapshot.keyStep = SimTime::fromMs(10);
  snapshot.keyCount = 5;
  content::SnapshotObject object;
  object.id = ObjectId{1};
  object.name = "ego";
  for (int key = 0; key < 5; ++key) {
    const double t = 0.04 + 0.01 * key;
    object.worldFromObject.push_back(RigidTransform::fromYawPitchRoll({1000 + 20 * t, -500, 3}, 1.0 * t));
  }
  snapshot.objects.push_back(object);
  return snapshot;
}

}  // namespace

TEST_CASE("A sensor's pose at a pose key is its carrier's pose times its mount") {
  const content::SceneSnapshot snapshot = turningCarrier();
  const RigidTransform mount = RigidTransform::fromYawPitchRoll({1.5, 0.2, 1.7}, 0.1, 0.05, -0.02);
  const sensing::SensorTrack track(snapshot, "ego", mount);
  for (int key = 0; key < 5; ++key) {
    const double t = 0.04 + 0.01 * key;
    const RigidTransform exact = RigidTransform::fromYawPitchRoll({1000 + 20 * t, -500, 3}, 1.0 * t) * mount;
    const RigidTransform pose = track.worldFromSensor(SimTime::fromMs(40 + 10 * key));
    CHECK(glm::length(pose.translation - exact.translation) < 1e-12 * 1000);
    CHECK(std::abs(glm::dot(pose.rotation, exact.rotation)) > 1 - 1e-14);
  }
  CHECK(track.carrier().id == ObjectId{1});
}

TEST_CASE("Between the keys it is within the chord's sagitta of the true path, on the host and in kernels alike") {
  const content::SceneSnapshot snapshot = turningCarrier();
  const RigidTransform mount = RigidTransform::fromTranslation({1.5, 0, 1.7});
  const sensing::SensorTrack track(snapshot, "ego", mount);
  const glm::dvec3 origin = track.worldFromSensor(SimTime::fromMs(60)).translation;
  std::vector<shared::PoseKey> keys;
  track.writePoseKeys(origin, keys);
  REQUIRE(keys.size() == 5);
  for (int i = 0; i <= 400; ++i) {
    const double t = 0.04 + 0.0001 * i;
    const RigidTransform exact = RigidTransform::fromYawPitchRoll({1000 + 20 * t, -500, 3}, 1.0 * t) * mount;
    const RigidTransform host = track.worldFromSensor(SimTime::fromSeconds(t));
    // 1.5 m arm, 1 rad/s, 10 ms: 1.5 x 1e-4 / 8 = 1.9e-5 m.
    CHECK(glm::length(host.translation - exact.translation) < 2e-5);
    float fraction = 0;
    const uint32_t segment = shared::poseSegment(static_cast<float>(t - 0.04), 0.01f, 5, fraction);
    const shared::PoseKey kernel = shared::interpolatePose(keys[segment], keys[std::min(segment + 1, 4u)], fraction);
    CHECK(glm::length(glm::dvec3(kernel.translation) + origin - host.translation) < 1e-6);
  }
}

TEST_CASE("Times outside the exposure stay at its ends") {
  const content::SceneSnapshot snapshot = turningCarrier();
  const sensing::SensorTrack track(snapshot, "ego", {});
  CHECK(track.worldFromSensor(SimTime::fromMs(0)).translation == track.keys().front().translation);
  CHECK(track.worldFromSensor(SimTime::fromMs(500)).translation == track.keys().back().translation);
}

TEST_CASE("A sensor mounted on nobody is an error that names the actor") {
  const content::SceneSnapshot snapshot = turningCarrier();
  CHECK_THROWS_WITH_AS(sensing::SensorTrack(snapshot, "ghost", {}), doctest::Contains("'ghost'"), Error);
}
