// The formats there are, and how one is written as a whole.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "exporters/exporter.hpp"

namespace nightfog::exporters {

std::span<const ExporterInfo> exporters();
/// nullptr: no such format.
const ExporterInfo* findExporter(const std::string& name);

/// Whether a folder that is there already is an error, or is replaced when the new one is whole.
enum class Existing { kRefuse, kReplace };

/// Writes `folder`, whole or not at all, and returns its files, relative to it, sorted.
/// @code exportRecords("kitti", {"out/a/r0/record.mcap"}, "kitti", {}, Existing::kRefuse); @endcode
std::vector<std::string> exportRecords(const std::string& format, const std::vector<std::filesystem::path>& records,
                                       const std::filesystem::path& folder, const ExportOptions& options,
                                       Existing existing);

}  // namespace nightfog::exporters
