// The weather of an episode: one state for every sensor, as a function of time.
#pragma once

#include <glm/glm.hpp>
#include <optional>
#include <vector>

#include "engine/core/sim_time.hpp"

namespace nightfog::scenario {

enum class StreetLamps {
  kAuto,  ///< by the sun's height
  kLit,
  kDark
};

/// A bank of fog at an instant.
struct FogBank {
  glm::dvec3 place{0};                                     ///< of its middle, map; z is left 0: it lies on the ground
  glm::dvec3 size_m{0};                                    ///< length, width, height
  double heading_rad = 0;                                  ///< of its length, from the map's x axis
  double visibility_m = 50;                                ///< MOR where it is full
  double edge = 0.5;                                       ///< share of the way to its middle that its soft edge takes
  std::optional<double> driftSpeed_mps, driftHeading_rad;  ///< none: with the wind
};

/// The weather at an instant.
struct WeatherState {
  std::optional<double> fogVisibility_m;   ///< MOR (5 % contrast); none: clear air
  std::optional<double> fogHeight_m;       ///< of the fog's upper edge above the ground; none: no upper edge
  std::optional<double> fogLidarRatio_sr;  ///< extinction to backscatter; none: of fog at 905 nm
  std::vector<FogBank> fogBanks;           ///< where they have drifted to; their drift is said
  double rainRate_mmph = 0;
  double snowRate_mmph = 0;  ///< water equivalent
  double windSpeed_mps = 0;
  double windHeading_rad = 0;                ///< towards which it blows, from the map's x axis, left positive
  std::optional<double> dustVisibility_m;    ///< none: no dust
  double roadWetness = 0;                    ///< 0 dry … 1 water film everywhere
  double roadPuddles = 0;                    ///< share of the surface under standing water
  double roadSnow = 0;                       ///< share of the surface under snow
  std::optional<double> cloudCover;          ///< share of the sky; none: fair weather
  std::optional<double> moonIlluminance_lx;  ///< on the ground; none: moonless
  std::optional<double> sunIlluminance_lx;   ///< on a surface facing it; none: by the time of day
  StreetLamps streetLamps = StreetLamps::kAuto;
};

/// From `at` on, over `ramp`, the channels set here go from what they were to these values. What is absent keeps its
/// value. Words (street lamps) change at `at`.
struct WeatherKeyframe {
  SimTime at;
  SimTime ramp;
  std::optional<double> fogVisibility_m, fogHeight_m, fogLidarRatio_sr;
  std::optional<std::vector<FogBank>> fogBanks;  ///< instead of those before, here at `at`
  std::optional<double> rainRate_mmph, snowRate_mmph;
  std::optional<double> windSpeed_mps, windHeading_rad;
  std::optional<double> dustVisibility_m;
  std::optional<double> roadWetness, roadPuddles, roadSnow;
  std::optional<double> cloudCover;
  std::optional<double> moonIlluminance_lx, sunIlluminance_lx;
  std::optional<StreetLamps> streetLamps;
};

/// @code double mor = scenario.weather.at(SimTime::fromMs(4500)).fogVisibility_m.value_or(1e5); @endcode
///
/// A ramp that is still going when the next keyframe of the same channel begins must not be: the checker refuses it
/// (E0606), so `at` may apply keyframes one after the other.
class WeatherTimeline {
 public:
  WeatherTimeline() = default;
  /// Times ascend.
  explicit WeatherTimeline(std::vector<WeatherKeyframe> keyframes) : keyframes_(std::move(keyframes)) {}

  /// Pure. Fog and dust ramp in extinction (1 / visibility), illuminances and all else in their own unit, the wind's
  /// heading by the shorter way. Banks of fog drift with the wind that their keyframe leads to.
  WeatherState at(SimTime time) const;
  const std::vector<WeatherKeyframe>& keyframes() const { return keyframes_; }
  /// Nothing changes after t = 0.
  bool isConstant() const;

 private:
  std::vector<WeatherKeyframe> keyframes_;
};

}  // namespace nightfog::scenario
