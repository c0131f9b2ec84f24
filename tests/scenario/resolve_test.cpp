#include <doctest/doctest.h>

#include <filesystem>

#include "engine/core/hash.hpp"
#include "tests/scenario/test_library.hpp"

using namespace nightfog;
using namespace nightfog::scenario;

namespace {

/// Everything the language has, with every distribution.
const std::string kEverything = onRoad(
    "title: \"A title: with 'marks'\"\n"
    "tags: {layers: [L3, L4], sources: [CODA/debris]}\n"
    "imports: {rigs: scenarios/rigs/roof_vlp16.rig.yaml}\n"
    "params:\n"
    "  speed: {normal: {mean: 50 km/h, sd: 2 km/h, clip: [47 km/h, 53 km/h]}}\n"
    "  visibility: {lognormal: {median: 80 m, sigma: 0.2, clip: [40 m, 200 m]}}\n"
    "  blocker: {choice: {vehicle.van.white: 3, vehicle.truck.box: 1}}\n"
    "  noisy: {bernoulli: 50 %}\n"
    "  share: 30 %\n"
    "  unused: {triangular: [1 deg, 2 deg, 3 deg]}\n"
    "actors:\n"
    "  ego: {asset: vehicle.sedan, place: {lane: ego_lane, s: {uniform: [30 m, 50 m]}}, behavior: {follow_lane: "
    "{speed: $speed}}}\n"
    "  van: {asset: $blocker, place: {lane: parking, s: 100 m, facing: {heading: {uniform: [-3 deg, 3 deg]}}}}\n"
    "  car: {asset: vehicle.sedan, place: {lane: oncoming, s: 120 m, facing: against}, behavior: parked}\n"
    "  child: {asset: person.adult.dark_clothes, place: {relative_to: van, ahead: 0.8 m, lateral: -0.6 m, facing: "
    "{heading: 90 "
    "deg}},\n"
    "          behavior: {walk_to: {to: {relative_to: van, ahead: 1 m, lateral: 6 m}, speed: {uniform: [2.6 m/s, 3.4 "
    "m/s]}, start: 700 ms}}}\n"
    "  runner: {asset: person.adult.dark_clothes, place: {xyz: [1 m, 2 m, 0 m]}, behavior: {follow_path: {points: [[2 "
    "m, 3 m, 0 m], {lane: ego_lane, s: 9 m}], speed: 1 m/s}}}\n"
    "  ball: {asset: lab.sphere, place: {xyz: [0 m, 0 m, 2 m]}, behavior: {free: {velocity: {x: 1 m/s}, spin: "
    "{forward: 60 rpm}}}}\n"
    "  plate: {asset: lab.plate, place: {xyz: [0 m, 0 m, 2 m]}, behavior: {constant_motion: {spin: {z: 10 deg/s}}}}\n"
    "weather: [{at: 0 s, fog: {visibility: $visibility}}]\n"
    "sensors:\n"
    "  main: {use: rigs.roof_vlp16, mount: ego, override: {top: {rate: 20 Hz, noise: $noisy}}}\n"
    "  side: {kind: lidar, profile: velodyne.vlp16, mount: {actor: van, xyz: [0 m, 1 m, 2 m], yaw: {uniform: [-1 deg, "
    "1 deg]}, pitch: 5 deg}}\n"
    "  fixed: {kind: lidar, profile: hesai.pandar64, mount: {actor: world, xyz: [0 m, 1 m, 2 m]}, threshold: false}\n"
    "exports: [{format: mcap, file: run.mcap}, {format: mcap}]\n"
    "x-vendor: {anything: 1}\n");

ScenarioTemplate everything() {
  return parseScenarioTemplate(
      kEverything, std::filesystem::path(NIGHTFOG_SOURCE_DIR) / "everything.scn.yaml",
      {.catalog = testCatalog(), .dataFolder = NIGHTFOG_SOURCE_DIR, .importRoot = NIGHTFOG_SOURCE_DIR});
}

}  // namespace

TEST_CASE("A resolved file is a scenario that gives the same run again, to the byte") {
  const ScenarioTemplate original = everything();
  for (const uint32_t run : {0u, 1u, 17u}) {
    for (const uint64_t seed : {uint64_t{0}, uint64_t{7}, ~uint64_t{0}}) {
      const Scenario first = sample(original, seed, run);
      const Scenario again = sample(fromText(first.resolvedYaml), std::nullopt, 0);
      REQUIRE(again.resolvedYaml == first.resolvedYaml);
      CHECK(again.digest == first.digest);
      CHECK(again.runId() == first.runId());
      CHECK(again.seed == seed);
      CHECK(again.run == run);
      CHECK(again.parameters == first.parameters);
      CHECK(again.scenery.seed == first.scenery.seed);
      CHECK(again.weather.at(SimTime{}).fogVisibility_m == first.weather.at(SimTime{}).fogVisibility_m);
      REQUIRE(again.actors.size() == first.actors.size());
      for (size_t i = 0; i < first.actors.size(); ++i) {
        CHECK(again.actors[i].asset == first.actors[i].asset);
        CHECK(again.actors[i].worldFromActor.translation == first.actors[i].worldFromActor.translation);
        CHECK(again.actors[i].worldFromActor.rotation == first.actors[i].worldFromActor.rotation);
        CHECK(again.actors[i].behavior.index() == first.actors[i].behavior.index());
      }
      REQUIRE(again.sensors.size() == 3);
      for (size_t i = 0; i < first.sensors.size(); ++i) {
        CHECK(again.sensors[i].id == first.sensors[i].id);
        CHECK(again.sensors[i].actor == first.sensors[i].actor);
        CHECK(again.sensors[i].vehicleFromSensor.rotation == first.sensors[i].vehicleFromSensor.rotation);
      }
    }
  }
}

