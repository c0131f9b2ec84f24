#include "engine/world/gait.hpp"

#include <algorithm>
#include <cmath>
#include <glm/glm.hpp>

#include "engine/content/leg_kinematics.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::world {
namespace {

constexpr double kGravity_mps2 = 9.81;
/// Walking turns into running at this Froude number v^2 / (g L) [Alexander1989].
constexpr double kRunningFroude = 0.5;
/// Share of the stride that a foot stands: 0.60 to 0.62 walking [Perry1992]; about 0.35 at an easy run.
constexpr double kWalkDuty = 0.6;
constexpr double kRunDuty = 0.35;
/// Leg length over stature [DrillisContini1966].
constexpr double kLegOverStature = 0.53;
/// The leg is never quite stretched, so the knee never locks.
constexpr double kUsedReach = 0.995;
/// The last 3 % of the reach are hard to come by.
constexpr double kSoftReach = 0.03;
/// Rise of the pelvis from double support to mid-stance over leg length: 4 cm for an adult [Perry1992].
constexpr double kBob = 0.045;
/// Ankle to the toe and the heel of a stiff shoe over leg length, along the sole.
constexpr double kToeTip = 0.2436;
constexpr double kHeelTip = 0.1044;
/// The heel rises by 60 degrees before the toe leaves [Perry1992], the toe by 25 before the foot is flat.
constexpr double kMostHeelRise_rad = 1.05;
constexpr double kMostToeRise_rad = 0.6;
/// How far a shod foot, level or tilted, gets before and behind its ankle over leg length.
constexpr double kToe = 0.28;
constexpr double kHeel = 0.17;
/// Height of the swinging ankle over leg length.
constexpr double kWalkLift = 0.11;
constexpr double kRunLift = 0.28;

double smoothstep(double u) {
  u = std::clamp(u, 0.0, 1.0);
  return u * u * (3 - 2 * u);
}

double square(double v) {
  return v * v;
}

/// How a stiff shoe is tilted against the ground.
struct Roll {
  double overToe_rad = 0;
  double onHeel_rad = 0;

  /// Of the ankle against that of the level shoe; x, z.
  glm::dvec2 ankleShift(const LegGeometry& leg) const {
    const double h = leg.ankleHeight_m;
    if (!(h > 0)) return {0, 0.17 * leg.reach_m() * std::sin(overToe_rad + onHeel_rad)};
    const double toe = kToeTip * leg.reach_m();
    const double heel = kHeelTip * leg.reach_m();
    return {toe * (1 - std::cos(overToe_rad)) + h * std::sin(overToe_rad) - heel * (1 - std::cos(onHeel_rad)) -
                h * std::sin(onHeel_rad),
            toe * std::sin(overToe_rad) + heel * std::sin(onHeel_rad) +
                h * (std::cos(overToe_rad) + std::cos(onHeel_rad) - 2)};
  }
};

/// Angle about y that turns straight down into (x, z); positive is backward.
double angleFromDown(double x, double z) {
  return std::atan2(-x, -z);
}

/// Length of a leg that is asked to span `wanted`: the last `soft` metres to `reach` are approached, never met, so that
/// the knee bends at a finite rate.
double softReach(double wanted, double reach, double soft) {
  const double begin = reach - soft;
  if (wanted <= begin) return wanted;
  return soft > 0 ? begin + soft * (1 - std::exp(-(wanted - begin) / soft)) : reach;
}

}  // namespace

LegAngles reachFor(const LegGeometry& leg, double x, double z) {
  const double thighRest = angleFromDown(leg.thighX_m, leg.thighZ_m);
  const double shinRest = angleFromDown(leg.shinX_m, leg.shinZ_m);
  const content::LimbAngles limb =
      content::reachWithLimb(std::hypot(leg.thighX_m, leg.thighZ_m), std::hypot(leg.shinX_m, leg.shinZ_m), x, z);
  LegAngles angles;
  angles.hip_rad = limb.upper_rad - thighRest;
  angles.knee_rad = limb.bend_rad - (shinRest - thighRest);
  angles.ankle_rad = -(angles.hip_rad + angles.knee_rad);
  return angles;
}

