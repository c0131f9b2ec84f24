// Profiles of sensors/profiles by id.
#pragma once

#include <string>

#include "engine/scenario/lidar_spec.hpp"

namespace nightfog::lab {

scenario::LidarProfile loadProfile(const std::string& id);

}  // namespace nightfog::lab
