// Maps by others, where their folder is there: NIGHTFOG_CORPORA, else ../shared/corpora beside the sources.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engine/core/files.hpp"
#include "engine/road/opendrive.hpp"
#include "lane_oracle.hpp"

using namespace nightfog;
using namespace nightfog::road;
namespace fs = std::filesystem;

TEST_CASE("Maps by others load, and their lane centres agree with dense numeric integration to 1 mm") {
  const char* named = std::getenv("NIGHTFOG_CORPORA");
  const fs::path folder =
      (named != nullptr ? fs::path(named) : fs::path(NIGHTFOG_SOURCE_DIR "/../shared/corpora")) / "openscenario/xodr";
  if (!fs::exists(folder)) {
    MESSAGE("skipped: there is no folder of maps by others; NIGHTFOG_CORPORA names one");
    return;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".xodr") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const std::string name = file.filename().string();
    CAPTURE(name);
    config::Diagnostics diagnostics;
    const std::optional<RoadNetwork> map = readOpenDrive(name, readFile(file), diagnostics);
    for (const auto& found : diagnostics.sorted())
      MESSAGE(found.code, " ", name, ":", found.place.line, ": ", found.message);
    CHECK(map.has_value());
    if (!map) continue;
    double worst = 0, lanes_m = 0;
    for (uint32_t r = 0; r < map->roads().size(); ++r) {
      LaneOracle(map->road(r).data())
          .walk(2.0, [&](double s, const LaneSection&, const Lane& lane, const glm::dvec3& place) {
            const glm::dvec3 ours = map->laneCentre({r, lane.id}, s).worldFromLane.translation;
            worst = std::max(worst, glm::length(ours - place));
            lanes_m += 2;
          });
    }
    CHECK(worst < 1e-3);
    MESSAGE(name, ": ", map->roads().size(), " roads, ", map->junctions().size(), " junctions, ", lanes_m / 1000,
            " km of lanes, off by ", worst * 1e6, " um");
  }
}
