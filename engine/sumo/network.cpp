// Edges and links.
#include "engine/sumo/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace nightfog::sumo {
namespace {

using road::LaneGraph;
using road::LaneIndex;

/// What a joint takes of each of the edges that meet there: SUMO wants a way of some length between two edges.
constexpr double kJoint_m = 0.1;
/// A stop line this far before an edge's end belongs to it.
constexpr double kStopLineReach_m = 15;
constexpr size_t kMostWays = 32;  ///< through a junction, one after the other

/// Disjoint sets.
class Sets {
 public:
  explicit Sets(size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0u); }
  uint32_t find(uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  /// The lower one stands for both.
  void join(uint32_t a, uint32_t b) {
    a = find(a), b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<uint32_t> parent_;
};

/// What SUMO takes for an id.
std::string cleanId(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool isFine =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
    out += isFine ? c : '_';
  }
  return out.empty() ? "_" : out;
}

class Builder {
 public:
  explicit Builder(const LaneGraph& lanes) : lanes_(lanes), map_(lanes.map()), sets_(0) {}

  Network build() {
    nameRoads();
    for (uint32_t r = 0; r < map_.roads().size(); ++r) {
      if (map_.road(r).data().junction < 0) addRoad(r);
    }
    firstJunction_ = boundaries_;
    sets_ = Sets(boundaries_ + map_.junctions().size());
    for (uint32_t e = 0; e < out_.edges.size(); ++e) {
      for (uint32_t k = 0; k < out_.edges[e].lanes.size(); ++k) addLinks(e, k);
    }
    finishEdges();
    for (Link& link : out_.links) finishLink(link);
    makeNodes();
    return std::move(out_);
  }

 private:
  /// Ids of roads as SUMO takes them, each once.
  void nameRoads() {
    std::map<std::string, int> taken;
    for (const road::Road& road : map_.roads()) {
      std::string id = cleanId(road.id());
      const int again = taken[id]++;
      roadIds_.push_back(again == 0 ? id : fmt::format("{}.copy{}", id, again));
    }
  }

  void addRoad(uint32_t r) {
    const road::Road& road = map_.road(r);
    const std::vector<double> cuts = cutsOf(lanes_, r);
    for (uint32_t i = 0; i + 1 < cuts.size(); ++i) {
      const uint32_t section = static_cast<uint32_t>(road.sectionIndex(0.5 * (cuts[i] + cuts[i + 1])));
      for (const bool isAgainst : {false, true}) {
        Edge edge;
        edge.road = r;
        edge.from_s = cuts[i];
        edge.to_s = cuts[i + 1];
        edge.id = fmt::format("{}{}.{}", isAgainst ? "-" : "", roadIds_[r], i);
        edge.entry = boundaries_ + i + (isAgainst ? 1 : 0);
        edge.exit = boundaries_ + i + (isAgainst ? 0 : 1);
        addLanes(road, r, section, isAgainst, edge);
        if (edge.lanes.empty()) continue;
        for (uint32_t k = 0; k < edge.lanes.size(); ++k)
          edgesOf_[edge.lanes[k].lane].push_back({static_cast<uint32_t>(out_.edges.size()), k});
        out_.edges.push_back(std::move(edge));
      }
    }
    boundaries_ += static_cast<uint32_t>(cuts.size());
  }

  void addLanes(const road::Road& road, uint32_t r, uint32_t section, bool isAgainst, Edge& edge) {
    std::vector<int> ids;
    for (const auto* side : {&road.sections()[section].left, &road.sections()[section].right}) {
      for (const road::Lane& lane : *side) {
        if (road.isAgainstS(lane.id) == isAgainst) ids.push_back(lane.id);
      }
    }
    std::sort(ids.begin(), ids.end(), [](int a, int b) { return std::abs(a) > std::abs(b); });
    for (const int id : ids) {
      EdgeLane lane;
      lane.lane = lanes_.find({r, section, id});
      if (!usersOf(lanes_.lane(lane.lane).kind, lane.users)) continue;
      if (!isWideEnough(lanes_, lane.lane, edge.from_s, edge.to_s)) continue;
      const road::LanePath& path = lanes_.path(lane.lane);
      const double a = path.distanceAt(edge.from_s), b = path.distanceAt(edge.to_s);
      lane.from_m = std::min(a, b);
      lane.to_m = std::max(a, b);
      edge.lanes.push_back(lane);
    }
  }

  /// The edge in which our lane begins, or comes after another one of its edges.
  struct Place {
    uint32_t edge = 0, lane = 0;
  };

