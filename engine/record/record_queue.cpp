#include "engine/record/record_queue.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "engine/core/error.hpp"

namespace nightfog::record {
namespace {

size_t bytesOf(const RecordItem& item) {
  if (const auto* camera = std::get_if<CameraFrame>(&item)) {
    const CameraImage& image = camera->image;
    return sizeof(RecordItem) + image.encoded.size() + image.rgb.size() + image.depth_m.size() * 4 +
           image.semantic.size() * 2 + image.instance.size() * 4 + image.normals.size() * 4 + image.flow_px.size() * 8 +
           image.flowState.size() + image.dirt.size() + image.visibility.size() * sizeof(CameraObjectVisibility) +
           camera->objects.size() * sizeof(ObjectTruth);
  }
  const auto* frame = std::get_if<LidarFrame>(&item);
  if (frame == nullptr) return sizeof(RecordItem);
  return sizeof(RecordItem) + frame->sweep.points.size() * sizeof(LidarPoint) + frame->sweep.beamOutcomes.size() +
         frame->sweep.visibility.size() * sizeof(LidarObjectVisibility) + frame->objects.size() * sizeof(ObjectTruth);
}

}  // namespace

struct RecordQueue::Impl {
  std::unique_ptr<EpisodeWriter> writer;
  size_t maxBytes = 0;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::pair<RecordItem, size_t>> items;
  size_t bytes = 0;  // of items, and of the one being written
  size_t peak = 0;
  bool isEnding = false;  // no more will come
  bool isDiscarded = false;
  bool isClosed = false;
  std::exception_ptr failure;
  std::thread thread;

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return isEnding || isDiscarded || !items.empty(); });
      if (isDiscarded || items.empty()) return;
      auto [item, size] = std::move(items.front());
      items.pop_front();
      lock.unlock();
      std::exception_ptr error;
      try {
        std::visit([&](const auto& content) { writer->write(content); }, item);
      } catch (...) {
        error = std::current_exception();
      }
      item = RecordItem{};  // its memory is free before its bytes are
      lock.lock();
      bytes -= size;
      if (error) {
        failure = error;
        items.clear();
        bytes = 0;
      }
      changed.notify_all();
      if (error) return;
    }
  }

  void stop(bool discard) {
    {
      const std::lock_guard lock(mutex);
      isEnding = true;
      isDiscarded = discard;
    }
    changed.notify_all();
    if (thread.joinable()) thread.join();
  }
};

RecordQueue::RecordQueue(std::unique_ptr<EpisodeWriter> writer, size_t maxBytes) : impl_(std::make_unique<Impl>()) {
  impl_->writer = std::move(writer);
  impl_->maxBytes = maxBytes;
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

RecordQueue::~RecordQueue() {
  impl_->stop(true);
}

void RecordQueue::push(RecordItem item) {
  const size_t size = bytesOf(item);
  std::unique_lock lock(impl_->mutex);
  NF_ASSERT(!impl_->isClosed, "push after close");
  impl_->changed.wait(lock,
                      [&] { return impl_->failure || impl_->bytes == 0 || impl_->bytes + size <= impl_->maxBytes; });
  if (impl_->failure) std::rethrow_exception(impl_->failure);
  impl_->items.emplace_back(std::move(item), size);
  impl_->bytes += size;
  impl_->peak = std::max(impl_->peak, impl_->bytes);
  lock.unlock();
  impl_->changed.notify_all();
}

void RecordQueue::close() {
  NF_ASSERT(!impl_->isClosed, "closed twice");
  impl_->stop(false);
  if (impl_->failure) std::rethrow_exception(impl_->failure);
  impl_->isClosed = true;
  try {
    impl_->writer->close();
  } catch (...) {
    impl_->failure = std::current_exception();
    throw;
  }
}

size_t RecordQueue::bytes() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->bytes;
}

size_t RecordQueue::peakBytes() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->peak;
}

}  // namespace nightfog::record
