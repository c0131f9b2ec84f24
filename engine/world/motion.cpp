#include "engine/world/motion.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/world/towed.hpp"
#include "engine/world/track.hpp"
#include "engine/world/track_motion.hpp"

namespace nightfog::world {
namespace {

/// Corners of a path: a car's tightest turn at the rear axle; a person turns on a small circle.
constexpr double kVehicleCorner_m = 6.0;
constexpr double kPersonCorner_m = 0.5;
/// Who does not face its way turns to it within this distance, or half a second's travel if that is more.
constexpr double kTurnLength_m = 0.6;
constexpr double kTurnTime_s = 0.5;

class ConstantMotionLaw final : public Motion {
 public:
  ConstantMotionLaw(const RigidTransform& start, const glm::dvec3& velocity, const glm::dvec3& angularVelocity)
      : start_(start), velocity_(velocity), angularVelocity_(angularVelocity) {}

  MotionState at(double time_s) const override {
    MotionState state;
    state.worldFromActor = start_;
    state.worldFromActor.translation += velocity_ * time_s;
    const double rate = glm::length(angularVelocity_);
    if (rate > 0) {
      // Reduced to one turn first: the quaternion of a million turns is as exact as that of one.
      const double angle = std::remainder(rate * time_s, 4 * kPi);
      state.worldFromActor.rotation = glm::normalize(glm::angleAxis(angle, angularVelocity_ / rate) * start_.rotation);
    }
    state.velocity_mps = velocity_;
    state.angularVelocity_radps = angularVelocity_;
    // Wheels roll while it goes straight ahead; a spinning laboratory body has no way to roll along.
    if (rate == 0) state.travelled_m = cruiseSpeed_mps() * time_s;
    return state;
  }
  double rolled_m(double travelled_m, const glm::dvec2&) const override { return travelled_m; }
  double wayLength_m() const override {
    return velocity_ == glm::dvec3(0) ? 0 : std::numeric_limits<double>::infinity();
  }
  double cruiseSpeed_mps() const override { return glm::dot(velocity_, start_.rotate({1, 0, 0})); }
  glm::dvec3 place(double travelled_m) const override {
    const double speed = cruiseSpeed_mps();
    return speed == 0 ? start_.translation : start_.translation + velocity_ * (travelled_m / speed);
  }

 private:
  RigidTransform start_;
  glm::dvec3 velocity_{0};
  glm::dvec3 angularVelocity_{0};
};

/// At given places at given times, straight and evenly between them. Turns on the spot at the vertices.
class TrajectoryMotion final : public Motion {
 public:
  TrajectoryMotion(std::vector<scenario::FollowTrajectory::Vertex> vertices, const RigidTransform& placed)
      : vertices_(std::move(vertices)) {
    double heading_rad = placed.yaw_rad();
    lengths_.push_back(0);
    for (size_t i = 0; i + 1 < vertices_.size(); ++i) {
      const glm::dvec3 leg = vertices_[i + 1].point - vertices_[i].point;
      constexpr double kStands_m = 1e-3;  // a shorter leg has no direction to face
      if (std::hypot(leg.x, leg.y) > kStands_m) heading_rad = std::atan2(leg.y, leg.x);
      headings_.push_back(heading_rad);
      lengths_.push_back(lengths_.back() + glm::length(leg));
    }
    headings_.push_back(heading_rad);
  }

