#include "engine/gpu/device.hpp"

#include <doctest/doctest.h>

#include <numeric>

#include "kernels/test_gpu/scale.spv.h"

using namespace nightfog;

namespace {

struct ScalePush {
  uint64_t data = 0;
  uint32_t n = 0;
  uint32_t factor = 0;
};

TEST_CASE("A kernel scales a buffer in place") {
  gpu::Device device({.validation = true});
  MESSAGE(device.info().name << ", " << device.info().driver);
  std::vector<uint32_t> words(1000);
  std::iota(words.begin(), words.end(), 1u);
  gpu::Buffer data = device.createBuffer(std::as_bytes(std::span(words)), "data");
  gpu::Kernel kernel = device.createKernel(kScale_spv, "scale", sizeof(ScalePush));
  gpu::Stream stream(device);
  stream.dispatch(kernel, "scale", gpu::groupsFor(words.size(), 64), ScalePush{data.address(), 1000, 3});
  stream.finish();
  std::vector<uint32_t> result(words.size());
  device.download(data, std::as_writable_bytes(std::span(result)));
  for (uint32_t& word : words) word *= 3;
  CHECK(result == words);
  REQUIRE(stream.timings().size() == 1);
  CHECK(stream.timings()[0].name == "scale");
}

}  // namespace
