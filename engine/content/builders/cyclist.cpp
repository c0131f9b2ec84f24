// cyclist: a person on a trekking bicycle; wheels roll, legs pedal.
//
// Parts: body (frame and trunk), head, arms, wheel.front, wheel.rear, crank → pedal.left, pedal.right, and on each side
// thigh → shin → foot, whose feet stay on the pedals. Hinges turn about y. At rest the left crank points forward.
// Origin: middle of the rear axle on the ground.
#include <cmath>

#include "engine/content/builders/bicycle.hpp"
#include "engine/content/builders/builders.hpp"
#include "engine/content/builders/person_body.hpp"
#include "engine/content/leg_kinematics.hpp"

namespace nightfog::content {
namespace {

constexpr BuilderSlot kSlots[] = {
    kPersonSlots[0], kPersonSlots[1], kPersonSlots[2], kPersonSlots[3],
    kPersonSlots[4], kPersonSlots[5], kPersonSlots[6], {"frame", "paint.black", "the bicycle's frame"}};

constexpr double kLean_rad = 0.46;          ///< of the trunk
constexpr double kUsedReach = 0.975;        ///< of a leg whose pedal is lowest
constexpr double kBallAheadOfAnkle = 0.07;  ///< over stature: the ball of the foot is on the pedal's axle
constexpr double kHipAboveSaddle = 0.055;   ///< over stature

RigidTransform pitched(const glm::dvec3& at, double pitch_rad) {
  return RigidTransform::fromYawPitchRoll(at, 0, pitch_rad);
}

class CyclistBuilder {
 public:
  explicit CyclistBuilder(const BuildContext& context) : context_(context), person_(context) {
    const double ball = kBallAheadOfAnkle * person_.height();
    // High enough that a leg is just not stretched when its pedal is lowest.
    ankleFromPedal_ = {-ball, 0, person_.ankle() + 0.013};
    hip_.x = bicycle_.crank.x - 0.22;
    const glm::dvec3 lowest = bicycle_.crank - glm::dvec3(0, 0, bicycle_.crankLength_m) + ankleFromPedal_;
    const double reach = kUsedReach * (person_.thighLength() + person_.shinLength());
    const double across = lowest.x - hip_.x;
    hip_.z = lowest.z + std::sqrt(std::max(reach * reach - across * across, 0.25 * reach * reach));
    bicycle_.saddle = {hip_.x - 0.01, 0, hip_.z - kHipAboveSaddle * person_.height()};
  }

  Model build() {
    MeshBuilder frame("", 0.8);
    addBicycleFrame(frame, context_, bicycle_);
    add("body", frame.finish(), -1, {}, Joint::kFixed);
    const RigidTransform actorFromTrunk =
        pitched(hip_, kLean_rad) * RigidTransform::fromTranslation({0, 0, -person_.hip()});
    add("trunk", person_.body(), 0, actorFromTrunk, Joint::kFixed);
    add("head", person_.head(), 1, pitched({0.012 * person_.height(), 0, person_.neck()}, -0.36), Joint::kFixed);
    const int wheel =
        add("wheel.front", makeBicycleWheel(context_, bicycle_), 0,
            RigidTransform::fromTranslation({bicycle_.wheelbase_m, 0, bicycle_.wheelRadius_m}), Joint::kWheel);
    ModelPart rear = model_.parts[static_cast<size_t>(wheel)];
    rear.name = "wheel.rear";
    rear.parentFromPart = RigidTransform::fromTranslation({0, 0, bicycle_.wheelRadius_m});
    model_.parts.push_back(rear);
    for (size_t i = static_cast<size_t>(wheel); i < model_.parts.size(); ++i)
      model_.parts[i].radius_m = static_cast<float>(bicycle_.wheelRadius_m);
    const int crank =
        add("crank", makeCrank(context_, bicycle_), 0, RigidTransform::fromTranslation(bicycle_.crank), Joint::kHinge);
    for (const double sign : {1.0, -1.0}) {
      const std::string side = sign > 0 ? "left" : "right";
      add("pedal." + side, makePedal(context_), crank,
          RigidTransform::fromTranslation({sign * bicycle_.crankLength_m, sign * bicycle_.pedalAside_m, 0}),
          Joint::kHinge);
      addLeg(sign, side);
      addArm(actorFromTrunk, sign, side);
    }
    addLamps();
    return std::move(model_);
  }

