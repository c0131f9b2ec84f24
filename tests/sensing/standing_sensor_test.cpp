#include "engine/sensing/sensor_track.hpp"

#include <doctest/doctest.h>

#include "engine/core/error.hpp"

using namespace nightfog;

namespace {

/// An actor that drives along x at 20 m/s; three keys, 10 ms apart.
content::SceneSnapshot driving() {
  content::SceneSnapshot snapshot;
  snapshot.firstKey = SimTime::fromMs(100);
  snapshot.keyStep = SimTime::fromMs(10);
  snapshot.keyCount = 3;
  content::SnapshotObject ego;
  ego.id = ObjectId{1};
  ego.name = "ego";
  for (int key = 0; key < 3; ++key) ego.worldFromObject.push_back(RigidTransform::fromTranslation({0.2 * key, 5, 0}));
  ego.velocity_mps.assign(3, {20, 0, 0});
  ego.angularVelocity_radps.assign(3, glm::dvec3(0));
  snapshot.objects.push_back(ego);
  return snapshot;
}

}  // namespace

TEST_CASE("A sensor without a carrier stands in the world") {
  const content::SceneSnapshot snapshot = driving();
  const sensing::SensorTrack track(snapshot, "", RigidTransform::fromYawPitchRoll({0, 0, 1.73}, 0.5));
  CHECK_FALSE(track.carrier().id.isObject());
  for (const int ms : {100, 115, 120}) {
    CHECK(track.worldFromSensor(SimTime::fromMs(ms)).translation == glm::dvec3(0, 0, 1.73));
    CHECK(track.worldFromSensor(SimTime::fromMs(ms)).yaw_rad() == doctest::Approx(0.5));
    CHECK(track.worldFromCarrier(SimTime::fromMs(ms)).translation == glm::dvec3(0));
  }
}