  MotionState at(double time_s) const override {
    size_t leg = 0;
    while (leg + 1 < vertices_.size() && vertices_[leg + 1].at.seconds() <= time_s) ++leg;
    const auto& from = vertices_[leg];
    MotionState state;
    state.travelled_m = lengths_[leg];
    glm::dvec3 position = from.point;
    if (leg + 1 < vertices_.size()) {
      const auto& to = vertices_[leg + 1];
      const double duration_s = (to.at - from.at).seconds();
      const double fraction = std::max(0.0, time_s - from.at.seconds()) / duration_s;
      position += (to.point - from.point) * fraction;
      state.velocity_mps = (to.point - from.point) / duration_s;
      state.travelled_m += (lengths_[leg + 1] - lengths_[leg]) * fraction;
    }
    state.worldFromActor = RigidTransform::fromYawPitchRoll(position, headings_[leg]);
    return state;
  }
  double rolled_m(double travelled_m, const glm::dvec2&) const override { return travelled_m; }
  double wayLength_m() const override { return lengths_.back(); }
  double cruiseSpeed_mps() const override {
    const double time_s = vertices_.back().at.seconds();
    return time_s > 0 ? lengths_.back() / time_s : 0;
  }
  glm::dvec3 place(double travelled_m) const override {
    size_t leg = 0;
    while (leg + 2 < lengths_.size() && lengths_[leg + 1] < travelled_m) ++leg;
    if (leg + 1 >= vertices_.size() || lengths_[leg + 1] <= lengths_[leg]) return vertices_[leg].point;
    const double fraction = std::clamp((travelled_m - lengths_[leg]) / (lengths_[leg + 1] - lengths_[leg]), 0.0, 1.0);
    return vertices_[leg].point + (vertices_[leg + 1].point - vertices_[leg].point) * fraction;
  }

 private:
  std::vector<scenario::FollowTrajectory::Vertex> vertices_;
  std::vector<double> lengths_;   ///< travelled at each vertex, m
  std::vector<double> headings_;  ///< on the leg that begins there
};

bool isFinite(const glm::dvec3& v) {
  return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z);
}

[[noreturn]] void refuse(const scenario::Actor& actor, const std::string& what, std::string help) {
  throw Error(ExitCode::kDiagnostics, fmt::format("actor '{}': {}", actor.id, what), std::move(help));
}

void requireSpeed(const scenario::Actor& actor, double speed_mps) {
  if (!(speed_mps >= 0) || !std::isfinite(speed_mps)) {
    refuse(actor, fmt::format("speed {} m/s", speed_mps), "give a speed of 0 or more");
  }
}

void requireFinite(const scenario::Actor& actor, const glm::dvec3& v, const char* name) {
  if (!isFinite(v)) refuse(actor, fmt::format("{} is ({}, {}, {})", name, v.x, v.y, v.z), "give finite numbers");
}

std::unique_ptr<Motion> alongPoints(const scenario::Actor& actor, const catalog::AssetInfo& asset,
                                    const std::vector<glm::dvec3>& points, double speed_mps, SimTime start) {
  requireSpeed(actor, speed_mps);
  if (points.empty()) refuse(actor, "a path without points", "give at least two points");
  for (const glm::dvec3& point : points) requireFinite(actor, point, "a point of its path");
  Track track = Track::throughPoints(points, asset.wheels.empty() ? kPersonCorner_m : kVehicleCorner_m);
  track.turnFrom(actor.worldFromActor.yaw_rad(), std::max(kTurnLength_m, kTurnTime_s * speed_mps));
  return std::make_unique<TrackMotion>(std::move(track), actor.worldFromActor, speed_mps, start, wheelbase(asset));
}

struct MotionMaker {
  const scenario::Scenario& scenario;
  const scenario::Actor& actor;
  const catalog::AssetInfo& asset;
  const WhereIs& whereIs;

