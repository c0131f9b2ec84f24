// Keyframes of the weather, painted: one channel as a curve over time, whose knots are values of the text. No window.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/config/quantity.hpp"
#include "engine/scenario/weather_timeline.hpp"

namespace nightfog::viewer {

/// What of the weather a curve may show.
struct WeatherChannel {
  const char* path;   ///< in a keyframe: "fog/visibility"
  const char* label;  ///< "fog"
  config::Dimension dimension;
  double low, high;    ///< of the curve, SI
  bool isLogarithmic;  ///< the curve's height; a visibility says as much at 20 m as at 200 m
  std::optional<double> scenario::WeatherKeyframe::*key;
  double (*value)(const scenario::WeatherState&);

  /// Height of a value in the curve, 0 … 1, and back.
  double shareOf(double si) const;
  double valueAt(double share) const;
};
std::span<const WeatherChannel> weatherChannels();

/// The text with a knot added: a new keyframe, in the order of time, or a channel of the keyframe that begins then.
/// `index`: which keyframe it is. Times are rounded to 10 ms, values to two digits. Each throws Error (usage), and says
/// what to do, for what cannot be edited so.
std::string addWeatherKey(const std::string& text, const WeatherChannel& channel, double at_s, double si,
                          size_t& index);
/// The text with a knot elsewhere: between its neighbours in time. What does not change is not touched; a `$parameter`
/// becomes the value it is pulled to, and what is drawn is refused.
std::string moveWeatherKey(const std::string& text, const WeatherChannel& channel, size_t index, double at_s,
                           double si);
/// The text without this channel's knot, and without the keyframe where it says nothing else.
std::string removeWeatherKey(const std::string& text, const WeatherChannel& channel, size_t index);

}  // namespace nightfog::viewer
