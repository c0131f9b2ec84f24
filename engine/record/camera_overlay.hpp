// What is drawn over a camera's image: boxes with names, and the points of a LiDAR. Internal to record/.
#pragma once

#include "engine/record/episode.hpp"
#include "engine/record/image.hpp"
#include "engine/record/pose_track.hpp"

namespace nightfog::record {

/// `picture` shows the whole of the frame's image, at any size. For every object of which pixels are visible: its 3D
/// box at the image's reference time, its 2D boxes (dashed: what is hidden too) and its class.
void drawCameraBoxes(Image& picture, const CameraFrame& frame, const CameraCalibration& calibration);

/// Points where the pixels that saw them are: carried by the motion of the sensor's carrier (`track`; nullptr: it
/// stands still) and by their own velocity to the image's time. Near is bright.
void drawCameraPoints(Image& picture, const CameraFrame& frame, const CameraCalibration& calibration,
                      const LidarFrame& lidar, const SensorInfo& lidarSensor, const PoseTrack* track);

}  // namespace nightfog::record
