// Traffic on the lanes of a map: vehicles that follow, change lanes, give way, stop at lights and for people, and go
// their ways. Kinematic: no bodies, no forces.
//
// Use it to fill a map around the actors of a scenario, who are handed in at each step as `Others` and whom traffic
// minds like its own. Time goes in steps of `step_s`, in which acceleration is constant; in between places are closed
// forms. Random choices are functions of (seed, the agent's id, how many it has made): adding agents changes nobody's
// choices. One thread. A step costs n log n in agents, and nothing in the map's size beyond its number of lanes.
// @code
//   const road::LaneGraph lanes(map);
//   Traffic traffic(lanes, populate(lanes, {.density_pkm = 15, .seed = 7}), {.seed = 7});
//   traffic.step(others);
//   for (size_t i = 0; i < traffic.size(); ++i) draw(traffic.state(i).worldFromAgent);
// @endcode
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/sim_time.hpp"
#include "engine/road/lane_graph.hpp"
#include "engine/traffic/driver.hpp"

namespace nightfog::traffic {

/// A vehicle seen from above. Its origin is the middle of its rear axle.
struct Shape {
  double length_m = 4.5;
  double width_m = 1.8;
  double rear_m = 0.9;  ///< rear bumper to rear axle
  double wheelbase_m = 2.7;
};

struct Agent {
  uint32_t id = 0;  ///< its choices hang on it; unique
  Shape shape;
  Driver driver;
  road::LanePlace front;  ///< of its front bumper, in a drivable lane or a cycle lane, outside junctions
  double speed_mps = 0;
  /// Places that it goes by, one after the other; beyond the last, and without any, it takes any way at each fork.
  std::vector<road::LanePlace> goals;
  bool changesFreely = true;  ///< where it is worth it; else only where it has to, or is asked to
  bool comesBack = true;      ///< enters again elsewhere when it has left the map
  bool isOutside = false;     ///< begins beyond the map, and enters where and when there is room
};

/// Somebody who is not of the traffic: another actor.
struct Other {
  glm::dvec3 position{0};  ///< middle, on the ground
  double heading_rad = 0;
  double speed_mps = 0;  ///< along its heading
  double length_m = 0.5;
  double width_m = 0.5;
  bool isPerson = false;  ///< traffic stops for people at crosswalks
};

enum class Indicating { kNo, kLeft, kRight };

struct AgentState {
  RigidTransform worldFromAgent;  ///< rear axle, on the surface; both axles lie on the middle of the lane
  double speed_mps = 0;
  double acceleration_mps2 = 0;
  double yawRate_radps = 0;
  double travelled_m = 0;
  road::LanePlace front;  ///< beyond the map's open ends: below 0, or more than the lane's length
  Indicating indicating = Indicating::kNo;
  bool isBraking = false;
  bool isPresent = true;  ///< false: it has left the map and waits to come in again
  uint32_t trip = 0;      ///< counts how often it came in again, elsewhere
};

struct Options {
  uint64_t seed = 0;
  double step_s = 0.1;
  /// Who has left the map at an open end comes in again at one; else it stays away.
  bool doReturn = true;
  /// So far beyond the map's open ends, straight on, those who come back vanish and appear: where their street ends.
  double beyondEnds_m = 0;
  double pause_s = 0;               ///< not before so long
  SimTime lightsSince = {};         ///< how far on the map's lights are at the beginning
  std::vector<Shape> joining = {};  ///< of those who may join later
};

class Traffic {
 public:
  /// Throws Error for an agent that does not stand in a drivable lane, for numbers that are not finite or not positive,
  /// and for ids that occur twice.
  Traffic(const road::LaneGraph& lanes, std::vector<Agent> agents, const Options& options = {});
  ~Traffic();
  Traffic(Traffic&&) noexcept;

  void step(std::span<const Other> others = {});
  /// Takes an agent out for good, at the last step: something else moves it from now on, and says so in `Others`.
  void remove(size_t index);
  /// Somebody joins at the end of the next step, where and as fast as it is by then; its shape is one of
  /// `Options::joining`, or another agent's. Returns its index, valid from then on. Throws as the constructor does.
  size_t join(const Agent& agent);
  /// From the next step on.
  void setDriver(size_t index, const Driver& driver);
  void setGoals(size_t index, std::vector<road::LanePlace> goals);
  /// It is to change so many lanes to the left (negative: right), each as soon as there is room; those behind let it
  /// in, and marks on the road do not hold it. 0: where it is. The latest call counts.
  void askChange(size_t index, int lanes);
  /// It has yet to make a change that it was asked for, or makes one.
  bool isChanging(size_t index) const;
  int64_t stepsTaken() const;
  size_t size() const;
  const Agent& agent(size_t index) const;
  /// At the last step, or up to one step after it.
  AgentState state(size_t index, double after_s = 0) const;
  /// Of its front bumper at the last step: what state() says, for nothing.
  road::LanePlace front(size_t index) const;
  /// How long it has stood still, s.
  double stood_s(size_t index) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::traffic