double LegGeometry::reach_m() const {
  return std::hypot(thighX_m, thighZ_m) + std::hypot(shinX_m, shinZ_m);
}

Gait::Gait(const std::array<LegGeometry, 2>& legs, double speed_mps, double wayLength_m)
    : legs_(legs), reach_m_(std::min(legs[0].reach_m(), legs[1].reach_m())), way_m_(wayLength_m) {
  runs_ = square(speed_mps) > kRunningFroude * kGravity_mps2 * reach_m_;
  duty_ = runs_ ? kRunDuty : kWalkDuty;
  // [GrieveGear1966]: strides per minute = 64.8 (v / stature)^0.57; a stride is two steps. Below a stroll the steps get
  // no shorter.
  const double stature = reach_m_ / kLegOverStature;
  const double relativeSpeed = std::max(speed_mps / stature, 0.1);
  const double stride = 60.0 / 64.8 * std::pow(relativeSpeed, 0.43) * stature;
  step_m_ = 0.5 * stride;
  if (std::isfinite(way_m_) && way_m_ > 0) step_m_ = way_m_ / std::max(1.0, std::round(way_m_ / step_m_));
}

// The foot leaves the ground at rest and falls back until its cycloid has the walker's speed: 1 - cos(2 pi p) = 1 -
// duty.
double Gait::ankleReach_m() const {
  const double p = std::acos(duty_) / (2 * kPi);
  const double forward = p - std::sin(2 * kPi * p) / (2 * kPi);
  return (duty_ + 2 * (1 - duty_) * p - 2 * forward) * step_m_;
}

double Gait::front_m() const {
  return way_m_ > 0 ? ankleReach_m() + kToe * reach_m_ : 0;
}
double Gait::back_m() const {
  return way_m_ > 0 ? -(ankleReach_m() + kHeel * reach_m_) : 0;
}

double Gait::plant_m(double index) const {
  return std::clamp(index * step_m_, 0.0, way_m_);
}

Gait::Foot Gait::footAt(Side side, double travelled_m, const std::function<double(double)>& groundAt) const {
  const double steps = travelled_m / step_m_;
  const double parity = side == kLeft ? 0 : 1;
  const double nearest = parity + 2 * std::round((steps - parity) / 2);
  Foot foot;
  if (std::abs(steps - nearest) <= duty_) {
    foot.place_m = plant_m(nearest);
    foot.height_m = groundAt(foot.place_m);
    return foot;
  }
  const double from = steps > nearest ? nearest : nearest - 2;
  const double begin = std::max((from + duty_) * step_m_, 0.0);
  const double end = std::min((from + 2 - duty_) * step_m_, way_m_);
  const double p = end > begin ? std::clamp((travelled_m - begin) / (end - begin), 0.0, 1.0) : 1.0;
  const double a = plant_m(from);
  const double b = plant_m(from + 2);
  // A cycloid leaves and meets the ground at rest.
  const double forward = p - std::sin(2 * kPi * p) / (2 * kPi);
  foot.place_m = a + (b - a) * forward;
  const double heightA = groundAt(a);
  const double heightB = groundAt(b);
  foot.height_m = heightA + (heightB - heightA) * smoothstep(p);
  // Higher over a kerb than over level ground.
  const double lift = (runs_ ? kRunLift : kWalkLift) * reach_m_ + 0.5 * std::abs(heightB - heightA);
  foot.lift_m = lift * square(std::sin(kPi * p)) * std::min(1.0, (b - a) / step_m_);
  foot.stands = p <= 0 || p >= 1;
  foot.swing = p;
  return foot;
}

