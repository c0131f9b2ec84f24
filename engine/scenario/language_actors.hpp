// `actors:` and `points:` as the file says them: places by lane and by each other, behaviors.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/config/descriptor.hpp"
#include "engine/scenario/language_world.hpp"

namespace nightfog::scenario {

struct FacingLane {};
struct FacingAgainst {};
struct FacingHeading {
  double heading_rad = 0;  ///< from the lane's driving direction, left positive
};
struct FacingToward {
  Reference of;  ///< a point or an actor
};
using Facing = std::variant<FacingLane, FacingAgainst, FacingHeading, FacingToward>;

/// The actor's origin at a point of the map.
struct PlaceXyz {
  glm::dvec3 xyz{0};
  double heading_rad = 0;
};
/// The middle of the actor's box, in the frame of another actor, or along a lane from it.
struct PlaceRelative {
  Reference relativeTo;
  std::optional<double> ahead_m;   ///< from the other's front edge to the nearest edge of this one
  std::optional<double> behind_m;  ///< from its rear edge
  double lateral_m = 0;            ///< centre line to centre, left positive; with a lane: from the lane's centre
  std::optional<Reference> lane;   ///< along this lane, in its direction
  Facing facing = FacingLane{};    ///< lane: the lane's, without a lane the other's heading
};
/// The middle of the actor's box on a lane.
struct PlaceLane {
  Reference lane;
  double s_m = 0;
  double offset_m = 0;  ///< left of the lane's centre, seen in its driving direction
  Facing facing = FacingLane{};
  bool isOrigin = false;  ///< its origin instead of its box's middle
};
using ActorPlace = std::variant<PlaceXyz, PlaceRelative, PlaceLane>;

/// A point needs no heading, and has no box.
struct PointXyz {
  glm::dvec3 xyz{0};
};
struct PointRelative {
  Reference relativeTo;
  std::optional<double> ahead_m, behind_m;
  double lateral_m = 0;
  std::optional<Reference> lane;
};
struct PointLane {
  Reference lane;
  double s_m = 0;
  double offset_m = 0;
};
/// An entry of `points:`.
struct PointNamed {
  Reference name;
};
using Point = std::variant<PointXyz, PointRelative, PointLane, PointNamed>;

/// A free vector names its frame: `{x, y, z}` of the map, `{forward, left, up}` of the body, `{s, t, up}` of the road.
struct FrameVector {
  enum class Frame { kMap, kBody, kRoad };
  Frame frame = Frame::kMap;
  glm::dvec3 value{0};
};

struct ParkedFile {};
struct FollowLaneFile {
  double speed_mps = 0;
  bool stopsAtEnd = false;
};
struct FollowPathFile {
  std::vector<Point> points;
  double speed_mps = 0;
  SimTime start;
};
struct TrajectoryVertexFile {
  SimTime at;
  Point point;
};
struct FollowTrajectoryFile {
  std::vector<TrajectoryVertexFile> vertices;
};
struct WalkToFile {
  Point to;
  double speed_mps = 1.4;
  SimTime start;
};
struct CrossRoadFile {
  double speed_mps = 1.4;
  SimTime start;
};
struct MotionFile {
  FrameVector velocity_mps;
  FrameVector spin_radps;
};
struct FreeFile : MotionFile {};
struct ConstantMotionFile : MotionFile {};
struct TowedFile {
  Reference by;
  double hitch_m = 0, coupler_m = 1;
};
struct DriveFile {
  std::optional<double> speed_mps, initialSpeed_mps;
  double headway_s = 1.4, standstillGap_m = 2;
  double acceleration_mps2 = 1.5, deceleration_mps2 = 2;
  bool changesLanes = false;
  std::vector<Point> through;
};
using BehaviorFile = std::variant<ParkedFile, FollowLaneFile, FollowPathFile, WalkToFile, FreeFile, ConstantMotionFile,
                                  FollowTrajectoryFile, CrossRoadFile, TowedFile, DriveFile>;

struct ActorFile {
  Reference asset;
  ActorPlace place;
  BehaviorFile behavior = ParkedFile{};
  const config::Node* node = nullptr;
  bool isSound = false;  ///< false: read in part only
};

config::Codec<ActorFile> actorCodec();
config::Codec<Point> pointCodec();
config::Codec<ActorPlace> placeCodec();
config::Codec<FrameVector> frameVector(config::Dimension dimension, config::Range range);
config::Codec<double> walkingSpeed();
config::Codec<double> drivingSpeed();
/// Without the speed at the start: what somebody under way may be told.
const config::Descriptor<DriveFile>& driveDescriptor();

}  // namespace nightfog::scenario
