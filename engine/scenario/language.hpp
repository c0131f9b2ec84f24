// The scenario language as structs: what a file says, with every value drawn but nothing looked up yet. The tables
// beside them are the language: they read, check, write and document it.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/config/descriptor.hpp"
#include "engine/road/road.hpp"
#include "engine/scenario/camera_spec.hpp"
#include "engine/scenario/distribution.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::scenario {

using Reference = config::Located<std::string>;

// -- world
// ----------------------------------------------------------------------------------------------------------------------

struct Bend {
  double length_m = 0;
  double radius_m = 0;
};
struct Straight {
  double length_m = 0;
};
struct LeftBend : Bend {};
struct RightBend : Bend {};
using RoadPiece = std::variant<Straight, LeftBend, RightBend>;

struct RoadLanes {
  std::vector<road::Lane> left;  ///< from the reference line outwards
  std::vector<road::Lane> right;
};
struct RoadFile {
  glm::dvec3 start{0};
  double heading_rad = 0;
  std::vector<RoadPiece> line;
  RoadLanes lanes;
  double kerbHeight_m = 0.12;
};

enum class GroundKind { kPlane };

struct Row {
  double spacing_m = 15;
};
struct SceneryFile {
  bool houses = false;
  std::optional<Row> trees;
  std::optional<Row> lamps;
};

struct WorldFile {
  std::optional<RoadFile> road;
  std::optional<GroundKind> ground;
  double timeOfDay_s = 12 * 3600.0;
  SimTime duration;
  SimTime step = SimTime::fromMs(10);
  SceneryFile scenery;
};

using config::Named;

// -- actors
// ---------------------------------------------------------------------------------------------------------------------

struct FacingLane {};
struct FacingAgainst {};
struct FacingHeading {
  double heading_rad = 0;  ///< from the lane's driving direction, left positive
};
using Facing = std::variant<FacingLane, FacingAgainst, FacingHeading>;

/// The actor's origin at a point of the map.
struct PlaceXyz {
  glm::dvec3 xyz{0};
  double heading_rad = 0;
};
/// The middle of the actor's box, in the frame of another actor.
struct PlaceRelative {
  Reference relativeTo;
  std::optional<double> ahead_m;   ///< from the other's front edge to the nearest edge of this one
  std::optional<double> behind_m;  ///< from its rear edge
  double lateral_m = 0;            ///< centre line to centre, left positive
  double heading_rad = 0;          ///< from the other's heading
};
/// The middle of the actor's box on a lane.
struct PlaceLane {
  Reference lane;
  double s_m = 0;
  double offset_m = 0;  ///< left of the lane's centre, seen in its driving direction
  Facing facing = FacingLane{};
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
};
struct PointLane {
  Reference lane;
  double s_m = 0;
  double offset_m = 0;
};
using Point = std::variant<PointXyz, PointRelative, PointLane>;

/// A free vector names its frame: `{x, y, z}` of the map, or `{forward, left, up}` of the body as it is placed.
struct FrameVector {
  bool inBodyFrame = false;
  glm::dvec3 value{0};
};

struct ParkedFile {};
struct FollowLaneFile {
  double speed_mps = 0;
};
struct FollowPathFile {
  std::vector<Point> points;
  double speed_mps = 0;
  SimTime start;
};
struct WalkToFile {
  Point to;
  double speed_mps = 1.4;
  SimTime start;
};
struct MotionFile {
  FrameVector velocity_mps;
  FrameVector spin_radps;
};
struct FreeFile : MotionFile {};
struct ConstantMotionFile : MotionFile {};
using BehaviorFile = std::variant<ParkedFile, FollowLaneFile, FollowPathFile, WalkToFile, FreeFile, ConstantMotionFile>;

struct ActorFile {
  Reference asset;
  ActorPlace place;
  BehaviorFile behavior = ParkedFile{};
  const config::Node* node = nullptr;
  bool isSound = false;  ///< false: read in part only
};

// -- sensors
// --------------------------------------------------------------------------------------------------------------------

inline constexpr uint32_t kLastRun = 9'999'999;
inline constexpr const char* kWorldMount = "world";  ///< stands in the map, on nobody

