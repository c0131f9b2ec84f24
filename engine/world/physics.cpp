#include "engine/world/physics.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/world/dynamics_world.hpp"
#include "engine/world/ground_contact.hpp"
#include "engine/world/obstacles.hpp"
#include "engine/world/shapes.hpp"

namespace nightfog::world {
namespace {

/// Slower than this for two seconds, a body is at rest and stays so until touched.
constexpr double kRestSpeed_mps = 0.01;
constexpr double kRestRate_radps = 0.02;
/// Nearer than this at the start counts as touching already.
constexpr double kTogether_m = 1e-3;
/// Contacts act within this gap. Bullet would take the gap out of the speed after the bounce, gap / step: 0.02 m/s
/// here. Above g step^2, 1e-5 m, so that what rests stays in contact.
constexpr double kContactGap_m = 2e-5;
/// Bullet's user index: of an actor's body its place in the list; of the ground
constexpr int kPlaneIndex = -1;
constexpr int kRaisedIndex = -2;
constexpr int kSceneryIndex = -3;
/// What comes nearer than this within a step has its obstacles ready.
constexpr double kNear_m = 1;

struct Body {
  ObjectId object;
  BodyKind kind = BodyKind::kParked;
  BodyShape shape;
  std::unique_ptr<btRigidBody> rigid;
};

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
  std::vector<Body> bodies;
  Obstacles obstacles;

  Impl(const Ground& ground, const content::SceneContent* content) : groundShape(ground), obstacles(content) {
    if (content != nullptr) {
      for (const content::StaticPlacement& placement : content->scenery)
        obstacles.add(placement.mesh, placement.worldFromMesh, kSceneryIndex);
    }
    world.setForceUpdateAllAabbs(false);  // what stands still stays where it is
    world.setGravity(btVector3(0, 0, -kGravity_mps2));
    world.getSolverInfo().m_numIterations = 30;
    // Overlap is pushed apart without giving speed: by default Bullet turns up to 4 cm of it into bounce.
    world.getSolverInfo().m_splitImpulsePenetrationThreshold = 0;
    world.getDispatchInfo().m_deterministicOverlappingPairs = true;
    // All of it in the substep of the impact, which has cost more energy than the lift gives back.
    world.getSolverInfo().m_erp2 = 1;
    // Friction acts along the slip, where there is none in every direction: what rolls is held sideways too.
    world.getSolverInfo().m_solverMode |= SOLVER_USE_2_FRICTION_DIRECTIONS;
    // A cylinder standing on its edge line touches a box in two points, not in one: it rolls instead of rocking.
    configuration.setConvexConvexMultipointIterations(3, 3);
  }
  ~Impl() {
    obstacles.clear(world);
    for (Body& body : bodies) {
      if (body.rigid) world.removeRigidBody(body.rigid.get());
    }
    for (auto& body : groundBodies) world.removeRigidBody(body.get());
  }

  void addGround(btCollisionShape& shape, const RigidTransform& worldFromShape, int userIndex) {
    btRigidBody::btRigidBodyConstructionInfo info(0, nullptr, &shape, btVector3(0, 0, 0));
    info.m_startWorldTransform = toBullet(worldFromShape);
    info.m_friction = 1;
    info.m_restitution = 1;
    groundBodies.push_back(std::make_unique<btRigidBody>(info));
    groundBodies.back()->setUserIndex(userIndex);
    world.addRigidBody(groundBodies.back().get());
  }

  /// Object of a Bullet body; 0 for the ground.
  ObjectId objectOf(const btCollisionObject* object) const {
    const int index = object->getUserIndex();
    return index < 0 ? ObjectId{} : bodies[static_cast<size_t>(index)].object;
  }