 private:
  int add(const std::string& name, Mesh mesh, int parent, const RigidTransform& parentFromPart, Joint joint) {
    mesh.name = context_.asset().id + "/" + name;
    model_.parts.push_back({name, context_.content().add(std::move(mesh)), parent, parentFromPart, joint, 0});
    return static_cast<int>(model_.parts.size()) - 1;
  }

  void addLeg(double sign, const std::string& side) {
    const glm::dvec3 hip = hip_ + glm::dvec3(0, sign * person_.hipHalfWidth(), 0);
    const glm::dvec3 ankle = bicycle_.crank + glm::dvec3(sign * bicycle_.crankLength_m, 0, 0) + ankleFromPedal_;
    const LimbAngles angles =
        reachWithLimb(person_.thighLength(), person_.shinLength(), ankle.x - hip.x, ankle.z - hip.z);
    const int thigh = add("thigh." + side, person_.thigh(), 0, pitched(hip, angles.upper_rad), Joint::kHinge);
    const int shin = add("shin." + side, person_.shin(), thigh,
                         pitched({0, 0, -person_.thighLength()}, angles.bend_rad), Joint::kHinge);
    add("foot." + side, person_.foot(), shin,
        pitched({0, 0, -person_.shinLength()}, -angles.upper_rad - angles.bend_rad), Joint::kHinge);
  }

  void addArm(const RigidTransform& actorFromTrunk, double sign, const std::string& side) {
    const glm::dvec3 shoulder =
        actorFromTrunk * glm::dvec3(0, sign * person_.shoulderHalfWidth(), person_.shoulderJoint());
    // The wrist lies behind the grip and above it.
    const glm::dvec3 wrist = glm::dvec3(bicycle_.grip.x - 0.075, sign * bicycle_.grip.y, bicycle_.grip.z + 0.045);
    const glm::dvec3 reach = wrist - shoulder;
    const double roll = std::atan2(reach.y, -reach.z);
    // Elbows go the other way than knees: the arm is solved as in a mirror.
    const LimbAngles angles =
        reachWithLimb(person_.upperArmLength(), person_.forearmLength(), -reach.x, -std::hypot(reach.y, reach.z));
    const RigidTransform hung = RigidTransform::fromYawPitchRoll(shoulder, 0, 0, roll);
    const int upper =
        add("upper_arm." + side, person_.upperArm(), 0, hung * pitched({0, 0, 0}, -angles.upper_rad), Joint::kFixed);
    const int forearm = add("forearm." + side, person_.forearm(), upper,
                            pitched({0, 0, -person_.upperArmLength()}, -angles.bend_rad), Joint::kFixed);
    add("hand." + side, person_.hand(sign), forearm, pitched({0, 0, -person_.forearmLength()}, 0.75), Joint::kFixed);
  }

  /// StVZO § 67: a head lamp of at least 10 lx at 10 m, and a red one behind.
  void addLamps() {
    Lamp head;
    head.partFromLamp = pitched({bicycle_.wheelbase_m - 0.05, 0, 0.78}, 0);
    head.pattern = LampPattern::kLowBeam;
    head.intensity_cd = 1500;
    head.radius_m = 0.02f;
    model_.lamps.push_back({0, head});
    Lamp tail;
    tail.partFromLamp = RigidTransform::fromYawPitchRoll({-0.31, 0, 0.72}, kPi);
    tail.pattern = LampPattern::kTail;
    tail.intensity_cd = 6;
    tail.colour = {4.2f, 0.14f, 0.08f};
    tail.radius_m = 0.03f;
    model_.lamps.push_back({0, tail});
  }

  const BuildContext& context_;
  PersonBody person_;
  BicycleShape bicycle_;
  glm::dvec3 ankleFromPedal_{0};
  glm::dvec3 hip_{0};
  Model model_;
};

Model build(const BuildContext& context) {
  return CyclistBuilder(context).build();
}

}  // namespace

constinit const Builder kCyclist{"cyclist", "a person who rides a bicycle", kPersonParameters, kSlots, build};

}  // namespace nightfog::content
