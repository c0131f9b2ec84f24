#include "engine/world/ground_contact.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <span>

#include "engine/world/shapes.hpp"

namespace nightfog::world {
namespace {

/// Points farther above the surface are not looked at; those nearer are kept, so that a body placed on the ground is
/// known to stand there.
constexpr double kTouching_m = 2e-3;
/// How much the ground's grade may change within a body's reach: 0.1 is the edge of a steeply banked road.
constexpr double kBend = 0.1;
constexpr size_t kMostContacts = MANIFOLD_CACHE_SIZE;

/// A point of the body that may touch, and which of the shape's it is: the same one from step to step.
struct Candidate {
  btVector3 point;
  int feature;
};

class Candidates {
 public:
  void add(const btVector3& point) { add(point, static_cast<int>(count_)); }
  void add(const btVector3& point, int feature) {
    if (count_ < points_.size()) points_[count_] = {point, feature};
    ++count_;
  }
  auto begin() const { return points_.begin(); }
  auto end() const { return points_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, points_.size())); }

 private:
  std::array<Candidate, kMostFeatures> points_;  // as many as are counted
  size_t count_ = 0;
};

/// Of each rim the foot, and the points a quarter turn on: on these a disc lies.
void addRims(const btCylinderShape& cylinder, const btTransform& worldFromShape, const btVector3& normal,
             Candidates& found) {
  const int up = cylinder.getUpAxis();
  const btVector3 half = cylinder.getHalfExtentsWithMargin();
  const double radius = half[(up + 1) % 3];
  const btVector3 axis = worldFromShape.getBasis().getColumn(up);
  btVector3 foot = normal.dot(axis) * axis - normal;
  // Lying flat no point of the rim is its foot: any will do.
  foot = foot.length2() > SIMD_EPSILON ? foot.normalized() : worldFromShape.getBasis().getColumn((up + 1) % 3);
  const btVector3 along = axis.cross(foot);
  // Of one that stands, the others are nearly a radius higher.
  const bool stands = std::abs(normal.dot(axis)) < 0.5 && 0.5 * radius > kTouching_m;
  int feature = 0;
  for (const double end : {half[up], -half[up]}) {
    const btVector3 centre = worldFromShape.getOrigin() + end * axis;
    found.add(centre + radius * foot, feature);
    if (!stands) {
      found.add(centre + radius * along, feature + 1);
      found.add(centre - radius * foot, feature + 2);
      found.add(centre - radius * along, feature + 3);
    }
    feature += 4;
  }
}

/// How far a shape reaches from its middle along a direction, or more.
double reachOf(const btConvexShape& shape, const btTransform& worldFromShape, const btVector3& direction) {
  const btVector3 local = direction * worldFromShape.getBasis();
  if (shape.getShapeType() == BOX_SHAPE_PROXYTYPE)
    return local.absolute().dot(static_cast<const btBoxShape&>(shape).getHalfExtentsWithMargin());
  if (shape.getShapeType() == CYLINDER_SHAPE_PROXYTYPE) {
    const auto& cylinder = static_cast<const btCylinderShape&>(shape);
    const btVector3 half = cylinder.getHalfExtentsWithMargin();
    const int up = cylinder.getUpAxis();
    const double across = std::sqrt(std::max(0.0, 1 - local[up] * local[up]));
    return std::abs(local[up]) * half[up] + across * half[(up + 1) % 3];
  }
  return 1e9;
}

