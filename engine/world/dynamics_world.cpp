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

btVector3 momentumOf(const btRigidBody& body) {
  const btMatrix3x3 now = body.getWorldTransform().getBasis();
  return now * divide(body.getAngularVelocity() * now, body.getInvInertiaDiagLocal());
}

/// For the way of a step: the spin of its middle.
void spinOfMiddle(btRigidBody& body, const btVector3& momentum, double step_s) {
  btTransform half;
  btTransformUtil::integrateTransform(body.getWorldTransform(), btVector3(0, 0, 0), body.getAngularVelocity(),
                                      0.5 * step_s, half);
  body.setAngularVelocity(spinOf(body, half.getBasis(), momentum));
}

}  // namespace

double energy_J(const btRigidBody& body, double step_s) {
  if (!(body.getInvMass() > 0)) return 0;
  const btVector3 velocity = body.getLinearVelocity() + btVector3(0, 0, -0.5 * kGravity_mps2 * step_s);
  return kineticEnergy_J(body, velocity) + kGravity_mps2 * body.getWorldTransform().getOrigin().z() / body.getInvMass();
}

void takeBack(btRigidBody& body, double before_J, double step_s) {
  const double gained_J = energy_J(body, step_s) - before_J;
  const double kinetic_J = kineticEnergy_J(body, body.getLinearVelocity());
  if (!(gained_J > 0) || !(kinetic_J > 0)) return;
  const double slower = std::sqrt(std::max(0.0, 1 - gained_J / kinetic_J));
  body.setLinearVelocity(slower * body.getLinearVelocity());
  body.setAngularVelocity(slower * body.getAngularVelocity());
}

void moveOn(btRigidBody& body, double step_s) {
  const btVector3 momentum = momentumOf(body);
  spinOfMiddle(body, momentum, step_s);
  btTransform next;
  body.predictIntegratedTransform(step_s, next);
  body.proceedToTransform(next);
  body.setAngularVelocity(spinOf(body, body.getWorldTransform().getBasis(), momentum));
}

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
    momenta_.push_back(momentumOf(body));
    if (body.isActive() && !body.isStaticOrKinematicObject()) spinOfMiddle(body, momenta_.back(), step_s);
  }
  btDiscreteDynamicsWorld::integrateTransforms(step_s);
  for (int i = 0; i < m_nonStaticRigidBodies.size(); ++i) {
    btRigidBody& body = *m_nonStaticRigidBodies[i];
    if (!body.isActive() || body.isStaticOrKinematicObject()) continue;
    body.setAngularVelocity(spinOf(body, body.getWorldTransform().getBasis(), momenta_[static_cast<size_t>(i)]));
  }
  takeBackGains(step_s);
}

void DynamicsWorld::takeBackGains(double step_s) {
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
    if (met[static_cast<size_t>(body.getWorldArrayIndex())] == kMetStill)
      takeBack(body, energies_J_[static_cast<size_t>(i)], step_s);
  }
}

}  // namespace nightfog::world
