// Labels from the snapshot that the sensor looked at: the same poses, at the frame's reference time.
#pragma once

#include <string>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/record/episode.hpp"

namespace nightfog::simulation {

/// Boxes with twist at `reference`, ascending id. Poses are interpolated as the rays saw them.
std::vector<record::ObjectTruth> groundTruth(const content::SceneSnapshot& snapshot, SimTime reference);

/// Where every object and its parts were from `start` to `end`: the snapshot's pose keys around them.
record::FrameMotion objectMotions(const content::SceneSnapshot& snapshot, SimTime start, SimTime end);

/// The ego vehicle (object of the sensor's actor) at `reference`.
record::EgoState egoState(const content::SceneSnapshot& snapshot, ObjectId ego, uint32_t frame, SimTime reference);

}  // namespace nightfog::simulation
