// Alpha textures drawn from shapes: a twig of leaves, a twig of needles, a tuft of grass.
#include <algorithm>
#include <cmath>
#include <string>

#include "engine/content/materials.hpp"
#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::content {
namespace {

constexpr uint32_t kSize = 128;
constexpr std::string_view kNames[] = {"leaf_cluster", "needle_cluster", "grass_tuft"};

/// A canvas over [0, 1]², transparent at first.
class Canvas {
 public:
  explicit Canvas(std::string_view name) {
    texture_.name = name;
    texture_.width = texture_.height = kSize;
    texture_.texels.assign(kSize * kSize, 0x00ffffffu);
  }

  /// A blade along `to - from`, `width` wide at `widest` of its length, pointed at both ends.
  void blade(glm::dvec2 from, glm::dvec2 to, double width, double widest = 0.45) {
    const glm::dvec2 along = to - from;
    const double length = glm::length(along);
    for (uint32_t row = 0; row < kSize; ++row) {
      for (uint32_t column = 0; column < kSize; ++column) {
        const glm::dvec2 p = glm::dvec2(column + 0.5, row + 0.5) / static_cast<double>(kSize) - from;
        const double f = glm::dot(p, along) / (length * length);
        if (f <= 0 || f >= 1) continue;
        const double across = std::abs(p.x * along.y - p.y * along.x) / length;
        const double shape = f < widest ? f / widest : (1 - f) / (1 - widest);
        if (across < 0.5 * width * std::sqrt(shape)) texture_.texels[row * kSize + column] = 0xffffffffu;
      }
    }
  }

  Texture take() { return std::move(texture_); }

 private:
  Texture texture_;
};

glm::dvec2 heading(double angle_rad) {
  return {std::cos(angle_rad), std::sin(angle_rad)};
}

}  // namespace

std::span<const std::string_view> textureNames() {
  return kNames;
}

Texture makeTexture(std::string_view name) {
  Canvas canvas(name);
  RandomSource rng(0, 0, "content/textures/" + std::string(name));
  if (name == "leaf_cluster") {
    // A twig and its four shoots; leaves alternate along each and one ends it.
    struct Shoot {
      glm::dvec2 from, to;
      int leaves;
    };
    const Shoot shoots[] = {{{0.5, 0.0}, {0.51, 0.80}, 11},
                            {{0.5, 0.12}, {0.14, 0.42}, 7},
                            {{0.5, 0.20}, {0.86, 0.50}, 7},
                            {{0.5, 0.42}, {0.24, 0.74}, 6},
                            {{0.5, 0.48}, {0.78, 0.80}, 6}};
    for (const Shoot& shoot : shoots) {
      canvas.blade(shoot.from, shoot.to, 0.02, 0.1);
      const glm::dvec2 along = shoot.to - shoot.from;
      const double bearing = std::atan2(along.y, along.x);
      for (int i = 0; i < shoot.leaves; ++i) {
        const glm::dvec2 stem = shoot.from + along * ((i + 1.0) / shoot.leaves);
        const double angle = bearing + (i % 2 == 0 ? 1.0 : -1.0) * rng.uniform(0.5, 1.1);
        canvas.blade(stem, stem + rng.uniform(0.14, 0.20) * heading(angle), 0.085);
      }
      canvas.blade(shoot.to, shoot.to + 0.17 * heading(bearing), 0.085);
    }
  } else if (name == "needle_cluster") {
    canvas.blade({0.5, 0.0}, {0.5, 0.95}, 0.035, 0.1);
    for (int i = 0; i < 46; ++i) {
      const double up = 0.02 + 0.019 * i;
      for (const double side : {1.0, -1.0}) {
        const double angle = 0.5 * kPi - side * rng.uniform(0.75, 1.15);
        canvas.blade({0.5, up}, glm::dvec2(0.5, up) + rng.uniform(0.25, 0.40) * (1 - 0.5 * up) * heading(angle), 0.030);
      }
    }
  } else if (name == "grass_tuft") {
    for (int i = 0; i < 26; ++i) {
      const glm::dvec2 root(rng.uniform(0.1, 0.9), 0.0);
      const glm::dvec2 tip(root.x + rng.uniform(-0.25, 0.25), rng.uniform(0.45, 0.98));
      canvas.blade(root - glm::dvec2(0, 0.2), tip, 0.035, 0.25);
    }
  } else {
    throw Error(ExitCode::kDiagnostics, "There is no texture '" + std::string(name) + "'.",
                "Textures: leaf_cluster, needle_cluster, grass_tuft.");
  }
  return canvas.take();
}

}  // namespace nightfog::content
