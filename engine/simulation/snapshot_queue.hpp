// The world simulated ahead of the rendering, on a thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/simulation/episode_world.hpp"

namespace nightfog::simulation {

/// What a sensor asks of the world.
struct Look {
  SimTime start, until, reference;
  SimTime collisionsUntil{};  ///< what collided from `start` on, until then; 0: nobody asks
};

/// What it is shown.
struct Sight {
  content::SceneSnapshot snapshot;
  std::vector<world::Collision> collisions;
};

/// Looks at the world in order, never more than kMost ahead of who takes: a device need not wait for Bullet, nor memory
/// hold an episode. What is taken does not depend on when. While this lives the world belongs to it, until finish().
/// @code
/// SnapshotQueue queue({world, looks, scenario.duration});
/// Sight sight = queue.take();  // of looks[0]
/// @endcode
class SnapshotQueue {
 public:
  static constexpr size_t kMost = 4;

  struct Plan {
    EpisodeWorld& world;
    std::vector<Look> looks;  ///< in an order that World::snapshot() allows
    SimTime end{};            ///< the world is stepped on to here after the last look; 0: no further
    Twin twin = Twin::kNone;
    std::function<void()> onThread = {};  ///< called first on the queue's thread; must not throw
  };
  explicit SnapshotQueue(Plan plan);
  ~SnapshotQueue();  ///< gives up what is not simulated yet

  /// The next one; waits for it. Throws what the world threw, and again at each further call.
  Sight take();
  /// Waits for the end. Throws what the world threw.
  void finish();
  /// How many lie ready.
  size_t waiting() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::simulation
