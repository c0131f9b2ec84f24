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
  if (!gait_) return;
  const double front = std::max(centre.x + 0.5 * size.x, gait_->front_m());
  const double back = std::min(centre.x - 0.5 * size.x, gait_->back_m());
  size.x = front - back;
  centre.x = 0.5 * (front + back);
}

void Rig::settle(MotionState& state) const {
  if (!gait_ || !(motion_->wayLength_m() > 0)) return;
  if (!ground_->hasRoad()) return;
  const GaitPose pose = gaitPose(state.travelled_m);
  state.worldFromActor.translation.z = pose.groundHeight_m;
  state.velocity_mps.z = pose.groundSlope * glm::length(glm::dvec2(state.velocity_mps));
}

glm::dquat Rig::jointRotation(size_t index, const MotionState& state, const GaitPose& pose) const {
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
      break;
    }
  }
  return glm::dquat(1, 0, 0, 0);
}

void Rig::appendPoses(const MotionState& state, std::vector<RigidTransform>& poses) const {
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
      worldFromPart[i] = worldFromRoot * part.parentFromPart;
    } else {
      worldFromPart[i] = worldFromPart[part.parent] * part.parentFromPart;
    }
    if (part.joint != content::Joint::kFixed) {
      worldFromPart[i].rotation = glm::normalize(worldFromPart[i].rotation * jointRotation(i, state, pose));
    }
    if (part.mesh.isValid()) poses.push_back(worldFromPart[i]);
  }
}

}  // namespace nightfog::world