struct MountFile {
  Reference actor{"ego", nullptr};
  glm::dvec3 xyz{0};
  double yaw_rad = 0, pitch_rad = 0, roll_rad = 0;
};
enum class SensorKind { kLidar, kCamera };

struct ImageFile {
  uint32_t width = 1920, height = 1080;
  uint32_t samples = 1;
  ImageEncoding encoding = ImageEncoding::kJpeg;
  uint32_t quality = 92;
  bool filter = true;
};
struct LensFile {
  std::optional<double> fov_rad;  ///< or fx
  std::optional<double> fx, fy, cx, cy;
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0, k3 = 0;
  double fNumber = 1.8;
  double vignetting = 0.35, softness = 0.42, glare = 0.03;
};
struct ShutterFile {
  ExposureMode mode = ExposureMode::kMetered;
  double exposure_s = 0.010;
  double readout_s = 0;
  double iso = 100, maxIso = 6400;
  double bias_ev = 0;
};

/// What a camera says beyond what every sensor does.
struct CameraFile {
  SensorKind kind = SensorKind::kCamera;
  MountFile mount;
  std::optional<double> rate_hz;
  bool noise = true;
  ImageFile image;
  LensFile lens;
  ShutterFile shutter;
  TruthPlanes truth;
};

/// A sensor written out.
struct SensorFile {
  SensorKind kind = SensorKind::kLidar;
  Reference profile;
  MountFile mount;
  std::optional<double> rate_hz;
  bool noise = true;
  bool threshold = true;
  std::optional<CameraFile> camera;  ///< of a camera; mount, rate and noise are above
  const config::Node* node = nullptr;
};
struct SensorOverride {
  std::optional<double> rate_hz;
  std::optional<bool> noise;
  std::optional<bool> threshold;
};
/// Every sensor of a rig, by `import.rig`.
struct RigUse {
  Reference use;
  Reference mount{"ego", nullptr};
  config::Named<config::Located<SensorOverride>> overrides;
};
using SensorEntry = std::variant<SensorFile, RigUse>;

struct RigFile {
  std::string id;
  std::string title;
  config::Named<Reference> imports;
  config::Named<SensorEntry> sensors;
};

// -- the file
// -------------------------------------------------------------------------------------------------------------------

struct ExportFile {
  std::string format = "mcap";
  std::optional<config::Located<std::string>> file = {};  ///< of mcap
  std::optional<config::Located<std::string>> dir = {};   ///< of the others; none: named after the format
  std::optional<std::vector<Reference>> sensors = {};
  std::optional<double> rate_hz = {};
  std::optional<bool> rectify = {};
  std::optional<bool> carryMoving = {};
  const config::Node* node = nullptr;
};

struct ScenarioFile {
  std::string id;
  std::string title;
  config::Named<std::vector<std::string>> tags;
  std::optional<uint64_t> seed;
  uint32_t run = 0;
  config::Named<Reference> imports;
  WorldFile world;
  config::Named<Value> params;
  config::Named<ActorFile> actors;
  std::vector<WeatherKeyframe> weather;
  config::Named<SensorEntry> sensors;
  std::vector<ExportFile> exports;
};

const config::Descriptor<ScenarioFile>& scenarioDescriptor();  ///< format: scenario/1
const config::Descriptor<RigFile>& rigDescriptor();            ///< format: rig/1
const config::Descriptor<WorldFile>& worldDescriptor();
config::Codec<ActorFile> actorCodec();
config::Codec<SensorEntry> sensorEntryCodec();
const config::Descriptor<MountFile>& mountDescriptor();
const config::Descriptor<CameraFile>& cameraDescriptor();
/// The camera a file means. Reports what cannot be; nullopt then.
std::optional<CameraSpec> cameraSpec(const SensorFile& file, const config::Place& place,
                                     config::Diagnostics& diagnostics);
config::Codec<WeatherKeyframe> weatherCodec();
config::Codec<ExportFile> exportCodec();
/// The exports a file means, against the sensors that it has. Reports what cannot be.
std::vector<Export> exportsOf(const std::vector<ExportFile>& files, const std::vector<SensorMount>& sensors,
                              config::Diagnostics& diagnostics);

}  // namespace nightfog::scenario
