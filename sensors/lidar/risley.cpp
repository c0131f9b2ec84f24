#include "sensors/lidar/risley.hpp"

#include <cmath>

#include "engine/core/transform.hpp"

namespace nightfog::lidar {
namespace {

/// Snell's law as vectors; `normal` points the way the light goes.
glm::dvec3 refracted(const glm::dvec3& direction, const glm::dvec3& normal, double fromIndex, double toIndex) {
  const double ratio = fromIndex / toIndex;
  const double cosine = glm::dot(direction, normal);
  const double under = 1 - ratio * ratio * (1 - cosine * cosine);
  if (under < 0) return glm::dvec3(0);
  return direction * ratio + normal * (std::sqrt(under) - ratio * cosine);
}

}  // namespace

glm::dvec3 risleyDirection(std::span<const scenario::LidarPrism> prisms, double refractiveIndex, double time_s) {
  glm::dvec3 direction(1, 0, 0);
  const glm::dvec3 flat(1, 0, 0);
  for (size_t i = 0; i < prisms.size(); ++i) {
    const scenario::LidarPrism& prism = prisms[i];
    // Whole turns drop out first: after an hour the angle is as exact as at the start.
    const double turned = std::fmod(prism.rotation_hz * time_s, 1.0) * 2 * kPi + prism.phase_rad;
    const glm::dvec3 sloping(std::cos(prism.wedge_rad), std::sin(prism.wedge_rad) * std::cos(turned),
                             std::sin(prism.wedge_rad) * std::sin(turned));
    const bool isFlatFirst = i % 2 == 0;
    direction = refracted(direction, isFlatFirst ? flat : sloping, 1, refractiveIndex);
    direction = refracted(direction, isFlatFirst ? sloping : flat, refractiveIndex, 1);
  }
  return direction;
}

}  // namespace nightfog::lidar
