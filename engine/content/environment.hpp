// The sky over a place at a time, and when people switch lamps on.
#pragma once

#include "engine/content/scene.hpp"

namespace nightfog::content {

/// Where the sun stands: unit vector, x east, y north, z up. Local solar time. Declination and hour angle of a circular
/// orbit [Cooper, Solar Energy 12, 1969]: within 1 degree of the almanac.
glm::dvec3 sunDirection(double timeOfDay_s, double latitude_rad, int dayOfYear);

/// Stuttgart (48.8 degrees north) on 30 September, where nothing else is said.
inline constexpr double kDefaultLatitude_rad = 0.8517;
inline constexpr int kDefaultDayOfYear = 273;

/// Sun, clouds and the lamps of the scenery, which burn from the sun's 2 degrees above the horizon on down.
Environment environmentAt(double timeOfDay_s, double latitude_rad = kDefaultLatitude_rad,
                          int dayOfYear = kDefaultDayOfYear);

/// Whether drivers have their lamps on: by dusk, and in fog under 500 m.
bool areDrivingLampsOn(const Environment& environment, const Media& media);

/// A snapshot of the world has the lamps of everything that drives; this puts them out where drivers have them off.
/// Call it when the media are known.
void switchLamps(SceneSnapshot& snapshot);

}  // namespace nightfog::content
