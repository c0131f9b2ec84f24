// What happens, as the file says it: injectors, events, constraints, sweeps, expectations.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/config/descriptor.hpp"
#include "engine/expression/parse.hpp"
#include "engine/scenario/action.hpp"
#include "engine/scenario/expectation.hpp"
#include "engine/scenario/language_actors.hpp"

namespace nightfog::scenario {

/// An expression whose syntax is sound; what its names mean is looked up later.
struct ExpressionFile {
  expression::Expression syntax;
  const config::Node* node = nullptr;
};
config::Codec<ExpressionFile> expressionCodec(bool allowTemporal);

struct RepeatFile {
  SimTime minGap;
};
struct TriggerFile {
  std::optional<ExpressionFile> when;
  SimTime hold, delay;
  std::optional<RepeatFile> repeat;
};

// -- actions that name actors, lanes or points; the others are as in action.hpp
struct SetSpeedFile {
  std::optional<double> speed_mps;
  std::optional<Reference> of;
  double factor = 1, more_mps = 0;
  bool continuous = false;
  std::optional<double> acceleration_mps2, deceleration_mps2, over_s, over_m;
  Shape shape = Shape::kLinear;
};
struct KeepGapFile {
  Reference actor;
  std::optional<double> gap_m, headway_s;
  double maxAcceleration_mps2 = 2, maxDeceleration_mps2 = 6, maxSpeed_mps = 150;
  bool betweenOrigins = false, once = false;
};
struct ArriveWithFile {
  Reference actor;
  Point there, here;
  std::optional<double> finalSpeed_mps, finalMore_mps;
};
struct ChangeLaneFile {
  std::optional<Reference> lane;
  std::optional<double> number;  ///< whole
  std::optional<Reference> beside;
  double left = 0;  ///< whole
  double offset_m = 0;
  double duration_s = 4;
  std::optional<double> over_m, rate_mps;
  std::optional<Shape> shape;
  bool leftOfRoad = false;
};
struct FollowRouteAction {
  std::vector<Point> through;
};
struct FollowLaneAction {
  double speed_mps = 0;
  std::optional<Reference> lane;
  bool stopsAtEnd = false;
};
struct VertexAction {
  std::optional<SimTime> at;
  Point point;
};
struct BendAction {
  double length_m = 0, startCurvature_1pm = 0, endCurvature_1pm = 0;
  std::optional<SimTime> at;
  double turn_rad = 0;
  std::optional<double> forward_m, left_m, heading_rad;
};
struct FollowTrajectoryAction {
  std::vector<VertexAction> vertices;
  std::vector<BendAction> bends;
  std::optional<Point> start;
  double heading_rad = 0, forward_m = 0, left_m = 0;
  std::optional<SimTime> end;
  bool isEven = false;
};
struct TeleportFile {
  std::optional<ActorPlace> to;
  std::optional<Reference> of;
  double forward_m = 0, left_m = 0, up_m = 0, heading_rad = 0, roll_rad = 0;
};
struct FollowPathAction {
  std::vector<Point> points;
  double speed_mps = 0;
};
struct WalkToAction {
  Point to;
  double speed_mps = 1.4;
};
struct ApplyImpulseFile {
  FrameVector impulse_Ns;
  glm::dvec3 at_m{0};
};
using ActionFile =
    std::variant<SetSpeedFile, Brake, KeepGapFile, ChangeLaneFile, OffsetInLane, FollowLaneAction, FollowPathAction,
                 WalkToAction, CrossRoad, OpenDoor, SetLights, SetSignal, ApplyImpulseFile, Release, Park, SpeedProfile,
                 ArriveWithFile, FollowTrajectoryAction, TeleportFile, FollowRouteAction, DriveFile>;
struct CommandFile {
  ActionFile action;
  const config::Node* node = nullptr;
};
/// What one actor is told: `{set_speed: {…}, set_lights: {…}}`, or a word (`release`).
using CommandsFile = std::vector<CommandFile>;

struct EventFile : TriggerFile {
  std::string id;
  Named<CommandsFile> commands;
  std::vector<Reference> stops;
  std::optional<ExpressionFile> until;
  const config::Node* node = nullptr;
};

struct InjectorFile : TriggerFile {
  Reference use;
  std::optional<ExpressionFile> until;
  double severity = 1;
  /// Read by the library's table once the library is known; written from there.
  const config::Node* with = nullptr;
  config::YamlValue resolvedWith = config::YamlValue::map();
  const config::Node* node = nullptr;
};

/// An instant: `1.5 s`, `dart.start`, `dart.end + 0.2 s`.
struct TimePointFile {
  TimePoint value;
  const config::Node* node = nullptr;
};
struct DuringFile {
  TimePointFile from;
  std::optional<SimTime> length;
  std::optional<TimePointFile> to;
};
struct ExpectationFile {
  std::string id;
  std::optional<SimTime> at;
  std::optional<DuringFile> during;
  ExpressionFile check;
  std::optional<ExpressionFile> unless;
  Expectation::Severity severity = Expectation::Severity::kError;
  const config::Node* node = nullptr;
};

/// The values themselves are read by sweep.hpp, which knows the parameters.
struct SweepFile {
  const config::Node* node = nullptr;
};

config::Codec<InjectorFile> injectorCodec();
config::Codec<EventFile> eventCodec();
config::Codec<ExpectationFile> expectationCodec();
config::Codec<SweepFile> sweepCodec();
config::Codec<CommandsFile> commandsCodec();
config::Codec<TimePointFile> timePointCodec();

}  // namespace nightfog::scenario
