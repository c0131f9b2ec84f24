// The LiDAR's kernels as C++ loops, for CPU devices: the same shared functions on the same mapped buffers, bit for bit
// the same results.
//
// lavapipe reaches memory by address one 32-bit word and one lane at a time. Measured with both cores busy, 128 x 2048
// beams: rays 75 ms there and 13 here, returns 248 ms there and 35 here.
#pragma once

#include "engine/core/jobs.hpp"
#include "engine/shared/lidar_data.h"

namespace nightfog::lidar {

/// All addresses are host pointers.
void hostRays(const shared::LidarRaysPush& push, Jobs& jobs);
/// One ray a beam, one echo.
void hostReturns(const shared::LidarReturnsPush& push, Jobs& jobs);
void hostEchoes(const shared::LidarReturnsPush& push, Jobs& jobs);
void hostDetours(const shared::LidarDetourPush& push, Jobs& jobs);
void hostDetourReturns(const shared::LidarReturnsPush& push, Jobs& jobs);
void hostAims(const shared::LidarAimPush& push);

}  // namespace nightfog::lidar
