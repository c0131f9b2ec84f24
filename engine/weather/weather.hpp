// From the scenario's weather to the media that sensors look through. One state for every sensor.
#pragma once

#include "engine/content/scene.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::weather {

/// Extinction (1/m) of a medium with this meteorological optical range: the distance over which a collimated beam falls
/// to 5 % of its flux, alpha = ln 20 / MOR [WMO-8 ch. 9]. This is the `visibility` of scenario files. Throws Error for
/// a range that is not positive and finite.
double extinctionFromMor(double mor_m);

/// Extinction (1/m) from Koschmieder's visual range V, at which contrast falls to 2 %: alpha = ln 50 / V
/// [Koschmieder1924]. V is 1.31 times the MOR of the same air; figures quoted as "visibility" by older sources mean
/// this one. Throws like extinctionFromMor().
double extinctionFromVisualRange(double visualRange_m);

/// Throws Error for weather that the language has and no sensor sees yet: rain, snow, dust, puddles, snow on the road.
/// A record must not pretend.
void refuseUnseen(const scenario::WeatherTimeline& weather);

/// The media at an instant. Clear air (no fog) has extinction 0. `groundLevel_m` is the world's z from which the fog's
/// height counts: its upper edge is level. Banks are where they are at that instant: whoever needs them at another
/// moves them along.
/// @code snapshot.media = weather::mediaFor(scenario.weather.at(exposure.reference()), groundLevel); @endcode
content::Media mediaFor(const scenario::WeatherState& weather, double groundLevel_m = 0);

/// Moonlight, sunlight, clouds and street lamps as the weather orders them; what it leaves out stays as it is.
void lightFor(const scenario::WeatherState& weather, content::Environment& environment);

}  // namespace nightfog::weather
