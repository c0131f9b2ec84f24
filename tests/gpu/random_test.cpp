#include <doctest/doctest.h>

#include "engine/shared/philox.h"
#include "gpu_test.hpp"
#include "kernels/test_gpu/philox.spv.h"

using namespace nightfog;

namespace {

TEST_CASE("Philox gives the same bits on host and device") {
  struct Input {
    shared::uvec4 counter;
    shared::uvec2 key;
  };
  struct Push {
    uint64_t inputs = 0;
    uint64_t outputs = 0;
    uint32_t n = 0;
    uint32_t unused = 0;
  };
  constexpr uint32_t kCount = 100000;
  std::vector<Input> inputs(kCount);
  uint64_t state = 99;  // the seed
  const auto random = [&] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state >> 32);
  };
  for (Input& input : inputs) input = {{random(), random(), random(), random()}, {random(), random()}};
  inputs[0] = {{0, 0, 0, 0}, {0, 0}};
  inputs[1] = {shared::uvec4(~0u), shared::uvec2(~0u)};

  gpu::Device device({.validation = true});
  const gpu::Buffer in = device.createBuffer(std::as_bytes(std::span(inputs)), "inputs");
  const gpu::Buffer out = device.createBuffer(kCount * sizeof(shared::uvec4), gpu::Memory::kDevice, "outputs");
  const gpu::Kernel kernel = device.createKernel(kPhilox_spv, "philox", sizeof(Push));
  gpu::Stream stream(device);
  stream.dispatch(kernel, "philox", gpu::groupsFor(kCount, 64), Push{in.address(), out.address(), kCount});
  stream.finish();
  std::vector<shared::uvec4> outputs(kCount);
  device.download(out, std::as_writable_bytes(std::span(outputs)));
  uint32_t differences = 0;
  for (uint32_t i = 0; i < kCount; ++i) {
    if (outputs[i] != shared::philox4x32(inputs[i].counter, inputs[i].key)) ++differences;
  }
  CHECK(differences == 0);
  // Known answers of Random123 (kat_vectors, philox 4x32 10).
  CHECK(outputs[0] == shared::uvec4(0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u));
  CHECK(outputs[1] == shared::uvec4(0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu));
}

}  // namespace
