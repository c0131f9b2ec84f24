// KITTI's object detection benchmark: training/{velodyne, image_2, label_2, calib}. README.md beside this file.
#pragma once

#include "exporters/exporter.hpp"

namespace nightfog::exporters::kitti {

std::unique_ptr<Exporter> makeKittiExporter(DatasetFolder& folder, const ExportOptions& options);

}  // namespace nightfog::exporters::kitti
