// The flagship and the constructs it stands on, against the published numbers and against arithmetic by hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "engine/core/files.hpp"
#include "engine/scenario/sweep.hpp"
#include "tests/scenario/test_library.hpp"

using namespace nightfog;
using namespace nightfog::scenario;
namespace fs = std::filesystem;

namespace {

const fs::path kFlagship = fs::path(NIGHTFOG_SOURCE_DIR) / "scenarios/flagship/night_fog_tyre_dartout.scn.yaml";

Library realLibrary() {
  static const catalog::Catalog catalog = catalog::loadCatalog(fs::path(NIGHTFOG_SOURCE_DIR) / "assets");
  return {.catalog = catalog, .dataFolder = NIGHTFOG_SOURCE_DIR};
}

const ScenarioTemplate& flagship() {
  static const ScenarioTemplate chosen = loadScenarioTemplate(kFlagship, realLibrary());
  return chosen;
}

const std::string kStreet =
    "actors:\n"
    "  ego: {asset: vehicle.sedan, place: {lane: ego_lane, s: 40 m}, behavior: {follow_lane: {speed: $v}}}\n"
    "  van: {asset: vehicle.van.white, place: {lane: parking, s: 100 m}}\n";

std::string withSpeed(const std::string& speed, const std::string& rest) {
  return onRoad("params:\n  v: " + speed + "\n" + rest + kStreet);
}

std::vector<std::string> runIds(const std::string& text) {
  const auto chosen = fromText(text);
  std::vector<std::string> out;
  for (uint32_t i = 0; i < chosen.runCount(); ++i) out.push_back(sample(chosen, std::nullopt, i).runId());
  return out;
}

std::vector<std::string> codesOf(const std::string& text) {
  std::vector<std::string> out;
  try {
    fromText(text);
  } catch (const config::DiagnosticsError& e) {
    for (const auto& d : e.diagnostics()) out.push_back(d.code);
  }
  return out;
}

}  // namespace

TEST_CASE("The flagship stands for fifteen runs: three fogs, five draws each") {
  REQUIRE(flagship().isSweep());
  REQUIRE(flagship().runCount() == 15);
  std::set<std::string> ids;
  for (uint32_t i = 0; i < 15; ++i) {
    const Scenario run = sample(flagship(), std::nullopt, i);
    ids.insert(run.runId());
    const double fog_m = i < 5 ? 40 : i < 10 ? 80 : 200;
    CHECK(run.weather.at(SimTime{}).fogVisibility_m == fog_m);
    CHECK(run.weather.at(SimTime::fromMs(6000)).fogVisibility_m == 40.0);  // after the ramp
    CHECK(run.run == i % 5);
    // The 40 m cell is excused from the LiDAR hits; nothing else is.
    for (const Expectation& e : run.expectations) CHECK(e.isSkipped == (e.id == "lidar_hits" && i < 5));
    CHECK(run.expectations.size() == 6);
    CHECK(run.events.size() == 2);
    REQUIRE(run.injectors.size() == 3);
    CHECK(run.injectors[0].type == "debris.rolling_tyre");
    CHECK(run.sensors.size() == 2);
    CHECK(std::get<CameraSpec>(run.sensors[1].spec).exposureTime_s == doctest::Approx(0.012));
    CHECK_THROWS_AS(sample(flagship(), std::nullopt, 15), Error);
  }
  CHECK(ids.size() == 15);
}

TEST_CASE("In every flagship run the person sets out, and enters the lane, when the published study says") {
  // scenario_language.md §4.2: dart.start at 1.5 … 2.3 s, lane entry at 2.1 … 2.8 s; our lane is 2.2 m of parking wide,
  // theirs 2.5 m, and our assets differ by decimetres: a tenth of a second on either side.
  for (uint32_t i = 0; i < 15; ++i) {
    const Scenario run = sample(flagship(), std::nullopt, i);
    const auto& meeting = std::get<Meeting>(run.injectors[1].parameters.at("meet"));
    CHECK(meeting.start.seconds() > 1.4);
    CHECK(meeting.start.seconds() < 2.4);
    CHECK(meeting.entry.seconds() > 2.0);
    CHECK(meeting.entry.seconds() < 2.9);
    REQUIRE(run.injectors[1].trigger.when.has_value());
  }
}

