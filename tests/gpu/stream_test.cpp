#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "gpu_test.hpp"
#include "kernels/test_gpu/gather.spv.h"
#include "kernels/test_gpu/small_types.spv.h"

using namespace nightfog;
using namespace nightfog::gpu_test;

namespace {

TEST_CASE("A kernel scales a buffer in place, mapped or staged") {
  for (bool unmapped : {false, true}) {
    CAPTURE(unmapped);
    gpu::Device device({.validation = true, .unmappedDeviceMemory = unmapped});
    std::vector<uint32_t> words(1000);
    std::iota(words.begin(), words.end(), 1u);
    const gpu::Buffer data = makeWords(device, words);
    CHECK((data.host() != nullptr) == device.sharesHostMemory());
    CHECK(data.address() % 256 == 0);
    const gpu::Kernel kernel = makeScale(device, 7);
    gpu::Stream stream(device);
    stream.dispatch(kernel, "scale", gpu::groupsFor(999, 64), ScalePush{data.address(), 999, 3});
    stream.finish();
    for (uint32_t i = 0; i < 999; ++i) words[i] = words[i] * 3 + 7;
    CHECK(readWords(device, data) == words);  // the last is untouched: 999 items
  }
}

TEST_CASE("A kernel reads buffers as texels of four words, those of each dispatch its own") {
  struct GatherPush {
    uint64_t words = 0;
    uint64_t texelOf = 0;
    uint32_t n = 0;
    uint32_t unused = 0;
  };
  gpu::Device device({.validation = true});
  constexpr uint32_t kTexels = 300;
  std::vector<uint32_t> a(4 * kTexels);
  std::vector<uint32_t> b(4 * kTexels);
  std::vector<uint32_t> texelOf(kTexels);
  for (uint32_t i = 0; i < 4 * kTexels; ++i) a[i] = 0x80000000u + i * 7919, b[i] = i * i;
  for (uint32_t i = 0; i < kTexels; ++i) texelOf[i] = i * 97 % kTexels;
  const gpu::Buffer first = makeWords(device, a);
  const gpu::Buffer second = makeWords(device, b);
  const gpu::Buffer order = makeWords(device, texelOf);
  const gpu::Buffer sums = device.createBuffer(a.size() * 4, gpu::Memory::kDevice, "sums");
  const gpu::Buffer doubles = device.createBuffer(a.size() * 4, gpu::Memory::kDevice, "doubles");
  const gpu::Kernel kernel = device.createKernel(kGather_spv, "gather", sizeof(GatherPush), {}, 2);
  gpu::Stream stream(device);
  const auto groups = gpu::groupsFor(4 * kTexels, 64);
  stream.dispatch(kernel, "sums", groups, GatherPush{sums.address(), order.address(), 4 * kTexels},
                  std::array{&first, &second});
  stream.dispatch(kernel, "doubles", groups, GatherPush{doubles.address(), order.address(), 4 * kTexels},
                  std::array{&second, &second});
  stream.finish();
  const std::vector<uint32_t> gotSums = readWords(device, sums);
  const std::vector<uint32_t> gotDoubles = readWords(device, doubles);
  for (uint32_t i = 0; i < 4 * kTexels; ++i) {
    const uint32_t from = 4 * texelOf[i / 4] + i % 4;
    REQUIRE(gotSums[i] == a[from] + b[from]);
    REQUIRE(gotDoubles[i] == 2 * b[from]);
  }
  CHECK_THROWS_AS(stream.dispatch(kernel, "none", groups, GatherPush{}), Error);
}

TEST_CASE("Work groups cover every item and stay within what every device takes") {
  for (uint64_t n : {uint64_t{0}, uint64_t{1}, uint64_t{63}, uint64_t{64}, uint64_t{65}, uint64_t{65535} * 64,
                     uint64_t{65535} * 64 + 1, uint64_t{123456789}, uint64_t{0xffffffff}}) {
    for (uint32_t size : {1u, 32u, 64u, 1024u}) {
      CAPTURE(n);
      CAPTURE(size);
      const uint64_t needed = (n + size - 1) / size;
      if (needed > uint64_t{65535} * 65535) {
        CHECK_THROWS_AS(gpu::groupsFor(n, size), Error);
        continue;
      }
      const auto groups = gpu::groupsFor(n, size);
      const uint64_t count = uint64_t{groups[0]} * groups[1] * groups[2];
      CHECK(count >= needed);
      CHECK(count < needed + std::max(groups[1], 1u));
      CHECK(*std::max_element(groups.begin(), groups.end()) <= 65535);
    }
  }
}

TEST_CASE("Each item beyond 65,535 groups is visited once") {
  gpu::Device device({.validation = true});
  const uint32_t n = 65536 * 64 + 5;
  const gpu::Buffer data = device.createBuffer((n + 1000) * sizeof(uint32_t), gpu::Memory::kDevice, "data");
  const gpu::Kernel addOne = makeScale(device, 1);
  gpu::Stream stream(device);
  stream.fill(data, 41);
  const auto groups = gpu::groupsFor(n, 64);
  CHECK(groups[1] == 2);
  stream.dispatch(addOne, "add one", groups, ScalePush{data.address(), n, 1});
  stream.finish();
  const std::vector<uint32_t> words = readWords(device, data);
  CHECK(std::count(words.begin(), words.begin() + n, 42u) == n);
  CHECK(std::count(words.begin() + n, words.end(), 41u) == 1000);
}

TEST_CASE("A random program of fills, copies, kernels and host tasks gives what it gives on the host") {
  for (bool unmapped : {false, true}) {
    gpu::Device device({.validation = true, .unmappedDeviceMemory = unmapped});
    constexpr size_t kWords = 257;
    constexpr size_t kBuffers = 4;
    std::vector<gpu::Buffer> buffers;
    std::vector<std::vector<uint32_t>> model(kBuffers, std::vector<uint32_t>(kWords));
    for (size_t i = 0; i < kBuffers; ++i) buffers.push_back(makeWords(device, model[i]));
    const gpu::Kernel kernel = makeScale(device, 17);
    gpu::Stream first(device);
    gpu::Stream second(device);
    uint64_t state = 20240501;  // the seed
    const auto random = [&](uint32_t below) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      return static_cast<uint32_t>((state >> 33) % below);
    };
    gpu::Stream* stream = &first;
    for (int step = 0; step < 400; ++step) {
      const size_t a = random(kBuffers);
      const size_t b = (a + 1 + random(kBuffers - 1)) % kBuffers;
      switch (random(6)) {
        case 0: {
          const uint32_t value = random(1000);
          stream->fill(buffers[a], value);
          std::fill(model[a].begin(), model[a].end(), value);
          break;
        }
        case 1: {
          const size_t count = random(kWords);
          const size_t from = random(static_cast<uint32_t>(kWords - count));
          const size_t to = random(static_cast<uint32_t>(kWords - count));
          stream->copy(buffers[a], from * 4, buffers[b], to * 4, count * 4);
          std::copy_n(model[a].begin() + from, count, model[b].begin() + to);
          break;
        }
        case 2:
        case 3: {
          const uint32_t n = random(kWords + 1);
          const uint32_t factor = random(100);
          stream->dispatch(kernel, "scale", gpu::groupsFor(n, 64), ScalePush{buffers[a].address(), n, factor});
          for (uint32_t i = 0; i < n; ++i) model[a][i] = model[a][i] * factor + 17;
          break;
        }
        case 4: {
          const uint32_t at = random(kWords);
          stream->hostTask("poke", [&] {
            const uint32_t value = 99;
            device.upload(buffers[a], std::as_bytes(std::span(&value, 1)), at * 4);
          });
          model[a][at] = 99;
          break;
        }
        default:
          stream->finish();
          stream = stream == &first ? &second : &first;
      }
    }
    stream->finish();
    for (size_t i = 0; i < kBuffers; ++i) CHECK(readWords(device, buffers[i]) == model[i]);
  }
}

