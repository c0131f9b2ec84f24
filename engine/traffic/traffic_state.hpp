// What a Traffic holds between steps. Private to this module.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string_view>

#include "engine/core/random.hpp"
#include "engine/road/extended_road.hpp"
#include "engine/road/signal_plan.hpp"
#include "engine/traffic/crossings.hpp"
#include "engine/traffic/lane_facts.hpp"
#include "engine/traffic/traffic.hpp"

namespace nightfog::traffic {

using road::kNoLane;
using road::LaneIndex;

/// Somebody's stretch of a lane. Not clipped: who came from another lane begins before 0, who goes on ends beyond the
/// lane's length.
struct Occupant {
  LaneIndex lane = kNoLane;
  uint32_t who = 0;  ///< agent; from the number of agents on: others
  double rear_m = 0;
  double front_m = 0;
  double speed_mps = 0;
};

/// The lanes that an agent is about to drive, nearest first; the one it is in is not among them.
struct Ways {
  std::vector<LaneIndex> lanes;
  bool isComplete = false;  ///< nothing is to be added at its end
  /// At the end of the last lane (or of its own): has to be in the lane beside it by then.
  enum class Change { kNone, kLeft, kRight } change = Change::kNone;
  bool isRouted = false;  ///< they lead to the goal
};

inline constexpr uint32_t kNobody = 0xffffffffu;
/// Nobody of the traffic brakes harder for another of it; what comes from outside may ask for `Driver::hardBraking`.
inline constexpr double kEmergency_mps2 = 4.5;

struct Traffic::Impl {
  // A lane behind whoever is longer than what it has driven of its lane.
  static constexpr size_t kTrail = 12;
  struct Trail {
    std::array<LaneIndex, kTrail> lanes{};  ///< latest first
    size_t count = 0;
    void push(LaneIndex lane);
  };
  /// Sideways to the lane that it has changed to.
  struct SideStep {
    double from_m = 0;  ///< left of the new lane's middle at the beginning
    double over_m = 0;  ///< way that it takes; 0: not changing
    double done_m = 0;
    bool toLeft = false;
    bool isUnderWay() const { return over_m > 0; }
    double at(double done) const;
  };

  /// A junction on its way: held, or ahead.
  struct Pass {
    uint32_t crossing = 0;
    double begin_m = 0;  ///< of the way travelled, where the junction begins
    double line_m = 0;   ///< of the way travelled, where one waits
    double length_m = 0;
    uint32_t nextInPath = 0;  ///< of Ways::lanes, what follows it; while it is not granted
    double order = 0;         ///< who goes first has the lower one; 0: not granted
    bool isGranted() const { return order > 0; }
    double x(double travelled) const { return travelled - begin_m; }
  };
  struct Member {
    uint32_t who = 0;
    uint32_t pass = 0;
  };

  /// A crosswalk over a lane.
  struct Crosswalk {
    LaneIndex lane = kNoLane;
    road::LaneSpan span;
    glm::dvec2 middle{0};
    double reach_m = 0;
  };
  /// Another actor on a way through a junction, or one of those that it may take.
  struct OtherPass {
    uint32_t crossing = 0;
    double x = 0;
    double speed_mps = 0;
  };
  static constexpr uint32_t kOtherKind = 0;  ///< of shapes

  Impl(const road::LaneGraph& graph, std::vector<Agent> agents, const Options& options);
  void check(const Agent& agent) const;
  /// Appends it to the columns.
  void add(const Agent& agent);

  road::LaneGraph lanes;
  Options options;
  road::SignalPlan signalPlan;
  std::vector<LaneFacts> facts;
  std::vector<Shape> shapes;  ///< all that there may be; the first is others'
  mutable Crossings crossings;
  std::map<uint32_t, road::ExtendedRoad> extended;  ///< by road: those with open ends
  std::vector<LaneIndex> entries, cycleEntries;
  std::vector<Crosswalk> crosswalks;
  int64_t steps = 0;

  // Agents, a column each.
  std::vector<Agent> agents;
  std::vector<LaneIndex> lane;
  std::vector<double> front_m, speed_mps, acceleration_mps2, travelled_m, stood_s, waited_s;
  std::vector<Trail> trail;
  std::vector<Ways> ways;
  std::vector<SideStep> sideStep;
  std::vector<uint32_t> kindOf;           ///< of shapes
  std::vector<std::vector<Pass>> passes;  ///< in the order that they are driven: held ones, then those ahead
  std::vector<uint32_t> choices, trips;
  std::vector<double> nextChange_s;
  std::vector<char> isPresent;
  std::vector<char> isGone;  ///< taken out for good
  std::vector<char> isCyclist;
  std::vector<int> askedLanes;         ///< lanes to the left that it is to change yet
  std::vector<char> isBoundElsewhere;  ///< its goals are others since its ways were found
  std::set<uint32_t> ids;
  std::vector<Agent> joining;  ///< at the end of the next step
  std::vector<double> left_s;  ///< when it left the map

