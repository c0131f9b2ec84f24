// Collision shapes and inertia of catalogue assets. Private to this module: includes Bullet.
#pragma once

#include <btBulletDynamicsCommon.h>

#include <memory>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::world {

constexpr double kGravity_mps2 = 9.81;

inline btVector3 toBullet(const glm::dvec3& v) {
  return {v.x, v.y, v.z};
}
inline glm::dvec3 fromBullet(const btVector3& v) {
  return {v.x(), v.y(), v.z()};
}
inline btTransform toBullet(const RigidTransform& t) {
  return btTransform(btQuaternion(t.rotation.x, t.rotation.y, t.rotation.z, t.rotation.w), toBullet(t.translation));
}
inline RigidTransform fromBullet(const btTransform& t) {
  const btQuaternion q = t.getRotation();
  return {glm::normalize(glm::dquat(q.w(), q.x(), q.y(), q.z())), fromBullet(t.getOrigin())};
}

/// What a body is made of. The shape's frame is the centre of mass, axes of the actor.
struct BodyShape {
  std::vector<std::unique_ptr<btCollisionShape>> pieces;  ///< of the compound, if it is one
  std::unique_ptr<btCollisionShape> shape;                ///< declared last: it goes before its pieces
  glm::dvec3 centreOfMass{0};                             ///< in the actor's frame
  glm::dvec3 inertia_kgm2{0};                             ///< about the centre of mass, axes of the actor
  double smallestHalfExtent_m = 0;
  double rollingResistance_m = 0;  ///< lever of the ground's push ahead of the contact: coefficient times radius
};

/// - a tyre: a cylinder about y, with the inertia of a ring and rolling resistance;
/// - a person: a vertical capsule of the box's height and half its narrower side;
/// - a vehicle with wheels: its box from the wheel hubs' height up, and a cylinder for each wheel;
/// - builders "sphere" and "cylinder": that shape inside the box;
/// - anything else: its box.
BodyShape makeShape(const catalog::AssetInfo& asset);

}  // namespace nightfog::world
