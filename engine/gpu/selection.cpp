#include "engine/gpu/selection.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/gpu/vulkan.hpp"

namespace nightfog::gpu {
namespace {

int preference(DeviceType type) {
  switch (type) {
    case DeviceType::kDiscrete:
      return 0;
    case DeviceType::kIntegrated:
      return 1;
    case DeviceType::kVirtual:
      return 2;
    case DeviceType::kCpu:
      return 3;
    case DeviceType::kOther:
      break;
  }
  return 4;
}

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<size_t> parseIndex(std::string_view text) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

std::string describe(std::span<const DeviceInfo> devices) {
  std::string text;
  for (size_t i = 0; i < devices.size(); ++i) {
    text += fmt::format("\n  {}: {}", i, devices[i].name);
    if (devices[i].isUsable()) {
      text += " (usable)";
    } else {
      for (size_t k = 0; k < devices[i].missing.size(); ++k) {
        text += fmt::format("{}{}", k == 0 ? " lacks " : ", ", devices[i].missing[k]);
      }
    }
  }
  return text;
}

}  // namespace

size_t selectDevice(std::span<const DeviceInfo> devices, std::string_view name) {
  if (devices.empty()) throw NoDeviceError("there is no Vulkan device", kDriverHelp);
  const bool automatic = name == "auto";
  const std::optional<size_t> index = parseIndex(name);
  std::optional<size_t> best;
  bool matched = false;
  for (size_t i = 0; i < devices.size(); ++i) {
    const bool matches =
        automatic || (index ? *index == i : lowerCase(devices[i].name).find(lowerCase(name)) != std::string::npos);
    matched = matched || matches;
    if (!matches || !devices[i].isUsable()) continue;
    if (!best || preference(devices[i].type) < preference(devices[*best].type)) best = i;
  }
  if (best) return *best;
  if (!matched) {
    throw NoDeviceError(fmt::format("no device is called '{}'; there are:{}", name, describe(devices)),
                        "name a device by `auto`, by a part of its name, or by its number");
  }
  throw NoDeviceError(
      fmt::format("{} cannot run our kernels; there are:{}",
                  automatic ? "every device found" : fmt::format("the device '{}'", name), describe(devices)),
      kDriverHelp);
}

}  // namespace nightfog::gpu