Candidates lowestPoints(const btConvexShape& shape, const btTransform& worldFromShape, const btVector3& normal) {
  Candidates found;
  switch (shape.getShapeType()) {
    case CYLINDER_SHAPE_PROXYTYPE:
      addRims(static_cast<const btCylinderShape&>(shape), worldFromShape, normal, found);
      break;
    case BOX_SHAPE_PROXYTYPE: {
      const auto& box = static_cast<const btBoxShape&>(shape);
      for (int i = 0; i < box.getNumVertices(); ++i) {
        btVector3 corner;
        box.getVertex(i, corner);
        found.add(worldFromShape * corner);
      }
      break;
    }
    case CAPSULE_SHAPE_PROXYTYPE: {
      const auto& capsule = static_cast<const btCapsuleShape&>(shape);
      const btVector3 axis = worldFromShape.getBasis().getColumn(capsule.getUpAxis());
      for (const double end : {capsule.getHalfHeight(), -capsule.getHalfHeight()})
        found.add(worldFromShape.getOrigin() + end * axis - capsule.getRadius() * normal);
      break;
    }
    default:  // a sphere, exactly; of others their lowest point
      found.add(worldFromShape * shape.localGetSupportingVertex(-normal * worldFromShape.getBasis()));
  }
  return found;
}

class GroundAlgorithm final : public btCollisionAlgorithm {
 public:
  GroundAlgorithm(const btCollisionAlgorithmConstructionInfo& info, const btCollisionObjectWrapper& body,
                  const btCollisionObjectWrapper& ground, bool groundFirst)
      : btCollisionAlgorithm(info), groundFirst_(groundFirst) {
    manifold_ = m_dispatcher->getNewManifold(body.getCollisionObject(), ground.getCollisionObject());
  }
  ~GroundAlgorithm() override { m_dispatcher->releaseManifold(manifold_); }
  GroundAlgorithm(const GroundAlgorithm&) = delete;
  GroundAlgorithm& operator=(const GroundAlgorithm&) = delete;

  void processCollision(const btCollisionObjectWrapper* a, const btCollisionObjectWrapper* b,
                        const btDispatcherInfo& info, btManifoldResult* result) override {
    const btCollisionObjectWrapper& body = groundFirst_ ? *b : *a;
    const btCollisionObjectWrapper& under = groundFirst_ ? *a : *b;
    const auto& shape = static_cast<const btConvexShape&>(*body.getCollisionShape());
    const Ground& ground = static_cast<const GroundShape&>(*under.getCollisionShape()).ground();
    const btTransform& worldFromShape = body.getWorldTransform();

    GroundContactList deepest;
    const size_t count = contactsWithGround(shape, worldFromShape, ground, deepest);
    keep(std::span(deepest).first(count), *result);
    const btRigidBody* moving = btRigidBody::upcast(body.getCollisionObject());
    for (int i = 0; i < manifold_->getNumContacts() && moving != nullptr; ++i) {
      btManifoldPoint& point = manifold_->getContactPoint(i);
      const btVector3 lever = point.getPositionWorldOnA() - moving->getWorldTransform().getOrigin();
      const double approach_mps = -point.m_normalWorldOnB.dot(moving->getVelocityInLocalPoint(lever));
      point.m_combinedRestitution = bounceOf(point.m_combinedRestitution, approach_mps, -point.getDistance(),
                                             point.m_normalWorldOnB.z(), info.m_timeStep);
    }
  }

  btScalar calculateTimeOfImpact(btCollisionObject*, btCollisionObject*, const btDispatcherInfo&,
                                 btManifoldResult*) override {
    return 1;
  }
  void getAllContactManifolds(btManifoldArray& manifolds) override { manifolds.push_back(manifold_); }

 private:
  /// Afresh every step; the solver begins with what the same feature bore in the step before.
  void keep(std::span<const GroundContact> contacts, btManifoldResult& result) {
    std::array<btManifoldPoint, kMostContacts> before;
    const int beforeCount = manifold_->getNumContacts();
    for (int i = 0; i < beforeCount; ++i) before[static_cast<size_t>(i)] = manifold_->getContactPoint(i);
    manifold_->clearManifold();
    result.setPersistentManifold(manifold_);
    for (const GroundContact& contact : contacts) {
      result.setShapeIdentifiersA(-1, contact.feature);
      result.setShapeIdentifiersB(-1, contact.feature);
      result.addContactPoint(contact.normal, contact.point - contact.distance_m * contact.normal, contact.distance_m);
    }
    for (int i = 0; i < manifold_->getNumContacts(); ++i) {
      btManifoldPoint& now = manifold_->getContactPoint(i);
      for (int k = 0; k < beforeCount; ++k) {
        const btManifoldPoint& then = before[static_cast<size_t>(k)];
        if (then.m_index0 == now.m_index0) now.m_appliedImpulse = then.m_appliedImpulse;
      }
    }
  }

