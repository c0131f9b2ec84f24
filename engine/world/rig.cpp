#include "engine/world/rig.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "engine/core/error.hpp"

namespace nightfog::world {
namespace {

glm::dquat aboutY(double angle) {
  return glm::angleAxis(angle, glm::dvec3(0, 1, 0));
}
glm::dquat aboutZ(double angle) {
  return glm::angleAxis(angle, glm::dvec3(0, 0, 1));
}

}  // namespace

Rig::Rig(content::Model model, const Motion* motion, const Ground* ground)
    : model_(std::move(model)), motion_(motion), ground_(ground), roles_(model_.parts.size()) {
  static constexpr std::array<std::pair<std::string_view, Limb>, 6> kLimbs{{{"thigh", Limb::kThigh},
                                                                            {"shin", Limb::kShin},
                                                                            {"foot", Limb::kFoot},
                                                                            {"upper_arm", Limb::kUpperArm},
                                                                            {"forearm", Limb::kForearm},
                                                                            {"pedal", Limb::kPedal}}};
  std::vector<RigidTransform> actorFromPart(model_.parts.size());
  for (size_t i = 0; i < model_.parts.size(); ++i) {
    const content::ModelPart& part = model_.parts[i];
    if (part.parent >= static_cast<int>(i) || part.parent < -1) {
      throw Error(ExitCode::kInternal, fmt::format("model '{}': part '{}' has parent {}, which does not come before it",
                                                   model_.asset, part.name, part.parent));
    }
    actorFromPart[i] = part.parent < 0 ? part.parentFromPart : actorFromPart[part.parent] * part.parentFromPart;
    PartRole& role = roles_[i];
    role.placeInActor = actorFromPart[i].translation;
    role.axisSign = actorFromPart[i].rotate({0, 1, 0}).y < 0 ? -1 : 1;
    if (part.mesh.isValid()) drawn_.push_back(i);
    for (size_t k = 0; k < part.meshOfSample.size(); ++k) {
      NF_ASSERT(part.meshOfSample[k].value == part.mesh.value + k, "model '{}': the shapes of '{}' lie apart",
                model_.asset, part.name);
    }
    if (part.joint != content::Joint::kHinge) continue;
    const std::string_view name = part.name;
    if (name == "crank") role.limb = Limb::kCrank;
    const size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) continue;
    const std::string_view side = name.substr(dot + 1);
    if (side != "left" && side != "right") continue;
    role.side = side == "left" ? kLeft : kRight;
    for (const auto& [limbName, limb] : kLimbs) {
      if (name.substr(0, dot) == limbName) role.limb = limb;
    }
  }
  if (motion_ != nullptr) findLegs();
}

void Rig::findLegs() {
  std::array<Pedalling::Leg, 2> legs{};
  std::array<int, 2> found{};
  std::array<int, 2> pedals{};
  for (size_t i = 0; i < model_.parts.size(); ++i) {
    const int parent = model_.parts[i].parent;
    if (roles_[i].limb == Limb::kPedal && parent >= 0 && roles_[parent].limb == Limb::kCrank) {
      const glm::dvec3 arm = roles_[i].placeInActor - roles_[parent].placeInActor;
      legs[roles_[i].side].pedalFromCrank_m = {arm.x, arm.z};
      ++pedals[roles_[i].side];
    }
    if (roles_[i].limb != Limb::kShin || parent < 0 || roles_[parent].limb != Limb::kThigh) continue;
    LegGeometry& leg = legs[roles_[i].side].geometry;
    const glm::dvec3 knee = roles_[i].placeInActor;
    const glm::dvec3 hip = roles_[parent].placeInActor;
    leg.thighX_m = knee.x - hip.x;
    leg.thighZ_m = knee.z - hip.z;
    // Without a foot of its own the shin ends on the ground.
    leg.shinX_m = 0;
    leg.shinZ_m = -knee.z;
    for (size_t j = i + 1; j < model_.parts.size(); ++j) {
      if (roles_[j].limb != Limb::kFoot || model_.parts[j].parent != static_cast<int>(i)) continue;
      leg.shinX_m = roles_[j].placeInActor.x - knee.x;
      leg.shinZ_m = roles_[j].placeInActor.z - knee.z;
      leg.ankleHeight_m = std::max(0.0, roles_[j].placeInActor.z);
    }
    legs[roles_[i].side].ankleFromHip_m = {leg.thighX_m + leg.shinX_m, leg.thighZ_m + leg.shinZ_m};
    if (leg.shinZ_m < 0) ++found[roles_[i].side];
  }
  if (found[kLeft] != 1 || found[kRight] != 1) return;
  if (pedals[kLeft] == 1 && pedals[kRight] == 1) {
    pedalling_.emplace(legs);
  } else if (legs[kLeft].geometry.thighZ_m < 0 && legs[kRight].geometry.thighZ_m < 0) {
    gait_.emplace(std::array{legs[kLeft].geometry, legs[kRight].geometry}, motion_->cruiseSpeed_mps(),
                  motion_->wayLength_m());
  }
}

