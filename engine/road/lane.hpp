// Lanes beside a reference line, and what is painted between them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/road/cubic.hpp"

namespace nightfog::road {

/// What a lane is for. OpenDRIVE's `none` is kVerge: grass.
enum class LaneKind {
  kDriving,
  kParking,
  kSidewalk,
  kShoulder,
  kVerge,
  kStop,
  kBiking,
  kBorder,
  kRestricted,
  kMedian,
  kCurb,
  kTram,
  kRail,
  kBus,
  kEntry,
  kExit,
  kOnRamp,
  kOffRamp,
  kConnectingRamp,
  kBidirectional,
  kRoadWorks,
  kSpecial,
};

/// Do vehicles drive along it?
bool isDrivable(LaneKind kind);

enum class MarkColour { kWhite, kYellow, kRed, kBlue, kGreen, kOrange };

/// One painted line of a mark.
struct MarkLine {
  double offset_m = 0;  ///< of its middle, left of the lane's outer border (of the centre line for lane 0)
  double width_m = 0.12;
  double dash_m = 0;  ///< 0: solid
  double gap_m = 0;
  double first_s = 0;  ///< where a dash begins
};

/// Which changes across a mark are allowed, where a map says so: to a lane of a higher id is an increase.
enum class LaneChange { kByLines, kNone, kBoth, kIncrease, kDecrease };

/// What is painted on a lane's outer border from `s` on, until the next mark of the lane. No lines: nothing.
struct RoadMark {
  double s = 0;
  MarkColour colour = MarkColour::kWhite;
  std::vector<MarkLine> lines;
  LaneChange change = LaneChange::kByLines;
};

/// How high a lane lies above the road's reference plane, from `s` on: linear across, from the inner border to the
/// outer one.
struct LaneHeight {
  double s = 0;
  double inner_m = 0;
  double outer_m = 0;
};

/// From `s` on.
struct SpeedLimit {
  double s = 0;
  double max_mps = 0;  ///< 0: none
};

/// A lane within one section. Ids count from the centre line: 1, 2 … to the left, -1, -2 … to the right; 0 is the
/// centre line itself, which has marks but no width. All s are the road's.
struct Lane {
  int id = 0;
  LaneKind kind = LaneKind::kDriving;
  std::string name;  ///< of a road written in a scenario; empty in a map
  Profile width;
  bool isLevel = false;             ///< lies level across, whatever the road's superelevation and crossfall
  std::vector<LaneHeight> heights;  ///< ascending s; none: in the reference plane
  std::vector<RoadMark> marks;      ///< ascending s
  std::vector<SpeedLimit> speeds;   ///< ascending s
  std::optional<int> predecessor;   ///< the lane it continues before the section's start
  std::optional<int> successor;     ///< the lane it continues in beyond the section's end
};

/// A stretch of road over which the number of lanes stays the same.
struct LaneSection {
  double first_s = 0;
  double last_s = 0;
  std::vector<Lane> left;   ///< ids 1, 2 …
  std::vector<Lane> right;  ///< ids -1, -2 …
  Lane centre;

  /// nullptr: there is no such lane.
  const Lane* find(int id) const;
};

}  // namespace nightfog::road
