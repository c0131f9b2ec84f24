// debris.rolling_tyre: a loose car wheel rolls across the lanes.
//
// It is set free in an upright pose at `from`, its axle square to its velocity and level, and is Bullet's from then on:
// it rolls, bounces, leans, precesses and falls by its own mass, friction and the inertia of its shape.
//
//   parameter   unit   default   range        meaning
//   from        place  -         -            where it is let go, on the surface
//   velocity    m/s    -         0 … 40       horizontal velocity, in the frame it is given in
//   spin        rad/s  rolling   -200 … 200   about its axle, forward; where absent v / r
//   mass        kg     9.5       3 … 80       of the wheel with its tyre
//   lean        rad    0         -60° … 60°   of the wheel's plane from upright, to its left
//   height      m      0         0 … 5        of its lowest point above the ground at first
//
//   injectors:
//     tyre:
//       use: inj.debris.rolling_tyre
//       when: time >= 0.6 s
//       with: {from: {lane: oncoming, s: 95 m}, velocity: {s: -2 m/s, t: -4 m/s}, spin: 14 rad/s, mass: 9 kg}
//
// Source: runaway wheels in SSLAD-2D and CODA [Li2022coda]; masses of car wheels 8 to 25 kg, of lorry wheels to 90 kg.
#include <algorithm>
#include <cmath>

#include "engine/events/builtin.hpp"

namespace nightfog::events {
namespace {

constexpr double kAtRest_mps = 0.02;
constexpr double kGravity_mps2 = 9.81;

class RollingTyre final : public Injector {
 public:
  explicit RollingTyre(const scenario::Injector& injector) : injector_(injector), values_(injector_) {}

  std::vector<Guest> cast() const override {
    scenario::Actor tyre;
    tyre.id = injector_.id;
    const auto* asset = values_.find<scenario::InjectorName>("asset");
    tyre.asset = asset != nullptr ? asset->value : "debris.tyre";
    tyre.behavior = scenario::FreeBody{};
    return {{tyre, values_.number("mass")}};
  }

  void start(Stage& stage) override {
    object_ = stage.find(injector_.id);
    const catalog::AssetInfo& asset = stage.world.view(object_).asset;
    const double radius = 0.5 * asset.boxSize.z;
    glm::dvec3 velocity = values_.vector("velocity");
    velocity.z = 0;
    const double speed = glm::length(velocity);
    const scenario::InjectorPlace& from = values_.place("from");
    const glm::dvec3 forward = speed > 0 ? velocity / speed : from.worldFromPlace.rotate({1, 0, 0});
    RigidTransform pose =
        RigidTransform::fromYawPitchRoll(from.worldFromPlace.translation, std::atan2(forward.y, forward.x), 0, -lean());
    pose.translation.z += values_.number("height");
    const double spin = optional("spin", speed / radius);
    // The axle is the wheel's y axis: forward spin turns z towards x.
    stage.world.enter(object_, pose, velocity, pose.rotate({0, spin, 0}));
    mass_kg_ = asset.mass_kg;
    radius_m_ = radius;
    energy_J_ = firstEnergy_J_ = energy(stage);
  }

  bool goOn(Stage& stage) override {
    const double now = energy(stage);
    const auto view = stage.world.view(object_);
    greatestGain_J_ = std::max(greatestGain_J_, now - energy_J_);
    energy_J_ = now;
    return glm::length(view.velocity_mps) > kAtRest_mps || glm::length(view.angularVelocity_radps) > kAtRest_mps;
  }

  std::vector<Claim> claims() const override {
    // Whoever drives into it does give it energy: then the claim is not about the tyre alone, and says by how much.
    const double allowed = 0.01 * firstEnergy_J_ + 0.01;
    return {{"energy never grows from one step to the next", greatestGain_J_ <= allowed, greatestGain_J_}};
  }

 private:
  double optional(const char* name, double otherwise) const {
    const double* value = values_.find<double>(name);
    return value != nullptr ? *value : otherwise;
  }
  double lean() const { return values_.number("lean"); }

  /// Kinetic and potential, of a ring of the wheel's radius: an upper bound of its inertia is enough to see gains.
  double energy(const Stage& stage) const {
    const auto view = stage.world.view(object_);
    const glm::dvec3 middle = view.worldFromActor * view.asset.centreOfMass;
    const glm::dvec3 velocity =
        view.velocity_mps + glm::cross(view.angularVelocity_radps, middle - view.worldFromActor.translation);
    const glm::dvec3 spin = glm::conjugate(view.worldFromActor.rotation) * view.angularVelocity_radps;
    const double about = mass_kg_ * radius_m_ * radius_m_;
    const double turning = 0.5 * about * (0.5 * spin.x * spin.x + spin.y * spin.y + 0.5 * spin.z * spin.z);
    return 0.5 * mass_kg_ * glm::dot(velocity, velocity) + turning + mass_kg_ * kGravity_mps2 * middle.z;
  }

  scenario::Injector injector_;
  InjectorValues values_;
  ObjectId object_;
  double mass_kg_ = 0, radius_m_ = 0;
  double energy_J_ = 0, firstEnergy_J_ = 0, greatestGain_J_ = 0;
};

}  // namespace

std::unique_ptr<Injector> makeRollingTyre(const scenario::Injector& injector, const scenario::Scenario&) {
  return std::make_unique<RollingTyre>(injector);
}

}  // namespace nightfog::events
