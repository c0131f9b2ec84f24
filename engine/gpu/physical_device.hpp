// A physical device: what it offers, what it lacks, and how a logical device is made of it. Private to engine/gpu.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "engine/gpu/vulkan.hpp"

namespace nightfog::gpu {

struct PhysicalDevice {
  VkPhysicalDevice handle = VK_NULL_HANDLE;
  DeviceInfo info;
  uint32_t vendorId = 0;
  uint32_t deviceId = 0;
  std::array<uint8_t, VK_UUID_SIZE> driverUuid{};
  std::array<uint8_t, VK_UUID_SIZE> pipelineCacheUuid{};
  VkPhysicalDeviceMemoryProperties memory{};
  uint32_t queueFamily = 0;
  uint32_t timestampValidBits = 0;
  double nanosecondsPerTick = 1;
  uint64_t maxBufferBytes = 0;  ///< of one buffer and of one allocation
  uint32_t maxTexels = 0;       ///< that a kernel may see in one buffer
  std::array<uint32_t, 3> maxGroups{};
};

std::vector<PhysicalDevice> physicalDevices(const Instance& instance);

/// A VkDevice with one compute queue and every feature that kernels may use.
class LogicalDevice {
 public:
  LogicalDevice(const Instance& instance, const PhysicalDevice& physical);
  ~LogicalDevice();
  LogicalDevice(const LogicalDevice&) = delete;
  LogicalDevice& operator=(const LogicalDevice&) = delete;

  VkDevice handle() const { return handle_; }
  VkQueue queue() const { return queue_; }
  const DeviceApi& api() const { return api_; }

 private:
  VkDevice handle_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  DeviceApi api_;
};

}  // namespace nightfog::gpu
