#include "engine/world/towed.hpp"

#include <cmath>

namespace nightfog::world {
namespace {

constexpr double kStep_s = 0.005;
/// Nobody pulls a trailer at 200 m/s: who comes further in a step was put elsewhere.
constexpr double kJump_m = 1.0;
constexpr double kCoincident_m = 1e-6;

}  // namespace

TowedMotion::TowedMotion(Leader leader, double hitch_m, double coupler_m, const RigidTransform& placed,
                         road::RoadNetwork map)
    : leader_(std::move(leader)),
      hitch_m_(hitch_m),
      coupler_m_(coupler_m),
      placed_(placed),
      map_(std::move(map)),
      marks_{{}} {
  const MotionState first = leader_(0);
  const glm::dvec2 hitch = hitchOf(first);
  marks_[0] = drawn({hitch, glm::dvec2(placed.translation), 0}, first);
  marks_[0].travelled_m = 0;
}

glm::dvec2 TowedMotion::hitchOf(const MotionState& leader) const {
  return glm::dvec2(leader.worldFromActor * glm::dvec3(hitch_m_, 0, 0));
}

TowedMotion::Mark TowedMotion::drawn(const Mark& from, const MotionState& leader) const {
  Mark mark = from;
  mark.hitch = hitchOf(leader);
  const double yaw = leader.worldFromActor.yaw_rad();
  const glm::dvec2 straight(std::cos(yaw), std::sin(yaw));
  glm::dvec2 ahead = mark.hitch - from.origin;
  const bool isElsewhere = glm::distance(mark.hitch, from.hitch) > kJump_m;
  ahead = isElsewhere || glm::length(ahead) < kCoincident_m ? straight : glm::normalize(ahead);
  mark.origin = mark.hitch - coupler_m_ * ahead;
  if (!isElsewhere) mark.travelled_m += glm::dot(mark.origin - from.origin, ahead);
  return mark;
}

MotionState TowedMotion::at(double time_s) const {
  const auto whole = static_cast<size_t>(std::max(std::floor(time_s / kStep_s), 0.0));
  while (marks_.size() <= whole)
    marks_.push_back(drawn(marks_.back(), leader_(static_cast<double>(marks_.size()) * kStep_s)));
  const MotionState leader = leader_(time_s);
  const Mark mark = drawn(marks_[whole], leader);
  const glm::dvec2 ahead = (mark.hitch - mark.origin) / coupler_m_;
  MotionState state;
  state.travelled_m = mark.travelled_m;
  const double heading = std::atan2(ahead.y, ahead.x);
  const glm::dvec3 place(mark.origin, leader.worldFromActor.translation.z);
  if (map_.isEmpty() || map_.isFlat()) {
    state.worldFromActor = RigidTransform::fromYawPitchRoll(place, heading);
  } else {
    state.worldFromActor = map_.standing(glm::dvec3(mark.origin, map_.height_m(place)), heading);
    state.worldFromActor.translation = {mark.origin.x, mark.origin.y, map_.height_m(place)};
  }
  const glm::dvec3 arm = leader.worldFromActor.rotate({hitch_m_, 0, 0});
  const glm::dvec2 pull(leader.velocity_mps + glm::cross(leader.angularVelocity_radps, arm));
  const double onwards = glm::dot(pull, ahead);
  state.velocity_mps = state.worldFromActor.rotate({onwards, 0, 0});
  state.angularVelocity_radps = {0, 0, (ahead.x * pull.y - ahead.y * pull.x) / coupler_m_};
  return state;
}

}  // namespace nightfog::world
