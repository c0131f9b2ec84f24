// What an actor does from the start: numbers only, places in the world.
#pragma once

#include <optional>
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

/// A trailer: its coupler stays on the hitch of who pulls it, and its wheels do not slip sideways. It starts straight
/// behind.
struct Towed {
  std::string by;
  double hitch_m = 0;    ///< of who pulls, ahead of its origin
  double coupler_m = 0;  ///< ahead of its own origin, above 0
};

/// Drives as traffic does: along its lane with the Intelligent Driver Model, minding everybody, signs, lights and
/// people, until something else is commanded. All others of the closed forms mind nobody.
struct Drive {
  std::optional<double> speed_mps;         ///< wished for, whatever the limit; none: what the road allows
  std::optional<double> initialSpeed_mps;  ///< none: the one wished for; told under way: the one it has
  double headway_s = 1.4;
  double standstillGap_m = 2;
  double acceleration_mps2 = 1.5;   ///< at most
  double deceleration_mps2 = 2;     ///< comfortable
  bool changesLanes = false;        ///< where it is worth it (MOBIL); else where it has to
  std::vector<glm::dvec3> through;  ///< world; places that it goes by, then any way
};

using Behavior =
    std::variant<Parked, FollowRoad, FollowPath, WalkTo, FreeBody, ConstantMotion, FollowTrajectory, Towed, Drive>;

}  // namespace nightfog::scenario
