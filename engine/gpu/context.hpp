// What Device, Buffer, Kernel and Stream share. Private to engine/gpu.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "engine/gpu/allocator.hpp"
#include "engine/gpu/pipeline_cache.hpp"

namespace nightfog::gpu {

/// A compiled kernel. Lives as long as the device: drivers compile for long, and some keep what they compiled for ever.
struct Pipeline {
  explicit Pipeline(const LogicalDevice& owner) : device(owner) {}
  ~Pipeline();
  const LogicalDevice& device;
  VkDescriptorSetLayout setLayout = VK_NULL_HANDLE;  ///< one binding a texel buffer; null: none
  VkPipelineLayout layout = VK_NULL_HANDLE;
  VkPipeline pipeline = VK_NULL_HANDLE;
};

/// An open device. The order of the members is the order of their making; they go in reverse.
class Context {
 public:
  explicit Context(const DeviceOptions& options);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const DeviceApi& api() const { return device.api(); }
  VkDevice handle() const { return device.handle(); }
  /// Debug label of a Vulkan object, for validation messages and captures.
  void setName(VkObjectType type, uint64_t object, std::string_view name) const;
  /// Throws DeviceError when the validation layer has said anything since the last call.
  void throwValidationMessages(std::string_view after);

  void countBuffer(uint64_t bytes) {
    allocatedBytes += bytes;
    peakAllocatedBytes = std::max(peakAllocatedBytes, allocatedBytes);
  }

  Instance instance;
  PhysicalDevice physical;
  LogicalDevice device;
  Allocator allocator;
  PipelineCache pipelineCache;
  std::map<std::string, std::unique_ptr<Pipeline>> pipelines;  ///< by code, name and constants
  uint64_t allocatedBytes = 0;
  uint64_t peakAllocatedBytes = 0;
  uint64_t memoryLimit = UINT64_MAX;
};

struct Device::Impl {
  explicit Impl(const DeviceOptions& options) : context(options) {}
  Context context;
};

struct Buffer::Impl {
  explicit Impl(Context& owner) : context(owner) {}
  ~Impl();
  /// The buffer as texels of 16 bytes, made when a kernel first reads it so.
  VkBufferView texels(size_t bytes);
  Context& context;
  VkBuffer handle = VK_NULL_HANDLE;
  VkBufferView view = VK_NULL_HANDLE;
  Allocator::Allocation allocation;
  uint64_t countedBytes = 0;
};

struct Kernel::Impl {
  std::string name;
  VkPipelineLayout layout = VK_NULL_HANDLE;  ///< of the device's Pipeline
  VkPipeline pipeline = VK_NULL_HANDLE;
  size_t pushConstantBytes = 0;
  uint32_t texelBuffers = 0;
};

}  // namespace nightfog::gpu
