// The lanes of a map as a graph: where each leads, what lies beside it, how long it is, whom it crosses, and the way
// from one to another.
//
// A node is a lane within one section of its road, seen by who drives it: `distance_m` counts from where it is entered.
// Sidewalks, cycle lanes and shoulders are nodes too; people walk them both ways. Immutable once built; cheap to copy.
// Indices ascend by road, section and lane id, so that they mean the same in every run.
// @code
//   const LaneGraph lanes(map);
//   LanePlace car = *lanes.locate({40, -1.6, 0});          // lane and distance
//   for (LaneIndex next : lanes.lane(car.lane).successors) …
//   LanePose pose = lanes.path(car.lane).at(car.distance_m);
//   std::optional<Route> way = lanes.route(car, {lanes.find({3, 0, -1}), 20});
//   for (uint32_t c : lanes.conflictsOf(car.lane)) lanes.conflicts()[c] …
// @endcode
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/road/lane_path.hpp"

namespace nightfog::road {

using LaneIndex = uint32_t;
inline constexpr LaneIndex kNoLane = 0xffffffffu;

/// Which way a lane through a junction leads, by the headings of its ends.
enum class Turn { kStraight, kLeft, kRight, kBack };

struct GraphLane {
  LaneKey key;
  LaneKind kind = LaneKind::kDriving;
  bool isDrivable = false;
  int junction = -1;  ///< index of the junction it leads through; -1: none
  double length_m = 0;
  Turn turn = Turn::kStraight;          ///< within a junction; else straight
  std::vector<LaneIndex> successors;    ///< where one may drive on from its end; ascending
  std::vector<LaneIndex> predecessors;  ///< ascending
  LaneIndex left = kNoLane;             ///< beside it for who drives, in the same direction and of the same section
  LaneIndex right = kNoLane;
};

/// A place in a lane.
struct LanePlace {
  LaneIndex lane = kNoLane;
  double distance_m = 0;
  bool operator==(const LanePlace&) const = default;
};

/// From `from_m` to `to_m` of a path.
struct LaneSpan {
  double from_m = 0;
  double to_m = 0;
};

enum class ConflictKind {
  kCrossing,   ///< they cross
  kMerging,    ///< they end in one lane
  kDiverging,  ///< they begin in one lane: who follows minds who is ahead, nobody yields
};
/// Who goes first, and what says so.
enum class RightOfWay { kNobody, kFirst, kSecond };
enum class RightOfWayCause {
  kNone,      ///< nothing says who: drive with care
  kPriority,  ///< the junction states it
  kSigns,     ///< give way, stop or priority signs of where they come from
  kTurning,   ///< who turns left across an oncoming way yields (right, where traffic keeps left)
  kSide,      ///< who comes from the right goes first (from the left, where traffic keeps left)
};

/// Two lanes through one junction that take up the same ground somewhere.
struct LaneConflict {
  LaneIndex first = kNoLane;  ///< the lower index
  LaneIndex second = kNoLane;
  ConflictKind kind = ConflictKind::kCrossing;
  LaneSpan onFirst;   ///< where the first's corridor lies in the second's
  LaneSpan onSecond;  ///< and the other way round
  /// While signals are dark, or where there are none. Lit ones outrank it.
  RightOfWay goesFirst = RightOfWay::kNobody;
  RightOfWayCause cause = RightOfWayCause::kNone;
};

/// A signal that counts for a lane, and where.
struct LaneSignal {
  uint32_t signal = 0;  ///< index into the map's furniture
  uint32_t place = 0;   ///< of its places
  double distance_m = 0;
};

/// Where a crosswalk lies across a lane.
struct LaneCrossing {
  uint32_t object = 0;  ///< index into the map's furniture
  LaneSpan span;
};

/// One lane of a way: from `span.from_m` to `span.to_m`.
struct RouteStep {
  enum class Entry { kStart, kOnwards, kChangeLeft, kChangeRight };
  LaneIndex lane = kNoLane;
  LaneSpan span;  ///< of a lane that is left by a lane change: where the change may begin and has to end
  Entry entry = Entry::kStart;
};
struct Route {
  std::vector<RouteStep> steps;
  double length_m = 0;  ///< driven; changing lanes is counted as driving on beside
};
struct RouteOptions {
  double laneChange_m = 100;       ///< one change is worth this much of a detour; negative: never change
  bool mayUseAnyLane = false;      ///< false: drivable lanes only; true: cycle lanes and sidewalks too
  std::vector<LaneIndex> avoided;  ///< not entered
};

class LaneGraph {
 public:
  LaneGraph();
  /// Throws Error for maps of more than about 10,000 km of lanes, and junctions of more than 1,000.
  explicit LaneGraph(const RoadNetwork& map);

