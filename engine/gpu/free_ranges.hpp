// The free parts of one block of memory: first fit, neighbours merged, hence the same layout for the same requests.
// Private to engine/gpu and its tests.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace nightfog::gpu {

class FreeRanges {
 public:
  explicit FreeRanges(uint64_t size) : size_(size) { free_[0] = size; }

  /// Offset of `size` > 0 bytes, a multiple of `alignment` (a power of two), or nothing where they do not fit.
  std::optional<uint64_t> take(uint64_t size, uint64_t alignment);
  /// Gives back what take() gave.
  void give(uint64_t offset, uint64_t size);
  uint64_t size() const { return size_; }
  bool isWhollyFree() const { return free_.size() == 1 && free_.begin()->second == size_; }

 private:
  uint64_t size_ = 0;
  std::map<uint64_t, uint64_t> free_;  ///< size by offset; no two touch
};

}  // namespace nightfog::gpu
