#include "engine/traffic/driver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nightfog::traffic {
namespace {

/// Closer than this is treated as this close: the model divides by the gap.
constexpr double kLeastGap_m = 0.05;
constexpr double kLeastSpeed_mps = 0.1;

}  // namespace

double freeAcceleration(const Driver& driver, double speed_mps, double desired_mps) {
  const double desired = std::max(desired_mps, kLeastSpeed_mps);
  if (speed_mps <= desired) return driver.acceleration_mps2 * (1 - std::pow(speed_mps / desired, driver.exponent));
  const double power = driver.acceleration_mps2 * driver.exponent / driver.braking_mps2;
  return -driver.braking_mps2 * (1 - std::pow(desired / speed_mps, power));
}

double followingAcceleration(const Driver& driver, double speed_mps, double desired_mps, double gap_m,
                             double approach_mps) {
  const double dynamic = speed_mps * driver.timeGap_s +
                         speed_mps * approach_mps / (2 * std::sqrt(driver.acceleration_mps2 * driver.braking_mps2));
  const double wanted = driver.standstillGap_m + std::max(0.0, dynamic);
  const double ratio = wanted / std::max(gap_m, kLeastGap_m);
  const double acceleration =
      freeAcceleration(driver, speed_mps, desired_mps) - driver.acceleration_mps2 * ratio * ratio;
  return std::max(acceleration, -driver.hardBraking_mps2);
}

double equilibriumGap_m(const Driver& driver, double speed_mps, double desired_mps) {
  const double left = 1 - std::pow(speed_mps / desired_mps, driver.exponent);
  if (left <= 0) return std::numeric_limits<double>::infinity();
  return (driver.standstillGap_m + speed_mps * driver.timeGap_s) / std::sqrt(left);
}

double changeGain(const Driver& driver, const ChangeEffect& e, double bias_mps2) {
  const double others = (e.newFollowerAfter - e.newFollower) + (e.oldFollowerAfter - e.oldFollower);
  return e.ownAfter - e.own + driver.politeness * others - driver.changeThreshold_mps2 + bias_mps2;
}

double travelTime_s(double distance_m, double speed_mps, double acceleration_mps2, double top_mps) {
  if (distance_m <= 0) return 0;
  const double top = std::max(top_mps, kLeastSpeed_mps);
  if (speed_mps >= top) return distance_m / speed_mps;
  const double reach = (top * top - speed_mps * speed_mps) / (2 * acceleration_mps2);
  if (distance_m <= reach) {
    return (std::sqrt(speed_mps * speed_mps + 2 * acceleration_mps2 * distance_m) - speed_mps) / acceleration_mps2;
  }
  return (top - speed_mps) / acceleration_mps2 + (distance_m - reach) / top;
}

}  // namespace nightfog::traffic
