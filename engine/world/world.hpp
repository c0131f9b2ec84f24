// The moving world: Bullet in doubles at a fixed step, actors with behaviours, part poses for every step.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/scene.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::world {

struct Collision {
  SimTime at;
  ObjectId a;
  ObjectId b;  ///< 0: scenery or ground
  glm::dvec3 point{0};
  double impulse_Ns = 0;
};

/// Steps on demand and remembers the poses that snapshots may still ask for. Same scenario, same poses, bit for bit.
/// One thread.
/// @code World world(scenario, catalog, models); auto snapshot = world.snapshot(t0, t1); @endcode
class World {
 public:
  /// `models[i]` belongs to scenario.actors[i].
  World(const scenario::Scenario& scenario, const catalog::Catalog& catalog, std::vector<content::Model> models);
  ~World();

  /// Pose keys at world steps from the last one ≤ start to the first ≥ end. `start` may not lie before an earlier
  /// snapshot's start by more than the longest exposure asked for so far.
  content::SceneSnapshot snapshot(SimTime start, SimTime end);
  /// Pose of an actor at any instant within the steps still remembered.
  RigidTransform actorPose(ObjectId actor, SimTime at);
  const std::vector<Collision>& collisions() const;
  /// Hash of every pose so far: the determinism test's witness.
  uint64_t poseHash() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::world
