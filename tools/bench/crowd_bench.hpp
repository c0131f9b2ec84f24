// What a hundred vehicles cost in the world, beside real time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace nightfog::bench {

/// Processor time of one core, best of the repetitions.
struct CrowdCost {
  std::string name;
  size_t members = 0;  ///< vehicles of the crowd
  double start_s = 0;
  double simulated_s = 0;
  double cpu_s = 0;
  uint64_t hash = 0;  ///< of all poses; each repetition has to have the same
};

/// In the town, without models: driven far from all others, driven with a body each, and left to physics, sliding over
/// the road at 14 m/s. `dataFolder` holds assets and scenarios.
std::vector<CrowdCost> benchCrowd(const std::filesystem::path& dataFolder, int repetitions);

}  // namespace nightfog::bench
