#include "engine/scenario/weather_timeline.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/transform.hpp"

namespace nightfog::scenario {

namespace {

double mix(double from, double to, double fraction) {
  return fraction >= 1 ? to : from + (to - from) * fraction;
}

/// Of a visibility where nothing means clear air: linear in what dims the view, its inverse.
double mixVisibility(std::optional<double> from, double to, double fraction) {
  if (fraction >= 1) return to;
  const double before = from ? 1 / *from : 0;
  return 1 / mix(before, 1 / to, fraction);
}

/// From no value there is nothing to ramp from: the new value holds at once.
void ramp(std::optional<double>& value, const std::optional<double>& to, double fraction) {
  if (to) value = value ? mix(*value, *to, fraction) : *to;
}
void ramp(double& value, const std::optional<double>& to, double fraction) {
  if (to) value = mix(value, *to, fraction);
}

void apply(WeatherState& state, const WeatherKeyframe& key, double fraction, double since_s) {
  // A ramp from clear air begins at visibility without bound, where 1 / 0 must not appear.
  if (key.fogVisibility_m && (state.fogVisibility_m || fraction > 0))
    state.fogVisibility_m = mixVisibility(state.fogVisibility_m, *key.fogVisibility_m, fraction);
  ramp(state.fogHeight_m, key.fogHeight_m, fraction);
  ramp(state.fogLidarRatio_sr, key.fogLidarRatio_sr, fraction);
  if (key.fogBanks) {
    state.fogBanks = *key.fogBanks;
    for (FogBank& bank : state.fogBanks) {
      if (!bank.driftSpeed_mps) bank.driftSpeed_mps = key.windSpeed_mps.value_or(state.windSpeed_mps);
      if (!bank.driftHeading_rad) bank.driftHeading_rad = key.windHeading_rad.value_or(state.windHeading_rad);
      const glm::dvec3 towards(std::cos(*bank.driftHeading_rad), std::sin(*bank.driftHeading_rad), 0);
      bank.place += towards * (*bank.driftSpeed_mps * since_s);
    }
  }
  ramp(state.rainRate_mmph, key.rainRate_mmph, fraction);
  ramp(state.snowRate_mmph, key.snowRate_mmph, fraction);
  ramp(state.windSpeed_mps, key.windSpeed_mps, fraction);
  if (key.windHeading_rad)
    state.windHeading_rad =
        fraction >= 1
            ? *key.windHeading_rad
            : wrapAngle(state.windHeading_rad + wrapAngle(*key.windHeading_rad - state.windHeading_rad) * fraction);
  if (key.dustVisibility_m && (state.dustVisibility_m || fraction > 0))
    state.dustVisibility_m = mixVisibility(state.dustVisibility_m, *key.dustVisibility_m, fraction);
  ramp(state.roadWetness, key.roadWetness, fraction);
  ramp(state.roadPuddles, key.roadPuddles, fraction);
  ramp(state.roadSnow, key.roadSnow, fraction);
  ramp(state.cloudCover, key.cloudCover, fraction);
  ramp(state.moonIlluminance_lx, key.moonIlluminance_lx, fraction);
  ramp(state.sunIlluminance_lx, key.sunIlluminance_lx, fraction);
  if (key.streetLamps) state.streetLamps = *key.streetLamps;
}

}  // namespace

WeatherState WeatherTimeline::at(SimTime time) const {
  WeatherState state;
  for (const WeatherKeyframe& key : keyframes_) {
    if (key.at > time) break;
    const double fraction =
        key.ramp.ns <= 0 ? 1.0
                         : std::min(1.0, static_cast<double>((time - key.at).ns) / static_cast<double>(key.ramp.ns));
    apply(state, key, fraction, (time - key.at).seconds());
  }
  return state;
}

bool WeatherTimeline::isConstant() const {
  return std::all_of(keyframes_.begin(), keyframes_.end(),
                     [](const WeatherKeyframe& key) { return key.at.ns == 0 && key.ramp.ns == 0; });
}

}  // namespace nightfog::scenario
