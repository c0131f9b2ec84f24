// Ways from lane to lane.
#include <algorithm>
#include <cmath>
#include <queue>

#include "engine/road/lane_graph.hpp"

namespace nightfog::road {
namespace {

/// A shorter lane is no place to change lanes.
constexpr double kShortestChange_m = 10;
constexpr double kInfinity = 1e300;

/// A lane, and whether one came to it by driving on: in the section where the way begins, only what lies ahead counts.
struct Node {
  LaneIndex lane = kNoLane;
  bool isOnward = false;
  size_t index() const { return 2 * size_t{lane} + (isOnward ? 1 : 0); }
};
struct Reached {
  double cost = kInfinity;
  Node from;
  RouteStep::Entry entry = RouteStep::Entry::kStart;
  bool isDone = false;
};

class Search {
 public:
  Search(const LaneGraph& graph, const LanePlace& from, const LanePlace& to, const RouteOptions& options)
      : graph_(graph), from_(from), to_(to), options_(options), reached_(2 * graph.size()) {}

  std::optional<Route> run() {
    reach({from_.lane, false}, 0, {from_.lane, false}, RouteStep::Entry::kStart);
    while (!queue_.empty()) {
      const Entry next = queue_.top();
      queue_.pop();
      const Node node{static_cast<LaneIndex>(next.node / 2), next.node % 2 == 1};
      Reached& at = reached_[next.node];
      if (at.isDone || next.cost > at.cost) continue;
      at.isDone = true;
      if (node.lane == to_.lane && (node.isOnward || entry_m(node) <= to_.distance_m + 1e-9)) return trace(node);
      expand(node, at.cost);
    }
    return std::nullopt;
  }

 private:
  struct Entry {
    double cost = 0;
    size_t node = 0;
    // The smallest first; ties by index, so that the way is the same in every run.
    bool operator<(const Entry& other) const { return std::pair(cost, node) > std::pair(other.cost, other.node); }
  };

  /// Where in a lane the way comes to be.
  double entry_m(const Node& node) const {
    if (node.isOnward) return 0;
    return node.lane == from_.lane ? from_.distance_m : graph_.beside_m(from_.lane, from_.distance_m, node.lane);
  }

  bool isAllowed(LaneIndex lane) const {
    return (options_.mayUseAnyLane || graph_.lane(lane).isDrivable) &&
           std::find(options_.avoided.begin(), options_.avoided.end(), lane) == options_.avoided.end();
  }

  void reach(Node node, double cost, Node from, RouteStep::Entry entry) {
    Reached& at = reached_[node.index()];
    if (at.isDone || cost >= at.cost) return;
    at = {cost, from, entry, false};
    queue_.push({cost, node.index()});
  }

  void expand(const Node& node, double cost) {
    const GraphLane& lane = graph_.lane(node.lane);
    const double rest = lane.length_m - entry_m(node);
    for (const LaneIndex next : lane.successors) {
      if (isAllowed(next)) reach({next, true}, cost + rest, node, RouteStep::Entry::kOnwards);
    }
    if (options_.laneChange_m < 0 || rest < kShortestChange_m) return;
    for (const bool toLeft : {true, false}) {
      const LaneIndex beside = toLeft ? lane.left : lane.right;
      if (beside == kNoLane || !isAllowed(beside) || !mayChangeSomewhere(node, toLeft)) continue;
      reach({beside, node.isOnward}, cost + options_.laneChange_m, node,
            toLeft ? RouteStep::Entry::kChangeLeft : RouteStep::Entry::kChangeRight);
    }
  }

  bool mayChangeSomewhere(const Node& node, bool toLeft) const {
    const double from = entry_m(node), length = graph_.lane(node.lane).length_m;
    constexpr int kProbes = 8;
    for (int i = 0; i < kProbes; ++i) {
      if (graph_.mayChange(node.lane, toLeft, from + (length - from) * (i + 0.5) / kProbes)) return true;
    }
    return false;
  }

  Route trace(Node node) const {
    std::vector<std::pair<Node, RouteStep::Entry>> back;
    for (;;) {
      const Reached& at = reached_[node.index()];
      back.emplace_back(node, at.entry);
      if (at.entry == RouteStep::Entry::kStart) break;
      node = at.from;
    }
    std::reverse(back.begin(), back.end());
    Route route;
    for (const auto& [at, entry] : back) {
      RouteStep step;
      step.lane = at.lane;
      step.entry = entry;
      step.span = {entry_m(at), graph_.lane(at.lane).length_m};
      route.steps.push_back(step);
    }
    route.steps.back().span.to_m = to_.distance_m;
    for (size_t i = 0; i < route.steps.size(); ++i) {
      // Of lanes beside each other only the last is driven to its end.
      const bool changes = i + 1 < route.steps.size() && route.steps[i + 1].entry != RouteStep::Entry::kOnwards;
      if (!changes) route.length_m += route.steps[i].span.to_m - route.steps[i].span.from_m;
    }
    return route;
  }

  const LaneGraph& graph_;
  const LanePlace from_;
  const LanePlace to_;
  const RouteOptions& options_;
  std::vector<Reached> reached_;
  std::priority_queue<Entry> queue_;
};

double endHeading(const LanePath& path) {
  return path.samples().back().heading_rad;
}

}  // namespace

std::optional<Route> LaneGraph::route(const LanePlace& from, const LanePlace& to, const RouteOptions& options) const {
  if (from.lane >= size() || to.lane >= size()) return std::nullopt;
  return Search(*this, from, to, options).run();
}

std::optional<Route> LaneGraph::route(std::span<const LanePlace> places, const RouteOptions& options) const {
  if (places.empty()) return std::nullopt;
  Route whole;
  for (size_t i = 0; i + 1 < places.size(); ++i) {
    std::optional<Route> leg = route(places[i], places[i + 1], options);
    if (!leg) return std::nullopt;
    whole.length_m += leg->length_m;
    size_t first = 0;
    if (!whole.steps.empty()) {
      // The next leg begins in the lane where this one ended.
      whole.steps.back().span.to_m = leg->steps.front().span.to_m;
      first = 1;
    }
    whole.steps.insert(whole.steps.end(), leg->steps.begin() + static_cast<ptrdiff_t>(first), leg->steps.end());
  }
  if (places.size() == 1) whole.steps.push_back({places[0].lane, {places[0].distance_m, places[0].distance_m}, {}});
  return whole;
}

Route LaneGraph::straightOn(const LanePlace& from, double longest_m) const {
  Route route;
  std::vector<bool> isDriven(size());
  LaneIndex at = from.lane;
  double entry = from.distance_m;
  while (at != kNoLane && !isDriven[at] && route.length_m < longest_m) {
    isDriven[at] = true;
    RouteStep step{at, {entry, lane(at).length_m}, RouteStep::Entry::kOnwards};
    if (route.steps.empty()) step.entry = RouteStep::Entry::kStart;
    route.length_m += step.span.to_m - step.span.from_m;
    route.steps.push_back(step);
    LaneIndex next = kNoLane;
    double least = kInfinity;
    for (const LaneIndex way : lane(at).successors) {
      // Where it leads, not how it begins: all ways begin straight on.
      const double turn = std::abs(wrapAngle(endHeading(path(way)) - endHeading(path(at))));
      if (turn < least - 1e-9) least = turn, next = way;
    }
    at = next;
    entry = 0;
  }
  return route;
}

}  // namespace nightfog::road
