#include "engine/world/cast.hpp"

#include "engine/core/error.hpp"

namespace nightfog::world {
namespace {

/// A state carried back in time along its own velocities.
ActorState carriedBack(const ActorState& state, double time_s) {
  ActorState before = state;
  const MotionState& now = state.motion;
  RigidTransform& pose = before.motion.worldFromActor;
  pose.translation -= now.velocity_mps * time_s;
  const double rate = glm::length(now.angularVelocity_radps);
  if (rate > 0) {
    pose.rotation = glm::normalize(glm::angleAxis(-rate * time_s, now.angularVelocity_radps / rate) * pose.rotation);
  }
  const RigidTransform moved = pose * now.worldFromActor.inverse();
  for (RigidTransform& part : before.worldFromPart) part = moved * part;
  return before;
}

}  // namespace

ActorState Player::evaluate(const Physics& physics, double time_s) const {
  ActorState state;
  if (kind == BodyKind::kFree) {
    const BodyState now = physics.state(body);
    state.motion = last().motion;  // wheels and limbs stay as they were when it was let go
    state.motion.worldFromActor = now.worldFromActor;
    state.motion.velocity_mps = now.velocity_mps;
    state.motion.angularVelocity_radps = now.angularVelocity_radps;
  } else {
    state.motion = motion->at(time_s);
    rig->settle(state.motion);
  }
  state.lamps = lamps;
  rig->appendPoses(state.motion, time_s, state.worldFromPart);
  return state;
}

ActorState Player::at(int64_t n, double step_s) const {
  if (n < entered_) return carriedBack(first_, static_cast<double>(entered_ - n) * step_s);
  if (!isMoving || n < firstStep_) return first_;
  const auto place = static_cast<size_t>(n - firstStep_);
  if (left_ && place >= history_.size())
    return carriedBack(history_.back(), -static_cast<double>(place - history_.size() + 1) * step_s);
  NF_ASSERT(place < history_.size(), "actor '{}' has no state at step {}", name, n);
  return history_[place];
}

void Player::appear(int64_t n, ActorState state) {
  isPresent = true;
  isMoving = false;
  entered_ = n;
  left_.reset();
  history_.clear();
  first_ = std::move(state);
}

void Player::leave(int64_t n) {
  isPresent = false;
  left_ = n;
}

void Player::startMoving(int64_t n) {
  if (isMoving) return;
  isMoving = true;
  firstStep_ = n;
  history_.push_back(first_);
}

void Player::forgetBefore(int64_t n) {
  while (firstStep_ < n && history_.size() > 1) {
    history_.pop_front();
    ++firstStep_;
  }
}

}  // namespace nightfog::world
