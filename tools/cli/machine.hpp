// The device and the threads a command works with.
#pragma once

#include <string>
#include <vector>

#include "engine/core/jobs.hpp"
#include "engine/gpu/device.hpp"
#include "tools/cli/commands.hpp"

namespace nightfog::cli {

/// $XDG_CACHE_HOME/nightfog or ~/.cache/nightfog; empty (no cache) when neither variable is set.
std::filesystem::path cacheFolder();

/// The devices that `--device` names, at least one: a list with commas, or "all" (every usable one that is no CPU;
/// where there is none, "auto"). The same one twice is opened twice.
std::vector<std::string> deviceNames(const DeviceArguments& arguments);

/// Threads for each of `machines` that work side by side; 0: all there are.
unsigned threadsOfEach(const DeviceArguments& arguments, size_t machines);

struct Machine {
  /// Throws Error (usage) where the arguments name several devices.
  explicit Machine(const DeviceArguments& arguments);
  Machine(const DeviceArguments& arguments, const std::string& deviceName, unsigned threads);
  gpu::Device device;
  Jobs jobs;
};

}  // namespace nightfog::cli
