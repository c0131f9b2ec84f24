// Ground truth painted over a picture: classes, objects, depth, normals, flow, in the colours that previews of records
// have.
#pragma once

#include <cstdint>
#include <vector>

#include "tools/viewer/studio.hpp"

namespace nightfog::viewer {

enum class TruthPlane { kNone, kClass, kInstance, kDepth, kNormals, kFlow };

inline constexpr double kFarthestDepth_m = 120;  ///< that depth tells apart

/// The picture with a plane over it, 3 bytes a pixel. What has no class, no object or no depth stays as it is.
std::vector<uint8_t> withPlane(const Picture& picture, TruthPlane plane);

}  // namespace nightfog::viewer
