#include "exporters/builtin.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/error.hpp"
#include "exporters/common/dataset_folder.hpp"
#include "exporters/kitti/kitti_exporter.hpp"

namespace nightfog::exporters {
namespace {

// One line a format.
constexpr ExporterInfo kExporters[] = {
    {"kitti", "KITTI object detection: velodyne, image_2, label_2, calib", kitti::makeKittiExporter},
};

}  // namespace

std::span<const ExporterInfo> exporters() {
  return kExporters;
}

const ExporterInfo* findExporter(const std::string& name) {
  const auto found = std::find_if(std::begin(kExporters), std::end(kExporters),
                                  [&](const ExporterInfo& info) { return info.name == name; });
  return found != std::end(kExporters) ? found : nullptr;
}

std::vector<std::string> exportRecords(const std::string& format, const std::vector<std::filesystem::path>& records,
                                       const std::filesystem::path& folder, const ExportOptions& options,
                                       Existing existing) {
  const ExporterInfo* info = findExporter(format);
  if (info == nullptr) {
    std::string known;
    for (const ExporterInfo& e : kExporters) known += (known.empty() ? "" : ", ") + std::string(e.name);
    throw Error(ExitCode::kUsage, fmt::format("unknown export format '{}'", format), "formats: " + known);
  }
  DatasetFolder files(folder, existing == Existing::kReplace);
  const std::unique_ptr<Exporter> exporter = info->make(files, options);
  for (const auto& record : records) exporter->add(record);
  exporter->finish();
  return files.commit();
}

}  // namespace nightfog::exporters
