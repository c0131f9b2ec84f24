// The moving world: Bullet in doubles at a fixed step, actors with behaviours, part poses for every step.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/scene.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::world {

/// Two things met. One entry a contact: what stays together, or parts for less than 0.1 s, has not met again, and what
/// stands together at the start has not met at all.
struct Collision {
  SimTime at;  ///< a free body's to the substep (1 ms), others' to the world's step
  ObjectId a;  ///< the smaller id
  ObjectId b;  ///< 0: ground or kerb
  glm::dvec3 point{0};
  double impulse_Ns = 0;  ///< along the normal, until the step's end; 0 where neither is free: neither yields
};

/// Steps on demand and remembers the poses that snapshots may still ask for. Same scenario, same poses, bit for bit.
/// One thread.
/// @code World world(scenario, catalog, models); auto snapshot = world.snapshot(t0, t1); @endcode
class World {
 public:
  /// `models[i]` belongs to scenario.actors[i]. Throws Error, naming the actor, for a behaviour that cannot be carried
  /// out (no road, no mass, a path of no points, numbers that are not finite) and for an asset not in the catalogue.
  World(const scenario::Scenario& scenario, const catalog::Catalog& catalog, std::vector<content::Model> models);
  ~World();

  /// Pose keys at world steps from the last one ≤ start to the first ≥ end. `start` may not lie before an earlier
  /// snapshot's start by more than the longest exposure asked for so far.
  /// There are at least two keys. `media` is left as clear air: weather::mediaFor() knows it.
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
