#include <doctest/doctest.h>

#include "gpu_test.hpp"

using namespace nightfog;
using namespace nightfog::gpu_test;

namespace {

TEST_CASE("Validation catches a kernel whose push constants are larger than its maker says") {
  gpu::Device device({.validation = true});
  try {
    device.createKernel(kScale_spv, "scale", 8);  // the kernel declares 16
    FAIL("validation was silent");
  } catch (const gpu::DeviceError& error) {
    const std::string what = error.what();
    CAPTURE(what);
    CHECK(what.find("making the kernel 'scale'") != std::string::npos);
    CHECK(what.find("VUID-") != std::string::npos);
  }
  // The message was reported once; the device goes on.
  const gpu::Buffer data = makeWords(device, {21});
  const gpu::Kernel kernel = makeScale(device);
  gpu::Stream stream(device);
  stream.dispatch(kernel, "double", {1, 1, 1}, ScalePush{data.address(), 1, 2});
  stream.finish();
  CHECK(readWords(device, data)[0] == 42);
}

TEST_CASE("Validation makes finish() throw: a copy onto itself overlaps") {
  gpu::Device device({.validation = true});
  const gpu::Buffer data = makeWords(device, {1, 2, 3, 4});
  gpu::Stream stream(device);
  stream.copy(data, 0, data, 4, 8);
  CHECK_THROWS_WITH_AS(stream.finish(), doctest::Contains("VUID-vkCmdCopyBuffer"), gpu::DeviceError);
  stream.fill(data, 9);
  stream.finish();
  CHECK(readWords(device, data) == std::vector<uint32_t>(4, 9));
}

TEST_CASE("Without validation nothing of it is loaded and nothing is said") {
  gpu::Device device({});
  const gpu::Buffer data = makeWords(device, {1, 2});
  gpu::Stream stream(device);
  stream.fill(data, 3);
  stream.finish();
  CHECK(readWords(device, data) == std::vector<uint32_t>(2, 3));
}

TEST_CASE("Validation that is not installed names its package") {
  const LoaderVariable noLayers("VK_LAYER_PATH", "/nonexistent");
  try {
    gpu::Device device({.validation = true});
    FAIL("the layer was found");
  } catch (const gpu::DeviceError& error) {
    CHECK(error.help().find("vulkan-validationlayers") != std::string::npos);
  }
}

}  // namespace