TEST_CASE("A flagship run, resolved, gives the same run again to the byte") {
  const Scenario run = sample(flagship(), 99, 7);
  const auto again = parseScenarioTemplate(
      run.resolvedYaml, fs::path(NIGHTFOG_SOURCE_DIR) / "scenarios/flagship/resolved.scn.yaml", realLibrary());
  const Scenario same = sample(again, std::nullopt, 0);
  CHECK(same.resolvedYaml == run.resolvedYaml);
  CHECK(same.digest == run.digest);
  CHECK(same.runId() == run.runId());
  CHECK(same.variant == run.variant);
}

TEST_CASE("A meeting solved by hand: ego at 10 m/s, the person at 2 m/s") {
  const Scenario run = sample(
      parseScenarioTemplate(
          "format: scenario/1\nid: m\nseed: 1\nimports: {inj: std/injectors@1}\n" +
              onRoad(kStreet +
                     "  p: {asset: person.adult.dark_clothes, place: {relative_to: van, ahead: 0.8 m, facing: {toward: "
                     "there}}}\npoints: {there: {relative_to: van, ahead: 0.8 m, lane: ego_lane}}\n"
                     "params: {v: 10 m/s}\n"
                     "injectors:\n  dart: {use: inj.vru.dart_out, with: {actor: p, speed: 2 m/s, meet: {actor: ego, "
                     "at: there, "
                     "ttc: 2 s}}}\n")
                  .substr(std::string("format: scenario/1\nid: test\nseed: 7\n").size()),
          "m.scn.yaml", testLibrary()),
      std::nullopt, 0);
  const auto& meeting = std::get<Meeting>(run.injectors[0].parameters.at("meet"));
  // The van's front edge is at 102.5 m, the point 0.8 m on; ego's front at 40 + 2.35 m.
  CHECK(meeting.at.x == doctest::Approx(103.3));
  CHECK(meeting.at.y == doctest::Approx(-1.75));
  CHECK(meeting.entry.seconds() == doctest::Approx((103.3 - 42.35) / 10 - 2));
  // The person's middle stands ahead of the point by its own half depth and looks straight at it: nearly across. From
  // y = -4.75 to the lane's edge at -3.5 along that line.
  const glm::dvec3 person = run.actors[2].worldFromActor.translation;
  const double slant = std::hypot(person.x - 103.3, -4.75 + 1.75) / 3.0;
  CHECK(meeting.entry.seconds() - meeting.start.seconds() == doctest::Approx(1.25 * slant / 2).epsilon(1e-6));
}

TEST_CASE("Meetings that cannot be are told apart") {
  CHECK_FALSE(solveMeeting({60, 10, 0, 2, 2, 2}).why.has_value());
  CHECK(solveMeeting({60, 10, 1, 2, 2, 2}).start_s == doctest::Approx(1 + 6 - 2 - 1));
  CHECK(solveMeeting({-1, 10, 0, 2, 2, 2}).why == NoMeeting::kActorIsPast);
  CHECK(solveMeeting({60, 0, 0, 2, 2, 2}).why == NoMeeting::kActorStands);
  CHECK(solveMeeting({60, 10, 0, 2, 0, 2}).why == NoMeeting::kMoverStands);
  CHECK(solveMeeting({60, 10, 0, 9, 1, 2}).why == NoMeeting::kTooLate);
}

TEST_CASE("Adding a parameter changes no other's draw, and seed 0 is a seed") {
  const auto speedOf = [](const std::string& params, uint64_t seed) {
    const auto chosen = fromText(withSpeed("{uniform: [10 m/s, 20 m/s]}", params));
    return sample(chosen, seed, 3).parameters.at("v");
  };
  CHECK(speedOf("", 0) == speedOf("  w: {normal: {mean: 1 m, sd: 1 m}}\n", 0));
  CHECK(speedOf("", 0) == speedOf("", 0));
  CHECK(speedOf("", 0) != speedOf("", 1));
}

