// The moving world: Bullet in doubles at a fixed step, actors with behaviours, part poses for every step.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/scene.hpp"
#include "engine/scenario/action.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::world {

/// Two things met. One entry a contact: what stays together, or parts for less than 0.1 s, has not met again, and what
/// stands together at the start has not met at all.
struct Collision {
  SimTime at;  ///< a free body's to the substep (1 ms), others' to the world's step
  ObjectId a;  ///< the smaller id
  ObjectId b;  ///< 0: ground, kerb or scenery
  glm::dvec3 point{0};
  double impulse_Ns = 0;  ///< along the normal, until the step's end; 0 where neither is free: neither yields
};

class World;

/// Tells actors what to do while the world runs.
class Director {
 public:
  virtual ~Director() = default;
  /// Once for each step, from t = 0 on: everybody's state at world.now() is known, and what is commanded acts from then
  /// on.
  virtual void direct(World& world) = 0;
};

/// What a command set going: over when it has come where it should, or when something else took its place.
struct Doing {
  ObjectId actor;
  uint64_t longitudinal = 0;  ///< 0: nothing
  uint64_t lateral = 0;
};

/// An actor as a director sees it, at world.now().
struct ActorView {
  const std::string& name;
  const catalog::AssetInfo& asset;
  RigidTransform worldFromActor;
  glm::dvec3 velocity_mps{0};           ///< world axes, of the origin
  glm::dvec3 angularVelocity_radps{0};  ///< world axes
  glm::dvec3 boxSize{0};
  glm::dvec3 boxCentre{0};  ///< in the actor's frame
  bool isPresent = true;
  double acceleration_mps2 = 0;  ///< along its heading, over the last step
  double travelled_m = 0;
  double standing_s = 0;   ///< for so long it has stood still; 0: it moves
  double offRoad_s = 0;    ///< for so long its origin has been beside all lanes
  double atRoadEnd_s = 0;  ///< for so long it has stood where the road ends
};

/// Someone who plays: an actor of the scenario, or of an injector.
struct CastMember {
  scenario::Actor actor;
  content::Model model;
  bool isPresent = true;                  ///< false: enters later, by World::enter()
  std::optional<double> mass_kg = {};     ///< none: the asset's
  std::optional<size_t> background = {};  ///< its place in the Background that moves it
};

/// Steps on demand and remembers the poses that snapshots may still ask for. Same scenario, same poses, bit for bit.
/// One thread.
/// @code World world(scenario, catalog, models); auto snapshot = world.snapshot(t0, t1); @endcode
class World {
 public:
  /// Object ids are places in the cast, from 1. Throws Error, naming the actor, for a behaviour that cannot be carried
  /// out (no road, no mass, a path of no points, numbers that are not finite) and for an asset not in the catalogue.
  /// `director` may be nullptr and outlives the world, and so does `content`: with it, bodies meet the scenery and
  /// parked things by the triangles that rays meet; without, there is no scenery and parked things are simple shapes.
  World(const scenario::Scenario& scenario, const catalog::Catalog& catalog, std::vector<CastMember> cast,
        Director* director = nullptr, const content::SceneContent* content = nullptr,
        std::shared_ptr<class Background> background = nullptr);
  ~World();

  /// Pose keys at world steps from the last one ≤ start to the first ≥ end. `start` may not lie before an earlier
  /// snapshot's start by more than the longest exposure asked for so far.
  /// There are at least two keys. `media` is left as clear air: weather::mediaFor() knows it. Who enters during the
  /// exposure is there for all of it, where it would have come from.
  content::SceneSnapshot snapshot(SimTime start, SimTime end);
  /// Pose of an actor at any instant within the steps still remembered.
  RigidTransform actorPose(ObjectId actor, SimTime at);
  const std::vector<Collision>& collisions() const;
  /// Hash of every pose so far: the determinism test's witness.
  uint64_t poseHash() const;

  /// Steps until `at`, and tells the director of every step before it.
  void advanceTo(SimTime at);
  /// The last step taken.
  SimTime now() const;
  size_t castSize() const;
  ActorView view(ObjectId actor) const;

  // What a director may do. Each throws Error, naming the actor, for what that actor cannot do.

  /// Longitudinal and lateral activity are replaced one by one; the other goes on.
  Doing command(ObjectId actor, const scenario::Action& action);
  bool isOver(const Doing& doing) const;
  /// It keeps the speed and the place across its way that it has by now. Does nothing to what is over.
  void stop(const Doing& doing);
  /// A sensor has this fault from now on, until the handle is given back to repair().
  size_t breakSensor(const content::SensorFault& fault);
  void repair(size_t fault);
  /// Someone absent comes in, left to physics.
  void enter(ObjectId actor, const RigidTransform& worldFromActor, const glm::dvec3& velocity_mps,
             const glm::dvec3& angularVelocity_radps);

 private:
  struct Impl;
  struct Executor;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::world
