// `world:` as the file says it: the road or map, how long, what stands beside it.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/config/descriptor.hpp"
#include "engine/road/road.hpp"
#include "engine/scenario/traffic.hpp"
#include "engine/scenario/weather_timeline.hpp"

namespace nightfog::scenario {

/// A name of something else, with its place for checks later.
using Reference = config::Located<std::string>;
using config::Named;

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
  std::vector<road::LaneSpec> left;  ///< from the reference line outwards
  std::vector<road::LaneSpec> right;
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

/// A lane of a map, `main/-1`: road and lane number.
using LaneName = config::Located<std::string>;

struct WorldFile {
  std::optional<RoadFile> road;
  std::optional<config::Located<std::string>> map;  ///< OpenDRIVE file
  Named<LaneName> lanes;                            ///< of the map, by the names used here
  std::optional<GroundKind> ground;
  double timeOfDay_s = 12 * 3600.0;
  SimTime duration;
  SimTime step = SimTime::fromMs(10);
  SceneryFile scenery;
};

/// A stretch of the map round a place.
struct RegionFile {
  glm::dvec3 centre{0};
  double radius_m = 0;
};
/// A trace of SUMO's, and how it is read.
struct TraceFile {
  config::Located<std::string> file;
  std::optional<config::Located<std::string>> types;
  Named<Reference> assets;  ///< by vType
  double from_s = 0;
  std::optional<RegionFile> region;
  glm::dvec3 netOffset{0};
  std::vector<std::string> without;
};
/// `traffic:`, which fills a map.
struct TrafficFile : Traffic {
  std::optional<uint64_t> ownSeed;
  std::optional<TraceFile> trace;
};

const config::Descriptor<WorldFile>& worldDescriptor();
const config::Descriptor<TrafficFile>& trafficDescriptor();
config::Codec<WeatherKeyframe> weatherCodec();

}  // namespace nightfog::scenario
