// The camera's stages as C++ loops, for CPU devices: the same functions (camera_*.h) on the same mapped buffers.
//
// lavapipe reaches memory by address one 32-bit word and one lane at a time, and its lanes wait for each other; a loop
// per pixel does neither. README.md has both times.
#pragma once

#include "engine/core/jobs.hpp"
#include "engine/shared/camera_data.h"

namespace nightfog::camera {

/// Everything that runs once for each item; CameraKernels has a kernel for each.
enum class Stage : uint8_t {
  kRays,
  kSort,
  kPanes,
  kSky,
  kSurfaceStill,
  kSurfaceMoving,
  kDirect,
  kDetours,
  kDetourLight,
  kGather,
  kFilter,
  kGlow,
  kCombine,
  kCombineGlow,
  kGlare,
  kDevelop,
  kTruth,
  kTruthNormals,
  kFlow,
  kFlowMask,
  kAim,
  kCount
};

/// Runs a stage over push.count items. All addresses are host pointers. What it writes does not depend on the number of
/// cores: items that a stage appends to lists keep their order.
void runOnHost(Stage stage, const shared::CameraPush& push, Jobs& jobs);

}  // namespace nightfog::camera
