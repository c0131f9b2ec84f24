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

TEST_CASE("A visibility that is no length is refused") {
  for (double wrong : {0.0, -3.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_AS(weather::extinctionFromMor(wrong), Error);
  }
}
