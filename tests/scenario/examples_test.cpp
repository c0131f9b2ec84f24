// The examples of the language's design, reproduced on the flagship: what is said, where, and the way out.
#include <doctest/doctest.h>

#include <filesystem>

#include "engine/core/files.hpp"
#include "tests/scenario/test_library.hpp"

using namespace nightfog;
using namespace nightfog::scenario;
namespace fs = std::filesystem;

namespace {

const fs::path kFolder = fs::path(NIGHTFOG_SOURCE_DIR) / "scenarios/flagship";

/// What is said of the flagship with one text replaced, its file called night_fog.scn.yaml.
std::string saidOf(const std::string& from, const std::string& to) {
  static const catalog::Catalog catalog = catalog::loadCatalog(fs::path(NIGHTFOG_SOURCE_DIR) / "assets");
  std::string text = readFile(kFolder / "night_fog_tyre_dartout.scn.yaml");
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  try {
    parseScenarioTemplate(text, kFolder / "night_fog.scn.yaml",
                          {.catalog = catalog, .dataFolder = NIGHTFOG_SOURCE_DIR});
  } catch (const config::DiagnosticsError& e) {
    return e.what();
  }
  return "nothing";
}

void checkSays(const std::string& said, const std::vector<std::string>& lines) {
  CAPTURE(said);
  size_t from = 0;
  for (const std::string& line : lines) {
    CAPTURE(line);
    const size_t at = said.find(line, from);
    CHECK(at != std::string::npos);
    if (at != std::string::npos) from = at + line.size();
  }
}

}  // namespace

TEST_CASE("E0412: an unknown actor in a function, with the one that was meant and where it is declared") {
  checkSays(saidOf("lidar_points(top, pedestrian)", "lidar_points(top, pedestrain)"),
            {"error[E0412]: unknown actor 'pedestrain' in lidar_points()\n", "night_fog.scn.yaml:83:57\n",
             "^^^^^^^^^^ no actor with this id\n", "night_fog.scn.yaml:29:3\n", "pedestrian:\n",
             "---------- similar id declared here\n", "= help: did you mean 'pedestrian'?"});
}

TEST_CASE("E0207: a length where a speed belongs") {
  checkSays(saidOf("{uniform: [2.6 m/s, 3.4 m/s]}", "{uniform: [2.6 m/s, 3.4 m]}"),
            {"error[E0207]: expected a speed, found a length\n", "night_fog.scn.yaml:19:", "^^^^^",
             "unit 'm' is a length", "= help: speeds use m/s, km/h or mph; did you mean '3.4 m/s'?"});
}

TEST_CASE("E0118: an expression that YAML split at its comma") {
  checkSays(saidOf("check: \"never collided(ego, pedestrian)\"", "check: never gap(ego, van) < 3 m"),
            {"error[E0118]: this expression was split at a comma by YAML\n",
             "night_fog.scn.yaml:89:", "= help: quote it: check: \"never gap(ego, van) < 3 m\""});
}

TEST_CASE("E0302 and E0301: a constraint that cannot be met, before and after drawing") {
  checkSays(saidOf("gap(ego, van) in [50 m, 65 m]", "gap(ego, van) in [60 m, 75 m]"),
            {"error[E0302]: no draw can meet this constraint\n", "night_fog.scn.yaml:67:5\n",
             "= note: gap(ego, van) can only be 5"});
  checkSays(saidOf("not line_of_sight(ego, pedestrian)", "line_of_sight(ego, pedestrian)"),
            {"error[E0301]: constraints satisfied in 0 of 200 attempts (seed 20260611, run 0)\n",
             "night_fog.scn.yaml:68:5\n", "rejected 200/200\n", "rejected 0/200\n"});
}

TEST_CASE("All errors of a file are reported at once") {
  const std::string said = saidOf("extends: ../base/urban_night.scn.yaml          # deep-merge by key; this file wins",
                                  "extends: ../base/urban_night.scn.yaml\nx-mine: 1\nfoo: 1");
  checkSays(said, {"error[E0202]: unknown key 'foo' in scenario"});
  static const catalog::Catalog catalog = catalog::loadCatalog(fs::path(NIGHTFOG_SOURCE_DIR) / "assets");
  std::string text = readFile(kFolder / "night_fog_tyre_dartout.scn.yaml");
  const auto swap = [&](const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  swap("vehicle.suv", "vehicle.sov");
  swap("use: inj.vru.dart_out", "use: inj.vru.dartout");
  swap("behavior: parked", "behavior: asleep");
  swap("distance(opposing, ego)", "distance(oposing, ego)");
  swap("in_lane(tyre, ego_lane)", "in_lane(tyre, ego_line)");
  swap("{beam: high}", "{beam: highest}");
  try {
    parseScenarioTemplate(text, kFolder / "night_fog.scn.yaml",
                          {.catalog = catalog, .dataFolder = NIGHTFOG_SOURCE_DIR});
    FAIL("must throw");
  } catch (const config::DiagnosticsError& e) {
    std::vector<std::string> codes;
    for (const auto& d : e.diagnostics()) codes.push_back(d.code);
    CAPTURE(std::string(e.what()));
    CHECK(codes == std::vector<std::string>{"E0210", "E0403", "E0419", "E0412", "E0210", "E0409"});
  }
}