  void addLinks(uint32_t e, uint32_t k) {
    const EdgeLane from = out_.edges[e].lanes[k];
    if (from.users == Users::kPedestrians) return;  // SUMO's people find their own way round corners
    // On to the next piece of the same section.
    for (const Place& next : edgesOf_[from.lane]) {
      if (out_.edges[next.edge].entry != out_.edges[e].exit || next.edge == e) continue;
      addLink(e, k, next, {});
      return;
    }
    if (from.to_m < lanes_.lane(from.lane).length_m - 0.01) return;  // it closes here
    std::vector<LaneIndex> ways;
    follow(e, k, from.lane, ways);
  }

  void follow(uint32_t e, uint32_t k, LaneIndex lane, std::vector<LaneIndex>& ways) {
    for (const LaneIndex next : lanes_.lane(lane).successors) {
      Users users = Users::kVehicles;
      if (!usersOf(lanes_.lane(next).kind, users) || !mayGoOn(out_.edges[e].lanes[k].users, users)) continue;
      if (lanes_.lane(next).junction >= 0) {
        if (ways.size() >= kMostWays || std::find(ways.begin(), ways.end(), next) != ways.end()) continue;
        ways.push_back(next);
        follow(e, k, next, ways);
        ways.pop_back();
        continue;
      }
      for (const Place& place : edgesOf_[next]) {
        if (out_.edges[place.edge].lanes[place.lane].from_m > 0.01) continue;
        addLink(e, k, place, ways);
      }
    }
  }

  static bool mayGoOn(Users from, Users to) {
    const auto isOfCars = [](Users users) { return users == Users::kVehicles || users == Users::kBuses; };
    return from == to || (isOfCars(from) && isOfCars(to));
  }

  void addLink(uint32_t e, uint32_t k, const Place& to, const std::vector<LaneIndex>& ways) {
    Link link;
    link.fromEdge = e;
    link.fromLane = k;
    link.toEdge = to.edge;
    link.toLane = to.lane;
    link.ways = ways;
    Edge &from = out_.edges[e], &next = out_.edges[to.edge];
    sets_.join(from.exit, next.entry);
    for (const LaneIndex way : ways)
      sets_.join(from.exit, firstJunction_ + static_cast<uint32_t>(lanes_.lane(way).junction));
    if (ways.empty()) from.closes = next.opens = true;
    out_.links.push_back(std::move(link));
  }

  void finishEdges() {
    for (Edge& edge : out_.edges) {
      double sum = 0;
      for (EdgeLane& lane : edge.lanes) {
        const double cut = std::min(kJoint_m, 0.1 * (lane.to_m - lane.from_m));
        findStop(lane);
        if (edge.opens) lane.from_m += cut;
        if (edge.closes) lane.to_m -= cut;
        if (edge.closes) lane.stopBefore_m = std::max(0.0, lane.stopBefore_m - cut);
        lane.speed_mps = speedOn(lanes_, lane.lane, lane.from_m, lane.to_m);
        const double length = lane.to_m - lane.from_m;
        sum += length;
        lane.mayChangeLeft = mayChange(lane, true);
        lane.mayChangeRight = mayChange(lane, false);
      }
      edge.length_m = sum / static_cast<double>(edge.lanes.size());
      for (EdgeLane& lane : edge.lanes) lane.stopBefore_m = std::min(lane.stopBefore_m, 0.5 * edge.length_m);
    }
  }

  /// Anywhere along it?
  bool mayChange(const EdgeLane& lane, bool toLeft) const {
    if ((toLeft ? lanes_.lane(lane.lane).left : lanes_.lane(lane.lane).right) == road::kNoLane) return true;
    for (int i = 0; i <= 20; ++i) {
      if (lanes_.mayChange(lane.lane, toLeft, lane.from_m + (lane.to_m - lane.from_m) * i / 20)) return true;
    }
    return false;
  }

  /// Where one waits before going on: at a line, and not on a crosswalk.
  void findStop(EdgeLane& lane) const {
    if (lanes_.lane(lane.lane).length_m - lane.to_m > 0.01) return;
    double stop = lane.to_m;
    for (const road::LaneSignal& at : lanes_.signalsOf(lane.lane)) {
      const auto kind = map_.furniture().signals[at.signal].kind;
      if (kind != road::SignalKind::kStopLine && kind != road::SignalKind::kWaitLine) continue;
      if (lane.to_m - at.distance_m < kStopLineReach_m) stop = std::min(stop, at.distance_m);
    }
    for (const road::LaneCrossing& crossing : lanes_.crossingsOf(lane.lane)) {
      if (crossing.span.to_m > lane.to_m - kStopLineReach_m) stop = std::min(stop, crossing.span.from_m);
    }
    lane.stopBefore_m = std::max(0.0, lane.to_m - std::max(stop, lane.from_m));
  }

