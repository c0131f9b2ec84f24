// Bullet, in doubles, behind plain types: rigid bodies, the ground, and who touches whom. Nothing else in the engine
// sees Bullet.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/scene.hpp"
#include "engine/core/ids.hpp"
#include "engine/core/transform.hpp"
#include "engine/world/ground.hpp"

namespace nightfog::world {

enum class BodyKind {
  kParked,  ///< never moves
  kDriven,  ///< goes where it is told, pushes what it meets, yields to nothing
  kFree,    ///< moved by gravity and contacts
};

struct BodyState {
  RigidTransform worldFromActor;
  glm::dvec3 velocity_mps{0};  ///< of the actor's origin
  glm::dvec3 angularVelocity_radps{0};
};

/// What a body met that is nobody's.
enum class Standing {
  kGround,
  kKerb,  ///< raised ground
  kScenery,
};

/// A mesh of the content, somewhere.
struct PlacedMesh {
  MeshId mesh;
  RigidTransform worldFromMesh;
};

/// Two objects in contact; a < b, or b is 0 for the ground and the scenery.
struct Touch {
  ObjectId a;
  ObjectId b;
  Standing on = Standing::kGround;  ///< where b is 0
  glm::dvec3 point{0};              ///< world, of the deepest contact
  double impulse_Ns = 0;            ///< along the normal, in the last substep; 0 unless one of the two is free
};

/// One thread. Same calls, same bits: no worker threads, no solver randomisation, contacts sorted by id.
///
/// Free bodies meet everything with their own friction and restitution; against another free body the products count.
class Physics {
 public:
  /// The ground outlives it, and the content whose scenery stands in the way; nullptr: nothing does.
  Physics(const Ground& ground, const content::SceneContent* content);
  ~Physics();

  /// Returns the body's index: 0, 1, 2 … The velocities are a free body's own, that of its centre of mass and its spin.
  /// A parked body may have a surface of the content's meshes, which free bodies meet in place of its simple shape.
  size_t add(const catalog::AssetInfo& asset, ObjectId object, BodyKind kind, const RigidTransform& worldFromActor,
             const glm::dvec3& velocity_mps = glm::dvec3(0), const glm::dvec3& angularVelocity_radps = glm::dvec3(0),
             std::span<const PlacedMesh> surface = {});
  /// Takes a body out of the world; its index stays unused.
  void remove(size_t body);
  /// A push on a free body, at a point from its centre of mass (world axes).
  void push(size_t body, const glm::dvec3& impulse_Ns, const glm::dvec3& at_m);
  /// Where a driven body will be after the next substep, or if none can meet anything, after the next step.
  void drive(size_t body, const RigidTransform& worldFromActor);
  /// Makes ready what bodies may meet within the next step, and sees who meets nothing but ground. Call it before the
  /// substeps of each; with a step of 0 before the first.
  void prepare(double step_s);
  /// Whether some free body may meet more than ground in this step. If not, driven ones need a place only at its end.
  bool canAnyMeet() const;
  void substep(double step_s);
  BodyState state(size_t body) const;

  /// Pairs with at least one free body that touched in the last substep, ascending (a, b).
  std::vector<Touch> touches() const;
  /// Pairs with at least one free body that stand together where they are put, within 1 mm. Before the first substep.
  std::vector<Touch> touchesAtRest();
  /// Pairs of which none is free and one at least is driven, or one driven and the scenery, overlapping where they are
  /// now, ascending in the first.
  std::vector<Touch> drivenOverlaps();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::world
