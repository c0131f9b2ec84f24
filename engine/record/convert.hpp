// Between the record's structs and its Protobuf messages. Internal to record/. `from…` functions judge what a hostile
// file may hold and throw std::invalid_argument with what is wrong; the reader adds the place.
#pragma once

#include <stdexcept>

#include "engine/record/episode.hpp"
#include "foxglove/camera_calibration.pb.h"
#include "foxglove/compressed_image.pb.h"
#include "foxglove/frame_transform.pb.h"
#include "foxglove/point_cloud.pb.h"
#include "foxglove/scene_update.pb.h"
#include "nightfog/record/v1/camera.pb.h"
#include "nightfog/record/v1/episode.pb.h"
#include "nightfog/record/v1/events.pb.h"
#include "nightfog/record/v1/lidar.pb.h"
#include "nightfog/record/v1/truth.pb.h"

namespace nightfog::record {

v1::Episode toMessage(const EpisodeInfo& episode);
v1::LidarSweep toMessage(const LidarSweep& sweep);
v1::ObjectTruths toMessage(const LidarSweep& sweep, const std::vector<ObjectTruth>& objects);
v1::ObjectMotions toMessage(const LidarSweep& sweep, const FrameMotion& motion);
v1::EgoPose toMessage(const EgoState& state);
v1::Collision toMessage(const CollisionEvent& event);

v1::CameraFrame toMessage(const CameraImage& image);
/// All but the poses of toMessage() and fromMessage().
v1::CameraFrame cameraMessage(const CameraImage& image);
CameraImage cameraImage(const v1::CameraFrame& message);
/// One message a plane that the image has, by the last part of its topic.
std::vector<std::pair<std::string, v1::TruthPlane>> truthPlanes(const CameraImage& image);
/// Times and poses of an image, for the messages that do not care which kind of sensor a frame is of.
LidarSweep frameStamp(const CameraImage& image);

EpisodeInfo fromMessage(const v1::Episode& message);
/// Without image and planes.
CameraImage fromMessage(const v1::CameraFrame& message);
void takePlane(const v1::TruthPlane& plane, CameraImage& image);
/// Without its points.
LidarSweep fromMessage(const v1::LidarSweep& message);
std::vector<ObjectTruth> fromMessage(const v1::ObjectTruths& message);
FrameMotion fromMessage(const v1::ObjectMotions& message);
EgoState fromMessage(const v1::EgoPose& message);
CollisionEvent fromMessage(const v1::Collision& message);

/// Everything but the data.
foxglove::PointCloud pointCloudHead(const LidarSweep& sweep);
/// Checks that the cloud has LidarPoint's layout, and copies it.
std::vector<LidarPoint> pointsOf(const foxglove::PointCloud& cloud);
/// Everything but the data.
foxglove::CompressedImage compressedImageHead(const CameraImage& image);
foxglove::CameraCalibration cameraCalibration(const std::string& sensor, const CameraCalibration& calibration,
                                              SimTime at);
/// Adds sensor -> optical axes.
void addOpticalFrame(foxglove::FrameTransforms& transforms, const CameraImage& image);
/// world -> vehicle -> sensor at the sweep's reference time.
foxglove::FrameTransforms frameTransforms(const LidarSweep& sweep, const std::string& vehicleFrame);
/// One cube an object, replacing whatever the topic showed before.
foxglove::SceneUpdate sceneUpdate(const LidarSweep& sweep, const std::vector<ObjectTruth>& objects);

}  // namespace nightfog::record
