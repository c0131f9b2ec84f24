// The network between our map and SUMO's file. Private to this module.
//
//     pieces: what each road is cut into → edges → links from lane to lane → junctions, who yields, lights
#pragma once

#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/road/lane_graph.hpp"

namespace nightfog::sumo {

/// Who may use a lane.
enum class Users { kVehicles, kBuses, kTrams, kTrains, kCyclists, kPedestrians };

struct EdgeLane {
  road::LaneIndex lane = road::kNoLane;
  double from_m = 0, to_m = 0;  ///< of our lane's path, in driving direction; without what joints take
  Users users = Users::kVehicles;
  double speed_mps = 0;
  double stopBefore_m = 0;  ///< its end: a stop line, or a crosswalk
  bool mayChangeLeft = true, mayChangeRight = true;
};

/// The lanes of one direction on a piece of a road, from the outermost inwards.
struct Edge {
  std::string id;
  uint32_t road = 0;
  double from_s = 0, to_s = 0;  ///< ascending, whatever the direction
  std::vector<EdgeLane> lanes;
  double length_m = 0;           ///< of all its lanes, as SUMO wants it
  uint32_t from = 0, to = 0;     ///< junctions
  bool opens = false;            ///< a joint takes a little of its beginning
  bool closes = false;           ///< and of its end
  uint32_t entry = 0, exit = 0;  ///< boundaries of its road, before they are joined into junctions
};

enum class Direction { kStraight, kLeft, kRight, kBack };

/// From a lane of an edge to a lane of another.
struct Link {
  uint32_t fromEdge = 0, fromLane = 0, toEdge = 0, toLane = 0;
  std::vector<road::LaneIndex> ways;  ///< through the junction; none: a joint
  std::vector<glm::dvec3> shape;
  double length_m = 0;
  double speed_mps = 0;
  Direction direction = Direction::kStraight;
  uint32_t junction = 0;
  size_t place = 0;              ///< among the junction's links
  std::vector<uint32_t> lights;  ///< signals that have to be green
  double turn_rad = 0;
  bool mustHalt = false;  ///< a stop sign
};

struct Node {
  std::string id;
  std::vector<uint32_t> incoming, outgoing;  ///< edges
  std::vector<uint32_t> links;               ///< in SUMO's order
  std::vector<std::vector<bool>> yields;     ///< [link][other]
  std::vector<std::vector<bool>> foes;
  bool hasLights = false, hasStops = false;
  bool isSide = false;  ///< who comes from the right (left) goes first
  std::vector<glm::dvec2> shape;
  glm::dvec3 middle{0};
};

struct Network {
  std::vector<Edge> edges;
  std::vector<Link> links;
  std::vector<Node> nodes;
};

/// What a road is cut into: where lanes open or close, where another speed is allowed or bends ask for one.
/// Ascending s from 0 to the road's end.
std::vector<double> cutsOf(const road::LaneGraph& lanes, uint32_t road);
/// Whose a lane is; false: nobody's that SUMO knows.
bool usersOf(road::LaneKind kind, Users& users);
/// Is it wide enough to be used between two s?
bool isWideEnough(const road::LaneGraph& lanes, road::LaneIndex lane, double from_s, double to_s);
/// The least of what the limit and bends allow on a stretch of a lane.
double speedOn(const road::LaneGraph& lanes, road::LaneIndex lane, double from_m, double to_m);

/// The middle of a lane as corners that are at most 3 mm beside it.
std::vector<glm::dvec3> middleOf(const road::LaneGraph& lanes, road::LaneIndex lane, double from_m, double to_m);

Network networkOf(const road::LaneGraph& lanes);
/// Fills in each node's links, who yields to whom, and its shape.
void buildJunctions(const road::LaneGraph& lanes, Network& network);

/// What a junction's lights show, one letter a link, each for so long.
struct Phase {
  double duration_s = 0;
  std::string state;
};
std::vector<Phase> phasesOf(const road::LaneGraph& lanes, const Network& network, const Node& node);

std::string writeNetwork(const road::LaneGraph& lanes, const Network& network);
std::string writeVehicleTypes(const catalog::Catalog& catalog);

}  // namespace nightfog::sumo
