// Which physical devices there are, what each lacks, and which one a name means. Private to engine/gpu and its tests.
#pragma once

#include <span>
#include <string_view>

#include "engine/gpu/device.hpp"

namespace nightfog::gpu {

/// Index of the device that `name` means (DeviceOptions::name). Throws NoDeviceError, which lists every device with its
/// reasons.
size_t selectDevice(std::span<const DeviceInfo> devices, std::string_view name);

}  // namespace nightfog::gpu
