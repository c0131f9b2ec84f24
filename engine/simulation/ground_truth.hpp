// Labels from the snapshot that the sensor looked at: the same poses, at the frame's reference time.
#pragma once

#include <string>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/record/lidar_sweep.hpp"

namespace nightfog::simulation {

/// Boxes with twist at `reference`, ascending id. Poses are interpolated as the rays saw them.
std::vector<record::ObjectTruth> groundTruth(const content::SceneSnapshot& snapshot, SimTime reference);

}  // namespace nightfog::simulation
