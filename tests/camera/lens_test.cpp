// The lens against OpenCV, and against itself there and back.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "engine/shared/camera.h"
#include "sensors/camera/lens.hpp"

namespace {

using namespace nightfog;
using shared::CameraLens;

std::string outputOf(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> block{};
  while (pipe && std::fgets(block.data(), static_cast<int>(block.size()), pipe.get()) != nullptr) text += block.data();
  return text;
}

/// A common automotive lens, 1600 x 900, and its like.
CameraLens lensOf(double fx, double fy, double cx, double cy, double k1, double k2, double p1, double p2, double k3) {
  scenario::CameraSpec spec;
  spec.fx = fx;
  spec.fy = fy;
  spec.cx = cx;
  spec.cy = cy;
  spec.k1 = k1;
  spec.k2 = k2;
  spec.p1 = p1;
  spec.p2 = p2;
  spec.k3 = k3;
  return camera::makeLens(spec);
}

}  // namespace

TEST_CASE("The lens agrees with OpenCV within a thousandth of a pixel, both ways") {
  const std::string text = outputOf("/usr/bin/python3 " NIGHTFOG_SOURCE_DIR "/tests/camera/opencv_reference.py");
  if (text.empty() || text.rfind("skip", 0) == 0) {
    MESSAGE("SKIPPED: Debian's python3-opencv is not installed: " << text);
    return;
  }
  size_t lines = 0;
  double worstPixel = 0;
  double worstBack = 0;
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1, ++lines) {
    std::array<double, 16> n{};
    const char* from = text.c_str() + at;
    for (double& value : n) {
      char* end = nullptr;
      value = std::strtod(from, &end);
      REQUIRE(end != from);
      from = end;
    }
    const CameraLens lens = lensOf(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]);
    glm::vec2 pixel(0);
    REQUIRE(shared::projectPoint(lens, glm::vec3(n[9], n[10], n[11]), pixel));
    worstPixel = std::max({worstPixel, std::abs(pixel.x - n[12]), std::abs(pixel.y - n[13])});
    const glm::vec3 direction = shared::unprojectPixel(lens, glm::vec2(n[12], n[13]));
    // OpenCV's own inverse, scaled to pixels.
    worstBack = std::max({worstBack, std::abs(direction.x / direction.z - n[14]) * n[0],
                          std::abs(direction.y / direction.z - n[15]) * n[1]});
  }
  CHECK(lines == 4 * 17 * 17);
  MESSAGE("largest difference: project " << worstPixel << " px, unproject " << worstBack << " px");
  CHECK(worstPixel < 1e-3);
  CHECK(worstBack < 1e-3);
}

TEST_CASE("Unprojecting any pixel and projecting it again returns to within a thousandth of a pixel") {
  const std::array lenses = {lensOf(1000, 1000, 959.5, 539.5, 0, 0, 0, 0, 0),
                             lensOf(1100, 1095, 960.2, 541.7, -0.31, 0.11, 0.0007, -0.0004, -0.015),
                             lensOf(1900, 1900, 959.5, 603.5, -0.54, 0.32, -0.0007, 0.0003, -0.11),
                             lensOf(900, 900, 950, 530, 0.12, -0.05, 0.0012, 0.0009, 0.02)};
  for (const CameraLens& lens : lenses) {
    double worst = 0;
    for (double v = -0.5; v <= 1079.5; v += 7.3) {
      for (double u = -0.5; u <= 1919.5; u += 9.7) {
        const glm::vec2 pixel(u, v);
        const glm::vec3 direction = shared::unprojectPixel(lens, pixel);
        CHECK(std::abs(glm::length(direction) - 1) < 1e-6);
        glm::vec2 again(0);
        REQUIRE(shared::projectPoint(lens, direction * 12.5f, again));
        worst = std::max(worst, static_cast<double>(glm::length(again - pixel)));
      }
    }
    CHECK(worst < 1e-3);
  }
}

TEST_CASE("A lens whose distortion folds back over itself shows nothing beyond the fold") {
  const CameraLens lens = lensOf(1000, 1000, 959.5, 539.5, -0.4, 0, 0, 0, 0);
  // d/dr (r - 0.4 r^3) = 0 at r^2 = 1 / 1.2
  CHECK(lens.maxRadius2 == doctest::Approx(1 / 1.2).epsilon(1e-4));
  glm::vec2 pixel(0);
  CHECK(shared::projectPoint(lens, {0.9f, 0, 1}, pixel));
  CHECK_FALSE(shared::projectPoint(lens, {0.93f, 0, 1}, pixel));
  CHECK_FALSE(shared::projectPoint(lens, {0, 0, -1}, pixel));
}

TEST_CASE("A pole at 10 m, passed at 20 m/s, leans 45.7 pixels over a readout of 22.85 ms") {
  // skew = f v T / Z: the pole's image moves while the rows are read one after another.
  const CameraLens lens = lensOf(1000, 1000, 963.5, 603.5, 0, 0, 0, 0, 0);
  const int rows = 1208;
  const shared::CameraShutter shutter{0.0f, 0.02285f / rows, 0.005f};
  auto columnAt = [&](float row) {
    const float t = shared::rowInstant(shutter, row, 0.5f);
    glm::vec2 pixel(0);
    REQUIRE(shared::projectPoint(lens, {20.0f * t, 0, 10}, pixel));
    return pixel.x;
  };
  CHECK(columnAt(rows) - columnAt(0) == doctest::Approx(45.7).epsilon(1e-4));
}

TEST_CASE("Octahedral normals come back within a tenth of a milliradian, and no normal has the code 0") {
  double worst = 0;
  for (int i = 0; i < 20000; ++i) {
    const double z = 1 - 2 * (i + 0.5) / 20000;
    const double angle = 2.399963229728653 * i;  // golden angle: even cover of the sphere
    const double r = std::sqrt(1 - z * z);
    const glm::vec3 n(r * std::cos(angle), r * std::sin(angle), z);
    const uint32_t code = shared::encodeOctahedral(n);
    CHECK(code != 0);
    worst = std::max(worst, static_cast<double>(glm::length(glm::cross(n, shared::decodeOctahedral(code)))));
  }
  CHECK(worst < 1e-4);
  for (const glm::vec3 n : {glm::vec3(0, 0, -1), glm::vec3(-1, 0, 0), glm::vec3(0, -1, 0)}) {
    CHECK(shared::encodeOctahedral(n) != 0);
    CHECK(glm::dot(n, shared::decodeOctahedral(shared::encodeOctahedral(n))) > 0.9999999f);
  }
}
