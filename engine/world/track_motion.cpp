#include "engine/world/track_motion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nightfog::world {
namespace {

constexpr double kSumStep_s = 0.005;

}  // namespace

TrackMotion::TrackMotion(Track track, const RigidTransform& placed, double speed_mps, SimTime start, double wheelbase_m,
                         road::RoadNetwork map)
    : map_(std::move(map)),
      pace_(Pace::steady(speed_mps, start.seconds())),
      placed_(placed),
      cruiseSpeed_mps_(speed_mps),
      start_s_(start.seconds()),
      wheelbase_m_(wheelbase_m) {
  legs_.push_back({std::move(track), -std::numeric_limits<double>::infinity(), 0});
}

const TrackMotion::Leg& TrackMotion::legAt(double time_s) const {
  size_t leg = legs_.size() - 1;
  while (leg > 0 && legs_[leg].start_s > time_s) --leg;
  return legs_[leg];
}

const TrackMotion::Leg& TrackMotion::legOf(double travelled_m) const {
  size_t leg = legs_.size() - 1;
  while (leg > 0 && legs_[leg].first_m > travelled_m) --leg;
  return legs_[leg];
}

/// Along the track, of who goes at its pace and sideways besides.
double TrackMotion::progressRate(double time_s, double progress_m) const {
  const double speed = pace_.speed_mps(time_s);
  const Lateral::State beside = lateral_.at(time_s, progress_m);
  const double rest = speed * speed - beside.rate_mps * beside.rate_mps;
  if (rest <= 0) return 0;
  return std::sqrt(rest / (1 + beside.slope * beside.slope));
}

double TrackMotion::progress_m(double time_s) const {
  if (marks_.empty() || time_s <= marks_.front().time_s) return pace_.distance_m(time_s);
  const auto after = std::upper_bound(marks_.begin(), marks_.end(), time_s,
                                      [](double time, const Mark& mark) { return time < mark.time_s; });
  Mark at = *std::prev(after);
  const bool isLast = after == marks_.end();
  while (true) {
    if (isLast && lateral_.isDone(at.time_s, at.progress_m)) {
      return at.progress_m + pace_.distance_m(time_s) - pace_.distance_m(at.time_s);
    }
    const double step = std::min(kSumStep_s, time_s - at.time_s);
    if (!(step > 0)) return at.progress_m;
    const double half = at.progress_m + 0.5 * step * progressRate(at.time_s, at.progress_m);
    at.progress_m += step * progressRate(at.time_s + 0.5 * step, half);
    at.time_s += step;
    if (step < kSumStep_s) return at.progress_m;
    if (isLast) marks_.push_back(at);
  }
}

MotionState TrackMotion::at(double time_s) const {
  MotionState state;
  const double wanted = progress_m(time_s);
  const Leg& leg = legAt(time_s);
  if (time_s < start_s_ || (legs_.size() == 1 && lateral_.isIdle() &&
                            (!(leg.track.length_m() > 0) || (wanted == 0 && pace_.speed_mps(time_s) == 0)))) {
    state.worldFromActor = placed_;
    return state;
  }
  const double length = leg.track.length_m();
  const double along = std::clamp(wanted - leg.first_m, 0.0, length);
  state.travelled_m = leg.first_m + along;
  const TrackPoint point = leg.track.at(along);
  const auto standing = [&](double heading_rad) {
    return map_.isFlat() ? RigidTransform::fromYawPitchRoll(point.position, heading_rad)
                         : RigidTransform{map_.standing(point.position, heading_rad).rotation, point.position};
  };
  state.worldFromActor = standing(point.heading_rad);
  state.steerCurvature_1pm = leg.track.meanCurvature(along, wheelbase_m_);
  const bool isUnderWay = wanted - leg.first_m < length;
  const double speed = isUnderWay ? pace_.speed_mps(time_s) : 0;
  if (lateral_.isIdle()) {
    state.velocity_mps = point.tangent * speed;
    state.angularVelocity_radps = {0, 0, point.headingRate_radpm * speed};
  } else {
    const Lateral::State beside = lateral_.at(time_s, wanted);
    const double onwards = isUnderWay ? progressRate(time_s, wanted) : 0;
    const double sideways = isUnderWay ? beside.rate_mps + beside.slope * onwards : 0;
    const glm::dvec3 left = state.worldFromActor.rotate({0, 1, 0});
    const glm::dvec3 place = point.position + left * beside.left_m;
    double turn = 0, turnRate = 0;
    if (onwards > 0) {
      turn = std::atan2(sideways, onwards);
      turnRate = (beside.acceleration_mps2 + beside.bend_1pm * onwards * onwards) / onwards;
      state.steerCurvature_1pm += turnRate / onwards;
    }
    state.worldFromActor = standing(point.heading_rad + turn);
    state.worldFromActor.translation = place;
    state.velocity_mps = point.tangent * onwards + left * sideways;
    state.angularVelocity_radps = {0, 0, point.headingRate_radpm * onwards + turnRate};
  }
  if (roll_rad_ != 0) state.worldFromActor.rotation *= glm::angleAxis(roll_rad_, glm::dvec3(1, 0, 0));
  return state;
}

double TrackMotion::rolled_m(double travelled_m, const glm::dvec2& wheel) const {
  double rolled = 0;
  for (size_t i = 0; i < legs_.size() && legs_[i].first_m <= travelled_m; ++i) {
    const double last = i + 1 < legs_.size() ? std::min(travelled_m, legs_[i + 1].first_m) : travelled_m;
    rolled += legs_[i].track.rolled_m(last - legs_[i].first_m, wheel);
  }
  return rolled;
}

double TrackMotion::wayLength_m() const {
  if (!(cruiseSpeed_mps_ > 0)) return 0;
  return legs_.back().first_m + legs_.back().track.length_m();
}

glm::dvec3 TrackMotion::place(double travelled_m) const {
  const Leg& leg = legOf(travelled_m);
  return leg.track.at(travelled_m - leg.first_m).position;
}

void TrackMotion::beginSum(double now_s) {
  const double progress = progress_m(now_s);
  std::erase_if(marks_, [now_s](const Mark& mark) { return mark.time_s >= now_s; });
  marks_.push_back({now_s, progress});
}

void TrackMotion::take(double now_s, Track track, double left_m) {
  beginSum(now_s);
  const double progress = marks_.back().progress_m;
  std::erase_if(legs_, [now_s](const Leg& leg) { return leg.start_s >= now_s; });
  legs_.push_back({std::move(track), now_s, progress});
  lateral_.rebase(now_s, left_m);
}

void TrackMotion::moveInTime(double now_s, double to_m, double over_s, scenario::Shape shape) {
  beginSum(now_s);
  lateral_.moveInTime(now_s, marks_.back().progress_m, to_m, over_s, shape);
}

void TrackMotion::moveAlong(double now_s, double to_m, double over_m, scenario::Shape shape) {
  beginSum(now_s);
  lateral_.moveAlong(now_s, marks_.back().progress_m, to_m, over_m, shape);
}

void TrackMotion::hold(double now_s) {
  beginSum(now_s);
  lateral_.hold(now_s, marks_.back().progress_m);
}

}  // namespace nightfog::world
