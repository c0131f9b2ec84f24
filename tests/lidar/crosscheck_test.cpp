// The LiDAR's shared functions: C++ against GLSL on the device.
#include "tests/lidar/crosscheck.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "engine/core/random.hpp"
#include "kernels/test_lidar/lidar_crosscheck.spv.h"
#include "sensors/lidar/lidar_tables.hpp"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using shared::LidarAnswer;
using shared::LidarCase;

namespace {

std::vector<LidarCase> randomCases(size_t count) {
  const lidar::LidarTables tables(lab::loadProfile("hesai.pandar64"));
  RandomSource rng(6, 0, "crosscheck");
  const auto real = [&](double low, double high) { return static_cast<float>(rng.uniform(low, high)); };
  const auto pose = [&] {
    const glm::dquat q = glm::normalize(glm::dquat(rng.normal(), rng.normal(), rng.normal(), rng.normal()));
    return shared::PoseKey{
        {float(q.x), float(q.y), float(q.z), float(q.w)}, {real(-50, 50), real(-50, 50), real(-3, 3)}, 0};
  };
  const auto corner = [&] { return glm::vec3(real(-5, 5), real(-5, 5), real(-5, 5)); };
  std::vector<LidarCase> cases(count);
  for (LidarCase& c : cases) {
    c.model.snrScale = shared::lidarSnrScale(real(20, 200));
    c.model.detectionThreshold = shared::kLidarThreshold;
    c.model.minRange_m = 0.5f;
    c.model.maxRange_m = 180;
    c.model.rangeNoise_m = 0.02f;
    c.model.rangeResolution_m = rng.bernoulli(0.5) ? 0.004f : 0.0f;
    c.model.extinction_1pm = rng.bernoulli(0.5) ? real(0, 0.1) : 0.0f;
    c.model.band = shared::kBand905;
    c.model.intensityScale = static_cast<uint32_t>(rng.below(6));
    c.model.signalFull = 0.1f;
    c.model.useThreshold = rng.bernoulli(0.7) ? 1 : 0;
    c.model.useNoise = rng.bernoulli(0.7) ? 1 : 0;
    c.model.frame = static_cast<uint32_t>(rng.below(1000));
    c.model.keyLow = static_cast<uint32_t>(rng.bits());
    c.model.keyHigh = static_cast<uint32_t>(rng.bits());
    c.ring = tables.rings[rng.below(tables.rings.size())];
    c.column = tables.columns[rng.below(tables.columns.size())];
    c.material = {real(0.01, 1),
                  real(0, 1),
                  rng.bernoulli(0.3) ? real(0, 1) : 0.0f,
                  rng.bernoulli(0.2) ? 0.9f : 0.0f,
                  rng.bernoulli(0.1) ? real(1, 500) : 0.0f,
                  rng.bernoulli(0.3) ? real(0, 1) : 0.0f};
    c.before = pose();
    c.after = pose();
    c.corner0 = corner();
    c.corner1 = corner();
    c.corner2 = corner();
    c.t = real(0.1, 200);
    c.fraction = real(0, 1);
    c.beam = static_cast<uint32_t>(rng.below(200'000));
    c.bits = static_cast<uint32_t>(rng.bits());
  }
  return cases;
}

}  // namespace

TEST_CASE("C++ and GLSL agree on rays, returns and elementary functions") {
  const std::vector<LidarCase> cases = randomCases(20'000);
  gpu::Device& device = lab::device();
  const gpu::Kernel kernel =
      device.createKernel(kLidarCrosscheck_spv, "lidar crosscheck", sizeof(shared::CrosscheckPush));
  const gpu::Buffer in = device.createBuffer(std::as_bytes(std::span(cases)), "cases");
  const gpu::Buffer out = device.createBuffer(cases.size() * sizeof(LidarAnswer), gpu::Memory::kDevice, "answers");
  gpu::Stream stream(device);
  const auto count = static_cast<uint32_t>(cases.size());
  stream.dispatch(kernel, "lidar crosscheck", {(count + 63) / 64, 1, 1},
                  shared::CrosscheckPush{in.address(), out.address(), count});
  stream.finish();
  std::vector<LidarAnswer> answers(cases.size());
  device.download(out, std::as_writable_bytes(std::span(answers)));

  size_t different = 0;
  size_t otherOutcome = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    const LidarAnswer expected = shared::answerOf(cases[i]);
    const LidarAnswer& got = answers[i];
    if (std::memcmp(&expected, &got, sizeof expected) == 0) continue;
    ++different;
    // Where bits differ (a device may divide and take roots with 2.5 and 3 ulp), integers are still the same, but for a
    // detection on the knife's edge.
    const auto close = [&](float a, float b, double scale) {
      return a == b || std::abs(double{a} - b) <= 1e-5 * scale;
    };
    REQUIRE(close(expected.sine, got.sine, 1));
    REQUIRE(close(expected.cosine, got.cosine, 1));
    REQUIRE(close(expected.logarithm, got.logarithm, 5));
    REQUIRE(close(expected.exponential, got.exponential, 1));
    REQUIRE(close(expected.angle, got.angle, 3));
    REQUIRE(close(expected.normals.x, got.normals.x, 6));
    REQUIRE(glm::length(expected.ray.direction - got.ray.direction) < 1e-5f);
    REQUIRE(glm::length(expected.ray.origin - got.ray.origin) < 1e-4f);
    REQUIRE(glm::length(expected.subDirection - got.subDirection) < 1e-5f);
    otherOutcome += expected.echoCount != got.echoCount || expected.echo.source != got.echo.source ? 1 : 0;
    REQUIRE(close(expected.echo.amplitude, got.echo.amplitude, 5));
    REQUIRE(close(expected.ray.time_s, got.ray.time_s, 0.2));
    REQUIRE(expected.slot.semanticMaterial == got.slot.semanticMaterial);
    REQUIRE(expected.slot.object == got.slot.object);
    REQUIRE(expected.slot.ringColumn == got.slot.ringColumn);
    REQUIRE(expected.slot.time_ns == got.slot.time_ns);
    REQUIRE(close(expected.slot.incidenceCosine, got.slot.incidenceCosine, 1));
    REQUIRE(glm::length(expected.slot.velocity_mps - got.slot.velocity_mps) <
            1e-4f * (1 + glm::length(expected.slot.velocity_mps)));
    if (expected.slot.returnCause != got.slot.returnCause) {
      ++otherOutcome;
    } else {
      REQUIRE(std::abs(expected.slot.range_m - got.slot.range_m) <= cases[i].model.rangeResolution_m + 1e-4f);
      REQUIRE(std::abs(expected.slot.intensity - got.slot.intensity) <= 1.01f / 255);
    }
  }
  CHECK(otherOutcome <= cases.size() / 10'000);
  if (device.info().type == gpu::DeviceType::kCpu) CHECK(different == 0);
  MESSAGE(different, " of ", cases.size(), " answers differ in some bit");
}
