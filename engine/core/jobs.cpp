#include "engine/core/jobs.hpp"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <thread>

namespace nightfog {

struct Jobs::Impl {
  explicit Impl(unsigned threads) : arena(static_cast<int>(threads)) {}
  tbb::task_arena arena;
};

Jobs::Jobs(unsigned threads)
    : threads_(std::max(1u, threads != 0 ? std::min(threads, std::thread::hardware_concurrency())
                                         : std::thread::hardware_concurrency())),
      impl_(new Impl(threads_)) {}

Jobs::~Jobs() {
  delete impl_;
}

void Jobs::parallelFor(size_t count, size_t grain, const std::function<void(size_t, size_t)>& body) {
  if (count == 0) return;
  grain = std::max<size_t>(grain, 1);
  const size_t blocks = (count + grain - 1) / grain;
  impl_->arena.execute([&] {
    tbb::parallel_for(tbb::blocked_range<size_t>(0, blocks, 1), [&](const tbb::blocked_range<size_t>& range) {
      body(range.begin() * grain, std::min(count, range.end() * grain));
    });
  });
}

}  // namespace nightfog
