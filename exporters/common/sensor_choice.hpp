// Which sensors of a record a data set is made of.
#pragma once

#include <vector>

#include "engine/record/episode.hpp"
#include "exporters/exporter.hpp"

namespace nightfog::exporters {

struct CameraAndLidar {
  const record::SensorInfo* camera = nullptr;
  const record::SensorInfo* lidar = nullptr;
};

/// One camera and one LiDAR on one carrier, whose motion the record holds. Throws Error (usage) that names the option
/// when the record has none, or more than one and `options.sensors` does not choose. `format` is for the message.
CameraAndLidar chooseCameraAndLidar(const record::EpisodeInfo& episode, const ExportOptions& options,
                                    const char* format);

/// Which of the frames at these times to keep so that there are at most `rate_hz` of them a second: the first of each
/// slot of 1/rate from time zero, so that any part of an episode keeps the same ones. All without a rate.
std::vector<size_t> framesAtRate(const std::vector<SimTime>& starts, std::optional<double> rate_hz);

}  // namespace nightfog::exporters