  /// Takes from each tyre's spin what the contacts of the last substep cost it. Bullet's own rolling friction counts
  /// one contact point of several, and would halve for a tyre that stands on two.
  void resistRolling() {
    std::vector<double> impulse_Ns(bodies.size(), 0);
    for (int i = 0; i < dispatcher.getNumManifolds(); ++i) {
      const btPersistentManifold& manifold = *dispatcher.getManifoldByIndexInternal(i);
      double sum = 0;
      for (int k = 0; k < manifold.getNumContacts(); ++k) sum += impulseOf(manifold.getContactPoint(k));
      for (const btCollisionObject* object : {manifold.getBody0(), manifold.getBody1()}) {
        if (object->getUserIndex() >= 0) impulse_Ns[static_cast<size_t>(object->getUserIndex())] += sum;
      }
    }
    for (size_t i = 0; i < bodies.size(); ++i) {
      const Body& body = bodies[i];
      if (!body.rigid || body.kind != BodyKind::kFree || !(impulse_Ns[i] > 0) || !(body.shape.rollingResistance_m > 0))
        continue;
      const btVector3 spin = body.rigid->getAngularVelocity();
      const double rate = spin.length();
      if (!(rate > 0)) continue;
      // At most to rest: about the spin's axis the body resists by axis . (I axis).
      const btVector3 axis = spin / rate;
      const double inertia = 1 / axis.dot(body.rigid->getInvInertiaTensorWorld() * axis);
      const double brake = std::min(body.shape.rollingResistance_m * impulse_Ns[i], inertia * rate);
      body.rigid->applyTorqueImpulse(-brake * axis);
    }
  }

