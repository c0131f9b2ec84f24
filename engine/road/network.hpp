// A road network: roads, how they meet, and where on them a place of the world lies. Immutable once built.
//
// @code
//   RoadNetwork map = loadOpenDrive("scenarios/maps/urban_straight.xodr");
//   LaneRef lane = *map.findLane("main/-1");
//   LanePose at = map.laneCentre(lane, 40);              // in the lane's driving direction
//   std::optional<NetworkPoint> on = map.locate({40, -1.6, 0});
// @endcode
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/road/furniture.hpp"
#include "engine/road/road.hpp"

namespace nightfog::road {

/// A lane of a road by its id, wherever along the road.
struct LaneRef {
  uint32_t road = 0;
  int lane = 0;
  bool operator==(const LaneRef&) const = default;
};

/// A lane within one section: a node of the lane graph.
struct LaneKey {
  uint32_t road = 0;
  uint32_t section = 0;
  int lane = 0;
  auto operator<=>(const LaneKey&) const = default;
};

/// A place on a road.
struct NetworkPoint {
  uint32_t road = 0;
  double s = 0;
  double t = 0;
  double beyond_m = 0;  ///< how far beside the road's lanes or beyond its ends; 0: on it
};

/// The middle of a lane, seen by who drives there.
struct LanePose {
  RigidTransform worldFromLane;  ///< on the surface; x in the driving direction, z up from the surface
  double heading_rad = 0;        ///< of the driving direction
  double curvature_1pm = 0;      ///< of the centre seen from above, left positive for who drives
  double grade = 0;              ///< rise per metre driven
  double width_m = 0;
};

/// One way through a junction. Of a direct junction: the lanes of `incomingRoad` meet those of `connectingRoad`,
/// whoever drives which way.
struct JunctionConnection {
  std::string id;
  uint32_t incomingRoad = 0;
  uint32_t connectingRoad = 0;
  bool atEnd = false;  ///< it is entered at the connecting road's end, not at its start
  struct Link {
    int from = 0;  ///< lane of the incoming road
    int to = 0;    ///< lane of the connecting road
  };
  std::vector<Link> lanes;
};
/// Default: ways of their own lead through. Direct: lanes of one road go on as lanes of another; there is no way
/// between.
enum class JunctionKind { kDefault, kDirect, kVirtual };
/// Who drives on `high` goes first; both are roads through the junction or roads that lead into it.
struct JunctionPriority {
  uint32_t high = 0;
  uint32_t low = 0;
};
struct Junction {
  std::string id;
  std::string name;
  JunctionKind kind = JunctionKind::kDefault;
  std::vector<JunctionConnection> connections;
  std::vector<JunctionPriority> priorities;
};

struct MapHeader {
  std::string name;
  std::string vendor;
  std::string geoReference;  ///< PROJ text, as in the file
  glm::dvec3 offset{0};      ///< that the file states for its coordinates; kept, not applied
  double offsetHeading_rad = 0;
};

/// Cheap to copy: copies share what was built.
class RoadNetwork {
 public:
  /// No roads.
  RoadNetwork();
  /// One road; its lanes are known by their names.
  RoadNetwork(Road road);  // NOLINT(google-explicit-constructor): a road is a network of one
  /// Throws Error for links to roads and junctions that are not there.
  RoadNetwork(std::vector<Road> roads, std::vector<Junction> junctions, MapHeader header = {},
              RoadFurniture furniture = {});

  bool isEmpty() const { return built_->roads.empty(); }
  const std::vector<Road>& roads() const { return built_->roads; }
  const Road& road(uint32_t index) const { return built_->roads[index]; }
  const std::vector<Junction>& junctions() const { return built_->junctions; }
  const MapHeader& header() const { return built_->header; }
  /// Signals, controllers, objects, tunnels and bridges.
  const RoadFurniture& furniture() const { return built_->furniture; }
  /// Is every road level at z = 0 (kerbs apart)?
  bool isFlat() const { return built_->isFlat; }

  /// By name, or by id where no road has that name.
  std::optional<uint32_t> findRoad(const std::string& nameOrId) const;
  /// "main/-1": road and lane id; or a name given by nameLane().
  std::optional<LaneRef> findLane(const std::string& name) const;
  /// From here on `name` means this lane, in this copy.
  void nameLane(const std::string& name, LaneRef lane) { laneNames_[name] = lane; }
  /// Names given, or where there are none "road/lane" of the lanes at each road's start (200 at most): for suggestions.
  std::vector<std::string> laneNames() const;
  /// Is there such a lane at s of its road?
  bool hasLane(LaneRef lane, double s) const;

  /// Where a place lies. Of roads whose lanes hold it: the one nearest in height, then in |t|; of none, the nearest.
  /// nullopt: an empty network. Costs the logarithm of the map's size.
  std::optional<NetworkPoint> locate(const glm::dvec3& world) const;
  /// World point on the surface at (s, t) of a road.
  glm::dvec3 point(uint32_t road, double s, double t) const { return built_->roads[road].surfacePoint(s, t); }
  /// Height of the road's surface at a place seen from above; beside all roads, of the nearest road's edge.
  double height_m(const glm::dvec3& world) const;

  /// What stands at a place with this heading: upright on the surface there, on its grade and its bank.
  RigidTransform standing(const glm::dvec3& world, double heading_rad) const;

  /// The middle of a lane. The lane must exist at s.
  LanePose laneCentre(LaneRef lane, double s) const;
  /// In a section that the caller names: at a joint of sections the other one is not meant.
  LanePose lanePose(const LaneKey& lane, double s) const;
  /// t of a lane's middle at s.
  double laneCentre_t(LaneRef lane, double s) const;

  /// Where one may drive on from a lane's end, and where one may have come from: ascending, none at a dead end.
  std::vector<LaneKey> successors(const LaneKey& lane) const;
  std::vector<LaneKey> predecessors(const LaneKey& lane) const;
  LaneKey keyAt(LaneRef lane, double s) const;

 private:
  struct ChordRef {
    uint32_t road = 0;
    uint32_t chord = 0;
  };
  struct Built {
    std::vector<Road> roads;
    std::vector<Junction> junctions;
    MapHeader header;
    RoadFurniture furniture;
    std::map<std::string, uint32_t> byId;
    std::map<std::string, uint32_t> byName;
    std::vector<ChordRef> chords;
    std::vector<PlanBox> boxes;
    BoxTree tree;
    bool isFlat = true;
  };
  /// A lane that another one meets, with its section's end (last s) or start.
  struct Met {
    LaneKey key;
    bool atEnd = false;
  };

  static std::shared_ptr<const Built> build(std::vector<Road> roads, std::vector<Junction> junctions, MapHeader header,
                                            RoadFurniture furniture);
  /// Lanes that a lane meets beyond its section's last (or first) s, whatever their driving directions.
  std::vector<Met> beyond(const LaneKey& lane, bool pastEnd) const;
  std::vector<LaneKey> meeting(const LaneKey& lane, bool onwards) const;

  std::shared_ptr<const Built> built_;
  std::map<std::string, LaneRef> laneNames_;
};

}  // namespace nightfog::road