double Gait::pelvisDrop(double travelled_m) const {
  const double used = kUsedReach * reach_m_;
  const double wave = square(std::sin(kPi * travelled_m / step_m_));  // 0 at mid-stance, 1 half a step on
  double hip = 0;
  if (runs_) {
    // A spring: lowest at mid-stance, stretched when the foot leaves.
    const double atLeaving = std::sqrt(std::max(square(used) - square(duty_ * step_m_), square(0.6 * used)));
    const double rise = 1.6 * kBob * reach_m_;
    hip = atLeaving - rise * square(std::sin(kPi * duty_)) + rise * wave;
  } else {
    // An inverted pendulum: lowest in double support, when both legs are stretched.
    const double atSupport = std::sqrt(std::max(square(used) - square(0.5 * step_m_), square(0.6 * used)));
    const double atMidStance = std::min(used, atSupport + kBob * reach_m_);
    hip = atMidStance - (atMidStance - atSupport) * wave;
  }
  const double settle = (1 - duty_) * step_m_;
  const double underWay = smoothstep(travelled_m / settle) * smoothstep((way_m_ - travelled_m) / settle);
  return (reach_m_ - hip) * underWay;
}

GaitPose Gait::at(double travelled_m, const std::function<double(double)>& groundAt) const {
  GaitPose pose;
  if (!(way_m_ > 0)) {
    pose.groundHeight_m = groundAt(0);
    pose.inStance = {true, true};
    return pose;
  }
  const double travelled = std::clamp(travelled_m, 0.0, way_m_);
  const double index = std::floor(travelled / step_m_);
  const double fraction = travelled / step_m_ - index;
  const double before = groundAt(plant_m(index));
  const double after = groundAt(plant_m(index + 1));
  pose.groundHeight_m = before + (after - before) * smoothstep(fraction);
  pose.groundSlope = (after - before) * 6 * fraction * (1 - fraction) / step_m_;
  pose.pelvisDrop_m = pelvisDrop(travelled);

  const double stride = kPi * travelled / step_m_;  // 2 pi a stride
  const double swingOfArms = std::sin(stride) * (runs_ ? 0.6 : 0.4);
  const double settle = (1 - duty_) * step_m_;
  const double underWay = smoothstep(travelled / settle) * smoothstep((way_m_ - travelled) / settle);
  for (const Side side : {kLeft, kRight}) {
    const LegGeometry& leg = legs_[side];
    const Foot foot = footAt(side, travelled, groundAt);
    pose.inStance[side] = foot.stands;
    const double x = leg.thighX_m + leg.shinX_m + foot.place_m - travelled;
    const double restZ = leg.thighZ_m + leg.shinZ_m;
    const double level = restZ + pose.pelvisDrop_m + foot.lift_m + foot.height_m - pose.groundHeight_m;
    // Near the end of its reach the shoe keeps its place and rolls: behind over the toe, in front on the heel. The toe
    // hangs a little while the foot swings.
    const double reach = leg.reach_m();
    const double hang = foot.stands ? 0 : 0.35 * square(std::sin(kPi * foot.swing));
    Roll roll{hang, 0};
    double& tilt = x < 0 ? roll.overToe_rad : roll.onHeel_rad;
    const auto distance = [&] {
      const glm::dvec2 ankle = roll.ankleShift(leg);
      return std::hypot(x + ankle.x, level + ankle.y);
    };
    const double wanted = distance();
    const double given = softReach(wanted, reach, kSoftReach * reach * std::sqrt(underWay));
    if (wanted > given) {
      double low = tilt;
      double high = x < 0 ? kMostHeelRise_rad : kMostToeRise_rad;
      for (int i = 0; i < 40; ++i) {
        tilt = 0.5 * (low + high);
        (distance() > given ? low : high) = tilt;
      }
    }
    const glm::dvec2 ankle = roll.ankleShift(leg);
    pose.legs[side] = reachFor(leg, x + ankle.x, level + ankle.y);
    pose.legs[side].ankle_rad += roll.overToe_rad - roll.onHeel_rad;
    // Arms go with the other leg.
    const double forward = (side == kLeft ? 1 : -1) * swingOfArms;
    pose.arms[side].shoulder_rad = -forward * underWay;
    pose.arms[side].elbow_rad = -(runs_ ? 1.4 : 0.3 + 0.5 * std::max(0.0, forward)) * underWay;
  }
  return pose;
}

}  // namespace nightfog::world