TEST_CASE("A host task sees what was written before it, and what it writes is seen after") {
  gpu::Device device({.validation = true});
  const gpu::Buffer data = makeWords(device, std::vector<uint32_t>(100, 5));
  const gpu::Buffer readback = device.createBuffer(400, gpu::Memory::kReadback, "readback");
  const gpu::Buffer upload = device.createBuffer(400, gpu::Memory::kUpload, "upload");
  REQUIRE(readback.host() != nullptr);
  REQUIRE(upload.host() != nullptr);
  const gpu::Kernel kernel = makeScale(device);
  gpu::Stream stream(device);
  uint32_t seen = 0;
  stream.dispatch(kernel, "double", gpu::groupsFor(100, 64), ScalePush{data.address(), 100, 2});
  stream.copy(data, 0, readback, 0, 400);
  stream.hostTask("look", [&] {
    seen = readback.hostSpan<uint32_t>()[99];
    std::fill_n(upload.hostSpan<uint32_t>().begin(), 100, seen + 1);
  });
  stream.copy(upload, 0, data, 0, 400);
  stream.dispatch(kernel, "triple", gpu::groupsFor(100, 64), ScalePush{data.address(), 100, 3});
  stream.finish();
  CHECK(seen == 10);
  CHECK(readWords(device, data) == std::vector<uint32_t>(100, 33));
  REQUIRE(stream.timings().size() == 3);
  CHECK(stream.timings()[0].name == "double");
  CHECK(stream.timings()[1].name == "look");
  CHECK(stream.timings()[2].name == "triple");
}