  const RoadNetwork& map() const { return built_->map; }
  size_t size() const { return built_->lanes.size(); }
  const GraphLane& lane(LaneIndex lane) const { return built_->lanes[lane]; }
  const LanePath& path(LaneIndex lane) const { return built_->paths[lane]; }
  /// kNoLane: there is no such lane.
  LaneIndex find(const LaneKey& key) const;
  LaneIndex find(LaneRef lane, double s) const { return find(map().keyAt(lane, s)); }
  /// The lane that a place lies in, and where along it; nullopt beside all lanes. Where ways through a junction overlap
  /// it is the one whose line is nearest: with `heading_rad`, of those that lead that way within a right angle.
  std::optional<LanePlace> locate(const glm::dvec3& world, std::optional<double> heading_rad = std::nullopt) const;

  /// m/s at a distance along a lane: the lane's own limit, else the road's; 0: none is stated.
  double speedLimit_mps(LaneIndex lane, double distance_m) const;
  /// Do the marks let one change to the lane beside it there? false where there is none.
  bool mayChange(LaneIndex lane, bool toLeft, double distance_m) const;
  /// The same place across, in the lane beside it: its distance along that one.
  double beside_m(LaneIndex from, double distance_m, LaneIndex to) const;

  /// All pairs of lanes of one junction that overlap, by ascending (first, second). Drivable and cycle lanes only.
  const std::vector<LaneConflict>& conflicts() const { return built_->conflicts; }
  /// Indices into conflicts() of those with a lane.
  std::span<const uint32_t> conflictsOf(LaneIndex lane) const;

  /// Signals and signs that count for a lane (its direction, the lanes they name), by ascending distance. A light's
  /// stop line is the kStopLine nearest to it, where one is painted.
  const std::vector<LaneSignal>& signalsOf(LaneIndex lane) const { return built_->signals[lane]; }
  /// Crosswalks over a drivable or cycle lane, by ascending distance.
  const std::vector<LaneCrossing>& crossingsOf(LaneIndex lane) const { return built_->crossings[lane]; }

  /// The shortest way (Dijkstra's): nullopt where there is none.
  std::optional<Route> route(const LanePlace& from, const LanePlace& to, const RouteOptions& options = {}) const;
  /// Through several places, in their order.
  std::optional<Route> route(std::span<const LanePlace> places, const RouteOptions& options = {}) const;
  /// Straight on: at each fork the lane that turns least, ties to the lower index; ends at a dead end, at a lane that
  /// was driven already, or after `longest_m`.
  Route straightOn(const LanePlace& from, double longest_m) const;

 private:
  struct Built {
    RoadNetwork map;
    std::vector<GraphLane> lanes;
    std::vector<LanePath> paths;
    std::vector<std::vector<LaneIndex>> firstOfSection;  ///< by road and section
    std::vector<LaneConflict> conflicts;
    std::vector<uint32_t> conflictRefs;                ///< by lane
    std::vector<uint32_t> conflictFirst;               ///< by lane, into conflictRefs; one more than lanes
    std::vector<std::vector<LaneSignal>> signals;      ///< by lane
    std::vector<std::vector<LaneCrossing>> crossings;  ///< by lane
    std::vector<LaneIndex> boxLanes;                   ///< by box: whose
    std::vector<uint32_t> boxFirst;                    ///< by box: its first sample
    std::vector<PlanBox> boxes;
    BoxTree tree;
  };
  static std::shared_ptr<const Built> build(const RoadNetwork& map);
  static void link(Built& built);
  static void indexConflicts(Built& built);
  static void indexSignals(Built& built);
  static void indexCrossings(Built& built);

  std::shared_ptr<const Built> built_;
};

}  // namespace nightfog::road
