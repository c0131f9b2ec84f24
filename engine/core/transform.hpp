// Rigid transforms in doubles. Names read right to left: worldFromSensor = worldFromVehicle * vehicleFromSensor.
#pragma once

#include <glm/glm.hpp>
#include <glm/gtc/quaternion.hpp>

namespace nightfog {

inline constexpr double kPi = 3.14159265358979323846;

/// A rotation followed by a translation (metres). `aFromB * pInB` is the point in frame A.
struct RigidTransform {
  glm::dquat rotation{1.0, 0.0, 0.0, 0.0};  ///< w, x, y, z; unit length
  glm::dvec3 translation{0.0};

  static RigidTransform identity() { return {}; }
  static RigidTransform fromTranslation(const glm::dvec3& t) { return {glm::dquat(1, 0, 0, 0), t}; }
  /// ISO 8855: yaw about z (left positive), then pitch about the new y (nose down positive), then roll about the new x.
  static RigidTransform fromYawPitchRoll(const glm::dvec3& t, double yaw_rad, double pitch_rad = 0,
                                         double roll_rad = 0);

  glm::dvec3 operator*(const glm::dvec3& point) const { return rotation * point + translation; }
  RigidTransform operator*(const RigidTransform& other) const;
  RigidTransform inverse() const;
  glm::dvec3 rotate(const glm::dvec3& direction) const { return rotation * direction; }
  double yaw_rad() const;
};

/// Between two poses, fraction in [0, 1]: translation linear, rotation by the shorter great arc (slerp).
RigidTransform interpolate(const RigidTransform& a, const RigidTransform& b, double fraction);

/// Into (-pi, pi].
double wrapAngle(double angle_rad);

}  // namespace nightfog