  std::unique_ptr<Motion> operator()(const scenario::Parked&) const {
    return std::make_unique<ConstantMotionLaw>(actor.worldFromActor, glm::dvec3(0), glm::dvec3(0));
  }
  std::unique_ptr<Motion> operator()(const scenario::FollowRoad& follow) const {
    requireSpeed(actor, follow.speed_mps);
    if (scenario.map.isEmpty()) refuse(actor, "follows the road, and there is none", "add a road, or give it a path");
    if (!std::isfinite(follow.t_m)) refuse(actor, "its lateral place is not finite", "give a lane or an offset");
    const glm::dvec3& placed = actor.worldFromActor.translation;
    road::NetworkPoint from = *scenario.map.locate(placed);
    from.t = follow.t_m;
    try {
      Track track = Track::alongRoad(scenario.map, from, follow.againstS, placed.z, follow.stopsAtEnd);
      return std::make_unique<TrackMotion>(std::move(track), actor.worldFromActor, follow.speed_mps, follow.start,
                                           wheelbase(asset), scenario.map);
    } catch (const Error& error) {
      refuse(actor, error.what(), error.help());
    }
  }
  std::unique_ptr<Motion> operator()(const scenario::FollowPath& follow) const {
    return alongPoints(actor, asset, follow.points, follow.speed_mps, follow.start);
  }
  std::unique_ptr<Motion> operator()(const scenario::WalkTo& walk) const {
    return alongPoints(actor, asset, {actor.worldFromActor.translation, walk.target}, walk.speed_mps, walk.start);
  }
  std::unique_ptr<Motion> operator()(const scenario::ConstantMotion& motion) const {
    requireFinite(actor, motion.velocity_mps, "its velocity");
    requireFinite(actor, motion.angularVelocity_radps, "its angular velocity");
    return std::make_unique<ConstantMotionLaw>(actor.worldFromActor, motion.velocity_mps, motion.angularVelocity_radps);
  }
  std::unique_ptr<Motion> operator()(const scenario::FollowTrajectory& follow) const {
    if (follow.vertices.empty()) refuse(actor, "a trajectory without vertices", "give at least one");
    for (size_t i = 0; i < follow.vertices.size(); ++i) {
      requireFinite(actor, follow.vertices[i].point, "a vertex of its trajectory");
      if (i > 0 && follow.vertices[i].at <= follow.vertices[i - 1].at)
        refuse(actor, "the times of its trajectory do not ascend", "sort them");
    }
    return std::make_unique<TrajectoryMotion>(follow.vertices, actor.worldFromActor);
  }
  std::unique_ptr<Motion> operator()(const scenario::Towed& towed) const {
    if (!(towed.coupler_m > 0) || !std::isfinite(towed.hitch_m) || !whereIs)
      refuse(actor, fmt::format("is pulled by '{}' at a coupler {} m ahead", towed.by, towed.coupler_m),
             "the coupler lies ahead of its axles");
    const auto leader = [whereIs = whereIs, by = towed.by](double time_s) { return whereIs(by, time_s); };
    return std::make_unique<TowedMotion>(leader, towed.hitch_m, towed.coupler_m, actor.worldFromActor, scenario.map);
  }
  std::unique_ptr<Motion> operator()(const scenario::FreeBody&) const { return nullptr; }
  std::unique_ptr<Motion> operator()(const scenario::Drive&) const {
    refuse(actor, "drives as traffic does, in a world without a background", "give the world its Background");
  }
};

}  // namespace

double wheelbase(const catalog::AssetInfo& asset) {
  if (asset.wheels.empty()) return 0;
  const auto [back, front] = std::minmax_element(
      asset.wheels.begin(), asset.wheels.end(),
      [](const catalog::WheelInfo& a, const catalog::WheelInfo& b) { return a.centre.x < b.centre.x; });
  return front->centre.x - back->centre.x;
}

std::unique_ptr<Motion> makeMotion(const scenario::Scenario& scenario, const scenario::Actor& actor,
                                   const catalog::AssetInfo& asset, const WhereIs& whereIs) {
  requireFinite(actor, actor.worldFromActor.translation, "its place");
  const glm::dquat& q = actor.worldFromActor.rotation;
  if (!(std::abs(glm::dot(q, q) - 1) < 1e-6)) refuse(actor, "its orientation is no rotation", "give a heading");
  return std::visit(MotionMaker{scenario, actor, asset, whereIs}, actor.behavior);
}

}  // namespace nightfog::world
