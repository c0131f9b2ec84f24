// The LiDAR as a Sensor: the same bytes whatever the threads, the order, and where device memory lies.
#include <doctest/doctest.h>

#include "sensors/lidar/lidar_sensor.hpp"
#include "tests/lidar/lab.hpp"
#include "tests/sensing/conformance.hpp"

using namespace nightfog;

TEST_CASE("The LiDAR conforms to the contract of sensors") {
  lab::Lab lab;
  lab.ground(-1.7, lab.material(0.2f));
  const MeshId box = lab.box({4, 1.8, 1.5}, lab.material(0.4f));
  const MeshId wheel = lab.wheel(0.35, 0.2, 12, lab.material(0.05f));
  for (int i = 0; i < 6; ++i) {
    lab.object(fmt::format("car{}", i), box, [=](double t) {
      return RigidTransform::fromYawPitchRoll({8.0 + 5 * i, 3.0 * (i % 3 - 1) + 2 * t, -0.9}, 0.4 * i + t);
    });
    lab.object(fmt::format("tyre{}", i), wheel, [=](double t) {
      return RigidTransform{glm::angleAxis(40.0 * t, glm::dvec3(0, 1, 0)), {6.0 + i + 14 * t, i - 3.0, -1.35}};
    });
  }
  scenario::LidarSpec spec = lab::exactSpec("velodyne.hdl64e_s2_1");
  spec.noise = true;
  spec.threshold = true;
  lab.media.extinction_1pm = 0.01;
  lab.mount(
      spec,
      [](double t) {
        return RigidTransform::fromYawPitchRoll({8 * t, 0, 0}, 0.5 * t);
      },
      RigidTransform::fromTranslation({1, 0, 0.3}));
  sensing::checkConformance({lab.content(), [&](SimTime start, SimTime end) { return lab.snapshot(start, end); },
                             [&](sensing::CaptureServices& services) {
                               return std::make_unique<lidar::LidarSensor>(lab.sensorMount(), services);
                             }});
}

TEST_CASE("The LiDAR's kernels give the same bytes on a CPU device as its C++ loops") {
  lab::Lab lab;
  lab.ground(-1.7, lab.material(0.2f));
  const MeshId wheel = lab.wheel(0.35, 0.2, 12, lab.material(0.3f));
  for (int i = 0; i < 6; ++i) {
    lab.object(fmt::format("tyre{}", i), wheel, [=](double t) {
      return RigidTransform{glm::angleAxis(40.0 * t, glm::dvec3(0, 1, 0)), {6.0 + i + 14 * t, 0.3 * i - 1.0, -1.0}};
    });
  }
  lab.scenery(lab.plate(4, 4, lab.material(0.01f, 0.85f)), RigidTransform::fromTranslation({4, 3, 0}));
  lab.scenery(lab.plate(4, 4, lab.metal(0.9f, 0.05f)), RigidTransform::fromYawPitchRoll({-6, 0, 0}, 0.6));
  scenario::LidarSpec spec = lab::exactSpec("ouster.os1_128");
  spec.noise = true;
  spec.threshold = true;
  lab.media.extinction_1pm = 0.02;
  for (const uint32_t subRays : {1u, 19u, 7u}) {
    // The last time in a bank that drifts by.
    if (subRays == 7) lab.media.banks = {{{14, 1, -2}, {0, 30, 0}, 0.1, {10, 6, 5}, 0.4, 0.7}};
    spec.subRays = subRays;
    spec.echoes = subRays == 1 ? scenario::LidarEchoMode::kStrongest : scenario::LidarEchoMode::kDual;
    lab.mount(spec, [](double t) { return RigidTransform::fromYawPitchRoll({8 * t, 0, 0}, 0.5 * t); });
    lab::Rig rig(lab, lab::device(), {});
    lidar::LidarSensor onDevice(lab.sensorMount(), {lab::device(), rig.scene, *rig.tracer, rig.jobs, 1, 0},
                                lidar::KernelPlace::kDevice);
    for (uint32_t frame : {0u, 4u}) {
      const std::string expected = sensing::bytesOf(rig.capture(frame));
      const content::SceneSnapshot snapshot = rig.prepare(frame);
      CHECK(sensing::bytesOf(onDevice.capture(snapshot, frame, rig.stream)) == expected);
    }
  }
}
