#include "engine/world/lone_body.hpp"

#include <algorithm>
#include <cmath>

#include "engine/world/dynamics_world.hpp"
#include "engine/world/shapes.hpp"

namespace nightfog::world {
namespace {

/// As Bullet's solver has them [btContactSolverInfo]: what a solution begins with of the last one, the speed below
/// which nothing bounces, and how much of a push turns.
constexpr double kLeastBounce_mps = 0.2;
constexpr double kTurnOfPush = 0.1;

/// A row for a push along `axis` at `lever` from the centre of mass.
template <class Row>
void layRow(Row& row, const btVector3& axis, const btVector3& lever, const btRigidBody& body) {
  row.axis = axis;
  row.torque = lever.cross(axis);
  row.spin = body.getInvInertiaTensorWorld() * row.torque;
  row.share = 1 / (body.getInvMass() + row.torque.dot(row.spin));
  row.wanted = 0;
  row.impulse = 0;
}

/// Changes the impulse of a row towards what is missing, within limits; returns the change of speed.
template <class Row>
double settle(Row& row, double low, double high, double inverseMass, btVector3& velocity, btVector3& spin) {
  const double missing = row.wanted - row.axis.dot(velocity) - row.torque.dot(spin);
  const double impulse = std::clamp(row.impulse + missing * row.share, low, high);
  const double change = impulse - row.impulse;
  row.impulse = impulse;
  velocity += (change * inverseMass) * row.axis;
  spin += change * row.spin;
  return change / row.share;
}

}  // namespace

void LoneBody::find(const btRigidBody& body, const Ground& ground) {
  std::swap(contacts_, before_);
  contacts_.clear();
  const auto add = [&](const btConvexShape& shape, const btTransform& worldFromShape, int piece) {
    GroundContactList found;
    const size_t count = contactsWithGround(shape, worldFromShape, ground, found);
    for (size_t i = 0; i < count; ++i) {
      Contact& contact = contacts_.emplace_back();
      contact.at = found[i];
      contact.at.feature += piece * kMostFeatures;
    }
  };
  const btTransform& worldFromBody = body.getWorldTransform();
  if (body.getCollisionShape()->isCompound()) {
    const auto& compound = static_cast<const btCompoundShape&>(*body.getCollisionShape());
    for (int k = 0; k < compound.getNumChildShapes(); ++k)
      add(static_cast<const btConvexShape&>(*compound.getChildShape(k)), worldFromBody * compound.getChildTransform(k),
          k);
  } else {
    add(static_cast<const btConvexShape&>(*body.getCollisionShape()), worldFromBody, 0);
  }
}

void LoneBody::lay(Contact& contact, const btRigidBody& body, double step_s) const {
  const GroundContact& at = contact.at;
  contact.acts = at.distance_m <= kContactGap_m;
  if (!contact.acts) return;
  const btVector3 lever = at.point - body.getWorldTransform().getOrigin();
  const btVector3 before = body.getVelocityInLocalPoint(lever);
  const btVector3 gravity(0, 0, -kGravity_mps2 * step_s);
  const double speed = at.normal.dot(before);

  layRow(contact.normal, at.normal, lever, body);
  const double restitution = bounceOf(body.getRestitution(), -speed, -at.distance_m, at.normal.z(), step_s);
  const double bounce = std::abs(speed) < kLeastBounce_mps ? 0 : std::max(0.0, -restitution * speed);
  contact.normal.wanted = bounce - std::max(at.distance_m, 0.0) / step_s;
  contact.pushed_m = std::max(-at.distance_m, 0.0);

  btVector3 slip = before - speed * at.normal, across;
  if (slip.length2() > SIMD_EPSILON) {
    slip.normalize();
    across = slip.cross(at.normal);
  } else {
    btPlaneSpace1(at.normal, slip, across);
  }
  layRow(contact.along, slip, lever, body);
  layRow(contact.across, across, lever, body);
  for (const Contact& then : before_) {
    if (!then.acts || then.at.feature != at.feature) continue;
    contact.normal.impulse = then.normal.impulse;
    contact.along.impulse = then.rub_Ns.dot(slip);
    contact.across.impulse = then.rub_Ns.dot(across);
  }
}

void LoneBody::solve(const btRigidBody& body, double step_s, btVector3& velocity, btVector3& spin) {
  velocity = body.getLinearVelocity() + btVector3(0, 0, -kGravity_mps2 * step_s);
  spin = body.getAngularVelocity();
  const double inverseMass = body.getInvMass();
  bool anyActs = false;
  for (Contact& contact : contacts_) {
    lay(contact, body, step_s);
    if (!contact.acts) continue;
    anyActs = true;
    for (const Row* row : {&contact.normal, &contact.along, &contact.across}) {
      velocity += (row->impulse * inverseMass) * row->axis;
      spin += row->impulse * row->spin;
    }
  }
  for (int n = 0; anyActs && n < kSolverIterations; ++n) {
    double greatest = 0;
    const auto note = [&](double change) { greatest = std::max(greatest, change * change); };
    for (Contact& contact : contacts_) {
      if (contact.acts) note(settle(contact.normal, 0, SIMD_INFINITY, inverseMass, velocity, spin));
    }
    for (Contact& contact : contacts_) {
      if (!contact.acts || !(contact.normal.impulse > 0)) continue;
      const double limit = body.getFriction() * contact.normal.impulse;
      note(settle(contact.along, -limit, limit, inverseMass, velocity, spin));
      note(settle(contact.across, -limit, limit, inverseMass, velocity, spin));
    }
    if (greatest <= kSolverResidual_m2ps2) break;
  }
}

void LoneBody::pushApart(btRigidBody& body, double step_s) {
  btVector3 push(0, 0, 0), turn(0, 0, 0);
  bool anyPushed = false;
  for (Contact& contact : contacts_) {
    if (!contact.acts) continue;
    contact.rub_Ns = contact.along.impulse * contact.along.axis + contact.across.impulse * contact.across.axis;
    Row& row = contact.along = contact.normal;  // friction has had its say
    row.wanted = contact.pushed_m / step_s;
    row.impulse = 0;
    anyPushed = anyPushed || contact.pushed_m > 0;
  }
  if (!anyPushed) return;
  for (int n = 0; n < kSolverIterations; ++n) {
    double greatest = 0;
    for (Contact& contact : contacts_) {
      if (!contact.acts || !(contact.pushed_m > 0)) continue;
      const double change = settle(contact.along, 0, SIMD_INFINITY, body.getInvMass(), push, turn);
      greatest = std::max(greatest, change * change);
    }
    if (greatest <= kSolverResidual_m2ps2) break;
  }
  btTransform apart;
  btTransformUtil::integrateTransform(body.getWorldTransform(), push, kTurnOfPush * turn, step_s, apart);
  body.setWorldTransform(apart);
}

void LoneBody::step(btRigidBody& body, const Ground& ground, double step_s) {
  if (!body.isActive()) return;
  const double before_J = energy_J(body, step_s);
  find(body, ground);
  btVector3 velocity, spin;
  solve(body, step_s, velocity, spin);

  impulse_Ns_ = 0;
  touch_.reset();
  double deepest_m = 0;
  for (const Contact& contact : contacts_) {
    const double impulse_Ns = contact.acts ? contact.normal.impulse : 0;
    impulse_Ns_ += impulse_Ns;
    const double distance_m = contact.at.distance_m;
    if ((distance_m > 0 && !(impulse_Ns > 0)) || (touch_ && distance_m >= deepest_m)) continue;
    deepest_m = distance_m;
    touch_ = fromBullet(contact.at.point - distance_m * contact.at.normal);
  }

  body.setLinearVelocity(velocity);
  body.setAngularVelocity(spin);
  pushApart(body, step_s);
  moveOn(body, step_s);
  if (!contacts_.empty()) takeBack(body, before_J, step_s);

  body.updateDeactivation(step_s);
  if (!body.wantsSleeping()) {
    body.setActivationState(ACTIVE_TAG);
    return;
  }
  body.setActivationState(ISLAND_SLEEPING);
  body.setLinearVelocity(btVector3(0, 0, 0));
  body.setAngularVelocity(btVector3(0, 0, 0));
}

}  // namespace nightfog::world
