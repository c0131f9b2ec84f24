#include "engine/core/transform.hpp"

#include <cmath>

namespace nightfog {

RigidTransform RigidTransform::fromYawPitchRoll(const glm::dvec3& t, double yaw_rad, double pitch_rad,
                                                double roll_rad) {
  const glm::dquat yaw = glm::angleAxis(yaw_rad, glm::dvec3(0, 0, 1));
  const glm::dquat pitch = glm::angleAxis(pitch_rad, glm::dvec3(0, 1, 0));
  const glm::dquat roll = glm::angleAxis(roll_rad, glm::dvec3(1, 0, 0));
  return {yaw * pitch * roll, t};
}

RigidTransform RigidTransform::operator*(const RigidTransform& other) const {
  return {glm::normalize(rotation * other.rotation), rotation * other.translation + translation};
}

RigidTransform RigidTransform::inverse() const {
  const glm::dquat inverted = glm::conjugate(rotation);
  return {inverted, -(inverted * translation)};
}

double RigidTransform::yaw_rad() const {
  const glm::dvec3 forward = rotation * glm::dvec3(1, 0, 0);
  return std::atan2(forward.y, forward.x);
}

RigidTransform interpolate(const RigidTransform& a, const RigidTransform& b, double fraction) {
  glm::dquat target = b.rotation;
  double cosine = glm::dot(a.rotation, target);
  if (cosine < 0) {
    target = -target;
    cosine = -cosine;
  }
  glm::dquat rotation;
  if (cosine > 1.0 - 1e-12) {
    rotation = a.rotation * (1.0 - fraction) + target * fraction;
  } else {
    const double angle = std::acos(cosine);
    const double sine = std::sin(angle);
    rotation = a.rotation * (std::sin((1.0 - fraction) * angle) / sine) + target * (std::sin(fraction * angle) / sine);
  }
  return {glm::normalize(rotation), a.translation * (1.0 - fraction) + b.translation * fraction};
}

double wrapAngle(double angle_rad) {
  double wrapped = std::remainder(angle_rad, 2.0 * kPi);
  if (wrapped <= -kPi) wrapped += 2.0 * kPi;
  return wrapped;
}

}  // namespace nightfog