GaitPose Rig::gaitPose(double travelled_m) const {
  return gait_->at(travelled_m, [this](double along) { return ground_->height_m(motion_->place(along)); });
}

void Rig::boxOf(const catalog::AssetInfo& asset, glm::dvec3& size, glm::dvec3& centre) const {
  size = asset.boxSize;
  centre = asset.boxCentre;
  if (model_.clip) {
    const glm::dvec3 low = glm::min(centre - 0.5 * size, model_.clip->low);
    const glm::dvec3 high = glm::max(centre + 0.5 * size, model_.clip->high);
    size = high - low;
    centre = 0.5 * (low + high);
  }
  if (!gait_) return;
  const double front = std::max(centre.x + 0.5 * size.x, gait_->front_m());
  const double back = std::min(centre.x - 0.5 * size.x, gait_->back_m());
  size.x = front - back;
  centre.x = 0.5 * (front + back);
}

void Rig::settle(MotionState& state) const {
  const bool walksByClip = model_.clip && model_.clip->stride_m > 0;
  if (walksByClip && !gait_ && ground_->hasRoad()) {
    state.worldFromActor.translation.z = ground_->height_m(state.worldFromActor.translation);
    return;
  }
  if (!gait_ || !(motion_->wayLength_m() > 0)) return;
  if (!ground_->hasRoad()) return;
  const GaitPose pose = gaitPose(state.travelled_m);
  state.worldFromActor.translation.z = pose.groundHeight_m;
  state.velocity_mps.z = pose.groundSlope * glm::length(glm::dvec2(state.velocity_mps));
}

void Rig::follow(const Motion& motion) {
  motion_ = &motion;
  gait_.reset();
  pedalling_.reset();
  findLegs();
}

double Rig::Swing::angle_rad(double time_s) const {
  const double u = duration_s > 0 ? std::clamp((time_s - start_s) / duration_s, 0.0, 1.0) : 1.0;
  return from_rad + (to_rad - from_rad) * u * u * (3 - 2 * u);
}

void Rig::swing(const std::string& part, double now_s, double angle_rad, double duration_s) {
  std::string known;
  for (size_t i = 0; i < model_.parts.size(); ++i) {
    if (model_.parts[i].joint != content::Joint::kHinge || roles_[i].limb != Limb::kNone) continue;
    known += (known.empty() ? "" : ", ") + model_.parts[i].name;
    if (model_.parts[i].name != part) continue;
    const auto old = std::find_if(swings_.begin(), swings_.end(), [i](const Swing& swing) { return swing.part == i; });
    const double from = old == swings_.end() ? 0 : old->angle_rad(now_s);
    if (old != swings_.end()) swings_.erase(old);
    swings_.push_back({i, now_s, duration_s, from, angle_rad});
    return;
  }
  throw Error(ExitCode::kDiagnostics, fmt::format("asset '{}' has no hinged part '{}'", model_.asset, part),
              known.empty() ? "none of its parts can be opened" : "those that open: " + known);
}

