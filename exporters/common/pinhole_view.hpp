// A camera frame as formats without distortion want it: an ideal pinhole's image, its intrinsics, and boxes to match.
#pragma once

#include <string>
#include <vector>

#include "engine/record/camera_lens.hpp"
#include "engine/record/episode.hpp"

namespace nightfog::exporters {

/// A frame of an ideal pinhole. Pixel coordinates are OpenCV's: (0, 0) is the centre of the first pixel. Boxes are
/// record::PixelBox, edges of pixels.
struct PinholeFrame {
  uint32_t width = 0, height = 0;
  double fx = 0, fy = 0, cx = 0, cy = 0;
  std::string png;                                         ///< the image's file
  std::vector<uint32_t> instance;                          ///< of the rectified twin; empty otherwise
  std::vector<record::CameraObjectVisibility> visibility;  ///< boxes, truncation and pixel counts of this view
};

/// Pixel coordinates and depth of the eight corners' hull, clipped to what lies in front of the camera; empty when
/// nothing does. `cameraFromBox`: optical axes.
record::PixelBox projectedHull(const RigidTransform& cameraFromBox, const glm::dvec3& size, const PinholeFrame& view);

/// Share of an object outside the image: of the hull's area; of the box's volume where it reaches behind the camera,
/// whose hull has no end. 0 … 1.
float truncation(const RigidTransform& cameraFromBox, const glm::dvec3& size, const PinholeFrame& view);

/// Makes pinhole frames of one camera's.
class PinholeView {
 public:
  /// With `rectify`, the twin: same place, size and focal length, no distortion, the optical axis turned into the
  /// vehicle's horizontal plane and the image plane shifted so that what was in the image's middle stays there.
  /// Without, throws Error (usage) that names the option when the lens distorts or the axis is tilted by more than
  /// kMostTilt_rad (boxes that stand upright could not be told in its axes).
  PinholeView(const record::SensorInfo& camera, bool rectify);
  static constexpr double kMostTilt_rad = 1.0 * 3.14159265358979 / 180;
  static constexpr double kMostRectifiedTilt_rad = 35.0 * 3.14159265358979 / 180;

  /// Camera axes (optical) turned into the view's.
  const glm::dmat3& viewFromOptical() const { return viewFromOptical_; }
  /// Throws Error (usage) when the frame has no image, or the twin is asked for and there is no instance plane.
  PinholeFrame view(const record::CameraFrame& frame) const;
  /// Focal lengths and principal point of every frame.
  const PinholeFrame& intrinsics() const { return intrinsics_; }

 private:
  PinholeFrame rectified(const record::CameraFrame& frame) const;
  glm::dvec2 viewPixel(glm::dvec2 pixel) const;

  std::string id_;
  record::CameraCalibration calibration_;
  bool rectify_ = false;
  shared::CameraLens lens_{};
  glm::dmat3 viewFromOptical_{1};
  PinholeFrame intrinsics_;
  std::vector<glm::vec2> source_;  ///< of every pixel of the twin: where in the camera's image; NaN: nowhere
};

}  // namespace nightfog::exporters
