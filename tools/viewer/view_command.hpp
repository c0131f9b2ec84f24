// `nightfog view`: the authoring viewer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/error.hpp"

namespace nightfog::viewer {

struct ViewArguments {
  std::filesystem::path scenario;
  std::optional<uint64_t> seed;
  uint32_t run = 0;
  std::string device = "auto";
  std::string tracer = "auto";
  unsigned threads = 0;
  bool validation = false;
  std::filesystem::path cacheFolder;  ///< of pipelines; empty: none
  std::filesystem::path out = "out";  ///< where renders go
  std::string size = "1280x720";
  double scale = 1;  ///< of fonts and spaces
  bool isLight = false;
  std::filesystem::path script;  ///< empty: hands
  std::filesystem::path stats;   ///< where the figures go when it closes; empty: nowhere
};

/// Returns when the window is closed, or the script has ended. Throws Error (69) where there is no display, and what a
/// script's assertion says.
ExitCode view(const ViewArguments& arguments);

}  // namespace nightfog::viewer