TEST_CASE("A value appended to a sweep leaves the other runs' ids as they are") {
  const auto ids = [](const std::string& values) {
    return runIds(withSpeed("{uniform: [10 m/s, 20 m/s]}",
                            "  fog: 80 m\nweather: [{at: 0 s, fog: {visibility: $fog}}]\nsweep: {grid: {fog: [" +
                                values + "]}, samples: 3}\n"));
  };
  const auto before = ids("40 m, 80 m"), after = ids("20 m, 40 m, 80 m, 200 m");
  REQUIRE(before.size() == 6);
  REQUIRE(after.size() == 12);
  for (const std::string& id : before) CHECK(std::find(after.begin(), after.end(), id) != after.end());
}

TEST_CASE("Methods of a sweep multiply, zip pairs, exclude takes away") {
  const std::string params =
      "  a: 1 m\n  b: 1 m\n  c: 1 m\npoints: {p: {lane: ego_lane, s: $a, offset: $b}, q: {lane: ego_lane, s: $c}}\n";
  const auto count = [&](const std::string& sweep) {
    return fromText(withSpeed("10 m/s", params + "sweep: " + sweep + "\n")).runCount();
  };
  CHECK(count("{grid: {a: [1 m, 2 m, 3 m], b: [1 m, 2 m]}}") == 6);
  CHECK(count("{zip: {a: [1 m, 2 m], b: [1 m, 2 m]}}") == 2);
  CHECK(count("{zip: {a: [1 m, 2 m], b: [1 m, 2 m]}, grid: {c: [1 m, 2 m, 3 m]}, samples: 4}") == 24);
  CHECK(count("{grid: {a: [1 m, 2 m, 3 m], b: [1 m, 2 m]}, exclude: a > b}") == 3);
  CHECK(count("{halton: {a: {uniform: [1 m, 9 m]}}, points: 7}") == 7);
  CHECK(count("{samples: 5}") == 5);
}

TEST_CASE("Every pair of values is in some row of a pairwise sweep, in far fewer rows than a grid has") {
  for (const std::vector<size_t>& counts : {std::vector<size_t>{2, 2},
                                            {3, 3, 3, 3},
                                            {2, 3, 4, 5},
                                            {5, 4, 3, 2},
                                            {2, 2, 2, 2, 2, 2, 2, 2, 2, 2},
                                            {1, 4, 1, 3}}) {
    const auto rows = pairwiseRows(counts);
    size_t grid = 1, least = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
      grid *= counts[i];
      for (size_t j = 0; j < i; ++j) least = std::max(least, counts[i] * counts[j]);
    }
    CHECK(rows.size() >= least);
    CHECK(rows.size() <= grid);
    for (size_t a = 0; a < counts.size(); ++a) {
      for (size_t b = 0; b < a; ++b) {
        std::set<std::pair<size_t, size_t>> seen;
        for (const auto& row : rows) {
          REQUIRE(row[a] < counts[a]);
          seen.emplace(row[a], row[b]);
        }
        CHECK(seen.size() == counts[a] * counts[b]);
      }
    }
  }
  CHECK(pairwiseRows({2, 2, 2, 2, 2, 2, 2, 2, 2, 2}).size() <= 12);  // of 1024
  CHECK(pairwiseRows({3, 3, 3, 3}).size() <= 13);                    // 9 is the optimum, of 81
}

