// Distributions against their textbook moments; streams against each other.
#include "engine/scenario/distribution.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "tests/scenario/test_library.hpp"

using namespace nightfog;
using namespace nightfog::scenario;

namespace {

Distribution read(const std::string& text) {
  config::Diagnostics diagnostics;
  const auto document = config::parseDocument(text, "d.yaml", diagnostics);
  REQUIRE(document);
  const auto distribution = readDistribution(document->root(), std::nullopt, diagnostics);
  CAPTURE(config::renderText(diagnostics.sorted()));
  REQUIRE(distribution);
  return *distribution;
}

struct Moments {
  double mean = 0, variance = 0, low = 1e300, high = -1e300;
};

constexpr int kDraws = 100'000;

Moments moments(const Distribution& d) {
  RandomSource source(5, 0, "moments");
  double sum = 0, squares = 0;
  Moments m;
  for (int i = 0; i < kDraws; ++i) {
    const double x = std::get<config::Quantity>(d.draw(source)).si;
    sum += x;
    squares += x * x;
    m.low = std::min(m.low, x);
    m.high = std::max(m.high, x);
  }
  m.mean = sum / kDraws;
  m.variance = squares / kDraws - m.mean * m.mean;
  return m;
}

/// Five standard errors of the mean: wrong once in 1.7 million fixed seeds.
void checkMean(const Moments& m, double mean, double variance) {
  CHECK(std::abs(m.mean - mean) < 5 * std::sqrt(variance / kDraws));
  CHECK(m.variance == doctest::Approx(variance).epsilon(0.03));
}

}  // namespace

TEST_CASE("Distributions have the moments of the textbook") {
  SUBCASE("uniform") {
    const Moments m = moments(read("uniform: [2 m/s, 5 m/s]"));
    checkMean(m, 3.5, 9.0 / 12);
    CHECK(m.low >= 2);
    CHECK(m.high < 5);
  }
  SUBCASE("normal") {
    checkMean(moments(read("normal: {mean: 50 m, sd: 2 m}")), 50, 4);
  }
  SUBCASE("clipped normal is a truncated one") {
    // Symmetric truncation at 1 sigma: variance = 1 - 2 φ(1) / (2 Φ(1) - 1) = 0.29112.
    const Moments m = moments(read("normal: {mean: 0 m, sd: 1 m, clip: [-1 m, 1 m]}"));
    checkMean(m, 0, 0.29112);
    CHECK(m.low >= -1);
    CHECK(m.high <= 1);
  }
  SUBCASE("lognormal") {
    const double median = 3, sigma = 0.4, mean = median * std::exp(sigma * sigma / 2);
    checkMean(moments(read("lognormal: {median: 3 s, sigma: 0.4}")), mean, mean * mean * std::expm1(sigma * sigma));
  }
  SUBCASE("triangular") {
    const double a = 1, c = 2, b = 5;
    checkMean(moments(read("triangular: [1 m, 2 m, 5 m]")), (a + b + c) / 3,
              (a * a + b * b + c * c - a * b - a * c - b * c) / 18);
  }
  SUBCASE("int includes both ends") {
    const Moments m = moments(read("int: [-2, 3]"));
    checkMean(m, 0.5, 35.0 / 12);
    CHECK(m.low == -2);
    CHECK(m.high == 3);
  }
}

TEST_CASE("Weighted choices and coins come up as often as they should") {
  RandomSource source(9, 0, "choice");
  const Distribution choice = read("choice: {vehicle.van.white: 3, vehicle.truck.box: 1, never.this: 0}");
  std::map<std::string, int> count;
  for (int i = 0; i < kDraws; ++i) ++count[std::get<std::string>(choice.draw(source))];
  CHECK(count.size() == 2);
  CHECK(std::abs(count["vehicle.van.white"] - 0.75 * kDraws) < 5 * std::sqrt(kDraws * 0.75 * 0.25));
  const Distribution coin = read("bernoulli: 30 %");
  int heads = 0;
  for (int i = 0; i < kDraws; ++i) heads += std::get<bool>(coin.draw(source)) ? 1 : 0;
  CHECK(std::abs(heads - 0.3 * kDraws) < 5 * std::sqrt(kDraws * 0.3 * 0.7));
}

namespace {

const std::string kSpeeds =
    "params:\n  a: {uniform: [1 m/s, 2 m/s]}\n  b: {normal: {mean: 5 m/s, sd: 1 m/s}}\n"
    "actors:\n  p:\n    asset: person.adult.dark_clothes\n    place: {xyz: [{uniform: [0 m, 9 m]}, 0 m, 0 m]}\n"
    "    behavior: {follow_path: {points: [[9 m, 0 m, 0 m]], speed: $a}}\n";

}  // namespace

TEST_CASE("Adding, reordering and inlining parameters changes no other draw") {
  const Scenario before = sample(fromText(onPlane(kSpeeds)), std::nullopt, 3);
  std::string text = onPlane(kSpeeds);
  text.insert(text.find("  a:"), "  zebra: {uniform: [1 kg, 2 kg]}\n  b2: {bernoulli: 0.5}\n");
  text.insert(text.find("  p:"), "  first: {asset: lab.plate, place: {xyz: [{uniform: [0 m, 9 m]}, 3 m, 0 m]}}\n");
  const Scenario after = sample(fromText(text), std::nullopt, 3);
  CHECK(after.parameters.at("a") == before.parameters.at("a"));
  CHECK(after.parameters.at("b") == before.parameters.at("b"));
  CHECK(after.actors[1].worldFromActor.translation == before.actors[0].worldFromActor.translation);
}

TEST_CASE("Seed and run choose the draws; 0 is a seed like any other") {
  const ScenarioTemplate t = fromText(onPlane(kSpeeds));
  const auto a = [&](std::optional<uint64_t> seed, uint32_t run) { return sample(t, seed, run).parameters.at("a"); };
  CHECK(a(std::nullopt, 0) == a(7, 0));  // the file says 7
  CHECK(a(0, 0) == a(0, 0));
  CHECK(a(0, 0) != a(1, 0));
  CHECK(a(0, 0) != a(0, 1));
  CHECK(sample(t, 0, 0).seed == 0);
  // Over the runs of seed 0 the parameter is uniform: the mean of 400 lies within 5 standard errors of 1.5.
  double sum = 0;
  for (uint32_t run = 0; run < 400; ++run) sum += a(0, run);
  CHECK(std::abs(sum / 400 - 1.5) < 5 * std::sqrt(1.0 / 12 / 400));
}

TEST_CASE("Words are drawn for assets, and every one that could be drawn must exist") {
  const std::string text = onPlane(
      "params: {blocker: {choice: {vehicle.van.white: 3, vehicle.truck.box: 1}}}\n"
      "actors:\n  van: {asset: $blocker, place: {xyz: [0 m, 0 m, 0 m]}}\n");
  const ScenarioTemplate t = fromText(text);
  std::map<std::string, int> count;
  for (uint32_t run = 0; run < 200; ++run) ++count[sample(t, std::nullopt, run).actors[0].asset];
  CHECK(count.size() == 2);
  std::string wrong = text;
  wrong.replace(wrong.find("vehicle.truck.box"), 17, "vehicle.truck.bax");
  CHECK_THROWS_AS(fromText(wrong), config::DiagnosticsError);
}