TEST_CASE("A resolved file has nothing left open") {
  const std::string text = sample(everything(), std::nullopt, 2).resolvedYaml;
  for (const char* open :
       {"$", "uniform", "normal", "choice", "bernoulli", "imports: {rigs", "use:", "override", "x-vendor"}) {
    CAPTURE(open);
    CHECK(text.find(open) == std::string::npos);
  }
  CHECK(text.starts_with("format: scenario/1\nid: test\ntitle: \"A title: with 'marks'\"\n"));
  CHECK(text.find("\nrun: 2\n") != std::string::npos);
}

TEST_CASE("Sensors come from rigs with overrides, inline, and from the world") {
  const Scenario s = sample(everything(), std::nullopt, 0);
  REQUIRE(s.sensors.size() == 3);
  CHECK(s.sensors[0].id == "top");
  CHECK(s.sensors[0].actor == "ego");
  CHECK(s.sensors[0].vehicleFromSensor.translation == glm::dvec3(1.2, 0, 1.9));
  const auto& top = std::get<LidarSpec>(s.sensors[0].spec);
  CHECK(top.profile.id == "velodyne.vlp16");
  CHECK(top.profile.rotationRate_hz == 20);
  CHECK(top.noise == (s.parameters.at("noisy") == 1));
  CHECK(s.sensors[1].actor == "van");
  CHECK(s.sensors[2].actor.empty());
  CHECK_FALSE(std::get<LidarSpec>(s.sensors[2].spec).threshold);
}

TEST_CASE("The digest changes with the text, with an asset's definition, and with nothing else") {
  const std::string text = onPlane("actors:\n  a: {asset: lab.plate, place: {xyz: [1 m, 0 m, 0 m]}}\n");
  const auto digest = [](const std::string& t, const catalog::Catalog& catalog) {
    return sample(parseScenarioTemplate(t, "t.scn.yaml", {.catalog = catalog, .dataFolder = NIGHTFOG_SOURCE_DIR}),
                  std::nullopt, 0)
        .digest;
  };
  const std::string base = digest(text, testCatalog());
  CHECK(base.size() == 64);
  CHECK(digest("# a comment\n" + text + "x-note: 1\n", testCatalog()) == base);
  std::string moved = text;
  moved.replace(moved.find("1 m"), 3, "2 m");
  CHECK(digest(moved, testCatalog()) != base);
  catalog::Catalog changed = testCatalog();
  catalog::AssetInfo plate = *changed.find("lab.plate");
  plate.parameters["reflectance_905"] = 0.2;
  changed.add(plate);
  CHECK(digest(text, changed) != base);
  catalog::Catalog irrelevant = testCatalog();
  irrelevant.add(testAsset("vehicle.unused", {1, 1, 1}, 0));
  CHECK(digest(text, irrelevant) == base);
}

TEST_CASE("Findings that stop nothing are kept: no seed, unused parameters, missing spaces") {
  const ScenarioTemplate t = fromText(
      "format: scenario/1\nid: lints\nworld: {ground: plane, duration: 1s, time_of_day: 22:40}\nparams: {a: 3 m}\n");
  std::vector<std::string> codes;
  for (const auto& d : t.findings())
    codes.push_back(d.code + ":" + std::to_string(d.place.line) + ":" + std::to_string(d.place.column));
  CHECK(codes == std::vector<std::string>{"L0202:2:1", "L0201:3:34", "L0203:3:51", "W0401:4:10"});
  CHECK(t.seed() == 0);
  CHECK(sample(t, std::nullopt, 0).timeOfDay_s == 22 * 3600 + 40 * 60);
}

TEST_CASE("A run's folder names the run and the digest") {
  Scenario s;
  s.run = 3;
  s.digest = sha256Hex("abc");
  CHECK(s.runId() == "r0003-ba7816bf8f01");
}

TEST_CASE("A drawn value that cannot be used is an error of that run, with its place") {
  // Nothing bounds a normal distribution; some of 2000 runs draw a speed below zero (P = 2.3 % each).
  const ScenarioTemplate t =
      fromText(onPlane("params: {v: {normal: {mean: 2 m/s, sd: 1 m/s}}}\n"
                       "actors:\n  a: {asset: lab.plate, place: {xyz: [0 m, 0 m, 0 m]}, behavior: {follow_path: "
                       "{points: [[9 m, 0 m, 0 m]], speed: $v}}}\n"));
  int refused = 0;
  for (uint32_t run = 0; run < 500; ++run) {
    try {
      sample(t, std::nullopt, run);
    } catch (const config::DiagnosticsError& e) {
      ++refused;
      CHECK(e.diagnostics().front().code == "E0209");
      CHECK(e.diagnostics().front().place.line == 7);
    }
  }
  CHECK(refused > 0);
  CHECK(refused < 50);
}
