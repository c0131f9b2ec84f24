#include "engine/scenario/line_of_sight.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::scenario {

namespace {

/// Segment against box, in the box's frame (slabs).
bool meets(const glm::dvec3& from, const glm::dvec3& to, const PlacedBox& box) {
  const RigidTransform actorFromWorld = box.worldFromActor.inverse();
  const glm::dvec3 a = actorFromWorld * from - box.centre;
  const glm::dvec3 d = actorFromWorld * to - box.centre - a;
  double first = 0, last = 1;
  for (int i = 0; i < 3; ++i) {
    const double half = 0.5 * box.size[i];
    if (d[i] == 0) {
      if (std::abs(a[i]) > half) return false;
      continue;
    }
    const double t0 = (-half - a[i]) / d[i], t1 = (half - a[i]) / d[i];
    first = std::max(first, std::min(t0, t1));
    last = std::min(last, std::max(t0, t1));
  }
  return first <= last;
}

}  // namespace

glm::dvec3 middleOf(const PlacedBox& box) {
  return box.worldFromActor * box.centre;
}

glm::dvec3 eyeOf(const PlacedBox& box) {
  return box.worldFromActor * (box.centre + glm::dvec3(0.25 * box.size.x, 0, 0.3 * box.size.z));
}

bool isAnyPartVisible(const glm::dvec3& from, const PlacedBox& seen, std::span<const PlacedBox> others) {
  constexpr int kSteps = 4;
  for (int x = 0; x <= kSteps; ++x) {
    for (int y = 0; y <= kSteps; ++y) {
      for (int z = 0; z <= kSteps; ++z) {
        const glm::dvec3 part = glm::dvec3(x, y, z) / static_cast<double>(kSteps) - 0.5;
        const glm::dvec3 at = seen.worldFromActor * (seen.centre + part * seen.size);
        const bool isHidden =
            std::any_of(others.begin(), others.end(), [&](const PlacedBox& other) { return meets(from, at, other); });
        if (!isHidden) return true;
      }
    }
  }
  return false;
}

double gapAlong(const PlacedBox& a, const PlacedBox& b, int axis) {
  const glm::dvec3 unit(axis == 0 ? 1 : 0, axis == 1 ? 1 : 0, 0);
  const glm::dvec3 direction = a.worldFromActor.rotate(unit);
  const auto half = [&](const PlacedBox& box) {
    double sum = 0;
    for (int i = 0; i < 3; ++i) {
      glm::dvec3 edge(0);
      edge[i] = 0.5 * box.size[i];
      sum += std::abs(glm::dot(direction, box.worldFromActor.rotate(edge)));
    }
    return sum;
  };
  const double between = std::abs(glm::dot(direction, middleOf(b) - middleOf(a)));
  return std::max(0.0, between - half(a) - half(b));
}

}  // namespace nightfog::scenario