  void finishLink(Link& link) {
    const Edge &from = out_.edges[link.fromEdge], &to = out_.edges[link.toEdge];
    const EdgeLane &a = from.lanes[link.fromLane], &b = to.lanes[link.toLane];
    link.speed_mps = std::min(a.speed_mps, b.speed_mps);
    const auto append = [&](LaneIndex lane, double from_m, double to_m) {
      if (to_m - from_m < 1e-6) return;
      const auto points = middleOf(lanes_, lane, from_m, to_m);
      const bool isFirst = link.shape.empty();
      link.shape.insert(link.shape.end(), points.begin() + (isFirst ? 0 : 1), points.end());
      link.length_m += to_m - from_m;
    };
    const double before = from.closes ? rest(a, from) : a.to_m;
    append(a.lane, a.to_m, before);
    for (const LaneIndex way : link.ways) {
      append(way, 0, lanes_.lane(way).length_m);
      link.speed_mps = std::min(link.speed_mps, speedOn(lanes_, way, 0, lanes_.lane(way).length_m));
    }
    append(b.lane, to.opens ? begin(b, to) : b.from_m, b.from_m);
    const double in = lanes_.path(a.lane).at(a.to_m).heading_rad, out = lanes_.path(b.lane).at(b.from_m).heading_rad;
    link.turn_rad = wrapAngle(out - in);
    constexpr double kTurns = 0.25 * kPi, kReturns = 0.8 * kPi;
    link.direction = std::abs(link.turn_rad) < kTurns     ? Direction::kStraight
                     : std::abs(link.turn_rad) > kReturns ? Direction::kBack
                     : link.turn_rad > 0                  ? Direction::kLeft
                                                          : Direction::kRight;
    for (const LaneIndex lane : link.ways.empty() ? std::vector<LaneIndex>{} : withFirst(a.lane, link.ways)) {
      for (const road::LaneSignal& at : lanes_.signalsOf(lane)) {
        const road::Signal& signal = map_.furniture().signals[at.signal];
        if (signal.kind == road::SignalKind::kTrafficLight && signal.isDynamic) link.lights.push_back(at.signal);
        link.mustHalt |= signal.kind == road::SignalKind::kStop;
      }
    }
  }
  static std::vector<LaneIndex> withFirst(LaneIndex first, std::vector<LaneIndex> ways) {
    ways.insert(ways.begin(), first);
    return ways;
  }
  /// Where a lane ended, or began, before joints took their share.
  double rest(const EdgeLane& lane, const Edge& edge) const {
    const road::LanePath& path = lanes_.path(lane.lane);
    return std::max(path.distanceAt(edge.from_s), path.distanceAt(edge.to_s));
  }
  double begin(const EdgeLane& lane, const Edge& edge) const {
    const road::LanePath& path = lanes_.path(lane.lane);
    return std::min(path.distanceAt(edge.from_s), path.distanceAt(edge.to_s));
  }

  void makeNodes() {
    std::map<uint32_t, uint32_t> nodeOf;
    std::map<uint32_t, std::string> names;
    // A junction is called after the map's junctions in it, else after a road and a place of it.
    for (uint32_t j = 0; j < map_.junctions().size(); ++j) {
      std::string& name = names[sets_.find(firstJunction_ + j)];
      name += (name.empty() ? "junction_" : "_") + cleanId(map_.junctions()[j].id);
    }
    const auto node = [&](uint32_t boundary, const Edge& edge) {
      const uint32_t root = sets_.find(boundary);
      const auto [at, isNew] = nodeOf.emplace(root, static_cast<uint32_t>(out_.nodes.size()));
      if (isNew) {
        Node made;
        const auto name = names.find(root);
        made.id = name != names.end() ? name->second : fmt::format("road_{}_{}", roadIds_[edge.road], boundary);
        out_.nodes.push_back(std::move(made));
      }
      return at->second;
    };
    for (uint32_t e = 0; e < out_.edges.size(); ++e) {
      Edge& edge = out_.edges[e];
      edge.from = node(edge.entry, edge);
      edge.to = node(edge.exit, edge);
      out_.nodes[edge.from].outgoing.push_back(e);
      out_.nodes[edge.to].incoming.push_back(e);
    }
    for (uint32_t i = 0; i < out_.links.size(); ++i) out_.links[i].junction = out_.edges[out_.links[i].fromEdge].to;
  }

  const LaneGraph& lanes_;
  const road::RoadNetwork& map_;
  Network out_;
  std::vector<std::string> roadIds_;
  std::map<LaneIndex, std::vector<Place>> edgesOf_;
  uint32_t boundaries_ = 0, firstJunction_ = 0;
  Sets sets_;
};

}  // namespace

Network networkOf(const LaneGraph& lanes) {
  Network network = Builder(lanes).build();
  buildJunctions(lanes, network);
  return network;
}

}  // namespace nightfog::sumo
