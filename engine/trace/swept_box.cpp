#include "engine/trace/swept_box.hpp"

#include <cmath>
#include <limits>

#include "engine/shared/pose.h"

namespace nightfog::trace {

namespace {

/// Square of the angle between two rotations, rounded up: phi = 4 asin(chord / 2) for the chord between their unit
/// quaternions.
float squaredAngleBound(const glm::vec4& a, const glm::vec4& b) {
  const glm::vec4 d = glm::dot(a, b) < 0.0f ? a + b : a - b;
  const float chord = glm::length(d);  // 2 sin(phi / 4); at most sqrt(2)
  const float phi = 4.0f * std::asin(std::min(1.0f, 0.5f * chord + 1e-6f));
  return phi * phi;
}

}  // namespace

Box sweptBox(const MeshBounds& bounds, std::span<const shared::PoseKey> keys) {
  constexpr float kMax = std::numeric_limits<float>::max();
  Box box{glm::vec3(kMax), glm::vec3(-kMax)};
  if (bounds.low.x > bounds.high.x) return box;
  const glm::vec3 centre = 0.5f * (bounds.low + bounds.high);
  const glm::vec3 half = 0.5f * (bounds.high - bounds.low);
  float largest = 0;
  float widest = 0;
  for (size_t k = 0; k < keys.size(); ++k) {
    const glm::vec4& q = keys[k].rotation;
    const glm::vec3 middle = shared::pointToFrame(keys[k], centre);
    const glm::vec3 reach = glm::abs(shared::rotateBy(q, glm::vec3(half.x, 0, 0))) +
                            glm::abs(shared::rotateBy(q, glm::vec3(0, half.y, 0))) +
                            glm::abs(shared::rotateBy(q, glm::vec3(0, 0, half.z)));
    box.low = glm::min(box.low, middle - reach);
    box.high = glm::max(box.high, middle + reach);
    const glm::vec3 size = glm::abs(middle) + reach + glm::abs(centre) + half;
    largest = std::max({largest, size.x, size.y, size.z});
    if (k > 0) widest = std::max(widest, squaredAngleBound(keys[k - 1].rotation, q));
  }
  // 4e-6: some thirty roundings of 2^-24 in the poses, the ray's way into the body and this box itself.
  const float margin = bounds.radius_m * widest / 8.0f + 4e-6f * largest + 1e-6f;
  box.low -= margin;
  box.high += margin;
  return box;
}

}  // namespace nightfog::trace
