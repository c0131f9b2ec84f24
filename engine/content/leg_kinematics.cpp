#include "engine/content/leg_kinematics.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::content {

LimbAngles reachWithLimb(double upper_m, double lower_m, double x, double z) {
  const double distance = std::clamp(std::hypot(x, z), std::abs(upper_m - lower_m) + 1e-6, upper_m + lower_m);
  const double cosine = (distance * distance - upper_m * upper_m - lower_m * lower_m) / (2 * upper_m * lower_m);
  LimbAngles angles;
  angles.bend_rad = std::acos(std::clamp(cosine, -1.0, 1.0));
  angles.upper_rad = std::atan2(-x, -z) -
                     std::atan2(lower_m * std::sin(angles.bend_rad), upper_m + lower_m * std::cos(angles.bend_rad));
  return angles;
}

}  // namespace nightfog::content
