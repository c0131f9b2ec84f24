// A free body that can meet nothing but ground: one step of it, with the contact model of Bullet's world and a
// fraction of its cost. Private to this module: includes Bullet.
//
// A slid vehicle has eight contacts. Bullet keeps them in five manifolds, its broad phase and islands go over
// everything that stands in the map, and its solver over rows laid out for any two bodies; alone, what remains is a few
// hundred operations. Same rows in the same order: Newton's restitution, Coulomb's friction in two directions with the
// slip first, normals before frictions, overlap pushed apart without giving speed. It begins with the whole of what
// each point bore the step before, friction too, where Bullet takes 0.85 of the normals' and nothing of friction: what
// slides or rests is solved by then.
// @code
//   LoneBody alone;                              // keeps what the last step's contacts bore
//   alone.step(rigid, ground, 1e-3);             // `rigid` is in no world
//   alone.impulse_Ns();  alone.touch();
// @endcode
#pragma once

#include <optional>
#include <vector>

#include "engine/world/ground_contact.hpp"

namespace nightfog::world {

/// Contacts act within this gap. Bullet would take the gap out of the speed after the bounce, gap / step: 0.02 m/s
/// here. Above g step^2, 1e-5 m, so that what rests stays in contact.
constexpr double kContactGap_m = 2e-5;
/// How often Bullet's rows are gone over, and ours; and the change of speed, squared, below which that ends: a
/// micrometre a second, a ten-thousandth of what gravity gives in a substep.
constexpr int kSolverIterations = 30;
constexpr double kSolverResidual_m2ps2 = 1e-12;

class LoneBody {
 public:
  /// Under gravity, over the ground, by its own friction and restitution. What sleeps stays.
  void step(btRigidBody& body, const Ground& ground, double step_s);
  /// Forgets what its contacts bore: it comes from elsewhere.
  void begin() { contacts_.clear(), touch_.reset(), impulse_Ns_ = 0; }

  /// Along the normals, in the last step.
  double impulse_Ns() const { return impulse_Ns_; }
  /// The deepest place that it touched the ground at, in the last step.
  const std::optional<glm::dvec3>& touch() const { return touch_; }

 private:
  struct Row {
    btVector3 axis;    ///< of the push
    btVector3 torque;  ///< lever x axis
    btVector3 spin;    ///< that a unit impulse gives
    double share;      ///< impulse that changes the speed along the axis by one: 1 / (1/m + torque I^-1 torque)
    double wanted;     ///< speed along the axis
    double impulse;
  };
  struct Contact {
    GroundContact at;
    Row normal, along, across;
    double pushed_m = 0;  ///< overlap to take away
    bool acts = false;
    btVector3 rub_Ns;  ///< of friction
  };
  void find(const btRigidBody& body, const Ground& ground);
  void lay(Contact& contact, const btRigidBody& body, double step_s) const;
  void solve(const btRigidBody& body, double step_s, btVector3& velocity, btVector3& spin);
  void pushApart(btRigidBody& body, double step_s);

  std::vector<Contact> contacts_, before_;
  std::optional<glm::dvec3> touch_;
  double impulse_Ns_ = 0;
};

}  // namespace nightfog::world
