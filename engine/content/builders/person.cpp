// person: a child or an adult on foot, from 0.9 m to 2.1 m tall, in a jacket, trousers and shoes, with hinged limbs.
//
// Parts: body (pelvis and trunk), head, and on each side thigh → shin → foot and upper_arm → forearm → hand. Hinges
// turn about y; at rest the person stands with the arms hanging, facing +x, the soles on z = 0.
#include "engine/content/builders/builders.hpp"
#include "engine/content/builders/person_body.hpp"

namespace nightfog::content {
namespace {

Model build(const BuildContext& context) {
  const PersonBody person(context);
  Model model;
  const auto add = [&](const std::string& name, Mesh mesh, int parent, const glm::dvec3& at, Joint joint,
                       double roll_rad = 0, double pitch_rad = 0) {
    mesh.name = context.asset().id + "/" + name;
    model.parts.push_back({name, context.content().add(std::move(mesh)), parent,
                           RigidTransform::fromYawPitchRoll(at, 0, pitch_rad, roll_rad), joint, 0});
    return static_cast<int>(model.parts.size()) - 1;
  };
  add("body", person.body(), -1, {0, 0, 0}, Joint::kFixed);
  add("head", person.head(), 0, {0.012 * person.height(), 0, person.neck()}, Joint::kFixed);
  for (const double sign : {1.0, -1.0}) {
    const std::string side = sign > 0 ? "left" : "right";
    const int thigh =
        add("thigh." + side, person.thigh(), 0, {0, sign * person.hipHalfWidth(), person.hip()}, Joint::kHinge);
    const int shin = add("shin." + side, person.shin(), thigh, {0, 0, -person.thighLength()}, Joint::kHinge);
    add("foot." + side, person.foot(), shin, {0, 0, -person.shinLength()}, Joint::kHinge);
    const int upperArm =
        add("upper_arm." + side, person.upperArm(), 0, {0, sign * person.shoulderHalfWidth(), person.shoulderJoint()},
            Joint::kHinge, sign * 0.09);
    const int forearm = add("forearm." + side, person.forearm(), upperArm, {0, 0, -person.upperArmLength()},
                            Joint::kHinge, -sign * 0.05, -0.22);
    add("hand." + side, person.hand(sign), forearm, {0, 0, -person.forearmLength()}, Joint::kFixed);
  }
  return model;
}

}  // namespace

constinit const Builder kPerson{"person", "a child or an adult on foot, with hinged limbs", kPersonParameters,
                                kPersonSlots, build};

}  // namespace nightfog::content
