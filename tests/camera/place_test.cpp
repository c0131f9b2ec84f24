// The stages as C++ loops and as kernels: one picture.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "lab.hpp"

using namespace nightfog;
using namespace nightfog::cameralab;

namespace {

/// Gloss, a pane, a metal, a turning box, and in the night and fog lamps.
Lab makeScene(bool night) {
  Lab lab;
  lab.spec.noise = true;
  lab.spec.k1 = -0.1;
  lab.spec.readoutTime_s = 0.02;
  lab.spec.exposureTime_s = night ? 0.03 : 0.0005;
  lab.spec.iso = night ? 1600 : 100;
  lab.spec.truth.flow = true;
  lab.carrier = [](double t) { return RigidTransform::fromYawPitchRoll({6 * t, 0, 0}, 0.3 * t); };
  lab.environment.sunDirection = night ? glm::dvec3(0, 0, -1) : glm::normalize(glm::dvec3(-1, 0.4, 1));
  lab.environment.sceneryLampsOn = night;
  lab.media.extinction_1pm = night ? 0.02 : 0;
  lab.scenery(lab.plate(60, 8, lab.material({0.6f, 0.5f, 0.4f}, 0.25f)), at(18, 0, 0));
  lab.scenery(lab.box({60, 60, 0.5}, lab.material({0.2f, 0.2f, 0.2f})), at(20, 0, -1.8));
  const MaterialId glass = lab.material({0.05f, 0.05f, 0.05f}, 0.05f);
  lab.content.materials[glass.value].transmission = 0.8f;
  lab.scenery(lab.plate(2, 2, glass), at(6, -1.5, 0));
  const MaterialId metal = lab.material({0.8f, 0.8f, 0.8f}, 0.3f);
  lab.content.materials[metal.value].metallic = 1;
  lab.object("box", lab.box({1.5, 1.5, 1.5}, metal), glm::dvec3(1.5), [](double t) {
    return RigidTransform::fromYawPitchRoll({9, 1.5 - 2 * t, 0}, 1.2 * t);
  });
  for (int i = 0; i < 3; ++i) {
    content::Lamp lamp;
    lamp.partFromLamp = at(8.0 + 4 * i, 3, 2.5);
    lamp.intensity_cd = 300;
    lab.content.lamps.push_back(lamp);
  }
  return lab;
}

}  // namespace

TEST_CASE("Stages that run as C++ loops make the picture and the labels that the kernels make") {
  if (device().info().type != gpu::DeviceType::kCpu) return;  // there both are the kernels
  for (const bool night : {false, true}) {
    CAPTURE(night);
    Lab lab = makeScene(night);
    const record::CameraImage loops = lab.capture(1);
    lab.place = camera::KernelPlace::kDevice;
    const record::CameraImage kernels = lab.capture(1);

    // Products and sums are contracted in kernels or not, as the driver likes: a rounding of the value. Where a
    // decision turns on it (an edge, which light is asked, a count of electrons) a pixel differs by more; of the
    // decisions a few in a thousand lie that close.
    size_t others = 0;
    double sum = 0;
    for (size_t i = 0; i < loops.rgb.size(); ++i) {
      const int apart = std::abs(int(loops.rgb[i]) - int(kernels.rgb[i]));
      others += apart > 1 ? 1 : 0;
      sum += apart;
    }
    MESSAGE(others, " of ", loops.rgb.size(), " values differ by more than 1, mean difference ",
            sum / double(loops.rgb.size()));
    CHECK(double(others) < 0.005 * double(loops.rgb.size()));

    size_t labels = 0;
    double depth = 0;
    double flow = 0;
    for (size_t i = 0; i < loops.depth_m.size(); ++i) {
      if (loops.instance[i] != kernels.instance[i] || loops.semantic[i] != kernels.semantic[i] ||
          loops.flowState[i] != kernels.flowState[i]) {
        ++labels;
        continue;
      }
      depth =
          std::max(depth, std::abs(double(loops.depth_m[i]) - kernels.depth_m[i]) / std::max(loops.depth_m[i], 1.0f));
      flow = std::max(flow, double(glm::length(loops.flow_px[i] - kernels.flow_px[i])));
    }
    MESSAGE(labels, " labels differ; depth within ", depth, ", flow within ", flow, " px");
    CHECK(labels < loops.depth_m.size() / 2000);
    CHECK(depth < 1e-4);
    CHECK(flow < 0.01);
    REQUIRE(loops.visibility.size() == kernels.visibility.size());
    for (size_t i = 0; i < loops.visibility.size(); ++i) {
      CHECK(std::abs(int(loops.visibility[i].totalPixels) - int(kernels.visibility[i].totalPixels)) <= 4);
    }
  }
}

TEST_CASE("A picture made in windows of rows, because memory is short, is the same to the bit") {
  const auto windowsOf = [](const std::vector<gpu::Timing>& timings) {
    return std::count_if(timings.begin(), timings.end(), [](const gpu::Timing& t) { return t.name == "camera rays"; });
  };
  for (const auto place : {camera::KernelPlace::kAuto, camera::KernelPlace::kDevice}) {
    Lab lab = makeScene(true);
    lab.place = place;
    lab.spec.width = 96;
    lab.spec.height = 397;  // no multiple of anything
    std::vector<gpu::Timing> timings;
    const record::CameraImage whole = lab.capture(1, &timings);
    CHECK(windowsOf(timings) == 1);
    size_t refused = 0, most = 0;
    for (size_t left_MiB = 3, windows = 0; windows != 1; left_MiB += 4) {
      CAPTURE(left_MiB);
      // What a device holds before is other tests' doing; the budget counts all of it, and the scene of this one.
      device().limitMemory(device().allocatedBytes() + (left_MiB << 20));
      record::CameraImage image;
      try {
        image = lab.capture(1, &timings);
      } catch (const gpu::DeviceError& error) {
        CHECK(std::string(error.help()).find("--memory-mib") != std::string::npos);
        ++refused;
        REQUIRE(refused < 10);
        continue;
      }
      windows = static_cast<size_t>(windowsOf(timings));
      most = std::max(most, windows);
      MESSAGE((left_MiB), " MiB: ", windows, " windows");
      CHECK(image.rgb == whole.rgb);
      CHECK(image.encoded == whole.encoded);
      CHECK(image.depth_m == whole.depth_m);
      CHECK(image.instance == whole.instance);
      CHECK(image.semantic == whole.semantic);
      CHECK(image.flow_px == whole.flow_px);
      CHECK(image.flowState == whole.flowState);
      CHECK(image.visibility.size() == whole.visibility.size());
    }
    MESSAGE("up to ", most, " windows");
    device().limitMemory(UINT64_MAX);
    CHECK(refused > 0);
    CHECK(most >= 3);
  }
}
