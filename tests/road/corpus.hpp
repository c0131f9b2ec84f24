// Maps by others: where their folder is, and what tests ask of any map's links.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "engine/road/lane_graph.hpp"

namespace nightfog::road {

/// NIGHTFOG_CORPORA, else ../shared/corpora beside the sources. Empty: the folder is not there.
inline std::vector<std::filesystem::path> corpusMaps() {
  const char* named = std::getenv("NIGHTFOG_CORPORA");
  const std::filesystem::path folder =
      (named != nullptr ? std::filesystem::path(named)
                        : std::filesystem::path(NIGHTFOG_SOURCE_DIR "/../shared/corpora")) /
      "openscenario/xodr";
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".xodr") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct LinkGaps {
  size_t links = 0;
  size_t open = 0;  ///< of them off by more than 1 cm or 0.5 degrees
  double place_m = 0;
  double heading_rad = 0;
};

/// How far the drivable lanes' ends miss the starts of those that they lead to.
inline LinkGaps worstGaps(const LaneGraph& lanes) {
  LinkGaps gaps;
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    if (!lanes.lane(i).isDrivable) continue;
    for (const LaneIndex next : lanes.lane(i).successors) {
      if (!lanes.lane(next).isDrivable) continue;
      const LanePose end = lanes.path(i).at(lanes.lane(i).length_m), start = lanes.path(next).at(0);
      const double place = glm::length(end.worldFromLane.translation - start.worldFromLane.translation);
      const double turn = std::abs(wrapAngle(end.heading_rad - start.heading_rad));
      ++gaps.links;
      gaps.open += place > 0.01 || turn > 0.5 * kPi / 180;
      gaps.place_m = std::max(gaps.place_m, place);
      gaps.heading_rad = std::max(gaps.heading_rad, turn);
    }
  }
  return gaps;
}

}  // namespace nightfog::road
