#include "engine/road/lane_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/road/lane_conflicts.hpp"

namespace nightfog::road {
namespace {

/// Less is straight on, more than kBack_rad turns round.
constexpr double kStraight_rad = 0.6;
constexpr double kBack_rad = 2.6;
/// Samples of a path in one box of the tree.
constexpr size_t kSamplesABox = 12;
constexpr double kSameLevel_m = 2.5;
constexpr size_t kMostSamples = 10'000'000;
/// A junction of more lanes than this is no junction that one could drive through.
constexpr size_t kMostWays = 1000;

Turn turnOf(const LanePath& path) {
  // Summed up along the path: a loop of 270 degrees to the right is no left turn.
  double turn = 0;
  for (size_t i = 0; i + 1 < path.samples().size(); ++i)
    turn += wrapAngle(path.samples()[i + 1].heading_rad - path.samples()[i].heading_rad);
  if (std::abs(turn) < kStraight_rad) return Turn::kStraight;
  if (std::abs(turn) > kBack_rad) return Turn::kBack;
  return turn > 0 ? Turn::kLeft : Turn::kRight;
}

template <class T>
const T* validAt(const std::vector<T>& entries, double s) {
  const T* found = nullptr;
  for (const T& entry : entries) {
    if (entry.s <= s || found == nullptr) found = &entry;
  }
  return found;
}

}  // namespace

LaneGraph::LaneGraph() : built_(std::make_shared<const Built>()) {}

LaneGraph::LaneGraph(const RoadNetwork& map) : built_(build(map)) {}

std::shared_ptr<const LaneGraph::Built> LaneGraph::build(const RoadNetwork& map) {
  auto built = std::make_shared<Built>();
  built->map = map;
  std::vector<LaneKey> keys;
  for (uint32_t r = 0; r < map.roads().size(); ++r) {
    const auto& sections = map.road(r).sections();
    built->firstOfSection.emplace_back();
    for (uint32_t i = 0; i < sections.size(); ++i) {
      built->firstOfSection.back().push_back(static_cast<LaneIndex>(keys.size()));
      for (auto lane = sections[i].right.rbegin(); lane != sections[i].right.rend(); ++lane)
        keys.push_back({r, i, lane->id});
      for (const Lane& lane : sections[i].left) keys.push_back({r, i, lane.id});
    }
  }
  built->paths.reserve(keys.size());
  std::vector<double> stations;
  uint32_t stationsOf = 0xffffffffu;
  size_t sampleCount = 0;
  for (const LaneKey& key : keys) {
    const Road& road = map.road(key.road);
    if (key.road != stationsOf) stations = LanePath::stations(road);
    stationsOf = key.road;
    built->paths.emplace_back(built->map, key, stations);
    sampleCount += built->paths.back().samples().size();
    if (sampleCount > kMostSamples) {
      throw Error(ExitCode::kDiagnostics, "The map's lanes are too long in sum for a lane graph.",
                  "Cut the map up: 10,000 km of lanes are enough for a day's drive.");
    }
    GraphLane lane;
    lane.key = key;
    lane.kind = road.sections()[key.section].find(key.lane)->kind;
    lane.isDrivable = road::isDrivable(lane.kind);
    lane.junction = road.data().junction;
    lane.length_m = built->paths.back().length_m();
    if (lane.junction >= 0) lane.turn = turnOf(built->paths.back());
    built->lanes.push_back(std::move(lane));
  }
  link(*built);
  indexSignals(*built);
  indexCrossings(*built);
  indexConflicts(*built);
  for (LaneIndex i = 0; i < built->lanes.size(); ++i) {
    const std::vector<LanePath::Sample>& samples = built->paths[i].samples();
    for (size_t first = 0; first + 1 < samples.size(); first += kSamplesABox) {
      PlanBox box;
      double width = 0;
      for (size_t k = first; k <= std::min(first + kSamplesABox, samples.size() - 1); ++k) {
        box.include(glm::dvec2(samples[k].position));
        width = std::max(width, samples[k].width_m);
      }
      // Between samples a lane leaves their chord by decimetres at most, and widens by no more.
      box.grow(0.5 * width + 0.5);
      built->boxes.push_back(box);
      built->boxLanes.push_back(i);
      built->boxFirst.push_back(static_cast<uint32_t>(first));
    }
  }
  built->tree = BoxTree(built->boxes);
  return built;
}

void LaneGraph::link(Built& built) {
  const auto indexOf = [&](const LaneKey& key) {
    const LaneSection& section = built.map.road(key.road).sections()[key.section];
    const int place = static_cast<int>(section.right.size()) + key.lane - (key.lane > 0 ? 1 : 0);
    return built.firstOfSection[key.road][key.section] + static_cast<LaneIndex>(place);
  };
  for (GraphLane& lane : built.lanes) {
    for (const LaneKey& next : built.map.successors(lane.key)) lane.successors.push_back(indexOf(next));
    for (const LaneKey& before : built.map.predecessors(lane.key)) lane.predecessors.push_back(indexOf(before));
    const Road& road = built.map.road(lane.key.road);
    const LaneSection& section = road.sections()[lane.key.section];
    const bool against = road.isAgainstS(lane.key.lane);
    for (const bool isLeft : {true, false}) {
      const int step = isLeft != against ? 1 : -1;
      const int other = lane.key.lane + step;
      if (other == 0 || section.find(other) == nullptr) continue;
      (isLeft ? lane.left : lane.right) = indexOf({lane.key.road, lane.key.section, other});
    }
  }
}

void LaneGraph::indexSignals(Built& built) {
  built.signals.resize(built.lanes.size());
  const std::vector<Signal>& signals = built.map.furniture().signals;
  for (uint32_t i = 0; i < signals.size(); ++i) {
    for (uint32_t p = 0; p < signals[i].places.size(); ++p) {
      const SignalPlace& place = signals[i].places[p];
      const Road& road = built.map.road(place.road);
      const double s = std::clamp(place.s, 0.0, road.length_m());
      const auto section = static_cast<uint32_t>(road.sectionIndex(s));
      const LaneSection& lanes = road.sections()[section];
      LaneIndex index = built.firstOfSection[place.road][section];
      const LaneIndex count = static_cast<LaneIndex>(lanes.left.size() + lanes.right.size());
      for (LaneIndex k = 0; k < count; ++k, ++index) {
        const GraphLane& lane = built.lanes[index];
        if (!lane.isDrivable && lane.kind != LaneKind::kBiking) continue;
        const bool against = road.isAgainstS(lane.key.lane);
        if (place.direction == SignalDirection::kAlongS && against) continue;
        if (place.direction == SignalDirection::kAgainstS && !against) continue;
        const bool isNamed =
            place.lanes.empty() || std::any_of(place.lanes.begin(), place.lanes.end(), [&](const LaneRange& range) {
              return lane.key.lane >= range.from && lane.key.lane <= range.to;
            });
        if (isNamed) built.signals[index].push_back({i, p, built.paths[index].distanceAt(s)});
      }
    }
  }
  for (std::vector<LaneSignal>& mine : built.signals) {
    std::stable_sort(mine.begin(), mine.end(),
                     [](const LaneSignal& a, const LaneSignal& b) { return a.distance_m < b.distance_m; });
  }
}

namespace {

bool isInside(const std::vector<OutlineCorner>& outline, const glm::dvec3& p) {
  bool inside = false;
  for (size_t i = 0, j = outline.size() - 1; i < outline.size(); j = i++) {
    const glm::dvec3 &a = outline[i].base, &b = outline[j].base;
    if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

}  // namespace

void LaneGraph::indexCrossings(Built& built) {
  constexpr double kStep_m = 0.1;
  constexpr double kReach_m = 15;
  built.crossings.resize(built.lanes.size());
  for (const PlacedObject& placed : placedObjects(built.map)) {
    const MapObject& object = built.map.furniture().objects[placed.object];
    if (object.kind != ObjectKind::kCrosswalk || placed.outlines.empty()) continue;
    const Road& road = built.map.road(object.road);
    const double s = road.project(placed.worldFromObject.translation).s;
    const auto section = static_cast<uint32_t>(road.sectionIndex(s));
    const LaneSection& lanes = road.sections()[section];
    LaneIndex index = built.firstOfSection[object.road][section];
    const LaneIndex count = static_cast<LaneIndex>(lanes.left.size() + lanes.right.size());
    for (LaneIndex k = 0; k < count; ++k, ++index) {
      if (!built.lanes[index].isDrivable && built.lanes[index].kind != LaneKind::kBiking) continue;
      const LanePath& path = built.paths[index];
      const double middle = path.distanceAt(s);
      LaneSpan span{1e300, -1e300};
      const double last = std::min(middle + kReach_m, path.length_m());
      for (double d = std::max(0.0, middle - kReach_m); d <= last; d += kStep_m) {
        if (!isInside(placed.outlines.front(), path.at(d).worldFromLane.translation)) continue;
        span.from_m = std::min(span.from_m, d);
        span.to_m = std::max(span.to_m, d);
      }
      if (span.from_m <= span.to_m) built.crossings[index].push_back({static_cast<uint32_t>(placed.object), span});
    }
  }
  for (std::vector<LaneCrossing>& mine : built.crossings) {
    std::stable_sort(mine.begin(), mine.end(),
                     [](const LaneCrossing& a, const LaneCrossing& b) { return a.span.from_m < b.span.from_m; });
  }
}

void LaneGraph::indexConflicts(Built& built) {
  // What the last sign before a junction says of who comes from there: 1 goes first, -1 gives way.
  constexpr double kBefore_m = 60;
  std::vector<int> ranks(built.lanes.size());
  for (LaneIndex i = 0; i < built.lanes.size(); ++i) {
    for (const LaneIndex from : built.lanes[i].predecessors) {
      for (const LaneSignal& sign : built.signals[from]) {
        if (sign.distance_m < built.lanes[from].length_m - kBefore_m) continue;
        switch (built.map.furniture().signals[sign.signal].kind) {
          case SignalKind::kGiveWay:
          case SignalKind::kStop:
            ranks[i] = -1;
            break;
          case SignalKind::kPriorityOnce:
          case SignalKind::kPriorityRoad:
            ranks[i] = 1;
            break;
          default:
            break;
        }
      }
    }
  }
  std::vector<std::vector<LaneIndex>> ways(built.map.junctions().size());
  for (LaneIndex i = 0; i < built.lanes.size(); ++i) {
    const GraphLane& lane = built.lanes[i];
    if (lane.junction >= 0 && (lane.isDrivable || lane.kind == LaneKind::kBiking))
      ways[static_cast<size_t>(lane.junction)].push_back(i);
  }
  for (size_t j = 0; j < ways.size(); ++j) {
    const std::vector<LaneIndex>& junction = ways[j];
    if (junction.size() > kMostWays) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("Junction '{}' has {} lanes.", built.map.junctions()[j].id, junction.size()),
                  fmt::format("At most {}: split it.", kMostWays));
    }
    const std::vector<LaneConflict> found = findConflicts(built.map, built.lanes, built.paths, ranks, junction);
    built.conflicts.insert(built.conflicts.end(), found.begin(), found.end());
  }
  std::sort(built.conflicts.begin(), built.conflicts.end(), [](const LaneConflict& a, const LaneConflict& b) {
    return std::pair(a.first, a.second) < std::pair(b.first, b.second);
  });
  std::vector<std::vector<uint32_t>> byLane(built.lanes.size());
  for (uint32_t i = 0; i < built.conflicts.size(); ++i) {
    byLane[built.conflicts[i].first].push_back(i);
    byLane[built.conflicts[i].second].push_back(i);
  }
  for (const std::vector<uint32_t>& mine : byLane) {
    built.conflictFirst.push_back(static_cast<uint32_t>(built.conflictRefs.size()));
    built.conflictRefs.insert(built.conflictRefs.end(), mine.begin(), mine.end());
  }
  built.conflictFirst.push_back(static_cast<uint32_t>(built.conflictRefs.size()));
}

LaneIndex LaneGraph::find(const LaneKey& key) const {
  if (key.road >= built_->firstOfSection.size() || key.section >= built_->firstOfSection[key.road].size())
    return kNoLane;
  const LaneSection& section = map().road(key.road).sections()[key.section];
  if (key.lane == 0 || section.find(key.lane) == nullptr) return kNoLane;
  const int place = static_cast<int>(section.right.size()) + key.lane - (key.lane > 0 ? 1 : 0);
  return built_->firstOfSection[key.road][key.section] + static_cast<LaneIndex>(place);
}

std::span<const uint32_t> LaneGraph::conflictsOf(LaneIndex lane) const {
  const uint32_t first = built_->conflictFirst[lane], last = built_->conflictFirst[lane + 1];
  return {built_->conflictRefs.data() + first, last - first};
}

std::optional<LanePlace> LaneGraph::locate(const glm::dvec3& world, std::optional<double> heading_rad) const {
  std::optional<LanePlace> best;
  double bestAside = 1e300;
  built_->tree.visitNear(glm::dvec2(world), 0.0, [&](uint32_t i) {
    const LaneIndex index = built_->boxLanes[i];
    if (built_->boxes[i].distance(glm::dvec2(world)) > 0) return 0.0;
    const LanePath& path = built_->paths[index];
    const LanePath::Foot foot = path.foot(world, built_->boxFirst[i], built_->boxFirst[i] + kSamplesABox);
    const LanePose pose = path.at(foot.distance_m);
    // Beyond an end the nearest point is that end: a lane's neighbour along the road begins there.
    const bool isAbreast = foot.apart_m <= std::abs(foot.left_m) + 1e-6;
    const bool isLevel = std::abs(pose.worldFromLane.translation.z - world.z) < kSameLevel_m;
    const bool leadsThere = !heading_rad || std::abs(wrapAngle(pose.heading_rad - *heading_rad)) <= 0.5 * kPi;
    if (!isAbreast || !isLevel || !leadsThere || std::abs(foot.left_m) > 0.5 * pose.width_m + 1e-6) return 0.0;
    const double aside = std::abs(foot.left_m);
    if (aside < bestAside || (aside == bestAside && best && index < best->lane)) {
      bestAside = aside;
      best = LanePlace{index, foot.distance_m};
    }
    return 0.0;
  });
  return best;
}

double LaneGraph::speedLimit_mps(LaneIndex index, double distance_m) const {
  const LaneKey& key = built_->lanes[index].key;
  const Road& road = map().road(key.road);
  const double s = built_->paths[index].sAt(distance_m);
  const Lane* lane = road.sections()[key.section].find(key.lane);
  if (const SpeedLimit* own = validAt(lane->speeds, s); own != nullptr && own->s <= s) return own->max_mps;
  return road.type(s).max_mps;
}

bool LaneGraph::mayChange(LaneIndex index, bool toLeft, double distance_m) const {
  const GraphLane& from = built_->lanes[index];
  const LaneIndex beside = toLeft ? from.left : from.right;
  if (beside == kNoLane) return false;
  const Road& road = map().road(from.key.road);
  const LaneSection& section = road.sections()[from.key.section];
  const int to = built_->lanes[beside].key.lane;
  // The mark between two lanes is the outer one of whichever lies nearer the centre line.
  const int inner = std::abs(to) < std::abs(from.key.lane) ? to : from.key.lane;
  const double s = built_->paths[index].sAt(distance_m);
  const RoadMark* mark = validAt(section.find(inner)->marks, s);
  if (mark == nullptr || mark->s > s + 1e-9 || mark->lines.empty()) return true;
  if (mark->change != LaneChange::kByLines) {
    // Increase: to a lane of a higher id.
    if (mark->change == LaneChange::kBoth) return true;
    if (mark->change == LaneChange::kNone) return false;
    return (mark->change == LaneChange::kIncrease) == (to > from.key.lane);
  }
  // Of two lines the nearer one counts. Offsets are to the left of s.
  const bool fromRight = to > from.key.lane;
  const auto nearest =
      std::max_element(mark->lines.begin(), mark->lines.end(), [&](const MarkLine& a, const MarkLine& b) {
        return fromRight ? a.offset_m > b.offset_m : a.offset_m < b.offset_m;
      });
  return nearest->dash_m > 0;
}

double LaneGraph::beside_m(LaneIndex from, double distance_m, LaneIndex to) const {
  return built_->paths[to].distanceAt(built_->paths[from].sAt(distance_m));
}

}  // namespace nightfog::road