TEST_CASE("Halton points are van der Corput's numbers, shifted by the seed") {
  CHECK(radicalInverse(1, 2) == 0.5);
  CHECK(radicalInverse(6, 2) == 0.375);
  CHECK(radicalInverse(5, 3) == doctest::Approx(7.0 / 9));
  const auto chosen = fromText(withSpeed(
      "10 m/s",
      "  a: 1 m\npoints: {p: {lane: ego_lane, s: $a}}\nsweep: {halton: {a: {uniform: [0 m, 100 m]}}, points: 8}\n"));
  std::vector<double> values;
  for (uint32_t i = 0; i < 8; ++i) values.push_back(sample(chosen, std::nullopt, i).parameters.at("a"));
  // In base 2 the points 1 … 8 lie 1/16 … apart whatever the shift: each eighth of the circle holds one of 8 … 15; here
  // the second is half a circle from the first.
  const double step = std::fmod(values[0] - values[1] + 100, 100);
  CHECK(step == doctest::Approx(25));
  CHECK(sample(chosen, 5, 0).parameters.at("a") != values[0]);
}

TEST_CASE("Constraints are drawn for until they hold, and the attempt is recorded") {
  const auto chosen = fromText(withSpeed("10 m/s", "  gap: {uniform: [20 m, 120 m]}\n").replace(0, 0, "") +
                               "  car: {asset: vehicle.sedan, place: {lane: ego_lane, s: $gap}}\n"
                               "constraints:\n  - gap(ego, car) in [30 m, 40 m]\n  - gap > 40 m\n");
  int later = 0;
  for (uint32_t i = 0; i < 40; ++i) {
    const Scenario run = sample(chosen, std::nullopt, i);
    const double gap = run.parameters.at("gap") - 40 - 4.7;
    CHECK(gap >= 30);
    CHECK(gap <= 40);
    later += run.attempt > 0 ? 1 : 0;
  }
  CHECK(later > 20);  // one draw in ten fits
}

TEST_CASE("A constraint that no draw can meet is told before anything is drawn, with the bounds") {
  const auto findings = [&]() -> std::string {
    try {
      fromText(withSpeed("10 m/s", "  at: {uniform: [90 m, 100 m]}\n") +
               "  car: {asset: vehicle.sedan, place: {lane: ego_lane, s: $at}}\nconstraints:\n  - gap(ego, car) in [60 "
               "m, 75 m]\n");
    } catch (const config::DiagnosticsError& e) {
      return e.what();
    }
    return {};
  }();
  CHECK(findings.find("E0302") != std::string::npos);
  // 90 - 40 - 4.7 and 100 - 40 - 4.7.
  CHECK(findings.find("gap(ego, car) can only be 45.3 m to 55.3 m") != std::string::npos);
}

TEST_CASE("A file extends another: keys merge, wholes replace, lists merge by id, and things are removed") {
  const fs::path folder = fs::temp_directory_path() / "nightfog_extends_test";
  fs::remove_all(folder);
  fs::create_directories(folder / "rigs");
  writeFileAtomically(folder / "base.scn.yaml", withSpeed("{uniform: [10 m/s, 20 m/s]}", "") +
                                                    "events:\n  - {id: a, when: time >= 1 s, do: {ego: release}}\n  - "
                                                    "{id: b, when: time >= 2 s, do: {van: release}}\n");
  const auto load = [&](const std::string& rest) {
    writeFileAtomically(folder / "own.scn.yaml", "format: scenario/1\nid: own\nextends: base.scn.yaml\n" + rest);
    return sample(loadScenarioTemplate(folder / "own.scn.yaml", testLibrary()), std::nullopt, 0);
  };
  const Scenario plain = load("");
  CHECK(plain.id == "own");
  CHECK(plain.seed == 7);
  CHECK(plain.actors.size() == 2);
  CHECK(load("params: {v: 3 m/s}\n").parameters.at("v") == 3);
  const Scenario moved = load("actors: {van: {place: {xyz: [1 m, 2 m, 0 m]}}}\n");
  CHECK(moved.actors[1].asset == "vehicle.van.white");
  CHECK(moved.actors[1].worldFromActor.translation.x == 1);
  const Scenario events =
      load("events: [{id: b, when: time >= 1.5 s}, {id: c, when: time >= 1 s, do: {ego: release}}]\n");
  REQUIRE(events.events.size() == 3);
  CHECK(events.events[1].trigger.when->text == "time >= 1.5 s");
  CHECK(events.events[1].commands.front().actor == "van");
  const Scenario less = load("remove: [actors/van, events/b]\n");
  CHECK(less.actors.size() == 1);
  CHECK(less.events.size() == 1);
  fs::remove_all(folder);
}