  /// Contacts nearer than `distance_m`, and those that passed on an impulse.
  std::vector<Touch> touches(double distance_m) const {
    struct Deepest {
      Touch touch;
      double depth = 0;
    };
    std::map<std::tuple<ObjectId, ObjectId, Standing>, Deepest> pairs;
    for (int i = 0; i < dispatcher.getNumManifolds(); ++i) {
      const btPersistentManifold& manifold = *dispatcher.getManifoldByIndexInternal(i);
      ObjectId a = objectOf(manifold.getBody0());
      ObjectId b = objectOf(manifold.getBody1());
      // Ascending, but the ground (0) comes second.
      if (!a.isObject() || (b.isObject() && b < a)) std::swap(a, b);
      const Standing on =
          standingOf(std::min(manifold.getBody0()->getUserIndex(), manifold.getBody1()->getUserIndex()));
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
    return sorted;
  }
};

Physics::Physics(const Ground& ground, const content::SceneContent* content)
    : impl_(std::make_unique<Impl>(ground, content)) {
  impl_->addGround(impl_->groundShape, RigidTransform(), kPlaneIndex);
  for (const GroundBox& box : ground.raisedBoxes()) {
    impl_->groundShapes.push_back(std::make_unique<btBoxShape>(toBullet(box.halfExtents)));
    impl_->addGround(*impl_->groundShapes.back(), box.worldFromBox, kRaisedIndex);
  }
}

Physics::~Physics() = default;

size_t Physics::add(const catalog::AssetInfo& asset, ObjectId object, BodyKind kind,
                    const RigidTransform& worldFromActor, const glm::dvec3& velocity_mps,
                    const glm::dvec3& angularVelocity_radps, std::span<const PlacedMesh> surface) {
  Body body;
  body.object = object;
  body.kind = kind;
  body.shape = makeShape(asset);
  const bool isFree = kind == BodyKind::kFree;
  NF_ASSERT(!isFree || asset.mass_kg > 0, "free body of {} kg", asset.mass_kg);
  btRigidBody::btRigidBodyConstructionInfo info(isFree ? asset.mass_kg : 0, nullptr, body.shape.shape.get(),
                                                isFree ? toBullet(body.shape.inertia_kgm2) : btVector3(0, 0, 0));
  const RigidTransform worldFromCom = worldFromActor * RigidTransform::fromTranslation(body.shape.centreOfMass);
  info.m_startWorldTransform = toBullet(worldFromCom);
  // Bullet multiplies the two bodies' coefficients: 1 on what does not yield leaves the free body's own.
  info.m_friction = isFree ? asset.friction : 1;
  info.m_restitution = isFree ? asset.restitution : 1;
  info.m_linearSleepingThreshold = kRestSpeed_mps;
  info.m_angularSleepingThreshold = kRestRate_radps;
  body.rigid = std::make_unique<btRigidBody>(info);
  body.rigid->setFlags(0);  // gyroscopic forces: DynamicsWorld
  body.rigid->setUserIndex(static_cast<int>(impl_->bodies.size()));
  body.rigid->setContactProcessingThreshold(kContactGap_m);
  if (kind == BodyKind::kDriven) {
    body.rigid->setCollisionFlags(body.rigid->getCollisionFlags() | btCollisionObject::CF_KINEMATIC_OBJECT);
    body.rigid->setActivationState(DISABLE_DEACTIVATION);
  }
  if (isFree) {
    body.rigid->setLinearVelocity(toBullet(velocity_mps));
    body.rigid->setAngularVelocity(toBullet(angularVelocity_radps));
    // Only bodies that would pass through themselves in a substep are swept.
    body.rigid->setCcdMotionThreshold(body.shape.smallestHalfExtent_m);
    body.rigid->setCcdSweptSphereRadius(0.8 * body.shape.smallestHalfExtent_m);
  }
  bool hasSurface = false;
  for (const PlacedMesh& mesh : surface)
    hasSurface |= impl_->obstacles.add(mesh.mesh, mesh.worldFromMesh, body.rigid->getUserIndex());
  // Free bodies meet the surface then, and only what is driven the simple shape, in drivenOverlaps().
  if (hasSurface) {
    impl_->world.addRigidBody(body.rigid.get(), btBroadphaseProxy::StaticFilter, 0);
  } else {
    impl_->world.addRigidBody(body.rigid.get());
  }
  impl_->bodies.push_back(std::move(body));
  return impl_->bodies.size() - 1;
}

void Physics::remove(size_t index) {
  Body& body = impl_->bodies[index];
  impl_->obstacles.remove(impl_->world, static_cast<int>(index));
  impl_->world.removeRigidBody(body.rigid.get());
  body.rigid.reset();
}

void Physics::push(size_t index, const glm::dvec3& impulse_Ns, const glm::dvec3& at_m) {
  const Body& body = impl_->bodies[index];
  NF_ASSERT(body.kind == BodyKind::kFree, "a push on a body that does not yield");
  body.rigid->activate(true);
  body.rigid->applyImpulse(toBullet(impulse_Ns), toBullet(at_m));
}

void Physics::drive(size_t index, const RigidTransform& worldFromActor) {
  const Body& body = impl_->bodies[index];
  // The step derives the velocity from the transform before it, so contacts are carried along.
  body.rigid->setWorldTransform(toBullet(worldFromActor * RigidTransform::fromTranslation(body.shape.centreOfMass)));
}

void Physics::wakeNearby(double step_s) {
  for (Body& body : impl_->bodies) {
    if (!body.rigid || body.kind == BodyKind::kParked) continue;
    btVector3 low, high;
    body.shape.shape->getAabb(body.rigid->getWorldTransform(), low, high);
    // Pushes within the step may double its speed.
    const double reach_m = kNear_m + 2 * step_s * body.rigid->getLinearVelocity().length();
    const btVector3 reach(reach_m, reach_m, reach_m);
    impl_->obstacles.wake(impl_->world, low - reach, high + reach);
  }
}

void Physics::substep(double step_s) {
  impl_->world.stepSimulation(step_s, 0);
  impl_->resistRolling();
}

BodyState Physics::state(size_t index) const {
  const Body& body = impl_->bodies[index];
  BodyState state;
  const RigidTransform worldFromCom = fromBullet(body.rigid->getWorldTransform());
  state.worldFromActor = worldFromCom * RigidTransform::fromTranslation(-body.shape.centreOfMass);
  state.angularVelocity_radps = fromBullet(body.rigid->getAngularVelocity());
  state.velocity_mps = fromBullet(body.rigid->getLinearVelocity()) -
                       glm::cross(state.angularVelocity_radps, worldFromCom.rotate(body.shape.centreOfMass));
  return state;
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
