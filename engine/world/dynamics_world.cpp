#include "engine/world/dynamics_world.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/world/shapes.hpp"

namespace nightfog::world {
namespace {

/// 0 where the second is.
btVector3 divide(const btVector3& a, const btVector3& b) {
  return {b.x() > 0 ? a.x() / b.x() : 0, b.y() > 0 ? a.y() / b.y() : 0, b.z() > 0 ? a.z() / b.z() : 0};
}

btVector3 spinOf(const btRigidBody& body, const btMatrix3x3& worldFromBody, const btVector3& momentum) {
  return worldFromBody * (body.getInvInertiaDiagLocal() * (momentum * worldFromBody));
}

double kineticEnergy_J(const btRigidBody& body, const btVector3& velocity) {
  const btVector3 spin = body.getAngularVelocity() * body.getWorldTransform().getBasis();
  return 0.5 * (velocity.length2() / body.getInvMass() + spin.dot(divide(spin, body.getInvInertiaDiagLocal())));
}

/// With the speed of its place's time: the integrator's is half a step older. In free fall it stays to the bit.
double energy_J(const btRigidBody& body, double step_s) {
  if (!(body.getInvMass() > 0)) return 0;
  const btVector3 velocity = body.getLinearVelocity() + btVector3(0, 0, -0.5 * kGravity_mps2 * step_s);
  return kineticEnergy_J(body, velocity) + kGravity_mps2 * body.getWorldTransform().getOrigin().z() / body.getInvMass();
}

}  // namespace

void DynamicsWorld::predictUnconstraintMotion(btScalar step_s) {
  energies_J_.clear();
  for (int i = 0; i < m_nonStaticRigidBodies.size(); ++i)
    energies_J_.push_back(energy_J(*m_nonStaticRigidBodies[i], step_s));
  btDiscreteDynamicsWorld::predictUnconstraintMotion(step_s);
}

void DynamicsWorld::integrateTransforms(btScalar step_s) {
  momenta_.clear();
  for (int i = 0; i < m_nonStaticRigidBodies.size(); ++i) {
    btRigidBody& body = *m_nonStaticRigidBodies[i];
    const btMatrix3x3 now = body.getWorldTransform().getBasis();
    const btVector3 spin = body.getAngularVelocity();
    momenta_.push_back(now * divide(spin * now, body.getInvInertiaDiagLocal()));
    if (!body.isActive() || body.isStaticOrKinematicObject()) continue;
    btTransform half;
    btTransformUtil::integrateTransform(body.getWorldTransform(), btVector3(0, 0, 0), spin, 0.5 * step_s, half);
    body.setAngularVelocity(spinOf(body, half.getBasis(), momenta_.back()));
  }
  btDiscreteDynamicsWorld::integrateTransforms(step_s);
  for (int i = 0; i < m_nonStaticRigidBodies.size(); ++i) {
    btRigidBody& body = *m_nonStaticRigidBodies[i];
    if (!body.isActive() || body.isStaticOrKinematicObject()) continue;
    body.setAngularVelocity(spinOf(body, body.getWorldTransform().getBasis(), momenta_[static_cast<size_t>(i)]));
  }
  takeBack(step_s);
}

void DynamicsWorld::takeBack(double step_s) {
  enum : char { kAlone, kMetStill, kMetMoving };
  std::vector<char> met(static_cast<size_t>(getNumCollisionObjects()), kAlone);
  const btDispatcher& dispatcher = *getDispatcher();
  for (int i = 0; i < dispatcher.getNumManifolds(); ++i) {
    const btPersistentManifold& manifold = *const_cast<btDispatcher&>(dispatcher).getManifoldByIndexInternal(i);
    if (manifold.getNumContacts() == 0) continue;
    const btCollisionObject* a = manifold.getBody0();
    const btCollisionObject* b = manifold.getBody1();
    for (const auto& [one, other] : {std::pair(a, b), std::pair(b, a)}) {
      char& mark = met[static_cast<size_t>(one->getWorldArrayIndex())];
      mark = std::max<char>(mark, other->isStaticObject() ? kMetStill : kMetMoving);
    }
  }
  for (int i = 0; i < m_nonStaticRigidBodies.size(); ++i) {
    btRigidBody& body = *m_nonStaticRigidBodies[i];
    if (met[static_cast<size_t>(body.getWorldArrayIndex())] != kMetStill) continue;
    const double gained_J = energy_J(body, step_s) - energies_J_[static_cast<size_t>(i)];
    const double kinetic_J = kineticEnergy_J(body, body.getLinearVelocity());
    if (!(gained_J > 0) || !(kinetic_J > 0)) continue;
    const double slower = std::sqrt(std::max(0.0, 1 - gained_J / kinetic_J));
    body.setLinearVelocity(slower * body.getLinearVelocity());
    body.setAngularVelocity(slower * body.getAngularVelocity());
  }
}

}  // namespace nightfog::world
