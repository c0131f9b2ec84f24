// Who touches whom, and what the ground's push costs a tyre.
#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "engine/world/physics_state.hpp"

namespace nightfog::world {
namespace {

/// Nearer than this at the start counts as touching already.
constexpr double kTogether_m = 1e-3;

Standing standingOf(int userIndex) {
  if (userIndex == kRaisedIndex) return Standing::kKerb;
  return userIndex == kSceneryIndex ? Standing::kScenery : Standing::kGround;
}

/// Along the normal in the last substep. A point beyond the gap took no part in it and still holds what it gave
/// earlier.
double impulseOf(const btManifoldPoint& point) {
  return point.getDistance() <= kContactGap_m ? point.getAppliedImpulse() : 0;
}

/// Collects the deepest contact of one pair.
class DeepestContact final : public btCollisionWorld::ContactResultCallback {
 public:
  btScalar addSingleResult(btManifoldPoint& point, const btCollisionObjectWrapper*, int, int,
                           const btCollisionObjectWrapper*, int, int) override {
    if (point.getDistance() > 0 || (touches && point.getDistance() >= depth_)) return 0;
    touches = true;
    depth_ = point.getDistance();
    place = fromBullet(point.getPositionWorldOnB());
    return 0;
  }
  bool touches = false;
  glm::dvec3 place{0};

 private:
  double depth_ = 0;
};

}  // namespace

/// Bullet's own rolling friction counts
/// one contact point of several, and would halve for a tyre that stands on two.
void Physics::Impl::resistRolling() {
  std::vector<double> impulse_Ns(bodies.size(), 0);
  for (int i = 0; anyInWorld && i < dispatcher.getNumManifolds(); ++i) {
    const btPersistentManifold& manifold = *dispatcher.getManifoldByIndexInternal(i);
    double sum = 0;
    for (int k = 0; k < manifold.getNumContacts(); ++k) sum += impulseOf(manifold.getContactPoint(k));
    for (const btCollisionObject* object : {manifold.getBody0(), manifold.getBody1()}) {
      if (object->getUserIndex() >= 0) impulse_Ns[static_cast<size_t>(object->getUserIndex())] += sum;
    }
  }
  for (size_t i = 0; i < bodies.size(); ++i) {
    const Body& body = bodies[i];
    if (!body.rigid || body.kind != BodyKind::kFree || !(body.shape.rollingResistance_m > 0)) continue;
    const double pressed_Ns = body.isAlone ? body.alone.impulse_Ns() : impulse_Ns[i];
    const btVector3 spin = body.rigid->getAngularVelocity();
    const double rate = spin.length();
    if (!(pressed_Ns > 0) || !(rate > 0)) continue;
    // At most to rest: about the spin's axis the body resists by axis . (I axis).
    const btVector3 axis = spin / rate;
    const double inertia = 1 / axis.dot(body.rigid->getInvInertiaTensorWorld() * axis);
    const double brake = std::min(body.shape.rollingResistance_m * pressed_Ns, inertia * rate);
    body.rigid->applyTorqueImpulse(-brake * axis);
  }
}

std::vector<Touch> Physics::Impl::touches(double distance_m) const {
  struct Deepest {
    Touch touch;
    double depth = 0;
  };
  std::map<std::tuple<ObjectId, ObjectId, Standing>, Deepest> pairs;
  for (int i = 0; anyInWorld && i < dispatcher.getNumManifolds(); ++i) {
    const btPersistentManifold& manifold = *dispatcher.getManifoldByIndexInternal(i);
    ObjectId a = objectOf(manifold.getBody0());
    ObjectId b = objectOf(manifold.getBody1());
    // Ascending, but the ground (0) comes second.
    if (!a.isObject() || (b.isObject() && b < a)) std::swap(a, b);
    const Standing on = standingOf(std::min(manifold.getBody0()->getUserIndex(), manifold.getBody1()->getUserIndex()));
    for (int k = 0; k < manifold.getNumContacts(); ++k) {
      const btManifoldPoint& point = manifold.getContactPoint(k);
      const double impulse_Ns = impulseOf(point);
      if (point.getDistance() > distance_m && !(impulse_Ns > 0)) continue;
      auto [entry, isNew] = pairs.try_emplace({a, b, on});
      Deepest& deepest = entry->second;
      deepest.touch.impulse_Ns += impulse_Ns;
      if (!isNew && point.getDistance() >= deepest.depth) continue;
      deepest.depth = point.getDistance();
      deepest.touch.a = a;
      deepest.touch.b = b;
      deepest.touch.on = on;
      deepest.touch.point = fromBullet(point.getPositionWorldOnB());
    }
  }
  std::vector<Touch> sorted;
  for (const auto& [pair, deepest] : pairs) sorted.push_back(deepest.touch);
  for (const Body& body : bodies) {
    if (!body.rigid || !body.isAlone || !body.alone.touch()) continue;
    Touch touch;
    touch.a = body.object;
    touch.point = *body.alone.touch();
    touch.impulse_Ns = body.alone.impulse_Ns();
    sorted.push_back(touch);
  }
  const auto place = [](const Touch& touch) { return std::tuple(touch.a, touch.b, touch.on); };
  std::sort(sorted.begin(), sorted.end(), [&](const Touch& a, const Touch& b) { return place(a) < place(b); });
  return sorted;
}

std::vector<Touch> Physics::touches() const {
  return impl_->touches(0);
}

std::vector<Touch> Physics::touchesAtRest() {
  impl_->world.performDiscreteCollisionDetection();
  return impl_->touches(kTogether_m);
}

std::vector<Touch> Physics::drivenOverlaps() {
  std::vector<Touch> overlaps;
  struct Box {
    size_t body = 0;
    btVector3 lower, upper;
  };
  std::vector<Box> boxes;
  for (size_t i = 0; i < impl_->bodies.size(); ++i) {
    const Body& body = impl_->bodies[i];
    if (!body.rigid || body.kind == BodyKind::kFree) continue;
    Box& box = boxes.emplace_back();
    box.body = i;
    body.shape.shape->getAabb(body.rigid->getWorldTransform(), box.lower, box.upper);
  }
  for (size_t i = 0; i < boxes.size(); ++i) {
    Body& a = impl_->bodies[boxes[i].body];
    const btVector3 &lowerA = boxes[i].lower, &upperA = boxes[i].upper;
    DeepestContact met;
    if (a.kind == BodyKind::kDriven) {
      for (btRigidBody* obstacle : impl_->obstacles.within(lowerA, upperA, kSceneryIndex))
        impl_->world.contactPairTest(a.rigid.get(), obstacle, met);
    }
    if (met.touches) {
      Touch touch;
      touch.a = a.object;
      touch.on = Standing::kScenery;
      touch.point = met.place;
      overlaps.push_back(touch);
    }
    for (size_t j = i + 1; j < boxes.size(); ++j) {
      if (!TestAabbAgainstAabb2(lowerA, upperA, boxes[j].lower, boxes[j].upper)) continue;
      Body& b = impl_->bodies[boxes[j].body];
      if (a.kind == BodyKind::kParked && b.kind == BodyKind::kParked) continue;
      DeepestContact contact;
      impl_->world.contactPairTest(a.rigid.get(), b.rigid.get(), contact);
      if (!contact.touches) continue;
      Touch touch;
      touch.a = std::min(a.object, b.object);
      touch.b = std::max(a.object, b.object);
      touch.point = contact.place;
      overlaps.push_back(touch);
    }
  }
  return overlaps;
}

}  // namespace nightfog::world
