// Pictures of a LiDAR frame: the cloud from above, the range image, and a sheet of both that says at a glance whether a
// record is right.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/record/episode.hpp"
#include "engine/record/image.hpp"
#include "engine/record/pose_track.hpp"

namespace nightfog::record {

enum class ColourBy { kIntensity, kRange, kHeight, kClass, kInstance, kCause, kRing };

/// "intensity", "range", "height", "class", "instance", "cause", "ring".
std::optional<ColourBy> colourByName(std::string_view name);

/// From above in the sensor's frame at the reference time, x up, y left. Points are where the sensor reports them, so
/// what moved during the sweep is where its beams met it; boxes are at the reference time, dashed where no point lies
/// on the object.
struct TopViewOptions {
  ColourBy colour = ColourBy::kIntensity;
  uint32_t size_px = 764;
  double radius_m = 0;  ///< half of the picture's width; 0: as far as nearly all points reach
  bool boxes = false;
  bool labels = false;  ///< name, hits and possible hits beside each box
};
Image topView(const LidarFrame& frame, const TopViewOptions& options);

/// From behind and above the sensor, looking ahead: what it is like to stand in the cloud. What the colours mean stands
/// below.
struct BehindViewOptions {
  ColourBy colour = ColourBy::kIntensity;
  uint32_t width_px = 1280;  ///< 16 : 9
  double reach_m = 40;       ///< distance that the picture is composed for, and where the range's scale ends
  bool boxes = false;        ///< of objects, dashed where no point lies on them
};
Image behindView(const LidarFrame& frame, const BehindViewOptions& options);

/// One row a ring, highest first; columns from behind by way of the left, ahead (in the middle) and the right. Primary
/// returns. Beams without a return are dark, but for kCause, which shows what became of every beam.
struct RangeViewOptions {
  ColourBy colour = ColourBy::kRange;
  uint32_t width_px = 1552;
  uint32_t row_px = 0;  ///< height of a ring; 0: chosen
};
/// `calibration` orders the rings by elevation.
Image rangeView(const LidarFrame& frame, const LidarCalibration& calibration, const RangeViewOptions& options);

/// 1600 pixels wide: title, two views from above (intensity; class with boxes), range images by range, class and cause.
Image previewSheet(const EpisodeInfo& episode, const SensorInfo& sensor, const LidarFrame& frame);

/// An image again from its bytes ("jpeg" or "png"). Throws IoError when they are not one.
Image decodeImage(const std::string& encoding, const std::vector<uint8_t>& bytes);

/// A camera frame's image, or one of its planes in colours, at full size.
enum class CameraPlane { kImage, kDepth, kSemantic, kInstance, kNormal, kFlow };
Image cameraView(const CameraFrame& frame, CameraPlane plane);

/// The colour wheel of optical flow: hue by direction (right is red, down is green-yellow), white does not move, full
/// colour at length 1.
Colour flowColour(glm::vec2 flow);
/// The length that gets full colour: that of the 95th percentile, 1 px at least.
float flowScale_px(const CameraImage& camera);

/// The sweep of a LiDAR that goes with an image.
struct SweepBeside {
  const SensorInfo* lidar = nullptr;  ///< nullptr: none
  const LidarFrame* frame = nullptr;
  const PoseTrack* track = nullptr;  ///< of its carrier; nullptr: it stands
};
/// 1600 pixels wide: title, image with boxes and names, the planes that the record holds, and the LiDAR's points in the
/// image and from above.
Image cameraSheet(const EpisodeInfo& episode, const SensorInfo& sensor, const CameraFrame& frame,
                  const SweepBeside& beside = {});

struct PreviewRequest {
  /// kThumbnail: the image (without one the semantic plane) of the first camera, or a small cloud from above.
  enum class View { kSheet, kThumbnail, kTop, kBehind, kRange, kImage, kDepth, kSemantic, kInstance, kNormal, kFlow };
  View view = View::kSheet;
  ColourBy colour = ColourBy::kIntensity;  ///< of kTop, kBehind and kRange
  std::string sensor;                      ///< empty: the first
  std::optional<uint32_t> frame;           ///< the episode's frame number; none: the middle one of the record
  double reach_m = 0;                      ///< of kTop and kBehind; 0: as they see fit
  uint32_t width_px = 0;                   ///< of kTop, kBehind and kRange; 0: large
};
struct PreviewPicture {
  Image image;
  std::string sensor;
  uint32_t frame = 0;
  SimTime reference;  ///< of the frame
};
PreviewPicture previewPicture(const std::filesystem::path& record, const PreviewRequest& request);
/// A picture of a record as PNG. Throws IoError when the record cannot be read, Error (usage) when it has no such
/// sensor or frame.
/// @code writeFileAtomically(folder / "preview.png", previewPng(folder / "record.mcap", {})); @endcode
std::string previewPng(const std::filesystem::path& record, const PreviewRequest& request);

}  // namespace nightfog::record
