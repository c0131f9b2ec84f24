#include "engine/weather/weather.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/core/error.hpp"

using namespace nightfog;

TEST_CASE("A beam keeps 5 % over the meteorological optical range and 22.4 % over half of it") {
  for (double mor_m : {40.0, 80.0, 300.0, 10000.0}) {
    const double extinction = weather::extinctionFromMor(mor_m);
    CHECK(std::exp(-extinction * mor_m) == doctest::Approx(0.05).epsilon(1e-12));
    CHECK(std::exp(-extinction * mor_m / 2) == doctest::Approx(0.2236).epsilon(1e-4));
  }
}

TEST_CASE("Contrast falls to 2 % over Koschmieder's visual range, which is 1.31 times the optical range") {
  const double extinction = weather::extinctionFromVisualRange(200);
  CHECK(std::exp(-extinction * 200) == doctest::Approx(0.02).epsilon(1e-12));
  CHECK(weather::extinctionFromVisualRange(1) / weather::extinctionFromMor(1) == doctest::Approx(1.3059).epsilon(1e-4));
}

TEST_CASE("Fog of MOR 600, 300 and 150 m has the extinction that Foggy Cityscapes publishes") {
  // 0.005, 0.01, 0.02 1/m, published to one digit.
  CHECK(weather::extinctionFromMor(600) == doctest::Approx(0.005).epsilon(0.01));
  CHECK(weather::extinctionFromMor(300) == doctest::Approx(0.01).epsilon(0.01));
  CHECK(weather::extinctionFromMor(150) == doctest::Approx(0.02).epsilon(0.01));
}

TEST_CASE("The scenario's fog visibility is the optical range, and no fog is clear air") {
  scenario::WeatherState sky;
  CHECK(weather::mediaFor(sky).extinction_1pm == 0);
  sky.fogVisibility_m = 80;
  CHECK(weather::mediaFor(sky).extinction_1pm == doctest::Approx(2.995732273553991 / 80).epsilon(1e-12));
}

TEST_CASE("A fog's height counts from the ground given, and the road is as wet as the weather says") {
  scenario::WeatherState state;
  state.fogHeight_m = 12;
  state.roadWetness = 0.3;
  CHECK_FALSE(weather::mediaFor(state, 40).fogHeight_m);  // no fog, no layer
  CHECK(weather::mediaFor(state, 40).roadWetness == 0.3);
  state.fogVisibility_m = 80;
  CHECK(weather::mediaFor(state, 40).fogHeight_m == 12.0);
  CHECK(weather::mediaFor(state, 40).groundLevel_m == 40);
}

TEST_CASE("Lamps, moon, sun and clouds are as ordered, or stay as the hour has them") {
  for (const bool night : {false, true}) {
    content::Environment environment;
    environment.sceneryLampsOn = night;
    environment.cloudCover = 0.3;
    scenario::WeatherState state;
    weather::lightFor(state, environment);
    CHECK(environment.sceneryLampsOn == night);
    CHECK(environment.cloudCover == 0.3);
    CHECK(environment.moonIlluminance_lx == 0);
    CHECK_FALSE(environment.sunIlluminance_lx);
    state.streetLamps = scenario::StreetLamps::kLit;
    state.moonIlluminance_lx = 0.2;
    state.sunIlluminance_lx = 40'000;
    state.cloudCover = 0;
    weather::lightFor(state, environment);
    CHECK(environment.sceneryLampsOn);
    CHECK(environment.cloudCover == 0);
    CHECK(environment.moonIlluminance_lx == 0.2);
    CHECK(environment.sunIlluminance_lx == 40'000.0);
    state.streetLamps = scenario::StreetLamps::kDark;
    weather::lightFor(state, environment);
    CHECK_FALSE(environment.sceneryLampsOn);
  }
}

TEST_CASE("What no sensor sees is refused by name; fog layers, wet roads and moonlight are not") {
  const auto refused = [](const scenario::WeatherKeyframe& key) {
    weather::refuseUnseen(scenario::WeatherTimeline({key}));
  };
  scenario::WeatherKeyframe seen;
  seen.fogVisibility_m = 80;
  seen.fogHeight_m = 12;
  seen.roadWetness = 1;
  seen.moonIlluminance_lx = 0.2;
  seen.streetLamps = scenario::StreetLamps::kDark;
  CHECK_NOTHROW(refused(seen));
  scenario::WeatherKeyframe rain;
  rain.rainRate_mmph = 5;
  CHECK_THROWS_WITH(refused(rain), "rain cannot be rendered by this version");
  scenario::WeatherKeyframe puddles;
  puddles.roadPuddles = 0.1;
  CHECK_THROWS_AS(refused(puddles), Error);
}

TEST_CASE("A visibility that is no length is refused") {
  for (double wrong : {0.0, -3.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_AS(weather::extinctionFromMor(wrong), Error);
  }
}
