// Who is alone: free bodies that can meet nothing but ground within a step are stepped for themselves, and while nobody
// else is about, Bullet's world stands still.
#include "engine/world/physics_state.hpp"

namespace nightfog::world {
namespace {

/// What keeps so far from all that it could meet within a step, beside the way that both go, is alone.
constexpr double kApart_m = 0.05;

}  // namespace

/// So far may it come within a step, pushed as hard as its own speed can push it; at most twice as fast then.
double Physics::Impl::reachOf(const Body& body, const Bounds& box) const {
  const double turning_mps = 0.5 * (box.high - box.low).length() * body.rigid->getAngularVelocity().length();
  return kApart_m + 2 * step_s * (body.rigid->getLinearVelocity().length() + turning_mps + kGravity_mps2 * step_s);
}

/// Calls `visit` for raised ground that comes so near to a body's shape, until it says false.
template <class Visit>
void Physics::Impl::visitKerbs(const Body& body, const Bounds& box, double reach_m, Visit&& visit) const {
  const btTransform& worldFromBody = body.rigid->getWorldTransform();
  const btVector3 middle = 0.5 * (box.low + box.high);
  const double within_m = reach_m + 0.5 * (box.high - box.low).length();
  const btVector3 reach(reach_m, reach_m, reach_m);
  raised.visitNear({middle.x(), middle.y()}, within_m, [&](uint32_t index) {
    btRigidBody& kerb = *groundBodies[index + 1];
    // In the kerb's own axes, along which it is a box.
    const btVector3 half = static_cast<const btBoxShape&>(*kerb.getCollisionShape()).getHalfExtentsWithMargin();
    const btVector3 offset = kerb.getWorldTransform().invXform(middle).absolute() - half;
    if (offset[offset.maxAxis()] > within_m) return within_m;
    btVector3 low, high;
    body.shape.shape->getAabb(kerb.getWorldTransform().inverseTimes(worldFromBody), low, high);
    return !TestAabbAgainstAabb2(low - reach, high + reach, -half, half) || visit(kerb) ? within_m : -1.0;
  });
}

bool Physics::Impl::isKerbNear(const Body& body, const Bounds& box, double reach_m) const {
  bool isNear = false;
  visitKerbs(body, box, reach_m, [&](const btRigidBody&) {
    isNear = true;
    return false;
  });
  return isNear;
}

/// Raised ground, too, is Bullet's from when something comes near it.
void Physics::Impl::wakeKerbs(const Body& body, const Bounds& box, double reach_m) {
  visitKerbs(body, box, reach_m + kNear_m, [&](btRigidBody& kerb) {
    if (!kerb.isInWorld()) world.addRigidBody(&kerb);
    return true;
  });
}

void Physics::Impl::setApart() {
  std::vector<Bounds> boxes(bodies.size());
  std::vector<double> reach_m(bodies.size(), 0);
  for (size_t i = 0; i < bodies.size(); ++i) {
    const Body& body = bodies[i];
    if (!body.rigid) continue;
    body.shape.shape->getAabb(body.rigid->getWorldTransform(), boxes[i].low, boxes[i].high);
    if (body.kind != BodyKind::kParked) reach_m[i] = reachOf(body, boxes[i]);
    const btVector3 reach(reach_m[i], reach_m[i], reach_m[i]);
    boxes[i].low -= reach;
    boxes[i].high += reach;
  }
  anyInWorld = false;
  for (size_t i = 0; i < bodies.size(); ++i) {
    Body& body = bodies[i];
    if (!body.rigid || body.kind != BodyKind::kFree) continue;
    const Bounds& mine = boxes[i];
    bool isAlone = step_s > 0 && !obstacles.anyWithin(mine.low, mine.high);
    for (size_t k = 0; isAlone && k < bodies.size(); ++k)
      isAlone = k == i || !bodies[k].rigid || !TestAabbAgainstAabb2(mine.low, mine.high, boxes[k].low, boxes[k].high);
    isAlone = isAlone && !isKerbNear(body, mine, reach_m[i]);
    anyInWorld = anyInWorld || !isAlone;
    if (!isAlone) wakeKerbs(body, mine, reach_m[i]);
    if (isAlone == body.isAlone) continue;
    body.isAlone = isAlone;
    body.alone.begin();
    if (isAlone) {
      world.removeRigidBody(body.rigid.get());
    } else {
      world.addRigidBody(body.rigid.get());
    }
  }
}

}  // namespace nightfog::world
