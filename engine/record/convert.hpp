// Between the record's structs and its Protobuf messages. Internal to record/. `from…` functions judge what a hostile
// file may hold and throw std::invalid_argument with what is wrong; the reader adds the place.
#pragma once

#include <stdexcept>

#include "engine/record/episode.hpp"
#include "foxglove/frame_transform.pb.h"
#include "foxglove/point_cloud.pb.h"
#include "foxglove/scene_update.pb.h"
#include "nightfog/record/v1/episode.pb.h"
#include "nightfog/record/v1/events.pb.h"
#include "nightfog/record/v1/lidar.pb.h"
#include "nightfog/record/v1/truth.pb.h"

namespace nightfog::record {

v1::Episode toMessage(const EpisodeInfo& episode);
v1::LidarSweep toMessage(const LidarSweep& sweep);
v1::ObjectTruths toMessage(const LidarSweep& sweep, const std::vector<ObjectTruth>& objects);
v1::EgoPose toMessage(const EgoState& state);
v1::Collision toMessage(const CollisionEvent& event);

EpisodeInfo fromMessage(const v1::Episode& message);
/// Without its points.
LidarSweep fromMessage(const v1::LidarSweep& message);
std::vector<ObjectTruth> fromMessage(const v1::ObjectTruths& message);
EgoState fromMessage(const v1::EgoPose& message);
CollisionEvent fromMessage(const v1::Collision& message);

/// Everything but the data.
foxglove::PointCloud pointCloudHead(const LidarSweep& sweep);
/// Checks that the cloud has LidarPoint's layout, and copies it.
std::vector<LidarPoint> pointsOf(const foxglove::PointCloud& cloud);
/// world -> vehicle -> sensor at the sweep's reference time.
foxglove::FrameTransforms frameTransforms(const LidarSweep& sweep, const std::string& vehicleFrame);
/// One cube an object, replacing whatever the topic showed before.
foxglove::SceneUpdate sceneUpdate(const LidarSweep& sweep, const std::vector<ObjectTruth>& objects);

}  // namespace nightfog::record
