// Banks of fog: what they take from a path against sums along it, and where they drift to.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/random.hpp"
#include "engine/core/transform.hpp"
#include "engine/sensing/fog_banks.hpp"
#include "engine/weather/weather.hpp"
#include "tests/fog_bank_reference.hpp"

using namespace nightfog;

namespace {

shared::FogBank inFrame(const content::FogBank& bank) {
  content::Media media;
  media.banks = {bank};
  return sensing::fogBanksInFrame(media, glm::dvec3(0)).at(0);
}

}  // namespace

TEST_CASE("A bank takes from a path what a sum of its density along it says") {
  RandomSource rng(7, 0, "fog banks");
  const auto draw = [&](double low, double high) { return rng.uniform(low, high); };
  for (int i = 0; i < 300; ++i) {
    content::FogBank bank;
    bank.centre = {draw(-30, 30), draw(-30, 30), draw(-3, 0)};
    bank.velocity_mps = {draw(-5, 5), draw(-5, 5), 0};
    bank.extinction_1pm = draw(0.01, 0.2);
    bank.radius_m = {draw(5, 60), draw(2, 30), draw(1, 8)};
    bank.heading_rad = draw(-3, 3);
    bank.edge = draw(0.05, 1);
    const glm::dvec3 origin(draw(-60, 60), draw(-60, 60), draw(-2, 6));
    const glm::dvec3 target = bank.centre + glm::dvec3(draw(-20, 20), draw(-10, 10), draw(-2, 4));
    const glm::dvec3 direction = glm::normalize(target - origin);
    const double length = draw(10, 200);
    const double time_s = draw(0, 2);
    const double exact = test::bankDepth(bank, origin, direction, length, time_s);
    const float found = shared::fogBankDepth(inFrame(bank), glm::vec3(origin), glm::vec3(direction),
                                             static_cast<float>(length), static_cast<float>(time_s));
    CAPTURE(i);
    // Floats of tens of metres: 1e-5 of a bank's radius moves its edge.
    CHECK(std::abs(found - exact) < 2e-4 * bank.extinction_1pm * 60 + 1e-5);
    const float share = shared::fogBankShareAt(inFrame(bank), glm::vec3(target), static_cast<float>(time_s));
    CHECK(share == doctest::Approx(test::bankShareAt(bank, target, time_s)).epsilon(1e-3));
  }
}

TEST_CASE("Through the middle of a round bank that is all edge a beam meets 48/35 of its radius") {
  // int over -1 … 1 of 1 - 3 t^4 + 2 t^6
  const content::FogBank bank{{0, 0, 0}, {0, 0, 0}, 0.05, {20, 20, 20}, 0.4, 1};
  const float depth = shared::fogBankDepth(inFrame(bank), {-50, 0, 0}, {1, 0, 0}, 100, 0);
  CHECK(depth == doctest::Approx(0.05 * 20 * 48 / 35).epsilon(1e-5));
  CHECK(shared::fogBankDepth(inFrame(bank), {-50, 0, 0}, {1, 0, 0}, 50, 0) == doctest::Approx(depth / 2).epsilon(1e-5));
  CHECK(shared::fogBankDepth(inFrame(bank), {-50, 0, 20.001F}, {1, 0, 0}, 100, 0) == 0);
  CHECK(shared::fogBankDepth(inFrame(bank), {50, 0, 0}, {1, 0, 0}, 100, 0) == 0);  // behind
}

TEST_CASE("A bank drifts with the wind, or as it is told, and time alone says where it is") {
  scenario::WeatherKeyframe key;
  key.at = SimTime::fromSeconds(1);
  key.windSpeed_mps = 4;
  key.windHeading_rad = kPi / 2;
  scenario::FogBank with, own;
  with.place = {10, 0, 0};
  with.size_m = {40, 20, 3};
  own = with;
  own.driftSpeed_mps = 2;
  own.driftHeading_rad = 0;
  key.fogBanks = {with, own};
  const scenario::WeatherTimeline timeline({key});
  CHECK(timeline.at(SimTime::fromSeconds(0.5)).fogBanks.empty());
  const scenario::WeatherState state = timeline.at(SimTime::fromSeconds(3.5));
  REQUIRE(state.fogBanks.size() == 2);
  const content::Media media = weather::mediaFor(state, 5);
  CHECK(glm::length(media.banks[0].centre - glm::dvec3(10, 10, 5)) < 1e-9);
  CHECK(glm::length(media.banks[1].centre - glm::dvec3(15, 0, 5)) < 1e-9);
  CHECK(glm::length(media.banks[0].velocity_mps - glm::dvec3(0, 4, 0)) < 1e-9);
  CHECK(media.banks[0].radius_m == glm::dvec3(20, 10, 3));
  CHECK(media.banks[0].extinction_1pm == doctest::Approx(std::log(20.0) / 50));
  CHECK(media.extinction_1pm == 0);
}
