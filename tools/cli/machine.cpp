#include "tools/cli/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace nightfog::cli {
namespace {

constexpr size_t kMostDevices = 64;

/// Of names like "llvmpipe (LLVM 15.0.6, 256 bits)": a comma need not make a list.
bool isPartOfAName(const std::string& text) {
  if (text.find(',') == std::string::npos) return true;
  const std::vector<gpu::DeviceInfo> devices = gpu::Device::list();
  return std::any_of(devices.begin(), devices.end(),
                     [&](const gpu::DeviceInfo& device) { return device.name.find(text) != std::string::npos; });
}

std::string onlyDevice(const DeviceArguments& arguments) {
  const std::vector<std::string> names = deviceNames(arguments);
  if (names.size() > 1)
    throw Error(ExitCode::kUsage, fmt::format("--device {}: this command works with one device", arguments.device),
                "name one of them");
  return names.front();
}

}  // namespace

std::filesystem::path cacheFolder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return std::filesystem::path(cache) / "nightfog";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return std::filesystem::path(home) / ".cache" / "nightfog";
  }
  return {};
}

std::vector<std::string> deviceNames(const DeviceArguments& arguments) {
  std::vector<std::string> names;
  if (arguments.device == "all") {
    const std::vector<gpu::DeviceInfo> devices = gpu::Device::list();
    for (size_t i = 0; i < devices.size(); ++i) {
      if (devices[i].isUsable() && devices[i].type != gpu::DeviceType::kCpu) names.push_back(std::to_string(i));
    }
    if (names.empty()) names.emplace_back("auto");
    return names;
  }
  if (isPartOfAName(arguments.device)) return {arguments.device};
  for (size_t begin = 0; begin <= arguments.device.size();) {
    const size_t end = std::min(arguments.device.find(',', begin), arguments.device.size());
    names.push_back(arguments.device.substr(begin, end - begin));
    begin = end + 1;
  }
  if (names.size() > kMostDevices || std::count(names.begin(), names.end(), std::string()) > 0)
    throw Error(
        ExitCode::kUsage, fmt::format("--device {}: not a list of devices", arguments.device),
        fmt::format("write for example --device 0,1 (at most {}), --device all, or --device auto", kMostDevices));
  return names;
}

unsigned threadsOfEach(const DeviceArguments& arguments, size_t machines) {
  if (machines <= 1) return arguments.threads;
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  const unsigned all = arguments.threads == 0 ? cores : std::min(arguments.threads, cores);
  return std::max(1u, all / static_cast<unsigned>(machines));
}

Machine::Machine(const DeviceArguments& arguments) : Machine(arguments, onlyDevice(arguments), arguments.threads) {}

Machine::Machine(const DeviceArguments& arguments, const std::string& deviceName, unsigned threads)
    : device({deviceName, arguments.validation, cacheFolder()}), jobs(threads) {}

}  // namespace nightfog::cli
