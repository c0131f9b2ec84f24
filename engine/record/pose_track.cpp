#include "engine/record/pose_track.hpp"

#include <algorithm>

namespace nightfog::record {
namespace {

RigidTransform carry(const EgoState& state, SimTime t) {
  const double dt = (t - state.at).seconds();
  RigidTransform out = state.worldFromVehicle;
  out.translation += state.velocity_mps * dt + 0.5 * dt * dt * state.acceleration_mps2;
  const double rate = glm::length(state.angularVelocity_radps);
  if (rate > 1e-9) {
    out.rotation =
        glm::normalize(glm::angleAxis(rate * dt, state.angularVelocity_radps / rate) * state.worldFromVehicle.rotation);
  }
  return out;
}

}  // namespace

RigidTransform PoseTrack::at(SimTime t) const {
  if (states_.empty()) return RigidTransform::identity();
  const auto next =
      std::lower_bound(states_.begin(), states_.end(), t, [](const EgoState& s, SimTime at) { return s.at < at; });
  if (next == states_.begin()) return carry(states_.front(), t);
  if (next == states_.end()) return carry(states_.back(), t);
  const EgoState& a = *(next - 1);
  const EgoState& b = *next;
  const double span = (b.at - a.at).seconds();
  const double f = (t - a.at).seconds() / span;
  RigidTransform out = interpolate(a.worldFromVehicle, b.worldFromVehicle, f);
  const double f2 = f * f, f3 = f2 * f;
  out.translation = (2 * f3 - 3 * f2 + 1) * a.worldFromVehicle.translation + (f3 - 2 * f2 + f) * span * a.velocity_mps +
                    (3 * f2 - 2 * f3) * b.worldFromVehicle.translation + (f3 - f2) * span * b.velocity_mps;
  return out;
}

}  // namespace nightfog::record
