// The scenarios that are shipped, with the assets and profiles that are shipped.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "engine/scenario/template.hpp"

using namespace nightfog;
using namespace nightfog::scenario;
namespace fs = std::filesystem;

namespace {

const fs::path kSource(NIGHTFOG_SOURCE_DIR);

const catalog::Catalog& assets() {
  static const catalog::Catalog catalog = catalog::loadCatalog(kSource / "assets");
  return catalog;
}

std::vector<fs::path> scenarioFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(kSource / "scenarios")) {
    if (entry.path().string().ends_with(".scn.yaml")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_CASE("Every shipped scenario is sound, without so much as a lint, and resolves to itself") {
  const Library library{.catalog = assets(), .dataFolder = kSource};
  REQUIRE(scenarioFiles().size() >= 3);
  for (const fs::path& file : scenarioFiles()) {
    CAPTURE(file.string());
    const auto findings = checkScenarioFile(file, library);
    CHECK(config::renderText(findings) == "");
    const ScenarioTemplate t = loadScenarioTemplate(file, library);
    for (uint32_t run = 0; run < (t.isSweep() ? t.runCount() : 20); ++run) {
      const Scenario s = sample(t, std::nullopt, run);
      const Scenario again =
          sample(parseScenarioTemplate(s.resolvedYaml, "resolved.scn.yaml", library), std::nullopt, 0);
      CHECK(again.resolvedYaml == s.resolvedYaml);
      CHECK(again.digest == s.digest);
    }
  }
}

TEST_CASE("In the dart-out the child starts hidden behind the van's front and crosses before the ego arrives") {
  const Library library{.catalog = assets(), .dataFolder = kSource};
  const ScenarioTemplate t =
      loadScenarioTemplate(kSource / "scenarios/urban/parked_van_dartout/scenario.scn.yaml", library);
  for (uint32_t run = 0; run < 50; ++run) {
    const Scenario s = sample(t, std::nullopt, run);
    const auto find = [&](const char* id) -> const Actor& {
      return *std::find_if(s.actors.begin(), s.actors.end(), [&](const Actor& a) { return a.id == id; });
    };
    const Actor &ego = find("ego"), &van = find("van"), &child = find("child");
    const auto& vanInfo = *assets().find(van.asset);
    const glm::dvec3 sensor = ego.worldFromActor * glm::dvec3(1.2, 0, 1.9);
    const double vanFront = van.worldFromActor.translation.x + vanInfo.boxCentre.x + vanInfo.boxSize.x / 2;
    const double vanLeft = van.worldFromActor.translation.y + vanInfo.boxSize.y / 2;
    const glm::dvec3 at = child.worldFromActor.translation;
    CHECK(at.x > vanFront);
    // The line from the sensor to the child's road side passes the van's front corner inside the van.
    const double childLeft = at.y + 0.5;
    const double along = (vanFront - sensor.x) / (at.x - sensor.x);
    CHECK(sensor.y + along * (childLeft - sensor.y) < vanLeft);
    const auto& walk = std::get<WalkTo>(child.behavior);
    const double speed = std::get<FollowRoad>(ego.behavior).speed_mps;
    // At the moment the child enters the ego's lane the ego is still before it, and too near to stop comfortably (3
    // m/s²).
    const double laneEdge = -3.25;
    const double enters = walk.start.seconds() + (laneEdge - at.y) / walk.speed_mps;
    const double distance = at.x - (ego.worldFromActor.translation.x + 3.7) - speed * enters;
    CHECK(distance > 0);
    CHECK(distance < 0.5 * speed + speed * speed / (2 * 3.0));
    CHECK(enters < s.duration.seconds());
  }
}
