#include "tools/viewer/weather_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/error.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

using config::Dimension;
using config::Node;
using scenario::WeatherKeyframe;
using scenario::WeatherState;

constexpr double kTimeStep_s = 0.01;
constexpr double kClear_m = 10'000;  ///< from here on a curve shows no haze

const Node* listIn(const config::Document& document) {
  const Node* list = document.root().find("weather");
  if (list != nullptr && !list->isList()) refuseEdit("the weather is no list of keyframes");
  if (list == nullptr && document.root().find("extends") != nullptr)
    refuseEdit("the weather stands in the file that this one extends");
  return list;
}

/// nullopt: it is drawn, or refers to a parameter.
std::optional<double> secondsOf(const Node& keyframe) {
  const Node* at = keyframe.find("at");
  config::Diagnostics ignored;
  return at == nullptr || !at->isScalar() || at->text.starts_with('$')
             ? std::nullopt
             : config::readQuantity(*at, Dimension::kTime, ignored);
}

std::string numberText(double value) {
  return config::formatNumber(value);
}

std::string secondsText(double at_s) {
  return numberText(std::max(0.0, std::round(at_s / kTimeStep_s) / std::round(1 / kTimeStep_s))) + " s";
}

/// Two digits, in the unit that stood there.
std::string quantityText(const WeatherChannel& channel, double si, const std::string& before) {
  const size_t blank = before.rfind(' ');
  const config::Unit* unit = blank == std::string::npos ? nullptr : config::findUnit(before.substr(blank + 1));
  if (unit == nullptr && channel.dimension == Dimension::kRatio && before.empty()) unit = config::findUnit("%");
  if (unit == nullptr && channel.dimension != Dimension::kRatio)
    unit = config::findUnit(config::canonicalUnit(channel.dimension));
  const double value = unit == nullptr ? si : si * unit->divide / unit->multiply;
  const double digits = value == 0 ? 0 : std::floor(std::log10(std::abs(value))) - 1;
  const double rounded = digits >= 0 ? std::round(value / std::pow(10, digits)) * std::pow(10, digits)
                                     : std::round(value * std::pow(10, -digits)) / std::pow(10, -digits);
  return numberText(rounded) + (unit == nullptr ? "" : fmt::format(" {}", unit->symbol));
}

/// `fog: {visibility: 40 m}`, `rain: 5 mm/h`.
std::string channelText(const WeatherChannel& channel, const std::string& value) {
  const std::string path = channel.path;
  const size_t slash = path.find('/');
  if (slash == std::string::npos) return fmt::format("{}: {}", path, value);
  return fmt::format("{}: {{{}: {}}}", path.substr(0, slash), path.substr(slash + 1), value);
}

/// With the channel set in a keyframe that is there.
std::string withChannel(const std::string& text, const Node& keyframe, const WeatherChannel& channel,
                        const std::string& value) {
  const std::string at = pathTo(keyframe) + "/", path = channel.path;
  const size_t slash = path.find('/');
  if (slash == std::string::npos || keyframe.find(path.substr(0, slash)) != nullptr)
    return putValue(text, at + path, value);
  return putValue(text, at + path.substr(0, slash), fmt::format("{{{}: {}}}", path.substr(slash + 1), value));
}

const Node& keyframeAt(const config::Document& document, size_t index) {
  const Node* list = listIn(document);
  if (list == nullptr || index >= list->children.size()) refuseEdit("there is no such keyframe in this file");
  return *list->children[index];
}

}  // namespace

double WeatherChannel::shareOf(double si) const {
  const double share =
      isLogarithmic ? std::log(std::max(si, 1e-9) / low) / std::log(high / low) : (si - low) / (high - low);
  return std::clamp(share, 0.0, 1.0);
}

double WeatherChannel::valueAt(double share) const {
  const double s = std::clamp(share, 0.0, 1.0);
  return isLogarithmic ? low * std::pow(high / low, s) : low + s * (high - low);
}

