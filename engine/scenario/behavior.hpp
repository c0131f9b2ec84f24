// What an actor does from the start: numbers only, places in the world.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/core/sim_time.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::scenario {

struct Parked {};

/// Drives along the road at a lateral offset, holding a speed profile.
struct FollowRoad {
  double speed_mps = 0;
  double t_m = 0;  ///< lateral place kept, m left of the reference line
  bool againstS = false;
  bool stopsAtEnd = false;  ///< where the road ends; else it goes straight on
  SimTime start{};          ///< stands still before
};

/// Along straight lines between points at one speed, stopping at the last.
struct FollowPath {
  std::vector<glm::dvec3> points;  ///< world, the first is where it is placed
  double speed_mps = 0;
  SimTime start;  ///< stands still before
};

/// At given places at given times, straight and evenly between them; stands at the last.
struct FollowTrajectory {
  struct Vertex {
    SimTime at;
    glm::dvec3 point{0};  ///< world
  };
  std::vector<Vertex> vertices;  ///< times ascend; the first is 0 s, where it is placed
};

/// A person walks (or runs) to a point, limbs moving.
struct WalkTo {
  glm::dvec3 target{0};
  double speed_mps = 1.4;
  SimTime start;
};

/// Left to physics from the start: a tyre, a box.
struct FreeBody {
  glm::dvec3 velocity_mps{0};           ///< world axes
  glm::dvec3 angularVelocity_radps{0};  ///< world axes
};

/// A body in a laboratory: moves and spins at constant rates whatever it meets (closed forms for tests).
struct ConstantMotion {
  glm::dvec3 velocity_mps{0};
  glm::dvec3 angularVelocity_radps{0};
};

using Behavior = std::variant<Parked, FollowRoad, FollowPath, WalkTo, FreeBody, ConstantMotion, FollowTrajectory>;

}  // namespace nightfog::scenario
