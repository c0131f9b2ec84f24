#include "engine/road/lane_conflicts.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::road {
namespace {

constexpr double kSample_m = 0.5;
constexpr int kMostPoints = 600;  ///< ways longer than 300 m are looked at in longer steps
/// Corridors are the lanes less this on each side: neighbours that run side by side do not overlap.
constexpr double kInset_m = 0.25;
constexpr double kLeastHalfWidth_m = 0.5;
/// One over the other is no conflict.
constexpr double kLevel_m = 2.5;

struct Corridor {
  LaneIndex lane = kNoLane;
  PlanBox box;
  struct Point {
    double distance_m = 0;
    glm::dvec3 position{0};
    double halfWidth_m = 0;
  };
  std::vector<Point> points;
};

Corridor corridorOf(const LanePath& path, LaneIndex lane) {
  Corridor corridor;
  corridor.lane = lane;
  const int count = std::clamp(static_cast<int>(std::ceil(path.length_m() / kSample_m)), 1, kMostPoints);
  double widest = 0;
  for (int i = 0; i <= count; ++i) {
    const double distance = path.length_m() * i / count;
    const LanePose pose = path.at(distance);
    const double half = std::max(kLeastHalfWidth_m, 0.5 * pose.width_m - kInset_m);
    corridor.points.push_back({distance, pose.worldFromLane.translation, half});
    corridor.box.include(glm::dvec2(pose.worldFromLane.translation));
    widest = std::max(widest, half);
  }
  corridor.box.grow(widest);
  return corridor;
}

bool doOverlap(const PlanBox& a, const PlanBox& b) {
  return a.min.x <= b.max.x && b.min.x <= a.max.x && a.min.y <= b.max.y && b.min.y <= a.max.y;
}

/// First and last places of each corridor that lie in the other; a step is added where the neighbour does not.
bool overlapOf(const Corridor& a, const Corridor& b, LaneSpan& onA, LaneSpan& onB) {
  if (!doOverlap(a.box, b.box)) return false;
  size_t firstA = a.points.size(), lastA = 0, firstB = b.points.size(), lastB = 0;
  for (size_t i = 0; i < a.points.size(); ++i) {
    const Corridor::Point& p = a.points[i];
    if (b.box.distance(glm::dvec2(p.position)) > p.halfWidth_m) continue;
    for (size_t k = 0; k < b.points.size(); ++k) {
      const Corridor::Point& q = b.points[k];
      const double reach = p.halfWidth_m + q.halfWidth_m;
      const glm::dvec3 apart = p.position - q.position;
      if (apart.x * apart.x + apart.y * apart.y >= reach * reach || std::abs(apart.z) > kLevel_m) continue;
      firstA = std::min(firstA, i), lastA = std::max(lastA, i);
      firstB = std::min(firstB, k), lastB = std::max(lastB, k);
    }
  }
  if (firstA == a.points.size()) return false;
  const auto spanOf = [](const Corridor& c, size_t first, size_t last) {
    return LaneSpan{c.points[first > 0 ? first - 1 : 0].distance_m,
                    c.points[std::min(last + 1, c.points.size() - 1)].distance_m};
  };
  onA = spanOf(a, firstA, lastA);
  onB = spanOf(b, firstB, lastB);
  return true;
}

bool doShare(const std::vector<LaneIndex>& a, const std::vector<LaneIndex>& b) {
  return std::any_of(a.begin(), a.end(), [&](LaneIndex x) { return std::find(b.begin(), b.end(), x) != b.end(); });
}

double headingAt(const LanePath& path, bool atEnd) {
  return (atEnd ? path.samples().back() : path.samples().front()).heading_rad;
}

/// Is the road one that the lane leads along, or comes from?
bool isOf(const std::vector<GraphLane>& lanes, const GraphLane& way, uint32_t road) {
  return way.key.road == road || std::any_of(way.predecessors.begin(), way.predecessors.end(),
                                             [&](LaneIndex from) { return lanes[from].key.road == road; });
}

void decide(const RoadNetwork& map, const std::vector<GraphLane>& lanes, const std::vector<LanePath>& paths,
            const std::vector<int>& ranks, LaneConflict& conflict) {
  if (conflict.kind == ConflictKind::kDiverging) return;
  const GraphLane &a = lanes[conflict.first], &b = lanes[conflict.second];
  const auto say = [&](bool isFirst, RightOfWayCause cause) {
    conflict.goesFirst = isFirst ? RightOfWay::kFirst : RightOfWay::kSecond;
    conflict.cause = cause;
  };
  for (const JunctionPriority& priority : map.junctions()[static_cast<size_t>(a.junction)].priorities) {
    if (isOf(lanes, a, priority.high) && isOf(lanes, b, priority.low)) return say(true, RightOfWayCause::kPriority);
    if (isOf(lanes, b, priority.high) && isOf(lanes, a, priority.low)) return say(false, RightOfWayCause::kPriority);
  }
  if (ranks[conflict.first] != ranks[conflict.second])
    return say(ranks[conflict.first] > ranks[conflict.second], RightOfWayCause::kSigns);
  // Seen where they enter: oncoming, or from one side.
  const double headingA = headingAt(paths[conflict.first], false), headingB = headingAt(paths[conflict.second], false);
  const double between = wrapAngle(headingB - headingA);
  const bool keepsLeft = map.road(a.key.road).data().keepsLeft;
  if (std::abs(between) > 0.75 * kPi) {
    const Turn crossing = keepsLeft ? Turn::kRight : Turn::kLeft;
    const bool yieldsA = a.turn == crossing || a.turn == Turn::kBack,
               yieldsB = b.turn == crossing || b.turn == Turn::kBack;
    if (yieldsA != yieldsB) say(yieldsB, RightOfWayCause::kTurning);
    return;
  }
  if (std::abs(between) < 0.25 * kPi) return;
  // Heading turned to the left against mine: it comes from my right.
  const bool comesFromRight = between > 0;
  say(comesFromRight == keepsLeft, RightOfWayCause::kSide);
}

}  // namespace

std::vector<LaneConflict> findConflicts(const RoadNetwork& map, const std::vector<GraphLane>& lanes,
                                        const std::vector<LanePath>& paths, const std::vector<int>& ranks,
                                        const std::vector<LaneIndex>& ways) {
  std::vector<Corridor> corridors;
  for (const LaneIndex way : ways) corridors.push_back(corridorOf(paths[way], way));
  std::vector<LaneConflict> conflicts;
  for (size_t i = 0; i < ways.size(); ++i) {
    for (size_t k = i + 1; k < ways.size(); ++k) {
      const GraphLane &a = lanes[ways[i]], &b = lanes[ways[k]];
      // Sections of one way follow each other; lanes of one road run side by side.
      if (a.key.road == b.key.road) continue;
      LaneConflict conflict;
      conflict.first = ways[i];
      conflict.second = ways[k];
      if (!overlapOf(corridors[i], corridors[k], conflict.onFirst, conflict.onSecond)) continue;
      if (doShare(a.successors, b.successors)) {
        conflict.kind = ConflictKind::kMerging;
      } else if (doShare(a.predecessors, b.predecessors)) {
        conflict.kind = ConflictKind::kDiverging;
      } else if (doShare(a.successors, {ways[k]}) || doShare(b.successors, {ways[i]})) {
        continue;  // one leads on to the other
      }
      decide(map, lanes, paths, ranks, conflict);
      conflicts.push_back(conflict);
    }
  }
  return conflicts;
}

}  // namespace nightfog::road
