#include "tools/viewer/weather_keys.hpp"

#include <doctest/doctest.h>

#include "engine/core/error.hpp"

using namespace nightfog;
using namespace nightfog::viewer;

namespace {

const std::string kText =
    "format: scenario/1\nweather:   # how it comes\n  - at: 0 s   # clear\n    fog: {visibility: 2 km, height: 12 m}\n"
    "    road: {wetness: 30 %}\n  - at: 4 s\n    ramp: 2 s\n    fog: {visibility: $thick}   # then this\n";
const WeatherChannel& fog() {
  return weatherChannels()[0];
}
const WeatherChannel& wetness() {
  return weatherChannels()[4];
}
std::string replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

}  // namespace

TEST_CASE("A knot that is pulled changes its time and its value, in the units that stood there, and nothing else") {
  CHECK(moveWeatherKey(kText, fog(), 0, 0, 700) == replaced(kText, "2 km", "0.7 km"));
  CHECK(moveWeatherKey(kText, fog(), 0, 1.234, 2000) == replaced(kText, "at: 0 s", "at: 1.23 s"));
  CHECK(moveWeatherKey(kText, wetness(), 0, 0, 0.456) == replaced(kText, "30 %", "46 %"));
  CHECK(moveWeatherKey(kText, fog(), 1, 5, 41.3) == replaced(replaced(kText, "$thick", "41 m"), "at: 4 s", "at: 5 s"));
  CHECK(moveWeatherKey(kText, fog(), 0, 0, 2000) == kText);
}

TEST_CASE("Keyframes keep their order, however far a knot is pulled") {
  CHECK(moveWeatherKey(kText, fog(), 0, 9, 2000) == replaced(kText, "at: 0 s", "at: 3.99 s"));
  CHECK(moveWeatherKey(kText, wetness(), 0, -3, 0.3) == kText);
}

TEST_CASE("A knot is added in its place in time, or to the keyframe that is there") {
  size_t index = 9;
  CHECK(addWeatherKey(kText, fog(), 2.5, 123, index) ==
        replaced(kText, "  - at: 4 s", "  - at: 2.5 s\n    fog: {visibility: 120 m}\n  - at: 4 s"));
  CHECK(index == 1);
  CHECK(addWeatherKey(kText, wetness(), 4, 0.5, index) ==
        replaced(kText, "# then this\n", "# then this\n    road: {wetness: 50 %}\n"));
  CHECK(index == 1);
  CHECK(addWeatherKey("format: scenario/1\n", weatherChannels()[1], 0, 5, index) ==
        "format: scenario/1\n\nweather:\n  - at: 0 s\n    rain: 5 mm/h\n");
  CHECK(addWeatherKey("weather: [{at: 1 s, rain: 1 mm/h}]\n", weatherChannels()[1], 0, 5, index) ==
        "weather: [{at: 0 s, rain: 5 mm/h}, {at: 1 s, rain: 1 mm/h}]\n");
}

TEST_CASE("A knot that is removed takes its keyframe along only where that says nothing else") {
  const std::string without = kText.substr(0, kText.find("  - at: 4 s"));
  CHECK(removeWeatherKey(kText, fog(), 1) == without);
  CHECK(removeWeatherKey(kText, wetness(), 0) == replaced(kText, "    road: {wetness: 30 %}\n", ""));
  CHECK(removeWeatherKey(kText, fog(), 0) == replaced(kText, "visibility: 2 km, ", ""));
}

TEST_CASE("What cannot be painted is refused, with the reason") {
  size_t index = 0;
  CHECK_THROWS_AS(moveWeatherKey("weather: [{at: 0 s, fog: {visibility: {uniform: [1 m, 2 m]}}}]\n", fog(), 0, 1, 5),
                  Error);
  CHECK_THROWS_AS(addWeatherKey("extends: a.scn.yaml\n", fog(), 1, 50, index), Error);
  CHECK_THROWS_AS(removeWeatherKey(kText, weatherChannels()[1], 0), Error);
  CHECK_THROWS_AS(moveWeatherKey(kText, fog(), 7, 1, 5), Error);
  CHECK_THROWS_AS(addWeatherKey("weather: [\n", fog(), 1, 50, index), Error);
}

TEST_CASE("Height in a curve and value are each other's inverse") {
  for (const WeatherChannel& channel : weatherChannels()) {
    for (const double share : {0.0, 0.25, 0.8, 1.0})
      CHECK(channel.shareOf(channel.valueAt(share)) == doctest::Approx(share));
  }
}
