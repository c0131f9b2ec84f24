#include "engine/simulation/snapshot_queue.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "engine/core/error.hpp"

namespace nightfog::simulation {

struct SnapshotQueue::Impl {
  explicit Impl(Plan given) : plan(std::move(given)) {}

  Plan plan;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Sight> ready;
  size_t taken = 0;
  bool isStopped = false, isOver = false;
  std::exception_ptr failure;
  std::thread thread;

  Sight at(const Look& look) {
    Sight sight{plan.world.snapshot(look.start, look.until, look.reference, plan.twin), {}};
    for (const world::Collision& collision : plan.world.world().collisions()) {
      if (collision.at >= look.start && collision.at < look.collisionsUntil) sight.collisions.push_back(collision);
    }
    return sight;
  }

  /// False: nobody wants more.
  bool put(Sight sight) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return isStopped || ready.size() < kMost; });
    if (isStopped) return false;
    ready.push_back(std::move(sight));
    changed.notify_all();
    return true;
  }

  void simulate() {
    for (const Look& look : plan.looks) {
      if (!put(at(look))) return;
    }
    if (plan.end > SimTime{0}) plan.world.world().advanceTo(plan.end);
  }

  void run() {
    if (plan.onThread) plan.onThread();
    std::exception_ptr error;
    try {
      simulate();
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    failure = error;
    isOver = true;
    changed.notify_all();
  }
};

SnapshotQueue::SnapshotQueue(Plan plan) : impl_(std::make_unique<Impl>(std::move(plan))) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

SnapshotQueue::~SnapshotQueue() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->isStopped = true;
  }
  impl_->changed.notify_all();
  impl_->thread.join();
}

Sight SnapshotQueue::take() {
  Impl& q = *impl_;
  NF_ASSERT(q.taken < q.plan.looks.size(), "all {} looks are taken", q.plan.looks.size());
  std::unique_lock lock(q.mutex);
  q.changed.wait(lock, [&] { return !q.ready.empty() || q.isOver; });
  if (q.ready.empty()) std::rethrow_exception(q.failure);
  Sight sight = std::move(q.ready.front());
  q.ready.pop_front();
  ++q.taken;
  q.changed.notify_all();
  return sight;
}

void SnapshotQueue::finish() {
  Impl& q = *impl_;
  std::unique_lock lock(q.mutex);
  NF_ASSERT(q.taken == q.plan.looks.size() || q.failure, "{} of {} looks are taken", q.taken, q.plan.looks.size());
  q.changed.wait(lock, [&] { return q.isOver; });
  if (q.failure) std::rethrow_exception(q.failure);
}

size_t SnapshotQueue::waiting() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->ready.size();
}

}  // namespace nightfog::simulation
