// A camera's frame beside Blender's Cycles: the same triangles, camera, sun, sky and bounce limit, on the same cores in
// the same run.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/jobs.hpp"
#include "engine/gpu/device.hpp"
#include "tools/bench/bench_scene.hpp"

namespace nightfog::bench {

/// Wall and processor time of one way to make the frame, each of its fastest repetition.
struct FrameCost {
  double wall_s = 0;
  double cpu_s = 0;  ///< of the whole process: what to compare on a machine that is not idle
  std::string hash;  ///< SHA-256 of what was made (ours only)
  std::map<std::string, double> stages_ms = {};
};

struct CameraBenchResult {
  size_t triangles = 0;
  uint32_t width = 0;
  uint32_t height = 0;
  FrameCost frame;   ///< image and every truth channel, from an updated scene to the encoded image in memory
  FrameCost labels;  ///< every truth channel alone
  std::optional<FrameCost> cycles;
  std::string blender;  ///< version
};

struct CameraBenchOptions {
  int repeat = 3;
  uint32_t width = 1920;
  uint32_t height = 1080;
  std::filesystem::path script;      ///< cycles_street.py; empty: no peer
  std::filesystem::path saveImages;  ///< folder for both pictures; empty: none
};

/// Throws Error when Blender is missing (naming the package) or fails (with the end of what it said).
CameraBenchResult benchCamera(gpu::Device& device, Jobs& jobs, BenchScene& bench, const CameraBenchOptions& options);

}  // namespace nightfog::bench
