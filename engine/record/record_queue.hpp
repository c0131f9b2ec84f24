// Encoding and writing beside the rendering: a bounded queue and one thread.
#pragma once

#include <memory>
#include <variant>

#include "engine/record/episode_writer.hpp"

namespace nightfog::record {

using RecordItem = std::variant<LidarFrame, CameraFrame, EgoState, CollisionEvent>;

/// Items are written in the order of push(). Holds at most `maxBytes` of waiting items (one larger item is let in
/// alone, so that nothing waits for ever); push() blocks until there is room. What fails on the writing thread is
/// thrown by the next push() or by close(), and by each one after. Destroyed without close(), it discards the file.
/// push() and close() are for one thread.
/// @code
/// RecordQueue queue(std::make_unique<EpisodeWriter>(path, episode, provenance));
/// queue.push(LidarFrame{…});
/// queue.close();  // the file is there
/// @endcode
class RecordQueue {
 public:
  static constexpr size_t kDefaultBytes = size_t{256} << 20;

  explicit RecordQueue(std::unique_ptr<EpisodeWriter> writer, size_t maxBytes = kDefaultBytes);
  ~RecordQueue();

  void push(RecordItem item);
  /// Waits until all is written, then closes the writer.
  void close();
  /// What waits now.
  size_t bytes() const;
  /// The most bytes that ever waited at once.
  size_t peakBytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::record
