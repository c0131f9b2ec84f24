// What an event makes an actor do. One longitudinal and one lateral activity at a time: a new one replaces the old.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/scenario/behavior.hpp"

namespace nightfog::scenario {

/// Longitudinal: reaches a speed and holds it.
struct SetSpeed {
  double speed_mps = 0;
  std::optional<double> acceleration_mps2;  ///< magnitude of the change; none: at once
};

/// Longitudinal: slows down evenly to a speed (0: until stopped) and holds it.
struct Brake {
  double deceleration_mps2 = 6;
  double until_mps = 0;
};

/// Longitudinal: follows another actor at a time gap or a distance, bumper to bumper.
struct KeepGap {
  std::string actor;
  std::optional<double> gap_m;      ///< or
  std::optional<double> headway_s;  ///< exactly one is set
  double maxAcceleration_mps2 = 2;
  double maxDeceleration_mps2 = 6;
};

/// Lateral: to the centre of another lane, along half a cosine.
struct ChangeLane {
  std::string lane;
  double duration_s = 4;
};

/// Lateral: to an offset from the centre of its lane (left in its driving direction), along half a cosine.
struct OffsetInLane {
  double offset_m = 0;
  double duration_s = 2;
};

/// Both: drives along a lane from where it is.
struct FollowLane {
  double speed_mps = 0;
  std::string lane;  ///< empty: the one it is on
};

/// Both: along straight lines from where it is through the points, stops at the last.
struct TakePath {
  std::vector<glm::dvec3> points;  ///< world
  double speed_mps = 0;
};

/// Both: a person walks from where it is to a point.
struct Walk {
  glm::dvec3 target{0};  ///< world
  double speed_mps = 1.4;
};

/// Both: a person walks straight across the road, from where it is to as far beyond the opposite edge.
struct CrossRoad {
  double speed_mps = 1.4;
};

/// A door or lid of the asset swings open (or shut, 0 rad).
struct OpenDoor {
  std::string part;  ///< "door.front_left"
  double angle_rad = 1.1;
  double duration_s = 1.2;
};

enum class Beam { kOff, kLow, kHigh };
enum class Indicator { kOff, kLeft, kRight, kHazard };

/// What is absent stays as it is.
struct SetLights {
  std::optional<Beam> beam;
  std::optional<Indicator> indicator;
  std::optional<bool> brake;  ///< brake lamps, whatever the vehicle does
  std::optional<bool> rearFog;
};

enum class SignalState { kOff, kRed, kRedAmber, kAmber, kGreen, kFlashingAmber };

/// Of an actor that is a traffic light.
struct SetSignal {
  SignalState state = SignalState::kOff;
};

/// A push; the actor is left to physics from then on.
struct ApplyImpulse {
  glm::dvec3 impulse_Ns{0};  ///< world axes, or the body's at that time
  bool inBodyFrame = false;
  glm::dvec3 at_m{0};  ///< from the centre of mass, body axes
};

/// Left to physics from then on, with the velocity it has.
struct Release {};

/// Stops at once and stays.
struct Park {};

using Action = std::variant<SetSpeed, Brake, KeepGap, ChangeLane, OffsetInLane, FollowLane, TakePath, Walk, CrossRoad,
                            OpenDoor, SetLights, SetSignal, ApplyImpulse, Release, Park>;

/// An actor and what it is to do.
struct Command {
  std::string actor;
  Action action;
};

}  // namespace nightfog::scenario
