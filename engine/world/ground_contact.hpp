// Where bodies meet the ground: exact contacts between Bullet's convex shapes and the road's own surface. Private to
// this module: includes Bullet.
//
// Bullet would roll a cylinder over triangles, with a contact anywhere on the line in which it touches each of them:
// the wandering of that point turns the wheel. Here the points are those of the shape that lie lowest along the
// surface's normal, a rim's at its foot, and normal and depth are those of the surface under that very point.
// @code
//   GroundShape shape(ground);
//   GroundContacts contacts(dispatcher);         // from now on, and for as long as the dispatcher lives
// @endcode
#pragma once

#include <btBulletDynamicsCommon.h>

#include <array>

#include "engine/world/ground.hpp"

namespace nightfog::world {

/// A body's point and the surface under it.
struct GroundContact {
  btVector3 point;    ///< of the body
  btVector3 normal;   ///< of the surface
  double distance_m;  ///< along it; negative where the body is in the ground
  int feature;        ///< which of the shape's points: the same one from step to step, below kMostFeatures
};
constexpr int kMostFeatures = 32;
/// Bullet keeps no more of a pair.
using GroundContactList = std::array<GroundContact, MANIFOLD_CACHE_SIZE>;

/// The deepest points of a shape within 2 mm of the ground or in it; returns how many.
size_t contactsWithGround(const btConvexShape& shape, const btTransform& worldFromShape, const Ground& ground,
                          GroundContactList& deepest);

/// An impact is found when it is past, with the body `depth_m` below the surface; and of a step's speed the integrator
/// (velocity first, then place) has that of half a step before. The restitution that takes the speed found, V, to the
/// one that a bounce at the surface would have led to: e sqrt((V + g dt / 2)^2 - 2 g depth) - g dt / 2.
/// `upward`: the normal's z.
double bounceOf(double restitution, double approach_mps, double depth_m, double upward, double step_s);

/// The carriageway's plane or hills, without end, solid below. The ground outlives it. Sweeps and rays pass through it:
/// what sinks in is pushed out from any depth.
class GroundShape final : public btConcaveShape {
 public:
  explicit GroundShape(const Ground& ground) : ground_(ground) { m_shapeType = CUSTOM_CONCAVE_SHAPE_TYPE; }
  const Ground& ground() const { return ground_; }

  void processAllTriangles(btTriangleCallback*, const btVector3&, const btVector3&) const override {}
  void getAabb(const btTransform&, btVector3& low, btVector3& high) const override;
  void setLocalScaling(const btVector3&) override {}
  const btVector3& getLocalScaling() const override { return scaling_; }
  void calculateLocalInertia(btScalar, btVector3& inertia) const override { inertia.setZero(); }
  const char* getName() const override { return "ground"; }

 private:
  const Ground& ground_;
  btVector3 scaling_{1, 1, 1};
};

/// Bullet's entries for every pair of a convex shape and a GroundShape.
class GroundContacts {
 public:
  explicit GroundContacts(btCollisionDispatcher& dispatcher);

 private:
  struct Make final : public btCollisionAlgorithmCreateFunc {
    btCollisionAlgorithm* CreateCollisionAlgorithm(btCollisionAlgorithmConstructionInfo& info,
                                                   const btCollisionObjectWrapper* a,
                                                   const btCollisionObjectWrapper* b) override;
  };
  Make bodyFirst_;
  Make groundFirst_;
};

}  // namespace nightfog::world
