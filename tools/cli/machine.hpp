// The device and the threads a command works with.
#pragma once

#include "engine/core/jobs.hpp"
#include "engine/gpu/device.hpp"
#include "tools/cli/commands.hpp"

namespace nightfog::cli {

/// $XDG_CACHE_HOME/nightfog or ~/.cache/nightfog; empty (no cache) when neither variable is set.
std::filesystem::path cacheFolder();

struct Machine {
  explicit Machine(const DeviceArguments& arguments)
      : device({arguments.device, arguments.validation, cacheFolder()}), jobs(arguments.threads) {}
  gpu::Device device;
  Jobs jobs;
};

}  // namespace nightfog::cli
