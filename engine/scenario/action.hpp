// What an event makes an actor do. One longitudinal and one lateral activity at a time: a new one replaces the old.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/scenario/behavior.hpp"

namespace nightfog::scenario {

/// How a change goes from its start to its end: evenly, along half a cosine, along 3u^2 - 2u^3, at once.
enum class Shape { kLinear, kSinusoidal, kCubic, kStep };

/// Longitudinal: reaches a speed and holds it. At once unless `acceleration_mps2`, `over_s` or `over_m` says otherwise.
struct SetSpeed {
  double speed_mps = 0;
  std::optional<double> acceleration_mps2;  ///< the largest of the change
  std::string of = {};  ///< an actor: its speed times `factor` and `more_mps` is meant, not `speed_mps`
  double factor = 1;
  double more_mps = 0;
  bool continuous = false;  ///< and stays meant, until somebody says otherwise
  std::optional<double> over_s = {};
  std::optional<double> over_m = {};  ///< within this much of its way
  Shape shape = Shape::kLinear;
  std::optional<double> deceleration_mps2 = {};  ///< where it slows down, instead of the acceleration
};

/// Longitudinal: one speed after another, evenly in between; holds the last. With limits of jerk the corners are
/// rounded: the acceleration changes evenly about them, and from the start on.
struct SpeedProfile {
  struct Entry {
    double after_s = 0;  ///< the entry before, or the start
    double speed_mps = 0;
  };
  std::vector<Entry> entries;
  std::optional<double> jerkUp_mps3 = {};    ///< of growing accelerations
  std::optional<double> jerkDown_mps3 = {};  ///< of falling ones
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
  double maxSpeed_mps = 1000;
  bool betweenOrigins = false;  ///< not between bumpers
  bool once = false;            ///< until it is reached
};

/// Longitudinal: comes to a place of its way when another actor comes to one of its own, by one change of speed after
/// another; it is over when the other is there.
struct ArriveWith {
  std::string actor;
  glm::dvec3 there{0};  ///< of the other, world
  glm::dvec3 here{0};   ///< world
  std::optional<double> finalSpeed_mps;
  std::optional<double> finalMore_mps;  ///< than the other's, or
};

/// Lateral: to the centre of another lane, or beside it. With a shape: along that; without: smoothly, over at least 5
/// m.
struct ChangeLane {
  std::string lane;  ///< by name, or
  double duration_s = 4;
  std::optional<int> number = {};  ///< by its number on the road that it is on by then, or
  std::string beside = {};         ///< so many lanes to the left of where this actor is by then
  int left = 0;
  double offset_m = 0;                  ///< left of the lane's centre in its driving direction
  std::optional<double> over_m = {};    ///< along its way, instead of the duration
  std::optional<double> rate_mps = {};  ///< the largest sideways, instead of the duration
  std::optional<Shape> shape = {};
  bool leftOfRoad = false;  ///< the offset counts along the road's +t, whichever way the lane is driven
};

/// Lateral: to an offset from the centre of its lane (left in its driving direction).
struct OffsetInLane {
  double offset_m = 0;
  double duration_s = 2;
  std::optional<double> maxAcceleration_mps2 = {};  ///< sideways, instead of the duration
  std::optional<Shape> shape = {};
  bool leftOfRoad = false;  ///< the offset counts along the road's +t, whichever way the lane is driven
};

/// Both: drives along a lane from where it is.
struct FollowLane {
  double speed_mps = 0;
  std::string lane;  ///< empty: the one it is on
  bool stopsAtEnd = false;
};

/// Lateral: drives on as it does, and at junctions towards these places, one after another; beyond the last, straight.
/// With one place the way begins where it is by then.
struct FollowRoute {
  std::vector<glm::dvec3> through;  ///< world
};

/// Both: along straight lines from where it is through the points, stops at the last.
struct TakePath {
  std::vector<glm::dvec3> points;  ///< world
  double speed_mps = 0;
};

/// Both (if it has times; else lateral): along a curve. At its end it drives on along the road.
struct TakeTrajectory {
  struct Vertex {
    std::optional<double> at_s;  ///< since the command; all have it, or none
    glm::dvec3 point{0};         ///< world
  };
  /// A clothoid: its curvature changes evenly along it.
  struct Bend {
    double length_m = 0;
    double startCurvature_1pm = 0, endCurvature_1pm = 0;  ///< left positive
    std::optional<double> at_s;                           ///< since the command, at its start
    std::optional<double> turn_rad;                       ///< of the heading at its start
    /// Begins at a place of its own: forward, left and turned from where the actor was when it was told.
    struct Place {
      double forward_m = 0, left_m = 0, turn_rad = 0;
    };
    std::optional<Place> place = {};
  };
  std::vector<Vertex> vertices;     ///< straight from one to the next; or
  std::vector<Bend> bends;          ///< one after another, from where it is and as it heads, or from the start
  std::optional<glm::dvec3> start;  ///< of the bends
  double startHeading_rad = 0;      ///< with it
  double startForward_m = 0, startLeft_m = 0, startTurn_rad = 0;  ///< without: from where it is and as it heads
  std::optional<double> end_s;                                    ///< when the bends end
  double offset_m = 0;                                            ///< begins so far along it
  bool isEven = false;                                            ///< each timed piece at one speed
};

/// Both: is elsewhere at once, and drives on from there.
struct Teleport {
  std::optional<RigidTransform> place;  ///< world, or
  std::string of;                       ///< relative to an actor
  glm::dvec3 offset_m{0};               ///< forward, left, up
  double heading_rad = 0;               ///< from the other's
  double roll_rad = 0;
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
                            OpenDoor, SetLights, SetSignal, ApplyImpulse, Release, Park, SpeedProfile, ArriveWith,
                            TakeTrajectory, Teleport, FollowRoute, Drive>;

/// An actor and what it is to do.
struct Command {
  std::string actor;
  Action action;
};

}  // namespace nightfog::scenario
