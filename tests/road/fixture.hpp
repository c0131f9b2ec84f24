// Maps for the road tests.
#pragma once

#include <string>

#include "engine/core/files.hpp"
#include "engine/road/opendrive.hpp"

namespace nightfog::road {

inline const char* const kOwnMaps[] = {"urban_straight", "rural_hills", "motorway"};

/// Maps of several roads.
inline const char* const kOwnNetworks[] = {"signalled_junction", "roundabout", "motorway_ramp", "tunnel",
                                           "car_park",           "town"};

inline RoadNetwork ownMap(const std::string& name) {
  return loadOpenDrive(NIGHTFOG_SOURCE_DIR "/scenarios/maps/" + name + ".xodr");
}
inline RoadNetwork testMap(const std::string& name) {
  return loadOpenDrive(NIGHTFOG_SOURCE_DIR "/tests/road/data/" + name + ".xodr");
}

}  // namespace nightfog::road
