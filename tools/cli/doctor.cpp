#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/core/version.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/machine.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::cli {
namespace {

const char* typeName(gpu::DeviceType type) {
  switch (type) {
    case gpu::DeviceType::kCpu:
      return "CPU";
    case gpu::DeviceType::kIntegrated:
      return "integrated GPU";
    case gpu::DeviceType::kDiscrete:
      return "discrete GPU";
    case gpu::DeviceType::kVirtual:
      return "virtual GPU";
    case gpu::DeviceType::kOther:
      break;
  }
  return "other";
}

}  // namespace

ExitCode doctor(const DoctorArguments& arguments) {
  const auto devices = gpu::Device::list();
  const Machine machine(arguments.device);
  const auto& chosen = machine.device.info();
  const char* tracer = chosen.type == gpu::DeviceType::kCpu ? "embree" : "compute_bvh";
  const std::string cache = cacheFolder().string();
  const std::string data = lang::dataFolder().string();

  if (arguments.json) {
    nlohmann::ordered_json json;
    json["engine_version"] = engineVersion();
    json["devices"] = nlohmann::ordered_json::array();
    for (const auto& device : devices) {
      json["devices"].push_back({{"name", device.name},
                                 {"type", typeName(device.type)},
                                 {"driver", device.driver},
                                 {"memory_bytes", device.memoryBytes},
                                 {"usable", device.isUsable()},
                                 {"missing", device.missing}});
    }
    json["chosen"] = chosen.name;
    json["tracer"] = tracer;
    json["threads"] = machine.jobs.threads();
    json["data_folder"] = data;
    json["pipeline_cache"] = cache;
    fmt::print("{}\n", json.dump(2));
    return ExitCode::kOk;
  }
  fmt::print("nightfog {}\n\ndevices\n", engineVersion());
  for (size_t i = 0; i < devices.size(); ++i) {
    const auto& device = devices[i];
    fmt::print("  {} {}  {}, {:.1f} GiB\n      {}\n", i, device.name, typeName(device.type),
               double(device.memoryBytes) / (1 << 30), device.driver);
    if (device.isUsable()) {
      fmt::print("      usable\n");
    } else {
      for (const auto& reason : device.missing) fmt::print("      cannot be used: {}\n", reason);
    }
  }
  fmt::print(
      "\nchosen   {}\ntracer   {} (auto: Embree on a CPU device, else compute)\nthreads  {}\ndata     {}\ncache    "
      "{}\n",
      chosen.name, tracer, machine.jobs.threads(), data, cache.empty() ? "none" : cache);
  if (chosen.type == gpu::DeviceType::kCpu) {
    fmt::print("\nThis is a software device: right, and slow. A GPU needs its vendor's Vulkan 1.3 driver.\n");
  }
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
