// What a LiDAR's frame costs with a footprint, in fog, and without either, in one run.
#pragma once

#include <string>
#include <vector>

#include "engine/core/jobs.hpp"
#include "engine/gpu/device.hpp"
#include "tools/bench/bench_scene.hpp"

namespace nightfog::bench {

/// Best of the repetitions, from a new snapshot to labelled points in the host's memory.
struct LidarCost {
  std::string name;
  double wall_s = 0;
  double cpu_s = 0;  ///< of all threads: what to compare on a machine that is not idle
  size_t beams = 0;
  size_t points = 0;
};

/// One ray a beam in clear air first; the others interleaved with it.
/// `hdl64` is the profile of an HDL-64E.
std::vector<LidarCost> benchLidar(gpu::Device& device, Jobs& jobs, BenchScene& bench,
                                  const scenario::LidarProfile& hdl64, int repetitions);

}  // namespace nightfog::bench
