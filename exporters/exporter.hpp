// What turns records into the data sets of others. An exporter reads records and nothing else: no scenario, no world,
// no device. Adding a format is a folder with one of these and a line in builtin.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nightfog::exporters {

class DatasetFolder;

/// What a user may ask of any format; a format refuses what it cannot honour.
struct ExportOptions {
  std::vector<std::string> sensors;  ///< by id; empty: the record's only camera and only LiDAR
  std::optional<double> rate_hz;     ///< frames a second of simulated time; none: all
  bool rectify = false;              ///< images as an ideal, level pinhole camera would have taken them
  bool carryMoving = false;          ///< LiDAR points on moving things are carried to the image's time with them
  uint32_t firstFrame = 0;           ///< number of the first frame in the data set
};

/// One data set being made. add() once a record, in the order the frames shall have, then finish(). The same records
/// and options give the same bytes; nothing depends on paths, time or the machine. Throws IoError for a record that
/// cannot be read or a file that cannot be written, Error (usage) for a record that the format cannot hold, with a way
/// out. One thread.
class Exporter {
 public:
  virtual ~Exporter() = default;
  virtual void add(const std::filesystem::path& record) = 0;
  /// Writes what speaks of the whole data set.
  virtual void finish() = 0;
};

/// A format: its name on the command line and in scenario files, a line about it, and what makes it. The folder
/// outlives the exporter.
struct ExporterInfo {
  const char* name;
  const char* description;
  std::unique_ptr<Exporter> (*make)(DatasetFolder& folder, const ExportOptions& options);
};

}  // namespace nightfog::exporters
