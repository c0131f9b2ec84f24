// A sweep whose rays do not fit into the device's memory at once.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "engine/gpu/device.hpp"
#include "engine/shared/cause.h"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarSweep;

namespace {

/// A street corner with all that beams do: a mirror sends them on, a sign blooms, one thing hides another, the carrier
/// drives.
Lab corner() {
  Lab lab;
  lab.ground(-1.73, lab.material(0.1f), classes::kRoad);
  lab.object("wall", lab.plate(30, 12, lab.material(0.9f)), lab::still(RigidTransform::fromTranslation({40, 0, 0})));
  lab.scenery(lab.plate(4, 8, lab.metal(0.9f, 0)), RigidTransform::fromYawPitchRoll({12, 6, 0}, kPi / 4));
  lab.object("sign", lab.plate(1, 1, lab.retroreflector(600)),
             lab::still(RigidTransform::fromTranslation({15, -5, 1})));
  lab.object("near", lab.box({1, 1, 2}, lab.material(0.3f)), lab::still(RigidTransform::fromTranslation({8, 0, -0.7})));
  lab.object("far", lab.box({2, 3, 2}, lab.material(0.3f)), lab::still(RigidTransform::fromTranslation({20, 0, -0.7})));
  scenario::LidarSpec spec;
  spec.profile = lab::loadProfile("hesai.pandar64");
  spec.echoes = scenario::LidarEchoMode::kDual;
  spec.subRays = 7;
  spec.profile.bloomShare = 4e-3;
  lab.mount(spec, [](double t_s) { return RigidTransform::fromTranslation({10 * t_s, 0, 0}); });
  return lab;
}

void checkSame(const LidarSweep& a, const LidarSweep& b) {
  REQUIRE(a.points.size() == b.points.size());
  CHECK(std::memcmp(a.points.data(), b.points.data(), a.points.size() * sizeof(record::LidarPoint)) == 0);
  CHECK(a.beamOutcomes == b.beamOutcomes);
  REQUIRE(a.visibility.size() == b.visibility.size());
  for (size_t i = 0; i < a.visibility.size(); ++i) {
    CHECK(a.visibility[i].hits == b.visibility[i].hits);
    CHECK(a.visibility[i].possibleHits == b.visibility[i].possibleHits);
    CHECK(a.visibility[i].occludedBeams == b.visibility[i].occludedBeams);
    CHECK(a.visibility[i].occluder == b.visibility[i].occluder);
  }
}

size_t windowsOf(const lidar::LidarSensor& sensor) {
  const auto& timings = sensor.timings();
  return static_cast<size_t>(
      std::count_if(timings.begin(), timings.end(), [](const gpu::Timing& t) { return t.name == "lidar returns"; }));
}

}  // namespace

TEST_CASE("A sweep made in windows of columns, because memory is short, is the same to the bit") {
  const Lab lab = corner();
  gpu::Device& device = lab::device();
  const lab::Options options;
  lab::Rig rig(lab, device, options);
  const LidarSweep whole = rig.capture(0);
  CHECK(windowsOf(rig.sensor) == 1);
  const auto has = [&](uint8_t cause) {
    return std::any_of(whole.points.begin(), whole.points.end(),
                       [cause](const record::LidarPoint& p) { return p.cause == cause; });
  };
  CHECK(has(shared::kCauseGhost));
  CHECK(has(shared::kCauseBloom));

  const sensing::CaptureServices services{device, rig.scene, *rig.tracer, rig.jobs, options.seed, options.run};
  const content::SceneSnapshot snapshot = rig.prepare(0);
  for (const auto place : {lidar::KernelPlace::kAuto, lidar::KernelPlace::kDevice}) {
    size_t most = 0, refused = 0;
    for (size_t left_MiB = 8, windows = 0; windows != 1; left_MiB += left_MiB / 4) {
      CAPTURE(left_MiB);
      device.limitMemory(device.allocatedBytes() + (left_MiB << 20));
      try {
        lidar::LidarSensor sensor(lab.sensorMount(), services, place);
        const auto sweep = std::get<LidarSweep>(sensor.capture(snapshot, 0, rig.stream));
        windows = windowsOf(sensor);
        checkSame(sweep, whole);
      } catch (const gpu::DeviceError& error) {
        CHECK(std::string(error.help()).find("--memory-mib") != std::string::npos);
        ++refused;
        REQUIRE(refused < 10);
      }
      most = std::max(most, windows);
      if (place == lidar::KernelPlace::kDevice && most > 1) break;  // lavapipe takes its time
    }
    device.limitMemory(UINT64_MAX);
    MESSAGE("up to ", most, " windows; refused ", refused, " times");
    CHECK(most >= 3);
    CHECK(refused > 0);
  }
}