  bool groundFirst_;
  btPersistentManifold* manifold_ = nullptr;
};

}  // namespace

size_t contactsWithGround(const btConvexShape& shape, const btTransform& worldFromShape, const Ground& ground,
                          GroundContactList& deepest) {
  size_t count = 0;
  const GroundPoint middle = ground.under(fromBullet(worldFromShape.getOrigin()));
  const glm::dvec3 foot(glm::dvec2(fromBullet(worldFromShape.getOrigin())), middle.height_m);
  const double bend = ground.isPlane() ? 0 : kBend;
  const btVector3 up = toBullet(middle.normal);
  const double above_m = (worldFromShape.getOrigin().z() - middle.height_m) * middle.normal.z;
  if (bend == 0 && above_m - reachOf(shape, worldFromShape, up) > kTouching_m) return 0;
  for (const Candidate& candidate : lowestPoints(shape, worldFromShape, up)) {
    if (bend == 0 && candidate.point.z() > kTouching_m) continue;
    // Looked up only where the tangent under the body's middle comes near.
    const glm::dvec3 offset = fromBullet(candidate.point) - foot;
    if (glm::dot(offset, middle.normal) > kTouching_m + bend * glm::length(glm::dvec2(offset))) continue;
    const GroundPoint point = ground.under(fromBullet(candidate.point));
    const double distance_m = (candidate.point.z() - point.height_m) * point.normal.z;
    const GroundContact contact{candidate.point, toBullet(point.normal), distance_m, candidate.feature};
    if (contact.distance_m > kTouching_m) continue;
    if (count == kMostContacts && contact.distance_m >= deepest[count - 1].distance_m) continue;
    if (count < kMostContacts) ++count;
    size_t place = count - 1;
    for (; place > 0 && contact.distance_m < deepest[place - 1].distance_m; --place)
      deepest[place] = deepest[place - 1];
    deepest[place] = contact;
  }
  return count;
}

double bounceOf(double restitution, double approach_mps, double depth_m, double upward, double step_s) {
  if (!(restitution > 0) || !(approach_mps > 0)) return restitution;
  const double gravity = kGravity_mps2 * upward;
  const double half_mps = 0.5 * gravity * step_s;
  const double there = approach_mps + half_mps;
  const double atSurface = std::sqrt(std::max(0.0, there * there - 2 * gravity * std::max(0.0, depth_m)));
  return std::clamp((restitution * atSurface - half_mps) / approach_mps, 0.0, restitution);
}

void GroundShape::getAabb(const btTransform&, btVector3& low, btVector3& high) const {
  low = btVector3(-BT_LARGE_FLOAT, -BT_LARGE_FLOAT, -BT_LARGE_FLOAT);
  high = -low;
}

btCollisionAlgorithm* GroundContacts::Make::CreateCollisionAlgorithm(btCollisionAlgorithmConstructionInfo& info,
                                                                     const btCollisionObjectWrapper* a,
                                                                     const btCollisionObjectWrapper* b) {
  void* memory = info.m_dispatcher1->allocateCollisionAlgorithm(sizeof(GroundAlgorithm));
  return new (memory) GroundAlgorithm(info, m_swapped ? *b : *a, m_swapped ? *a : *b, m_swapped);
}

GroundContacts::GroundContacts(btCollisionDispatcher& dispatcher) {
  groundFirst_.m_swapped = true;
  for (int convex = 0; convex < CONCAVE_SHAPES_START_HERE; ++convex) {
    dispatcher.registerCollisionCreateFunc(convex, CUSTOM_CONCAVE_SHAPE_TYPE, &bodyFirst_);
    dispatcher.registerCollisionCreateFunc(CUSTOM_CONCAVE_SHAPE_TYPE, convex, &groundFirst_);
  }
}

}  // namespace nightfog::world
