// `meet: {actor: ego, at: conflict, ttc: 2.0 s}`: two come together at a place, whatever their speeds. Solved before
// the run from planned motions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/sim_time.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::scenario {

/// `mover` enters the lane of the meeting's point (or, where the point lies on no lane, reaches it) when the front of
/// `actor` is `ttc` before the point by its planned motion.
struct Meeting {
  std::string actor;  ///< whose motion is planned: "ego"
  std::string mover;  ///< who comes to meet it: "pedestrian"
  std::string point;  ///< its name under `points:`
  glm::dvec3 at{0};   ///< world
  SimTime ttc;
  double speed_mps = 0;  ///< of the mover
  SimTime start;         ///< solved: when the mover sets out
  SimTime entry;         ///< solved: when the mover enters the lane, ttc before the actor's front arrives
};

/// The path of an actor's front and what it is to meet, geometry only.
struct MeetingProblem {
  double distance_m = 0;       ///< from the actor's front to the point, along its way
  double actorSpeed_mps = 0;   ///< constant
  double actorStart_s = 0;     ///< stands still before
  double moverDistance_m = 0;  ///< from where the mover stands to the lane's edge (or to the point)
  double moverSpeed_mps = 0;
  double ttc_s = 0;
};

enum class NoMeeting {
  kActorStands,  ///< it never gets there
  kActorIsPast,  ///< the point lies behind it
  kMoverStands,  ///< no speed
  kTooLate,      ///< the mover would have had to set out before t = 0
};

struct MeetingSolution {
  std::optional<NoMeeting> why;  ///< set: there is none
  double start_s = 0;            ///< negative with kTooLate: by how much
  double entry_s = 0;
};

/// Closed form: entry = actorStart + distance / actorSpeed - ttc; start = entry - moverDistance / moverSpeed.
MeetingSolution solveMeeting(const MeetingProblem& problem);

}  // namespace nightfog::scenario
