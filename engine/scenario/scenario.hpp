// One run, numbers only: what `sample(template, seed, run)` makes. The world, the sensors and the exporters read this;
// nobody reads YAML.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/core/sim_time.hpp"
#include "engine/core/transform.hpp"
#include "engine/road/network.hpp"
#include "engine/scenario/behavior.hpp"
#include "engine/scenario/camera_spec.hpp"
#include "engine/scenario/event.hpp"
#include "engine/scenario/expectation.hpp"
#include "engine/scenario/injector.hpp"
#include "engine/scenario/lidar_spec.hpp"
#include "engine/scenario/traffic.hpp"
#include "engine/scenario/weather_timeline.hpp"

namespace nightfog::scenario {

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
  uint32_t run = 0;                                          ///< index of the draw: with a sweep, within its cell
  uint32_t attempt = 0;                                      ///< which attempt met the constraints
  std::vector<std::pair<std::string, std::string>> variant;  ///< swept values, canonical text; empty without a sweep
  SimTime duration;
  SimTime step = SimTime::fromMs(10);
  double timeOfDay_s = 12 * 3600.0;
  std::map<std::string, double> parameters;  ///< drawn values, SI, for the record
  road::RoadNetwork map;                     ///< with its lanes named; empty: a plane
  Scenery scenery;
  Traffic traffic;                           ///< who else is there; not among `actors`
  std::vector<Actor> actors;                 ///< file order; object id = index + 1
  std::map<std::string, glm::dvec3> points;  ///< of `points:`, world, at t = 0
  WeatherTimeline weather;
  std::vector<Injector> injectors;  ///< file order
  std::vector<Event> events;        ///< file order, which breaks ties
  std::vector<SensorMount> sensors;
  std::vector<Export> exports;
  std::vector<Expectation> expectations;

  /// Concrete file that re-runs to the same record, canonical: equal scenarios have equal text.
  std::string resolvedYaml;
  /// sha256 of resolvedYaml and of every file and asset definition it stands on: the identity of the run.
  std::string digest;
  /// "r0003-1f2e3d4c5b6a": run index and the digest's first 12 digits; the run's folder.
  std::string runId() const;
};

}  // namespace nightfog::scenario
