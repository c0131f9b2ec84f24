#include "engine/gpu/free_ranges.hpp"

#include "engine/core/error.hpp"

namespace nightfog::gpu {

std::optional<uint64_t> FreeRanges::take(uint64_t size, uint64_t alignment) {
  for (auto range = free_.begin(); range != free_.end(); ++range) {
    const auto [begin, bytes] = *range;
    const uint64_t offset = (begin + alignment - 1) & ~(alignment - 1);
    const uint64_t skipped = offset - begin;
    if (bytes < skipped || bytes - skipped < size) continue;
    free_.erase(range);
    if (skipped > 0) free_[begin] = skipped;
    if (bytes - skipped > size) free_[offset + size] = bytes - skipped - size;
    return offset;
  }
  return std::nullopt;
}

void FreeRanges::give(uint64_t offset, uint64_t size) {
  auto next = free_.lower_bound(offset);
  NF_ASSERT(next == free_.end() || offset + size <= next->first, "memory at {} was given back twice", offset);
  if (next != free_.end() && next->first == offset + size) {
    size += next->second;
    next = free_.erase(next);
  }
  if (next != free_.begin()) {
    const auto previous = std::prev(next);
    NF_ASSERT(previous->first + previous->second <= offset, "memory at {} was given back twice", offset);
    if (previous->first + previous->second == offset) {
      previous->second += size;
      return;
    }
  }
  free_[offset] = size;
}

}  // namespace nightfog::gpu
