// A line of label_2: what KITTI calls things, how hidden they are, and its boxes. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/record/episode.hpp"

namespace nightfog::exporters::kitti {

/// KITTI's word for a class of ours; none for what it has no line for (the carrier, scenery).
std::optional<std::string_view> kittiType(ClassId semantic);

/// The share of an object's pixels above which it counts as fully visible (0), and above which as partly (1); below,
/// largely occluded (2). KITTI's annotators had no numbers; these are ours.
inline constexpr double kFullyVisible = 0.8;
inline constexpr double kPartlyVisible = 0.4;
/// 0 fully visible, 1 partly occluded, 2 largely occluded, 3 unknown: no pixel of it is seen.
int occlusionLevel(uint32_t visiblePixels, uint32_t totalPixels);

/// Smaller things become regions that nobody cares about, unless a LiDAR has at least kEnoughPoints on them.
inline constexpr float kLeastHeight_px = 8;
inline constexpr uint32_t kEnoughPoints = 5;

/// An upright box in the rectified camera's axes: x right, y down, z forward.
struct KittiBox {
  double height_m = 0, width_m = 0, length_m = 0;
  glm::dvec3 bottomCentre{0};
  double rotationY_rad = 0;  ///< about y, 0: heading along x
  double alpha_rad = 0;      ///< seen from the camera
};
/// Beyond this tilt of a box against the camera's y axis it is replaced by the upright one around it with its heading.
inline constexpr double kUprightTilt_rad = 10.0 * 3.14159265358979 / 180;
KittiBox kittiBox(const RigidTransform& cameraFromBox, const glm::dvec3& size);

/// The object's line, with its end of line; empty when it has none. `truncation`: its share outside the image;
/// `lidarPoints`: on it, in the sweep of this frame.
std::string labelLine(const record::ObjectTruth& object, const record::CameraObjectVisibility& visibility,
                      float truncation, uint32_t lidarPoints, const RigidTransform& cameraFromWorld);

}  // namespace nightfog::exporters::kitti