TEST_CASE("Every named step is timed, in order, however many there are") {
  gpu::Device device({.validation = true});
  const gpu::Buffer data = makeWords(device, {0});
  const gpu::Kernel addOne = makeScale(device, 1);
  gpu::Stream stream(device);
  for (uint32_t round = 1; round <= 2; ++round) {
    for (int i = 0; i < 700; ++i) {
      stream.dispatch(addOne, "step " + std::to_string(i), {1, 1, 1}, ScalePush{data.address(), 1, 1});
    }
    stream.finish();
    REQUIRE(stream.timings().size() == 700);
    double total_ms = 0;
    for (int i = 0; i < 700; ++i) {
      CHECK(stream.timings()[i].name == "step " + std::to_string(i));
      CHECK(stream.timings()[i].milliseconds >= 0);
      total_ms += stream.timings()[i].milliseconds;
    }
    CHECK(total_ms > 0);
    CHECK(readWords(device, data)[0] == 700 * round);
  }
  stream.finish();
  CHECK(stream.timings().empty());
}

TEST_CASE("A stream is empty and usable after a host task threw") {
  gpu::Device device({.validation = true});
  const gpu::Buffer data = makeWords(device, {1});
  const gpu::Kernel kernel = makeScale(device);
  gpu::Stream stream(device);
  stream.dispatch(kernel, "double", {1, 1, 1}, ScalePush{data.address(), 1, 2});
  CHECK_THROWS_AS(stream.hostTask("fail", [] { throw std::runtime_error("task"); }), std::runtime_error);
  stream.dispatch(kernel, "triple", {1, 1, 1}, ScalePush{data.address(), 1, 3});
  stream.finish();
  REQUIRE(stream.timings().size() == 1);
  CHECK(stream.timings()[0].name == "triple");
  CHECK(readWords(device, data)[0] == 6);
}

TEST_CASE("Nothing to do is done at no cost: no groups, no bytes, empty buffers") {
  gpu::Device device({.validation = true});
  const gpu::Buffer data = makeWords(device, {1});
  const gpu::Buffer empty;
  const gpu::Kernel kernel = makeScale(device);
  gpu::Stream stream(device);
  stream.dispatch(kernel, "none", gpu::groupsFor(0, 64), ScalePush{data.address(), 0, 2});
  stream.fill(empty, 1);
  stream.copy(empty, 0, data, 0, 0);
  stream.finish();
  CHECK(stream.timings().size() == 1);
  CHECK(readWords(device, data)[0] == 1);
}

TEST_CASE("A step that breaks its contract is refused by name") {
  gpu::Device device({.validation = true});
  const gpu::Buffer data = makeWords(device, {1, 2});
  const gpu::Kernel kernel = makeScale(device);
  gpu::Stream stream(device);
  CHECK_THROWS_WITH_AS(stream.dispatch(kernel, "short push", {1, 1, 1}, uint64_t{0}), doctest::Contains("short push"),
                       Error);
  CHECK_THROWS_WITH_AS(stream.copy(data, 4, data, 0, 8), doctest::Contains("copy of 8 bytes at 4"), Error);
  CHECK_THROWS_WITH_AS(stream.dispatch(gpu::Kernel(), "no kernel", {1, 1, 1}, uint64_t{0}),
                       doctest::Contains("no kernel"), Error);
  CHECK_THROWS_AS(device.createKernel(kScale_spv, "too much", gpu::kMaxPushConstantBytes + 4), Error);
  stream.finish();
  CHECK(readWords(device, data) == std::vector<uint32_t>{1, 2});
}

TEST_CASE("Kernels store bytes, half words and long words") {
  struct Push {
    uint64_t bytes = 0;
    uint64_t halves = 0;
    uint64_t sums = 0;
    uint32_t n = 0;
    uint32_t unused = 0;
  };
  gpu::Device device({.validation = true});
  std::vector<uint8_t> bytes(256);
  std::vector<uint16_t> halves(256);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  std::iota(halves.begin(), halves.end(), uint16_t{65000});
  const gpu::Buffer byteBuffer = device.createBuffer(std::as_bytes(std::span(bytes)), "bytes");
  const gpu::Buffer halfBuffer = device.createBuffer(std::as_bytes(std::span(halves)), "halves");
  const gpu::Buffer sumBuffer = device.createBuffer(256 * sizeof(uint64_t), gpu::Memory::kDevice, "sums");
  const gpu::Kernel kernel = device.createKernel(kSmallTypes_spv, "small types", sizeof(Push));
  gpu::Stream stream(device);
  stream.dispatch(kernel, "small types", gpu::groupsFor(256, 32),
                  Push{byteBuffer.address(), halfBuffer.address(), sumBuffer.address(), 256});
  stream.finish();
  std::vector<uint8_t> gotBytes(256);
  std::vector<uint16_t> gotHalves(256);
  std::vector<uint64_t> gotSums(256);
  device.download(byteBuffer, std::as_writable_bytes(std::span(gotBytes)));
  device.download(halfBuffer, std::as_writable_bytes(std::span(gotHalves)));
  device.download(sumBuffer, std::as_writable_bytes(std::span(gotSums)));
  for (size_t i = 0; i < 256; ++i) {
    CHECK(gotSums[i] == bytes[i] + (uint64_t{halves[i]} << 32));
    CHECK(gotHalves[i] == 2 * bytes[i]);
    CHECK(gotBytes[i] == static_cast<uint8_t>(2 * bytes[i]));
  }
}

}  // namespace
