// Device memory in blocks, so that thousands of small buffers cost few allocations (drivers allow as few as 4,096).
// Private to engine/gpu.
#pragma once

#include <list>
#include <map>

#include "engine/gpu/free_ranges.hpp"
#include "engine/gpu/physical_device.hpp"

namespace nightfog::gpu {

class Allocator {
 public:
  struct Block {
    VkDeviceMemory memory = VK_NULL_HANDLE;
    std::byte* host = nullptr;  ///< mapped for life, or null
    FreeRanges free;
  };
  struct Allocation {
    Block* block = nullptr;
    uint32_t memoryType = 0;
    uint64_t offset = 0;
    uint64_t size = 0;
    std::byte* host = nullptr;
  };

  /// `unmappedDevice`: never map Memory::kDevice, as where it is not shared with the host.
  Allocator(const LogicalDevice& device, const PhysicalDevice& physical, bool unmappedDevice);
  ~Allocator();
  Allocator(const Allocator&) = delete;
  Allocator& operator=(const Allocator&) = delete;

  /// Nothing when the device has no more.
  std::optional<Allocation> allocate(const VkMemoryRequirements& requirements, Memory memory);
  void free(const Allocation& allocation);
  /// True where Memory::kDevice is mapped.
  bool mapsDevice() const { return mapsDevice_; }

 private:
  struct Pool {
    std::list<Block> blocks;  ///< in the order they were made; addresses of blocks stay
  };

  /// The memory type for `memory` among the allowed ones, by falling preference.
  uint32_t memoryTypeFor(uint32_t allowedTypes, Memory memory) const;
  /// Null when the device has no more.
  Block* addBlock(Pool& pool, uint32_t memoryType, uint64_t size, bool map);
  void freeBlock(Pool& pool, Block* block);

  const LogicalDevice& device_;
  const PhysicalDevice& physical_;
  bool mapsDevice_ = false;
  std::map<std::pair<uint32_t, bool>, Pool> pools_;  ///< by memory type, mapped or not
};

}  // namespace nightfog::gpu