glm::dquat Rig::jointRotation(size_t index, const MotionState& state, double time_s, const GaitPose& pose) const {
  const content::ModelPart& part = model_.parts[index];
  const PartRole& role = roles_[index];
  switch (part.joint) {
    case content::Joint::kFixed:
      break;
    case content::Joint::kWheel:
    case content::Joint::kSteerWheel: {
      if (motion_ == nullptr || !(part.radius_m > 0)) break;
      const glm::dvec2 place(role.placeInActor);
      // Whole turns are taken off first: the angle is as exact after a day's driving as at the start.
      const double spin = std::remainder(motion_->rolled_m(state.travelled_m, place) / part.radius_m, 2 * kPi);
      glm::dquat rotation = aboutY(role.axisSign * spin);
      if (part.joint == content::Joint::kSteerWheel) {
        // Each wheel square to the bend's centre (Ackermann).
        const double curvature = state.steerCurvature_1pm;
        rotation = aboutZ(std::atan2(curvature * place.x, 1 - curvature * place.y)) * rotation;
      }
      return rotation;
    }
    case content::Joint::kHinge: {
      double angle = 0;
      if (role.limb == Limb::kThigh) angle = pose.legs[role.side].hip_rad;
      if (role.limb == Limb::kShin) angle = pose.legs[role.side].knee_rad;
      if (role.limb == Limb::kFoot) angle = pose.legs[role.side].ankle_rad;
      if (role.limb == Limb::kUpperArm) angle = pose.arms[role.side].shoulder_rad;
      if (role.limb == Limb::kForearm) angle = pose.arms[role.side].elbow_rad;
      if (pedalling_ && role.limb == Limb::kCrank) angle = Pedalling::crankAngle_rad(state.travelled_m);
      if (pedalling_ && role.limb == Limb::kPedal) angle = -Pedalling::crankAngle_rad(state.travelled_m);
      if (angle != 0) return aboutY(angle);
      for (const Swing& swing : swings_) {
        if (swing.part == index) return aboutZ(swing.angle_rad(time_s));
      }
      break;
    }
  }
  return glm::dquat(1, 0, 0, 0);
}

double Rig::samplesPlayed(double travelled_m, double time_s) const {
  if (!model_.clip) return 0;
  const content::ModelClip& clip = *model_.clip;
  return (clip.stride_m > 0 ? travelled_m / clip.stride_m : time_s / clip.period_s) * clip.samples;
}

double Rig::clipPosition(double travelled_m, double time_s) const {
  if (!model_.clip) return 0;
  const double cycles = samplesPlayed(travelled_m, time_s) / model_.clip->samples;
  return (cycles - std::floor(cycles)) * model_.clip->samples;
}

uint32_t Rig::shapeCount(size_t index) const {
  return std::max<uint32_t>(1, static_cast<uint32_t>(model_.parts[index].meshOfSample.size()));
}

RigidTransform Rig::parentFromPart(size_t index, double clipPosition) const {
  const content::ModelPart& part = model_.parts[index];
  if (part.poseOfSample.empty()) return part.parentFromPart;
  const size_t count = part.poseOfSample.size();
  const auto before = static_cast<size_t>(clipPosition);
  return interpolate(part.poseOfSample[before % count], part.poseOfSample[(before + 1) % count],
                     clipPosition - static_cast<double>(before));
}

void Rig::appendPoses(const MotionState& state, double time_s, std::vector<RigidTransform>& poses) const {
  const double position = clipPosition(state.travelled_m, time_s);
  GaitPose pose;
  if (gait_ && motion_->wayLength_m() > 0) pose = gaitPose(state.travelled_m);
  if (pedalling_) {
    for (const Side side : {kLeft, kRight}) pose.legs[side] = pedalling_->leg(side, state.travelled_m);
  }
  std::vector<RigidTransform> worldFromPart(model_.parts.size());
  for (size_t i = 0; i < model_.parts.size(); ++i) {
    const content::ModelPart& part = model_.parts[i];
    if (part.parent < 0) {
      RigidTransform worldFromRoot = state.worldFromActor;
      worldFromRoot.translation -= worldFromRoot.rotate({0, 0, pose.pelvisDrop_m});
      worldFromPart[i] = worldFromRoot * parentFromPart(i, position);
    } else {
      worldFromPart[i] = worldFromPart[part.parent] * parentFromPart(i, position);
    }
    if (part.joint != content::Joint::kFixed) {
      worldFromPart[i].rotation = glm::normalize(worldFromPart[i].rotation * jointRotation(i, state, time_s, pose));
    }
    if (part.mesh.isValid()) poses.push_back(worldFromPart[i]);
  }
}

}  // namespace nightfog::world
