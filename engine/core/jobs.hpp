// Work on several cores. Results never depend on how many: each index writes its own place, sums are made in index
// order.
#pragma once

#include <cstddef>
#include <functional>

namespace nightfog {

/// Runs loops on at most `threads` cores (0, or more than there are: all of them). Owns its worker arena; a process may
/// have several.
class Jobs {
 public:
  explicit Jobs(unsigned threads = 0);
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  unsigned threads() const { return threads_; }

  /// Calls body(begin, end) over disjoint blocks that cover [0, count); blocks are multiples of `grain` but for the
  /// last. Blocks the caller until all are done; the first exception thrown by a block is rethrown.
  void parallelFor(size_t count, size_t grain, const std::function<void(size_t begin, size_t end)>& body);

 private:
  struct Impl;
  unsigned threads_ = 1;
  Impl* impl_ = nullptr;
};

}  // namespace nightfog
