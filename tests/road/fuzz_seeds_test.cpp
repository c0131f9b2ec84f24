#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "engine/core/files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

TEST_CASE("What the fuzzer of maps starts from, and what it ever found, goes through it unharmed") {
  std::vector<std::filesystem::path> seeds;
  for (const char* folder : {"/tests/fuzz/corpus/opendrive", "/tests/road/data"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(NIGHTFOG_SOURCE_DIR) + folder)) {
      if (entry.is_regular_file()) seeds.push_back(entry.path());
    }
  }
  std::sort(seeds.begin(), seeds.end());
  CHECK(seeds.size() > 15);
  for (const auto& seed : seeds) {
    CAPTURE(seed.string());
    const std::string bytes = nightfog::readFile(seed);
    CHECK(LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()) == 0);
  }
}
