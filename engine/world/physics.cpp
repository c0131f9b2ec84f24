#include "engine/world/physics.hpp"

#include "engine/core/error.hpp"
#include "engine/world/physics_state.hpp"

namespace nightfog::world {
namespace {

/// Slower than this for two seconds, a body is at rest and stays so until touched.
constexpr double kRestSpeed_mps = 0.01;
constexpr double kRestRate_radps = 0.02;

}  // namespace

Physics::Impl::Impl(const Ground& ground, const content::SceneContent* content)
    : groundShape(ground), obstacles(content) {
  if (content != nullptr) {
    for (const content::StaticPlacement& placement : content->scenery)
      obstacles.add(placement.mesh, placement.worldFromMesh, kSceneryIndex);
  }
  world.setForceUpdateAllAabbs(false);  // what stands still stays where it is
  world.setGravity(btVector3(0, 0, -kGravity_mps2));
  world.getSolverInfo().m_numIterations = kSolverIterations;
  // Each island for itself, and no longer than it takes.
  world.getSolverInfo().m_minimumSolverBatchSize = 1;
  world.getSolverInfo().m_leastSquaresResidualThreshold = kSolverResidual_m2ps2;
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
Physics::Impl::~Impl() {
  obstacles.clear(world);
  for (Body& body : bodies) {
    if (body.rigid && !body.isAlone) world.removeRigidBody(body.rigid.get());
  }
  for (auto& body : groundBodies) {
    if (body->isInWorld()) world.removeRigidBody(body.get());
  }
}

void Physics::Impl::addGround(btCollisionShape& shape, const RigidTransform& worldFromShape, int userIndex) {
  btRigidBody::btRigidBodyConstructionInfo info(0, nullptr, &shape, btVector3(0, 0, 0));
  info.m_startWorldTransform = toBullet(worldFromShape);
  info.m_friction = 1;
  info.m_restitution = 1;
  groundBodies.push_back(std::make_unique<btRigidBody>(info));
  groundBodies.back()->setUserIndex(userIndex);
}

Physics::Physics(const Ground& ground, const content::SceneContent* content)
    : impl_(std::make_unique<Impl>(ground, content)) {
  impl_->addGround(impl_->groundShape, RigidTransform(), kPlaneIndex);
  impl_->world.addRigidBody(impl_->groundBodies.front().get());
  std::vector<road::PlanBox> raised;
  for (const GroundBox& box : ground.raisedBoxes()) {
    impl_->groundShapes.push_back(std::make_unique<btBoxShape>(toBullet(box.halfExtents)));
    impl_->addGround(*impl_->groundShapes.back(), box.worldFromBox, kRaisedIndex);
    btVector3 low, high;
    impl_->groundBodies.back()->getAabb(low, high);
    raised.push_back({{low.x(), low.y()}, {high.x(), high.y()}});
  }
  impl_->raised = road::BoxTree(raised);
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
  if (!body.isAlone) impl_->world.removeRigidBody(body.rigid.get());
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
  const btTransform before = body.rigid->getWorldTransform();
  const btTransform now = toBullet(worldFromActor * RigidTransform::fromTranslation(body.shape.centreOfMass));
  body.rigid->setWorldTransform(now);
  // The step derives the velocity from the transform before it, so contacts are carried along.
  if (impl_->anyInWorld) return;
  body.rigid->setInterpolationWorldTransform(now);
  if (impl_->step_s > 0) body.rigid->setLinearVelocity((now.getOrigin() - before.getOrigin()) / impl_->step_s);
}

void Physics::prepare(double step_s) {
  for (Body& body : impl_->bodies) {
    if (!body.rigid || body.kind == BodyKind::kParked) continue;
    btVector3 low, high;
    body.shape.shape->getAabb(body.rigid->getWorldTransform(), low, high);
    // Pushes within the step may double its speed.
    const double reach_m = kNear_m + 2 * step_s * body.rigid->getLinearVelocity().length();
    const btVector3 reach(reach_m, reach_m, reach_m);
    impl_->obstacles.wake(impl_->world, low - reach, high + reach);
  }
  impl_->step_s = step_s;
  impl_->setApart();
}

bool Physics::canAnyMeet() const {
  return impl_->anyInWorld;
}

void Physics::substep(double step_s) {
  if (impl_->anyInWorld) impl_->world.stepSimulation(step_s, 0);
  const Ground& ground = impl_->groundShape.ground();
  for (Body& body : impl_->bodies) {
    if (body.rigid && body.isAlone) body.alone.step(*body.rigid, ground, step_s);
  }
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

}  // namespace nightfog::world
