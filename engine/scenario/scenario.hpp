// One run, numbers only: what `sample(template, seed, run)` makes. The world, the sensors and the exporters read this;
// nobody reads YAML.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/core/sim_time.hpp"
#include "engine/core/transform.hpp"
#include "engine/road/road.hpp"
#include "engine/scenario/camera_spec.hpp"
#include "engine/scenario/lidar_spec.hpp"

namespace nightfog::scenario {

struct Parked {};

/// Drives along the road at a lateral offset, holding a speed profile.
struct FollowRoad {
  double speed_mps = 0;
  double t_m = 0;  ///< lateral place kept, m left of the reference line
  bool againstS = false;
};

/// Along straight lines between points at one speed, stopping at the last.
struct FollowPath {
  std::vector<glm::dvec3> points;  ///< world, the first is where it is placed
  double speed_mps = 0;
  SimTime start;  ///< stands still before
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

using Behavior = std::variant<Parked, FollowRoad, FollowPath, WalkTo, FreeBody, ConstantMotion>;

struct Actor {
  std::string id;
  std::string asset;              ///< catalogue id
  RigidTransform worldFromActor;  ///< at t = 0
  Behavior behavior;
};

/// What stands beside the road, drawn from the seed.
struct Scenery {
  bool houses = false;
  double treeSpacing_m = 0;  ///< 0: none
  double lampSpacing_m = 0;  ///< 0: none
  uint64_t seed = 0;
};

struct Weather {
  std::optional<double> fogVisibility_m;  ///< MOR (5 % contrast); none: clear air
};

/// A sensor on an actor.
struct SensorMount {
  std::string id;  ///< "top"
  std::string
      actor;  ///< usually "ego"; empty: the sensor stands in the world, and vehicleFromSensor is worldFromSensor
  RigidTransform vehicleFromSensor;
  std::variant<LidarSpec, CameraSpec> spec;
};

/// A copy of the record in another form, made when the episode is whole.
struct Export {
  std::string format;                ///< "mcap", "kitti"
  std::string file;                  ///< of mcap: name within the episode's folder; may be empty
  std::string dir;                   ///< of the others: folder within the episode's
  std::vector<std::string> sensors;  ///< empty: the record's only camera and only LiDAR
  std::optional<double> rate_hz;     ///< of the frames exported; none: all
  bool rectify = false;              ///< write images as an ideal, level pinhole camera would have taken them
  bool carryMoving = false;          ///< carry LiDAR points on moving things to the image's time
};

struct Scenario {
  std::string id;
  std::string title;
  uint64_t seed = 0;
  uint32_t run = 0;
  SimTime duration;
  SimTime step = SimTime::fromMs(10);
  double timeOfDay_s = 12 * 3600.0;
  std::map<std::string, double> parameters;  ///< drawn values, SI, for the record
  road::Road road;
  bool hasRoad = true;
  Scenery scenery;
  std::vector<Actor> actors;  ///< file order; object id = index + 1
  Weather weather;
  std::vector<SensorMount> sensors;
  std::vector<Export> exports;

  /// Concrete file that re-runs to the same record, canonical: equal scenarios have equal text.
  std::string resolvedYaml;
  /// sha256 of resolvedYaml and of every file and asset definition it stands on: the identity of the run.
  std::string digest;
  /// "r0003-1f2e3d4c5b6a": run index and the digest's first 12 digits; the run's folder.
  std::string runId() const;
};

}  // namespace nightfog::scenario
