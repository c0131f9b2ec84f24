// The commands of `nightfog`, each in its own .cpp; main.cpp reads the command line into these structs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"

namespace nightfog::cli {

struct DeviceArguments {
  std::string device = "auto";
  std::string tracer = "auto";
  unsigned threads = 0;
  bool validation = false;
};

struct RenderArguments {
  std::vector<std::filesystem::path> scenarios;
  std::filesystem::path plan;  ///< instead of scenarios, runs, seed, frames and labelsOnly
  std::string episode;         ///< of the plan: only those whose id begins so
  uint32_t tries = 3;          ///< with a plan: failures after which an episode is set aside
  std::filesystem::path out;
  std::optional<uint64_t> seed;
  std::optional<uint32_t> runs;
  bool labelsOnly = false;  ///< cameras write ground truth without images
  std::string twin;         ///< "weather" or "faults": every run again without these; empty: none
  std::string frames;       ///< "A..B", both included; empty: all
  std::string shard = "0/1";
  std::string progress = "auto";
  bool verify = false;        ///< rehash finished episodes instead of comparing sizes
  uint32_t cache_MiB = 1024;  ///< worlds kept for the next episodes
  uint32_t memory_MiB = 0;    ///< of each device; 0: nine tenths of what it has
  DeviceArguments device;
};
ExitCode render(const RenderArguments& arguments);

struct WorldArguments {
  std::filesystem::path scenario;
  std::optional<uint64_t> seed;
  uint32_t run = 0;
  double interval_s = 0.05;
  std::filesystem::path csv;    ///< empty: standard output
  std::filesystem::path trace;  ///< of the triggers, JSON; empty: none
};
ExitCode world(const WorldArguments& arguments);

struct InspectArguments {
  std::filesystem::path record;   ///< or a folder of runs
  std::optional<uint32_t> frame;  ///< only this frame's labels
  std::string sensor;
  bool trace = false;  ///< the trigger trace instead
  bool json = false;
};
ExitCode inspect(const InspectArguments& arguments);

struct ExportArguments {
  std::vector<std::filesystem::path> records;
  std::filesystem::path out;
  std::string format;
  std::vector<std::string> sensors;
  std::optional<double> rate_hz;
  bool rectify = false;
  bool carryMoving = false;
  bool overwrite = false;
  uint32_t firstFrame = 0;
};
ExitCode exportRecords(const ExportArguments& arguments);

struct PreviewArguments {
  std::filesystem::path record;
  std::filesystem::path out;
  std::string view = "sheet";        ///< sheet; top, behind, range (LiDAR); image, depth … (camera)
  std::string colour = "intensity";  ///< of top, behind and range
  std::optional<double> reach_m;     ///< of top and behind
  std::optional<uint32_t> width_px;  ///< of top, behind and range
  std::string sensor;
  std::optional<uint32_t> frame;
  std::vector<uint32_t> frames;     ///< thumbnails of these instead
  std::optional<uint32_t> columns;  ///< of thumbnails
};
ExitCode preview(const PreviewArguments& arguments);

struct DoctorArguments {
  bool json = false;
  DeviceArguments device;
};
ExitCode doctor(const DoctorArguments& arguments);

struct ListArguments {
  std::string what;  ///< sensors, injectors, faults, weather, assets, materials, devices, classes, causes, exporters
  bool json = false;
};
ExitCode list(const ListArguments& arguments);

struct AssetArguments {
  std::string target;            ///< an asset's id, or a mesh file
  std::filesystem::path assets;  ///< folder with asset files; empty: the installation's
  // Of a bare mesh file:
  std::string semantic = "unlabelled";
  std::string forward = "+z";
  std::string up = "+y";
  std::optional<double> scale;
  std::optional<double> length_m;
  bool json = false;
  std::filesystem::path out;  ///< of view
  DeviceArguments device;     ///< of view
};
ExitCode assetCheck(const AssetArguments& arguments);
ExitCode assetMeasure(const AssetArguments& arguments);
ExitCode assetView(const AssetArguments& arguments);

}  // namespace nightfog::cli