std::span<const WeatherChannel> weatherChannels() {
  static const std::array<WeatherChannel, 9> channels{{
      {"fog/visibility", "fog", Dimension::kLength, 10, kClear_m, true, &WeatherKeyframe::fogVisibility_m,
       [](const WeatherState& state) { return state.fogVisibility_m.value_or(kClear_m); }},
      {"rain", "rain", Dimension::kPrecipitation, 0, 50, false, &WeatherKeyframe::rainRate_mmph,
       [](const WeatherState& state) { return state.rainRate_mmph; }},
      {"snow", "snow", Dimension::kPrecipitation, 0, 20, false, &WeatherKeyframe::snowRate_mmph,
       [](const WeatherState& state) { return state.snowRate_mmph; }},
      {"wind/speed", "wind", Dimension::kSpeed, 0, 30, false, &WeatherKeyframe::windSpeed_mps,
       [](const WeatherState& state) { return state.windSpeed_mps; }},
      {"road/wetness", "wetness", Dimension::kRatio, 0, 1, false, &WeatherKeyframe::roadWetness,
       [](const WeatherState& state) { return state.roadWetness; }},
      {"road/puddles", "puddles", Dimension::kRatio, 0, 1, false, &WeatherKeyframe::roadPuddles,
       [](const WeatherState& state) { return state.roadPuddles; }},
      {"road/snow", "lying snow", Dimension::kRatio, 0, 1, false, &WeatherKeyframe::roadSnow,
       [](const WeatherState& state) { return state.roadSnow; }},
      {"clouds", "clouds", Dimension::kRatio, 0, 1, false, &WeatherKeyframe::cloudCover,
       [](const WeatherState& state) { return state.cloudCover.value_or(0); }},
      {"dust/visibility", "dust", Dimension::kLength, 10, kClear_m, true, &WeatherKeyframe::dustVisibility_m,
       [](const WeatherState& state) { return state.dustVisibility_m.value_or(kClear_m); }},
  }};
  return channels;
}

std::string addWeatherKey(const std::string& text, const WeatherChannel& channel, double at_s, double si,
                          size_t& index) {
  const auto document = soundSource(text);
  const Node* list = listIn(*document);
  const std::string value = quantityText(channel, si, {}), at = secondsText(at_s);
  size_t before = 0;
  for (; list != nullptr && before < list->children.size(); ++before) {
    const auto begins = secondsOf(*list->children[before]);
    if (!begins) refuseEdit("the time of a keyframe is drawn");
    if (std::abs(*begins - at_s) < 0.5 * kTimeStep_s) {
      index = before;
      return withChannel(text, *list->children[before], channel, value);
    }
    if (*begins > at_s) break;
  }
  index = before;
  return insertElement(text, "weather", before, {"at: " + at, channelText(channel, value)});
}

std::string moveWeatherKey(const std::string& text, const WeatherChannel& channel, size_t index, double at_s,
                           double si) {
  const auto document = soundSource(text);
  const Node& keyframe = keyframeAt(*document, index);
  std::string out = text;
  const Node* value = findNode(keyframe, channel.path);
  if (value != nullptr && !value->isScalar()) refuseEdit("the value is drawn: edit its distribution in the form");
  const std::string stood = value == nullptr ? "" : value->text, now = quantityText(channel, si, stood);
  const auto secondsNow = secondsOf(keyframe);
  // Values first: they stand behind the time, or anywhere; both are found by their paths.
  if (now != stood) out = withChannel(out, keyframe, channel, now);
  if (!secondsNow) return out;
  const std::vector<const Node*>& all = keyframe.parent->children;
  const auto neighbour = [&](size_t other) { return other < all.size() ? secondsOf(*all[other]) : std::nullopt; };
  const auto earlier = index > 0 ? neighbour(index - 1) : std::nullopt, later = neighbour(index + 1);
  const double least = earlier ? *earlier + kTimeStep_s : 0;
  const double most = later ? *later - kTimeStep_s : std::max(at_s, least);
  const double goal = std::clamp(at_s, least, std::max(least, most));
  if (std::abs(goal - *secondsNow) < 0.5 * kTimeStep_s) return out;
  return setValue(out, pathTo(keyframe) + "/at", secondsText(goal));
}

std::string removeWeatherKey(const std::string& text, const WeatherChannel& channel, size_t index) {
  const auto document = soundSource(text);
  const Node& keyframe = keyframeAt(*document, index);
  const Node* value = findNode(keyframe, channel.path);
  if (value == nullptr) refuseEdit("this keyframe says nothing of it");
  const Node* group = value->parent == &keyframe ? value : value->parent;
  const auto others = std::count_if(keyframe.children.begin(), keyframe.children.end(), [&](const Node* child) {
    return child != group && child->key != "at" && child->key != "ramp";
  });
  const bool isAlone = group == value || group->children.size() == 1;
  if (isAlone && others == 0) return removeEntry(text, pathTo(keyframe));
  return removeEntry(text, pathTo(isAlone ? *group : *value));
}

}  // namespace nightfog::viewer
