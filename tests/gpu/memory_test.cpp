#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "engine/gpu/free_ranges.hpp"
#include "gpu_test.hpp"

using namespace nightfog;
using namespace nightfog::gpu_test;

namespace {

TEST_CASE("Free ranges never overlap what is taken, and find room wherever a byte map does") {
  constexpr uint64_t kSize = 512;
  gpu::FreeRanges ranges(kSize);
  std::vector<bool> taken(kSize);  // brute force
  std::map<uint64_t, uint64_t> live;
  uint64_t state = 7;  // the seed
  const auto random = [&](uint32_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
  };
  for (int step = 0; step < 20000; ++step) {
    if (random(2) == 0) {
      const uint64_t size = 1 + random(60);
      const uint64_t alignment = uint64_t{1} << random(6);
      std::optional<uint64_t> expected;
      for (uint64_t at = 0; at + size <= kSize && !expected; at += alignment) {
        if (std::none_of(taken.begin() + at, taken.begin() + at + size, [](bool t) { return t; })) expected = at;
      }
      const auto offset = ranges.take(size, alignment);
      REQUIRE(offset == expected);
      if (!offset) continue;
      std::fill_n(taken.begin() + *offset, size, true);
      live[*offset] = size;
    } else if (!live.empty()) {
      const auto victim = std::next(live.begin(), random(static_cast<uint32_t>(live.size())));
      ranges.give(victim->first, victim->second);
      std::fill_n(taken.begin() + victim->first, victim->second, false);
      live.erase(victim);
    }
    REQUIRE(ranges.isWhollyFree() == live.empty());
  }
}

TEST_CASE("Memory given back twice is a bug that is caught") {
  gpu::FreeRanges ranges(100);
  REQUIRE(ranges.take(10, 1) == 0);
  REQUIRE(ranges.take(10, 1) == 10);
  ranges.give(0, 10);
  CHECK_THROWS_AS(ranges.give(0, 10), Error);
  CHECK_THROWS_AS(ranges.give(5, 10), Error);
}

TEST_CASE("A limit on the bytes in buffers is kept, and what it refuses says how to raise it") {
  gpu::Device device({.validation = true});
  device.limitMemory(4096);
  const gpu::Buffer first = device.createBuffer(3000, gpu::Memory::kDevice, "first");
  try {
    device.createBuffer(1097, gpu::Memory::kDevice, "too much");
    FAIL("no error");
  } catch (const gpu::DeviceError& error) {
    CHECK(error.help().find("--memory-mib") != std::string::npos);
  }
  CHECK(device.allocatedBytes() == 3000);
  const gpu::Buffer rest = device.createBuffer(1096, gpu::Memory::kUpload, "the rest");
  CHECK(device.allocatedBytes() == device.memoryLimit());
}

TEST_CASE("Bytes in buffers are counted, now and at their most") {
  gpu::Device device({.validation = true});
  CHECK(device.allocatedBytes() == 0);
  {
    gpu::Buffer a = device.createBuffer(1001, gpu::Memory::kDevice, "a");
    gpu::Buffer b = device.createBuffer(500, gpu::Memory::kUpload, "b");
    CHECK(device.allocatedBytes() == 1501);
    b = device.createBuffer(20, gpu::Memory::kReadback, "b again");
    CHECK(device.allocatedBytes() == 1021);
    CHECK(device.peakAllocatedBytes() == 1521);  // the new one before the old one went
    gpu::Buffer c = std::move(a);
    CHECK(a.isEmpty());
    CHECK(a.address() == 0);
    CHECK(a.host() == nullptr);
    CHECK(c.size() == 1001);
    CHECK(device.allocatedBytes() == 1021);
    c = gpu::Buffer();
    CHECK(device.allocatedBytes() == 20);
  }
  CHECK(device.allocatedBytes() == 0);
  CHECK(device.createBuffer(0, gpu::Memory::kDevice, "nothing").isEmpty());
  CHECK(device.createBuffer(0, gpu::Memory::kDevice, "nothing").hostSpan<uint32_t>().empty());
}

TEST_CASE("Thousands of small buffers live side by side") {
  for (bool unmapped : {false, true}) {
    gpu::Device device({.validation = true, .unmappedDeviceMemory = unmapped});
    constexpr uint32_t kCount = 3000;
    std::vector<gpu::Buffer> buffers;
    gpu::Stream stream(device);
    for (uint32_t i = 0; i < kCount; ++i) {
      buffers.push_back(device.createBuffer(4 + 4 * (i % 100), gpu::Memory::kDevice, "small"));
      stream.fill(buffers.back(), i);
    }
    stream.finish();
    for (uint32_t i = 0; i < kCount; i += 2) buffers[i] = gpu::Buffer();
    for (uint32_t i = 0; i < kCount; i += 2) {
      buffers[i] = device.createBuffer(4 + 4 * (i % 37), gpu::Memory::kDevice, "again");
      stream.fill(buffers[i], i + kCount);
    }
    stream.finish();
    std::map<uint64_t, uint64_t> spans;
    for (const gpu::Buffer& buffer : buffers) spans[buffer.address()] = buffer.size();
    REQUIRE(spans.size() == kCount);
    uint64_t end = 0;
    for (const auto& [address, size] : spans) {
      REQUIRE(address >= end);
      end = address + size;
    }
    for (uint32_t i = 1; i < kCount; i += 50) {
      const uint32_t expected = i % 2 == 0 ? i + kCount : i;
      const std::vector<uint32_t> words = readWords(device, buffers[i]);
      CHECK(std::count(words.begin(), words.end(), expected) == static_cast<std::ptrdiff_t>(words.size()));
    }
  }
}

TEST_CASE("Uploads and downloads reach any part of any buffer, also through staging smaller than they are") {
  for (bool unmapped : {false, true}) {
    gpu::Device device({.validation = true, .unmappedDeviceMemory = unmapped});
    std::vector<std::byte> content((size_t{36} << 20) + 13);
    for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::byte>((i * 2654435761u) >> 13);
    gpu::Buffer buffer = device.createBuffer(content, "content");
    const std::vector<std::byte> patch(1000, std::byte{0xab});
    device.upload(buffer, patch, 12345);
    std::copy(patch.begin(), patch.end(), content.begin() + 12345);
    std::vector<std::byte> part(content.size() - 777);
    device.download(buffer, part, 777);
    CHECK(std::equal(part.begin(), part.end(), content.begin() + 777));
    CHECK(device.allocatedBytes() == content.size());
    CHECK_THROWS_AS(device.upload(buffer, patch, content.size() - 999), Error);
    CHECK_THROWS_AS(device.download(buffer, part, 778), Error);
  }
}

TEST_CASE("A request that the device cannot meet says how much was asked for, how much is in use and what to do") {
  gpu::Device device({.validation = true});
  const gpu::Buffer small = device.createBuffer(4096, gpu::Memory::kDevice, "small");
  for (size_t bytes : {size_t{1} << 62, ~size_t{0}}) {
    try {
      device.createBuffer(bytes, gpu::Memory::kDevice, "everything");
      FAIL("allocated " << bytes);
    } catch (const gpu::DeviceError& error) {
      const std::string what = error.what();
      CAPTURE(what);
      CHECK(what.find(std::to_string(bytes) + " bytes for the buffer 'everything'") != std::string::npos);
      CHECK(what.find("4096 bytes are in use") != std::string::npos);
      CHECK_FALSE(error.help().empty());
    }
  }
  CHECK(device.allocatedBytes() == 4096);
}

}  // namespace
