// Maps by others, where their folder is there: NIGHTFOG_CORPORA, else ../shared/corpora beside the sources.
#include "corpus.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/core/files.hpp"
#include "engine/road/opendrive.hpp"
#include "lane_oracle.hpp"

using namespace nightfog;
using namespace nightfog::road;

namespace {
/// Says why nothing is tested where nothing is.
std::vector<std::filesystem::path> mapsOrSkip() {
  std::vector<std::filesystem::path> maps = corpusMaps();
  if (maps.empty()) MESSAGE("skipped: there is no folder of maps by others; NIGHTFOG_CORPORA names one");
  return maps;
}
}  // namespace

TEST_CASE("Maps by others load, and their lane centres agree with dense numeric integration to 1 mm") {
  for (const std::filesystem::path& file : mapsOrSkip()) {
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

TEST_CASE("Of maps by others every lane leads on where it ends, but for the gaps that their authors left") {
  for (const std::filesystem::path& file : mapsOrSkip()) {
    const std::string name = file.filename().string();
    const LaneGraph lanes(loadOpenDrive(file));
    const LinkGaps gaps = worstGaps(lanes);
    MESSAGE(name, ": ", lanes.size(), " lanes, ", gaps.links, " links, ", gaps.open, " with a gap, off by ",
            1000 * gaps.place_m, " mm and ", gaps.heading_rad * 180 / kPi, " degrees; ", lanes.conflicts().size(),
            " overlaps");
    // A map whose author left a gap is told, and still read; a kink or a jump of a whole lane is a link misread.
    CHECK(gaps.heading_rad < 0.1);
    CHECK(gaps.place_m < 3.0);
  }
}