TEST_CASE("Weather ramps: fog in extinction, the rest in its own unit") {
  const Scenario run =
      sample(fromText(onPlane("weather:\n  - {at: 0 s, fog: {visibility: 80 m}, road: {wetness: 20 %}}\n"
                              "  - {at: 200 ms, ramp: 400 ms, fog: {visibility: 40 m}, road: {wetness: 60 %}}\n")),
             std::nullopt, 0);
  CHECK(run.weather.at(SimTime::fromMs(100)).fogVisibility_m == 80.0);
  const WeatherState half = run.weather.at(SimTime::fromMs(400));
  CHECK(*half.fogVisibility_m == doctest::Approx(1 / (0.5 / 80 + 0.5 / 40)));
  CHECK(half.roadWetness == doctest::Approx(0.4));
  CHECK(run.weather.at(SimTime::fromMs(900)).fogVisibility_m == 40.0);
  CHECK_FALSE(run.weather.isConstant());
}

TEST_CASE("Facing towards a point or an actor") {
  const Scenario run =
      sample(fromText(onPlane("points: {p: [10 m, 10 m, 0 m]}\nactors:\n"
                              "  a: {asset: lab.sphere, place: {xyz: [0 m, 0 m, 0 m]}}\n"
                              "  b: {asset: lab.sphere, place: {relative_to: a, ahead: 4 m, facing: {toward: a}}}\n"
                              "  c: {asset: lab.sphere, place: {relative_to: a, behind: 4 m, facing: {toward: p}}}\n")),
             std::nullopt, 0);
  CHECK(std::abs(run.actors[1].worldFromActor.yaw_rad()) == doctest::Approx(kPi));
  const glm::dvec3 c = run.actors[2].worldFromActor.translation;
  CHECK(run.actors[2].worldFromActor.yaw_rad() == doctest::Approx(std::atan2(10 - c.y, 10 - c.x)));
}

TEST_CASE("The importance weight is the prior's density over the density drawn from") {
  const std::string text = withSpeed("10 m/s", "  m: {uniform: [5 kg, 25 kg]}\n") +
                           "injectors:\n  t: {use: inj.debris.rolling_tyre, with: {from: {lane: oncoming, s: 50 m}, "
                           "velocity: {s: -2 m/s}, mass: $m}}\n";
  std::string whole = text;
  whole.insert(whole.find("world:"), "imports: {inj: std/injectors@1}\n");
  const Scenario run = sample(fromText(whole), std::nullopt, 0);
  const double m = run.parameters.at("m");
  const double z = std::log(m / 10) / 0.35;
  const double prior = std::exp(-0.5 * z * z) / (m * 0.35 * std::sqrt(2 * kPi));
  CHECK(run.injectors[0].logPrior == doctest::Approx(std::log(prior)));
  CHECK(run.injectors[0].logImportanceWeight == doctest::Approx(std::log(prior * 20)));
}

TEST_CASE("Observed values are drawn from a column") {
  std::string text = withSpeed("{empirical: {file: wrong/bases/speeds.csv, column: speed, unit: km/h}}", "");
  std::set<double> seen;
  const auto chosen =
      parseScenarioTemplate(text, fs::path(NIGHTFOG_SOURCE_DIR) / "tests/scenario/x.scn.yaml", testLibrary());
  for (uint32_t i = 0; i < 60; ++i)
    seen.insert(std::round(sample(chosen, std::nullopt, i).parameters.at("v") * 3.6 * 100) / 100);
  CHECK(seen == std::set<double>{47.5, 49.25, 50, 52.75});
}

TEST_CASE("A sensor's period need not be a whole number of world steps") {
  CHECK(codesOf(withSpeed("10 m/s", "") +
                "sensors:\n  top: {kind: lidar, profile: velodyne.vlp16, mount: {xyz: [0 m, 0 m, 2 m]}, rate: 15 Hz}\n")
            .empty());
}
