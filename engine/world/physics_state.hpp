// What a Physics holds. Private to this module: includes Bullet.
#pragma once

#include "engine/road/box_tree.hpp"
#include "engine/world/dynamics_world.hpp"
#include "engine/world/lone_body.hpp"
#include "engine/world/obstacles.hpp"
#include "engine/world/physics.hpp"
#include "engine/world/shapes.hpp"

namespace nightfog::world {

/// Bullet's user index: of an actor's body its place in the list; of the ground
inline constexpr int kPlaneIndex = -1;
inline constexpr int kRaisedIndex = -2;
inline constexpr int kSceneryIndex = -3;
/// What comes nearer than this within a step has its obstacles ready.
inline constexpr double kNear_m = 1;

struct Body {
  ObjectId object;
  BodyKind kind = BodyKind::kParked;
  BodyShape shape;
  std::unique_ptr<btRigidBody> rigid;
  bool isAlone = false;  ///< out of Bullet's world
  LoneBody alone;
};

struct Bounds {
  btVector3 low, high;
};

struct Physics::Impl {
  btDefaultCollisionConfiguration configuration;
  btCollisionDispatcher dispatcher{&configuration};
  btDbvtBroadphase broadphase;
  btSequentialImpulseConstraintSolver solver;
  DynamicsWorld world{&dispatcher, &broadphase, &solver, &configuration};

  GroundContacts groundContacts{dispatcher};
  GroundShape groundShape;
  std::vector<std::unique_ptr<btCollisionShape>> groundShapes;
  std::vector<std::unique_ptr<btRigidBody>> groundBodies;
  road::BoxTree raised;     ///< of groundBodies from the second on
  double step_s = 0;        ///< of the world, in which who is alone stays so
  bool anyInWorld = false;  ///< free bodies
  std::vector<Body> bodies;
  Obstacles obstacles;

  Impl(const Ground& ground, const content::SceneContent* content);
  ~Impl();
  void addGround(btCollisionShape& shape, const RigidTransform& worldFromShape, int userIndex);
  /// Object of a Bullet body; 0 for the ground.
  ObjectId objectOf(const btCollisionObject* object) const {
    const int index = object->getUserIndex();
    return index < 0 ? ObjectId{} : bodies[static_cast<size_t>(index)].object;
  }

  // apart.cpp
  /// Takes who can meet nothing but ground within the next step out of Bullet's world, and puts back who may.
  void setApart();
  double reachOf(const Body& body, const Bounds& box) const;
  template <class Visit>
  void visitKerbs(const Body& body, const Bounds& box, double reach_m, Visit&& visit) const;
  bool isKerbNear(const Body& body, const Bounds& box, double reach_m) const;
  void wakeKerbs(const Body& body, const Bounds& box, double reach_m);

  // touches.cpp
  /// Takes from each tyre's spin what the contacts of the last substep cost it.
  void resistRolling();
  /// Contacts nearer than `distance_m`, and those that passed on an impulse.
  std::vector<Touch> touches(double distance_m) const;
};

}  // namespace nightfog::world
