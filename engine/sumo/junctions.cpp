// Who yields to whom, and what a junction's ground is.
#include <algorithm>
#include <cmath>
#include <map>

#include "engine/sumo/network.hpp"

namespace nightfog::sumo {
namespace {

using road::LaneGraph;
using road::LaneIndex;
using road::RightOfWay;

/// SUMO counts links by the lanes that lead into a junction, and those of a lane from right to left.
void orderLinks(Network& network) {
  for (uint32_t i = 0; i < network.links.size(); ++i) network.nodes[network.links[i].junction].links.push_back(i);
  for (Node& node : network.nodes) {
    std::stable_sort(node.links.begin(), node.links.end(), [&](uint32_t a, uint32_t b) {
      const Link &x = network.links[a], &y = network.links[b];
      if (x.fromEdge != y.fromEdge) return x.fromEdge < y.fromEdge;
      if (x.fromLane != y.fromLane) return x.fromLane < y.fromLane;
      return x.turn_rad < y.turn_rad;
    });
    for (size_t k = 0; k < node.links.size(); ++k) network.links[node.links[k]].place = k;
  }
}

enum class First { kA, kB, kUnsaid };

/// Does the ground of both ways overlap, and who goes first there?
bool meet(const LaneGraph& lanes, const Link& a, const Link& b, First& first, bool& isSide) {
  bool doMeet = false;
  for (const LaneIndex way : a.ways) {
    for (const uint32_t c : lanes.conflictsOf(way)) {
      const road::LaneConflict& conflict = lanes.conflicts()[c];
      if (conflict.kind == road::ConflictKind::kDiverging) continue;
      const bool isFirst = conflict.first == way;
      const LaneIndex other = isFirst ? conflict.second : conflict.first;
      if (std::find(b.ways.begin(), b.ways.end(), other) == b.ways.end()) continue;
      doMeet = true;
      isSide |= conflict.cause == road::RightOfWayCause::kSide;
      if (first != First::kUnsaid || conflict.goesFirst == RightOfWay::kNobody) continue;
      first = (conflict.goesFirst == RightOfWay::kFirst) == isFirst ? First::kA : First::kB;
    }
  }
  return doMeet;
}

/// Where the map does not say: who comes from more lanes, else who turns less, else the first.
bool isBefore(const Network& network, const Link& a, const Link& b) {
  const size_t lanesA = network.edges[a.fromEdge].lanes.size(), lanesB = network.edges[b.fromEdge].lanes.size();
  if (lanesA != lanesB) return lanesA > lanesB;
  constexpr double kAlike_rad = 0.02;
  const double turnA = std::abs(a.turn_rad), turnB = std::abs(b.turn_rad);
  if (std::abs(turnA - turnB) > kAlike_rad) return turnA < turnB;
  return a.place < b.place;
}

void findRights(const LaneGraph& lanes, const Network& network, Node& node) {
  const size_t count = node.links.size();
  node.yields.assign(count, std::vector<bool>(count));
  node.foes = node.yields;
  for (size_t i = 0; i < count; ++i) {
    const Link& a = network.links[node.links[i]];
    node.hasLights |= !a.lights.empty();
    node.hasStops |= a.mustHalt;
    for (size_t k = i + 1; k < count; ++k) {
      const Link& b = network.links[node.links[k]];
      if (a.fromEdge == b.fromEdge && a.fromLane == b.fromLane) continue;
      First first = First::kUnsaid;
      const bool doMerge = a.toEdge == b.toEdge && a.toLane == b.toLane;
      if (!meet(lanes, a, b, first, node.isSide) && !doMerge) continue;
      node.foes[i][k] = node.foes[k][i] = true;
      const bool isFirstA = first == First::kUnsaid ? isBefore(network, a, b) : first == First::kA;
      node.yields[isFirstA ? k : i][isFirstA ? i : k] = true;
    }
  }
}

/// The convex hull, counter-clockwise (Andrew's chain).
std::vector<glm::dvec2> hullOf(std::vector<glm::dvec2> points) {
  const auto isLess = [](const glm::dvec2& a, const glm::dvec2& b) { return a.x != b.x ? a.x < b.x : a.y < b.y; };
  std::sort(points.begin(), points.end(), isLess);
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (points.size() < 3) return points;
  std::vector<glm::dvec2> hull;
  const auto add = [&](const glm::dvec2& p, size_t least) {
    while (hull.size() >= least + 2) {
      const glm::dvec2 a = hull[hull.size() - 1] - hull[hull.size() - 2], b = p - hull[hull.size() - 1];
      if (a.x * b.y - a.y * b.x > 0) break;
      hull.pop_back();
    }
    hull.push_back(p);
  };
  for (const glm::dvec2& p : points) add(p, 0);
  const size_t lower = hull.size() - 1;
  for (auto p = points.rbegin() + 1; p != points.rend(); ++p) add(*p, lower);
  hull.pop_back();
  return hull;
}

void findShape(const LaneGraph& lanes, const Network& network, Node& node) {
  std::vector<glm::dvec2> points;
  glm::dvec3 sum{0};
  const auto addEnd = [&](const EdgeLane& lane, double at_m) {
    const road::LanePose pose = lanes.path(lane.lane).at(at_m);
    for (const double side : {-0.5, 0.5})
      points.emplace_back(pose.worldFromLane * glm::dvec3(0, side * pose.width_m, 0));
    sum += pose.worldFromLane.translation;
  };
  for (const uint32_t e : node.incoming) {
    for (const EdgeLane& lane : network.edges[e].lanes) addEnd(lane, lane.to_m);
  }
  for (const uint32_t e : node.outgoing) {
    for (const EdgeLane& lane : network.edges[e].lanes) addEnd(lane, lane.from_m);
  }
  node.middle = sum / std::max(0.5 * static_cast<double>(points.size()), 1.0);
  node.shape = hullOf(std::move(points));
}

}  // namespace

void buildJunctions(const LaneGraph& lanes, Network& network) {
  orderLinks(network);
  for (Node& node : network.nodes) {
    findRights(lanes, network, node);
    findShape(lanes, network, node);
  }
}

}  // namespace nightfog::sumo
