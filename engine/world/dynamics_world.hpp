// Bullet's stepping, made second order where wheels need it. Private to this module: includes Bullet.
#pragma once

#include <btBulletDynamicsCommon.h>

#include <vector>

namespace nightfog::world {

/// Of a body that can move, with the speed of its place's time: the integrator's is half a step older. In free fall it
/// stays to the bit. 0 for one that cannot.
double energy_J(const btRigidBody& body, double step_s);
/// Slows a body that has met only what stands still and has more energy than it came with.
void takeBack(btRigidBody& body, double before_J, double step_s);
/// Places a body a step on by its speeds, as DynamicsWorld does for all.
void moveOn(btRigidBody& body, double step_s);

/// Bullet turns a body by the spin at a step's start and then damps the gyroscopic change of it, which stops tops and
/// draws leaning wheels in. Here the angular momentum that contacts leave a body with stays to the bit while it turns,
/// and it turns by the spin of mid-step: second order, as good forwards as backwards.
///
/// Newton's restitution and Coulomb's friction, put together at several points, can hand out energy that nobody had
/// [Kane1984]. What touches nothing but things that stand still leaves a step with no more than it came with; if it
/// would, it is slowed by the share that is too much, which changes no direction of motion and no contact's slip into
/// another.
class DynamicsWorld final : public btDiscreteDynamicsWorld {
 public:
  using btDiscreteDynamicsWorld::btDiscreteDynamicsWorld;

 protected:
  void predictUnconstraintMotion(btScalar step_s) override;
  void integrateTransforms(btScalar step_s) override;

 private:
  /// From who met only what stands still and has gained by that.
  void takeBackGains(double step_s);

  std::vector<btVector3> momenta_;  ///< world axes
  std::vector<double> energies_J_;  ///< before the step
};

}  // namespace nightfog::world
