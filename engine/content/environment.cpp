#include "engine/content/environment.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::content {

glm::dvec3 sunDirection(double timeOfDay_s, double latitude_rad, int dayOfYear) {
  const double declination = 23.45 * kPi / 180 * std::sin(2 * kPi * (284 + dayOfYear) / 365.0);
  const double hour = (timeOfDay_s / 3600 - 12) * kPi / 12;
  const double up =
      std::sin(latitude_rad) * std::sin(declination) + std::cos(latitude_rad) * std::cos(declination) * std::cos(hour);
  const double east = -std::cos(declination) * std::sin(hour);
  const double north =
      std::cos(latitude_rad) * std::sin(declination) - std::sin(latitude_rad) * std::cos(declination) * std::cos(hour);
  return glm::normalize(glm::dvec3(east, north, up));
}

Environment environmentAt(double timeOfDay_s, double latitude_rad, int dayOfYear) {
  constexpr double kLampsOnBelowSine = 0.035;
  Environment environment;
  environment.sunDirection = sunDirection(timeOfDay_s, latitude_rad, dayOfYear);
  environment.sceneryLampsOn = environment.sunDirection.z < kLampsOnBelowSine;
  return environment;
}

bool areDrivingLampsOn(const Environment& environment, const Media& media) {
  constexpr double kFog_1pm = 2.9957 / 500;
  constexpr double kDusk = 0.10;
  return environment.sunDirection.z < kDusk || media.extinction_1pm > kFog_1pm;
}

void switchLamps(SceneSnapshot& snapshot) {
  if (areDrivingLampsOn(snapshot.environment, snapshot.media)) return;
  std::erase_if(snapshot.lamps, [](const SnapshotLamp& lamp) { return !lamp.isOrdered; });
  for (SnapshotInstance& instance : snapshot.instances) {
    const bool isOrdered = std::any_of(snapshot.lamps.begin(), snapshot.lamps.end(),
                                       [&](const SnapshotLamp& lamp) { return lamp.object == instance.object; });
    if (!isOrdered) instance.emission = 0;
  }
}

}  // namespace nightfog::content