  // Of this step.
  std::vector<Occupant> occupants;           ///< by lane, then front, then who
  std::vector<uint32_t> firstOccupant;       ///< by lane; one more
  std::vector<std::vector<Member>> members;  ///< by junction: who is in it or comes to it
  std::vector<int> busyJunctions;
  std::vector<OtherPass> otherPasses;
  std::vector<uint32_t> urgent;  ///< by junction: who has waited too long
  double lastOrder = 0;
  std::vector<double> courtesy;                                ///< acceleration that letting others in asks for
  std::vector<std::pair<LaneIndex, road::LaneSpan>> walkedOn;  ///< crosswalks over lanes with people on them or coming
  std::vector<char> isLightRed;                                ///< by signal
  std::vector<char> isLightAmber;
  std::vector<double> reserved_m;  ///< by lane: what those will take up who may drive there through a junction
  std::span<const Other> others;

  double time_s() const { return static_cast<double>(steps) * options.step_s; }
  double length_m(LaneIndex index) const { return lanes.lane(index).length_m; }
  RandomSource draws(size_t agent, std::string_view what, uint32_t count) const;

  // ways.cpp
  void extend(size_t i);
  /// It is in this lane, has just been, or is about to be.
  bool isOnWay(size_t i, LaneIndex index) const;
  void followRoute(size_t i);
  /// From the bumper to where the last lane that it knows is no longer wide enough.
  double knownWay(size_t i) const;
  double desiredSpeed(size_t i) const;
  double limitAt(size_t i, LaneIndex index, double distance_m) const;
  /// Of a lane from a distance on for `ahead_m`: the speed now from which each limit within it can be met.
  double speedFor(size_t i, LaneIndex index, double from_m, double ahead_m, double base_m) const;

  // following.cpp
  void occupy();
  void occupyByOthers();
  std::span<const Occupant> on(LaneIndex index) const;
  struct Lead {
    double gap_m = 1e9;
    double speed_mps = 0;
    uint32_t who = 0xffffffffu;
    bool isThere() const { return gap_m < 1e8; }
  };
  /// Next one on a lane and the lanes after it.
  Lead ahead(size_t i, LaneIndex index, double from_m, std::span<const LaneIndex> next, double reach_m) const;
  /// The first one behind a rear bumper on a lane and those that lead to it; of who is abreast, those whose front
  /// bumper is no further than `abreast_m` ahead of that (they have a negative gap).
  Lead behind(size_t i, LaneIndex index, double rear_m, double abreast_m, double reach_m) const;
  double acceleration(size_t i) const;
  double accelerationBehind(size_t i, const Lead& lead, double desired) const;
  double stopWithin(size_t i, double distance_m, double gentle_mps2) const;
  /// So that one can always stop behind who brakes as hard as anybody does.
  double safeAcceleration(size_t i, double gap_m, double leader_mps) const;
  double keepClear(size_t i) const;
  double keepClearOfOthers(size_t i) const;

  // junctions.cpp
  void holdBack();
  void lookAtLights();
  void findPasses();
  void findOtherPasses();
  bool areOthersFar(size_t i, const Pass& pass) const;
  void grant();
  bool tryGrant(size_t i);
  const Pass* firstAsked(size_t i) const;
  bool isRed(size_t i, const Pass& pass) const;
  bool hasRoomBeyond(size_t i, const Pass& pass) const;
  bool doesYield(const Pass& mine, const Pass& other, const Meeting& meeting) const;
  bool canStop(size_t i, double way_m, double braking_mps2) const;
  double timeTo(size_t i, double way_m, double top_mps) const;
  double topOf(size_t i, const Pass& pass) const;
  double spaceOf(size_t i) const { return agents[i].shape.length_m + agents[i].driver.standstillGap_m; }

  // lane_changes.cpp
  void changeLanes();
  void considerChange(size_t i);
  void letIn();
  bool mustChangeNow(size_t i) const;
  void turnToGoals(size_t i);
  /// The side to which it has to change, or was asked to.
  Ways::Change wantedChange(size_t i) const;
  double changeWay(size_t i) const;
  /// A place in the lane beside; beyond the map's ends both go on straight.
  double beside_m(LaneIndex from, double distance_m, LaneIndex to) const;
  bool tryChange(size_t i, bool toLeft, double bias, double safe_mps2);

  // traffic.cpp
  void decide();
  void move();
  void leave(size_t i);
  void enterAgain();
  /// Of lanes that lead in those that are far from other actors and named drivers; all, if there are none.
  std::vector<LaneIndex> outOfSight(const std::vector<LaneIndex>& all) const;
  /// A place on the way of an agent, so far before (negative) or beyond its front bumper.
  struct WayPoint {
    LaneIndex lane = kNoLane;
    double distance_m = 0;
    double beyond_m = 0;  ///< past the end of all that it knows: straight on (before: straight back)
  };
  WayPoint pointAt(size_t i, double offset_m) const;
  RigidTransform poseAt(const WayPoint& at) const;
  AgentState state(size_t i, double after_s) const;
};

}  // namespace nightfog::traffic
