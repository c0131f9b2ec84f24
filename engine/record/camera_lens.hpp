// A recorded camera's lens, for the functions of shared/camera.h.
#pragma once

#include "engine/record/episode.hpp"
#include "engine/shared/camera.h"

namespace nightfog::record {

/// With the disk within which the distortion is one to one, 25 (79 degrees off the axis) at most.
shared::CameraLens lensOf(const CameraCalibration& calibration);
/// x right, y down, z forward, from a sensor's x forward, y left, z up.
RigidTransform sensorFromOptical();

}  // namespace nightfog::record
