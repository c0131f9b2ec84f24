// What a map puts on and beside its roads: signals and signs, what controls them, objects, tunnels and bridges.
//
// Signals and objects keep the road coordinates that the map states; signalPose() and placedObjects() say where in the
// world they stand.
// @code
//   for (const Signal& signal : map.furniture().signals)
//     if (signal.kind == SignalKind::kTrafficLight) … signalPose(map, signal) …
//   for (const PlacedObject& object : placedObjects(map)) …
// @endcode
#pragma once

#include <glm/glm.hpp>
#include <string>
#include <vector>

#include "engine/core/transform.hpp"

namespace nightfog::road {

class RoadNetwork;

/// What a signal means, as far as it matters to who drives. Signs by the numbers of the StVO (country DE or OpenDRIVE).
enum class SignalKind {
  kOther,
  kTrafficLight,     ///< 1000001 and its kin: three lamps
  kPedestrianLight,  ///< 1000002: two lamps
  kGiveWay,          ///< 205
  kStop,             ///< 206
  kPriorityOnce,     ///< 301: at the next junction
  kPriorityRoad,     ///< 306
  kPriorityEnds,     ///< 307
  kSpeedLimit,       ///< 274, value in `value_mps`
  kSpeedLimitEnds,   ///< 278, 282
  kNoEntry,          ///< 267
  kOneWay,           ///< 220
  kCrossing,         ///< 350, 101-11: pedestrians cross
  kParking,          ///< 314
  kRoundabout,       ///< 215
  kKeepRight,        ///< 222
  kMotorway,         ///< 330, 331
  kWarning,          ///< 101 … 151
  kTown,             ///< 310, 311
  kTunnel,           ///< 327
  kStopLine,         ///< 294: painted on the road
  kWaitLine,         ///< 341: painted on the road where one gives way
  kCrosswalkMark,    ///< 293, 1000003: painted on the road
  kArrowMark,        ///< 297: painted on the road
};
/// Painted on the road, not standing beside it?
bool isPainted(SignalKind kind);

/// For whom it stands: traffic along s (+), against s (-), or both.
enum class SignalDirection { kAlongS, kAgainstS, kBoth };

/// Lanes by id, both included.
struct LaneRange {
  int from = 0;
  int to = 0;
};

/// Where a signal counts: its own place, and each further one that a <signalReference> names.
struct SignalPlace {
  uint32_t road = 0;
  double s = 0;
  double t = 0;
  SignalDirection direction = SignalDirection::kAlongS;
  std::vector<LaneRange> lanes;  ///< none: all that run in its direction
};

struct Signal {
  std::string id;
  std::string name;
  SignalKind kind = SignalKind::kOther;
  bool isDynamic = false;
  std::string country, type, subtype, text;
  double value = 0;  ///< as stated, in `unit`
  std::string unit;
  double value_mps = 0;    ///< of a speed limit
  double above_m = 0;      ///< of its lower edge above the surface (zOffset)
  double heading_rad = 0;  ///< against its direction
  double pitch_rad = 0, roll_rad = 0;
  double width_m = 0, height_m = 0;   ///< 0: not stated
  std::vector<SignalPlace> places;    ///< the first is where it stands
  std::vector<uint32_t> controllers;  ///< indices
};

/// Signals that change together.
struct SignalController {
  std::string id;
  std::string name;
  int sequence = 0;
  std::vector<uint32_t> signals;
  int junction = -1;  ///< index of the one that names it
};

enum class ObjectKind {
  kOther,
  kPole,
  kStreetLamp,
  kTree,
  kVegetation,
  kBarrier,  ///< guard rails, walls, fences
  kRailing,
  kBuilding,
  kObstacle,
  kGuidePost,
  kParkingSpace,
  kCrosswalk,
  kTrafficIsland,
  kRoadMark,
  kGantry,
};

/// A corner of an outline, in world coordinates on what it stands on.
struct OutlineCorner {
  glm::dvec3 base{0};
  double height_m = 0;
};

/// <object>, as the map states it.
struct MapObject {
  std::string id;
  std::string name;
  std::string type;
  ObjectKind kind = ObjectKind::kOther;
  uint32_t road = 0;
  double s = 0, t = 0, above_m = 0;
  double heading_rad = 0, pitch_rad = 0, roll_rad = 0;
  double length_m = 0, width_m = 0, height_m = 0, radius_m = 0;
  struct Corner {
    bool isRoad = false;  ///< (s, t) of the road; else (u, v) of the object
    double a = 0, b = 0;
    double above_m = 0, height_m = 0;
  };
  struct Outline {
    std::vector<Corner> corners;
    bool isClosed = true;
  };
  std::vector<Outline> outlines;
  struct Repeat {
    double s = 0, length_m = 0, distance_m = 0;  ///< distance 0: one piece without gaps
    double firstT = 0, lastT = 0;
    double firstAbove_m = 0, lastAbove_m = 0;
    double firstHeight_m = 0, lastHeight_m = 0;
    double firstWidth_m = 0, lastWidth_m = 0;
    double firstLength_m = 0, lastLength_m = 0;
  };
  std::vector<Repeat> repeats;
  /// A <marking>: dashes between corners of the outline, or along a side.
  struct Marking {
    double width_m = 0.12, dash_m = 0, gap_m = 0, first_m = 0, last_m = 0;
    std::vector<size_t> corners;  ///< of the first outline; none: round it
  };
  std::vector<Marking> markings;
};

/// An object where it stands: one for each repetition.
struct PlacedObject {
  size_t object = 0;               ///< index into RoadFurniture::objects
  RigidTransform worldFromObject;  ///< upright on the surface; z = 0 is its foot
  double length_m = 0, width_m = 0, height_m = 0, radius_m = 0;
  std::vector<std::vector<OutlineCorner>> outlines;  ///< closed polygons, or open lines where the map says so
  bool isStrip = false;  ///< one piece without gaps: `outlines` hold its middle line, as wide as `width_m`
};

struct Tunnel {
  std::string id, name;
  uint32_t road = 0;
  double first_s = 0, last_s = 0;
  double lighting = 0;  ///< 0 … 1
  double daylight = 0;
};
struct Bridge {
  std::string id, name;
  uint32_t road = 0;
  double first_s = 0, last_s = 0;
};

struct RoadFurniture {
  std::vector<Signal> signals;
  std::vector<SignalController> controllers;
  std::vector<MapObject> objects;
  std::vector<Tunnel> tunnels;
  std::vector<Bridge> bridges;
};

/// Of the foot below a signal's place: on the surface, x facing who it is for (against their direction), z up from the
/// world.
RigidTransform signalPose(const RoadNetwork& map, const Signal& signal);

/// Every object and each of its repetitions, in the map's order. Throws Error when they are more than a million.
std::vector<PlacedObject> placedObjects(const RoadNetwork& map);

}  // namespace nightfog::road
