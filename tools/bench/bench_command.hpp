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
  std::filesystem::path assetsFolder;
};
ExitCode run(const BenchArguments& arguments);

}  // namespace nightfog::bench
