#include "engine/gpu/allocator.hpp"

#include <algorithm>

namespace nightfog::gpu {
namespace {

constexpr uint64_t kBlockBytes = uint64_t{64} << 20;
/// A request above this has a block of its own, so that a block never stays for one large buffer and a crumb.
constexpr uint64_t kOwnBlockBytes = kBlockBytes / 4;
/// Buffers start on cache lines, and vector loads through buffer references (16 bytes by default) are aligned.
constexpr uint64_t kMinimumAlignment = 256;

constexpr VkMemoryPropertyFlags kLocal = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
constexpr VkMemoryPropertyFlags kMapped = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
constexpr VkMemoryPropertyFlags kCached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;

}  // namespace

Allocator::Allocator(const LogicalDevice& device, const PhysicalDevice& physical, bool unmappedDevice)
    : device_(device), physical_(physical) {
  // Local and cached by the host means truly shared (CPU devices, integrated GPUs). Video memory seen through the bus
  // is host visible too, but never cached: reading it in place would crawl.
  constexpr VkMemoryPropertyFlags kShared = kLocal | kMapped | kCached;
  for (uint32_t i = 0; i < physical.memory.memoryTypeCount; ++i) {
    if ((physical.memory.memoryTypes[i].propertyFlags & kShared) == kShared) mapsDevice_ = !unmappedDevice;
  }
}

Allocator::~Allocator() {
  for (auto& [key, pool] : pools_) {
    for (Block& block : pool.blocks) device_.api().freeMemory(device_.handle(), block.memory, nullptr);
  }
}

uint32_t Allocator::memoryTypeFor(uint32_t allowedTypes, Memory memory) const {
  std::vector<VkMemoryPropertyFlags> wanted;
  switch (memory) {
    case Memory::kDevice:
      if (mapsDevice_) {
        wanted = {kLocal | kMapped | kCached};
      } else {
        wanted = {kLocal, 0};
      }
      break;
    case Memory::kUpload:
      wanted = {kMapped};
      break;
    case Memory::kReadback:
      wanted = {kMapped | kCached, kMapped};
      break;
  }
  for (VkMemoryPropertyFlags flags : wanted) {
    for (uint32_t i = 0; i < physical_.memory.memoryTypeCount; ++i) {
      const bool allowed = (allowedTypes & (1u << i)) != 0;
      if (allowed && (physical_.memory.memoryTypes[i].propertyFlags & flags) == flags) return i;
    }
  }
  throw DeviceError(ExitCode::kNoDevice,
                    fmt::format("{} has no memory type that suits a storage buffer", physical_.info.name), kDriverHelp);
}

std::optional<Allocator::Allocation> Allocator::allocate(const VkMemoryRequirements& requirements, Memory memory) {
  Allocation allocation;
  allocation.memoryType = memoryTypeFor(requirements.memoryTypeBits, memory);
  allocation.size = requirements.size;
  const bool map = memory != Memory::kDevice || mapsDevice_;
  const uint64_t alignment = std::max<uint64_t>(requirements.alignment, kMinimumAlignment);
  Pool& pool = pools_[{allocation.memoryType, map}];
  const auto takeFrom = [&](Block& block) {
    const auto offset = block.free.take(requirements.size, alignment);
    if (!offset) return false;
    allocation.block = &block;
    allocation.offset = *offset;
    return true;
  };
  const bool shares = requirements.size <= kOwnBlockBytes;
  if (!shares || std::none_of(pool.blocks.begin(), pool.blocks.end(), takeFrom)) {
    Block* block = shares ? addBlock(pool, allocation.memoryType, kBlockBytes, map) : nullptr;
    if (block == nullptr) block = addBlock(pool, allocation.memoryType, requirements.size, map);
    if (block == nullptr) return std::nullopt;
    takeFrom(*block);
  }
  if (allocation.block->host != nullptr) allocation.host = allocation.block->host + allocation.offset;
  return allocation;
}

Allocator::Block* Allocator::addBlock(Pool& pool, uint32_t memoryType, uint64_t size, bool map) {
  VkMemoryAllocateFlagsInfo flags{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO};
  flags.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT;
  VkMemoryAllocateInfo info{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, .pNext = &flags};
  info.allocationSize = size;
  info.memoryTypeIndex = memoryType;
  Block& block = pool.blocks.emplace_back(Block{.free = FreeRanges(size)});
  VkResult result = device_.api().allocateMemory(device_.handle(), &info, nullptr, &block.memory);
  if (result == VK_SUCCESS && map) {
    void* host = nullptr;
    result = device_.api().mapMemory(device_.handle(), block.memory, 0, VK_WHOLE_SIZE, 0, &host);
    block.host = static_cast<std::byte*>(host);
  }
  if (result != VK_SUCCESS) {
    if (block.memory != VK_NULL_HANDLE) device_.api().freeMemory(device_.handle(), block.memory, nullptr);
    pool.blocks.pop_back();
    const bool exhausted = result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY ||
                           result == VK_ERROR_TOO_MANY_OBJECTS || result == VK_ERROR_MEMORY_MAP_FAILED;
    if (!exhausted) check(result, "vkAllocateMemory");
    return nullptr;
  }
  return &block;
}

void Allocator::free(const Allocation& allocation) {
  Pool& pool = pools_.at({allocation.memoryType, allocation.block->host != nullptr});
  allocation.block->free.give(allocation.offset, allocation.size);
  if (!allocation.block->free.isWhollyFree()) return;
  // The last shared block stays, so that a lone small buffer made again and again costs no allocation.
  const auto isShared = [](const Block& block) { return block.free.size() == kBlockBytes; };
  const bool lastShared =
      isShared(*allocation.block) && std::count_if(pool.blocks.begin(), pool.blocks.end(), isShared) == 1;
  if (!lastShared) freeBlock(pool, allocation.block);
}

void Allocator::freeBlock(Pool& pool, Block* block) {
  device_.api().freeMemory(device_.handle(), block->memory, nullptr);
  pool.blocks.remove_if([&](const Block& other) { return &other == block; });
}

}  // namespace nightfog::gpu
