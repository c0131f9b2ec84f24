// `nightfog bench`: speed beside a peer in the same run, and a hash of what was computed, so that a speed-up that
// changes results is seen.
#pragma once

#include <filesystem>
#include <string>

#include "engine/core/error.hpp"

namespace nightfog::bench {

struct BenchArguments {
  bool json = false;
  int repeat = 5;
  std::string device = "auto";
  unsigned threads = 0;
  std::string peer = "embree";  ///< "embree": tracers and LiDAR; "blender": a camera's frame; "none": the same alone;
                                ///< "lidar": LiDAR frames with a footprint and in fog; "traffic": no device
  std::filesystem::path saveImages;  ///< of the camera's frames; empty: none
  std::filesystem::path dataFolder;  ///< holds assets and tools/bench
};
ExitCode run(const BenchArguments& arguments);

}  // namespace nightfog::bench
