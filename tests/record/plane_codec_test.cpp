#include "engine/record/plane_codec.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>

using namespace nightfog::record;

namespace {

template <class T>
std::span<const std::byte> bytesOf(const std::vector<T>& v) {
  return std::as_bytes(std::span(v));
}

template <class T>
bool comesBack(const std::vector<T>& pixels, uint32_t width, uint32_t height, const PlaneLayout& layout) {
  const EncodedPlane coded = encodePlane(bytesOf(pixels), width, layout);
  const std::vector<std::byte> back = decodePlane(coded.data, width, height, layout, coded.fixedPointBits);
  return back.size() == pixels.size() * sizeof(T) && std::memcmp(back.data(), pixels.data(), back.size()) == 0;
}

constexpr PlaneLayout kFloats{4, 1, true};

}  // namespace

TEST_CASE("Noise in words of every width comes back to the bit, whatever the image's shape") {
  std::mt19937 chance(20261121);
  for (const auto& [width, height] : {std::pair{1u, 1u}, {1u, 7u}, {9u, 1u}, {33u, 17u}, {640u, 3u}}) {
    for (const PlaneLayout& layout : {PlaneLayout{1, 1}, {1, 2}, {2, 1}, {2, 2}, {4, 1}, {4, 2}, {4, 2, true}}) {
      std::vector<uint8_t> noise(size_t{width} * height * layout.wordBytes * layout.wordsPerPixel);
      for (uint8_t& byte : noise) byte = static_cast<uint8_t>(chance());
      CHECK(comesBack(noise, width, height, layout));
    }
  }
}

TEST_CASE("Floats of every kind come back to the bit: minus zero, infinity, not a number, subnormal") {
  const float kTiny = std::numeric_limits<float>::denorm_min(), kInfinity = std::numeric_limits<float>::infinity();
  const float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const float odd : {-0.0f, kInfinity, -kInfinity, kNan, kTiny, std::numeric_limits<float>::max(), 1e-30f}) {
    const std::vector<float> pixels{0.5f, odd, 3.25f, 0, -7.5f, 1024.125f};
    CHECK(encodePlane(bytesOf(pixels), 3, kFloats).fixedPointBits == 0);
    CHECK(comesBack(pixels, 3, 2, kFloats));
  }
}

TEST_CASE("Floats on a grid of powers of two are stored in fixed point, at the least bits that hold them all") {
  const std::vector<float> eighths{0, 0.125f, -5.75f, 1000, -2047.875f, 3};
  CHECK(encodePlane(bytesOf(eighths), 3, kFloats).fixedPointBits == 3);
  CHECK(comesBack(eighths, 3, 2, kFloats));
  const std::vector<float> whole{4, -8, 16777216, 0};
  CHECK(encodePlane(bytesOf(whole), 2, kFloats).fixedPointBits == 1);  // 0 would mean floats
  CHECK(comesBack(whole, 2, 2, kFloats));
  const std::vector<float> tooWide{1e9f, 1.0f / 1024};  // 31 bits before the point and 10 behind it
  CHECK(encodePlane(bytesOf(tooWide), 2, kFloats).fixedPointBits == 0);
  CHECK(comesBack(tooWide, 2, 1, kFloats));
}

TEST_CASE("A plane of smooth depth shrinks to a third, flow of a moving camera to less, ids to nearly nothing") {
  constexpr uint32_t kWidth = 640, kHeight = 480;
  std::vector<float> depth(kWidth * kHeight), flow(depth.size() * 2);
  std::vector<uint32_t> ids(depth.size());
  for (size_t i = 0; i < depth.size(); ++i) {
    const auto x = static_cast<float>(i % kWidth), y = static_cast<float>(i / kWidth);
    depth[i] = 1.7f * 500 / (y + 1.0f) + 1e-3f * x;
    // A pixel coordinate, rounded as floats are, minus a whole number.
    flow[2 * i] = (319.5f + (x - 319.5f) * 1.02f) - x;
    flow[2 * i + 1] = (239.5f + (y - 239.5f) * 1.02f) - y;
    ids[i] = std::hypot(x - 300, y - 200) < 80 ? 7u : 3u;
  }
  CHECK(encodePlane(bytesOf(depth), kWidth, kFloats).data.size() < depth.size() * 4 / 3);
  const EncodedPlane coded = encodePlane(bytesOf(flow), kWidth, {4, 2, true});
  CHECK(coded.fixedPointBits > 0);
  CHECK(coded.data.size() < flow.size() * 4 / 4);
  CHECK(encodePlane(bytesOf(ids), kWidth, {4, 1}).data.size() < ids.size() * 4 / 200);
  CHECK(comesBack(depth, kWidth, kHeight, kFloats));
  CHECK(comesBack(flow, kWidth, kHeight, {4, 2, true}));
}

TEST_CASE("What is no plane of this size is refused") {
  const std::vector<float> depth(640 * 480, 2.5f);
  const EncodedPlane coded = encodePlane(bytesOf(depth), 640, kFloats);
  const auto decode = [&](const std::string& data, uint32_t width, uint32_t height, uint32_t bits) {
    return decodePlane(data, width, height, kFloats, bits);
  };
  CHECK_NOTHROW(decode(coded.data, 640, 480, coded.fixedPointBits));
  CHECK_THROWS_AS(decode(coded.data, 640, 481, 1), std::invalid_argument);
  CHECK_THROWS_AS(decode(coded.data, 640, 479, 1), std::invalid_argument);
  CHECK_THROWS_AS(decode(coded.data.substr(0, coded.data.size() / 2), 640, 480, 1), std::invalid_argument);
  CHECK_THROWS_AS(decode("", 640, 480, 1), std::invalid_argument);
  CHECK_THROWS_AS(decode(coded.data, 1u << 20, 1u << 20, 1), std::invalid_argument);
  CHECK_THROWS_AS(decode(coded.data, 640, 480, 99), std::invalid_argument);
  CHECK_THROWS_AS(decodePlane(coded.data, 640, 480, {4, 1}, 1), std::invalid_argument);
}
