// What stands still and is met as it is seen: triangle meshes of the scenery and of parked things, the very ones that
// rays hit. Private to this module: includes Bullet.
//
// A street has a thousand of them, and a run meets few: each becomes a body of Bullet's when something comes near.
// @code
//   Obstacles obstacles(content);                     // outlives them
//   obstacles.add(mesh, worldFromMesh, kSceneryIndex);
//   obstacles.wake(world, low, high);                 // before anything can reach that box
// @endcode
#pragma once

#include <btBulletDynamicsCommon.h>

#include <map>
#include <memory>
#include <vector>

#include "engine/content/scene.hpp"

namespace nightfog::world {

class Obstacles {
 public:
  /// nullptr: there are none.
  explicit Obstacles(const content::SceneContent* content) : content_(content) {}

  /// Ground is no obstacle, and leaves (what rays pass through by their texture) are none: returns false for a mesh of
  /// which nothing else is left. `userIndex` is the bodies'.
  bool add(MeshId mesh, const RigidTransform& worldFromMesh, int userIndex);
  /// Gives those that reach into a box their bodies.
  void wake(btDynamicsWorld& world, const btVector3& low, const btVector3& high);
  /// Takes away those of one user index.
  void remove(btDynamicsWorld& world, int userIndex);
  void clear(btDynamicsWorld& world);
  /// Whether one reaches into a box, awake or not.
  bool anyWithin(const btVector3& low, const btVector3& high) const;
  /// Those that are awake and reach into a box.
  std::vector<btRigidBody*> within(const btVector3& low, const btVector3& high, int userIndex) const;

 private:
  /// The solid part of a mesh; vertices stay where they are in the content.
  struct Solid {
    const content::Mesh* mesh = nullptr;
    std::vector<glm::uvec3> triangles;
    btVector3 low, high;
    std::unique_ptr<btTriangleIndexVertexArray> view;
    std::unique_ptr<btBvhTriangleMeshShape> shape;
  };
  struct Obstacle {
    Solid* solid = nullptr;
    btTransform worldFromMesh;
    btVector3 low, high;  ///< world
    int userIndex = 0;
    std::unique_ptr<btRigidBody> body;
  };

  Solid& solidOf(MeshId mesh);

  const content::SceneContent* content_;
  std::map<MeshId, Solid> solids_;
  std::vector<Obstacle> obstacles_;
};

}  // namespace nightfog::world
