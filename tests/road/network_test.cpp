// Our maps of several roads: what traffic needs of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <queue>

#include "corpus.hpp"
#include "engine/core/files.hpp"
#include "engine/road/signal_plan.hpp"
#include "fixture.hpp"
#include "lane_oracle.hpp"

using namespace nightfog;
using namespace nightfog::road;

namespace {

/// Drivable lanes that one comes to from a lane (or that lead to it), changing lanes where marks allow.
std::vector<bool> reachedFrom(const LaneGraph& lanes, LaneIndex start, bool onwards) {
  std::vector<bool> reached(lanes.size());
  std::queue<LaneIndex> open;
  open.push(start);
  reached[start] = true;
  while (!open.empty()) {
    const GraphLane& lane = lanes.lane(open.front());
    open.pop();
    std::vector<LaneIndex> next = onwards ? lane.successors : lane.predecessors;
    for (const LaneIndex beside : {lane.left, lane.right}) {
      if (beside != kNoLane) next.push_back(beside);
    }
    for (const LaneIndex n : next) {
      if (!lanes.lane(n).isDrivable || reached[n]) continue;
      reached[n] = true;
      open.push(n);
    }
  }
  return reached;
}

}  // namespace

TEST_CASE("Our networks load without a warning, their lanes lie where integration says, and lead on without a gap") {
  for (const char* name : kOwnNetworks) {
    CAPTURE(std::string(name));
    config::Diagnostics diagnostics;
    const auto begin = std::chrono::steady_clock::now();
    const auto map = readOpenDrive(name, readFile(std::string(NIGHTFOG_SOURCE_DIR "/scenarios/maps/") + name + ".xodr"),
                                   diagnostics);
    const auto read = std::chrono::steady_clock::now();
    CHECK(diagnostics.sorted().empty());
    REQUIRE(map.has_value());
    const LaneGraph lanes(*map);
    const auto built = std::chrono::steady_clock::now();
    double worst = 0, length = 0;
    for (uint32_t r = 0; r < map->roads().size(); r += std::string(name) == "town" ? 7 : 1) {
      LaneOracle(map->road(r).data())
          .walk(1.0, [&](double s, const LaneSection&, const Lane& lane, const glm::dvec3& place) {
            const glm::dvec3 ours = map->laneCentre({r, lane.id}, s).worldFromLane.translation;
            worst = std::max(worst, glm::length(ours - place));
          });
    }
    for (const Road& road : map->roads()) length += road.data().junction < 0 ? road.length_m() : 0;
    const LinkGaps gaps = worstGaps(lanes);
    const auto ms = [](auto span) { return std::chrono::duration<double, std::milli>(span).count(); };
    MESSAGE(std::string(name), ": ", map->roads().size(), " roads, ", length / 1000, " km, ", lanes.size(), " lanes, ",
            gaps.links, " links off by ", 1000 * gaps.place_m, " mm and ", gaps.heading_rad * 180 / kPi,
            " degrees, centres by ", 1e6 * worst, " um; read in ", ms(read - begin), " ms, graph in ", ms(built - read),
            " ms");
    CHECK(worst < 1e-3);
    CHECK(gaps.place_m < 0.01);
    CHECK(gaps.heading_rad < 0.5 * kPi / 180);
  }
}

TEST_CASE("In the town one gets from every street to every other") {
  const LaneGraph lanes(ownMap("town"));
  LaneIndex start = kNoLane;
  size_t streets = 0;
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    if (!lanes.lane(i).isDrivable) continue;
    if (start == kNoLane) start = i;
    ++streets;
    CHECK_FALSE(lanes.lane(i).successors.empty());
    CHECK_FALSE(lanes.lane(i).predecessors.empty());
  }
  const std::vector<bool> to = reachedFrom(lanes, start, true), from = reachedFrom(lanes, start, false);
  CHECK(static_cast<size_t>(std::count(to.begin(), to.end(), true)) == streets);
  CHECK(static_cast<size_t>(std::count(from.begin(), from.end(), true)) == streets);
  // At least 1 km² [issue], nodes at the corners.
  glm::dvec2 low(1e9), high(-1e9);
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    for (const auto& sample : lanes.path(i).samples()) {
      low = glm::min(low, glm::dvec2(sample.position));
      high = glm::max(high, glm::dvec2(sample.position));
    }
  }
  CHECK((high.x - low.x) * (high.y - low.y) >= 1e6);
}

TEST_CASE("From the motorway one comes to the rest area and back") {
  const LaneGraph lanes(ownMap("motorway_ramp"));
  const RoadNetwork& map = lanes.map();
  const LanePlace before{lanes.find({*map.findRoad("before"), 0, -3}), 10};
  const LanePlace rest{lanes.find({*map.findRoad("rest area"), 0, -1}), 50};
  const LanePlace after{lanes.find({*map.findRoad("after"), 1, -3}), 100};
  REQUIRE(lanes.route(before, rest).has_value());
  CHECK(lanes.route(rest, after).has_value());
  CHECK(lanes.route(before, after).has_value());
  CHECK_FALSE(lanes.route(rest, before).has_value());
}

TEST_CASE("At the signalled junction each way in has its light, its stop line and its crosswalk") {
  const LaneGraph lanes(ownMap("signalled_junction"));
  const auto& signals = lanes.map().furniture().signals;
  size_t lights = 0;
  for (uint32_t arm = 0; arm < 4; ++arm) {
    const LaneIndex in = lanes.find({arm, 0, -1}), out = lanes.find({arm, 0, 1});
    const auto kinds = [&](LaneIndex lane, SignalKind kind) {
      return std::count_if(lanes.signalsOf(lane).begin(), lanes.signalsOf(lane).end(),
                           [&](const LaneSignal& s) { return signals[s.signal].kind == kind; });
    };
    CHECK(kinds(in, SignalKind::kTrafficLight) == 1);
    CHECK(kinds(in, SignalKind::kStopLine) == 1);
    CHECK(kinds(out, SignalKind::kTrafficLight) == 0);
    CHECK(lanes.crossingsOf(in).size() == 1);
    CHECK(lanes.crossingsOf(out).size() == 1);
    for (const LaneSignal& signal : lanes.signalsOf(in)) {
      CHECK(signal.distance_m == doctest::Approx(lanes.lane(in).length_m - 5.5));
      // One stops before those who walk across.
      CHECK(signal.distance_m < lanes.crossingsOf(in)[0].span.from_m);
      lights += signals[signal.signal].kind == SignalKind::kTrafficLight;
    }
  }
  CHECK(lights == 4);
}

TEST_CASE("Ways that cross never have green together, and everybody has his turn") {
  for (const char* name : {"signalled_junction", "town"}) {
    const LaneGraph lanes(ownMap(name));
    const SignalPlan plan(lanes.map());
    const auto& signals = lanes.map().furniture().signals;
    const auto lightOf = [&](LaneIndex way) {
      for (const LaneIndex from : lanes.lane(way).predecessors) {
        for (const LaneSignal& signal : lanes.signalsOf(from)) {
          if (signals[signal.signal].kind == SignalKind::kTrafficLight) return signal.signal;
        }
      }
      return kNoLane;
    };
    const auto mayDrive = [&](uint32_t light, double t) {
      const SignalState state = plan.state(light, SimTime::fromSeconds(t));
      return state == SignalState::kGreen || state == SignalState::kAmber;
    };
    size_t crossings = 0;
    for (const LaneConflict& conflict : lanes.conflicts()) {
      const uint32_t a = lightOf(conflict.first), b = lightOf(conflict.second);
      if (conflict.kind != ConflictKind::kCrossing || a == kNoLane || b == kNoLane) continue;
      // Who comes from opposite sides shares his green, and yields when he turns.
      const double between = std::abs(
          wrapAngle(lanes.path(conflict.first).at(0).heading_rad - lanes.path(conflict.second).at(0).heading_rad));
      if (between > 0.75 * kPi) continue;
      ++crossings;
      for (double t = 0; t < 120; t += 0.5) CHECK_FALSE((mayDrive(a, t) && mayDrive(b, t)));
    }
    CHECK(crossings > 0);
    for (uint32_t i = 0; i < signals.size(); ++i) {
      if (signals[i].kind != SignalKind::kTrafficLight) continue;
      double green = 0;
      for (double t = 0; t < 108; t += 0.25)
        green += plan.state(i, SimTime::fromSeconds(t)) == SignalState::kGreen ? 0.25 : 0;
      CHECK(green >= 20);
    }
  }
}

TEST_CASE("On the roundabout who is in it goes first, by the junction's own word") {
  const LaneGraph lanes(ownMap("roundabout"));
  size_t merging = 0;
  for (const LaneConflict& conflict : lanes.conflicts()) {
    if (conflict.kind != ConflictKind::kMerging) continue;
    ++merging;
    CHECK(conflict.cause == RightOfWayCause::kPriority);
    const LaneIndex goes = conflict.goesFirst == RightOfWay::kFirst ? conflict.first : conflict.second;
    const LaneIndex before = lanes.lane(goes).predecessors.at(0);
    CHECK(lanes.map().road(lanes.lane(before).key.road).name().rfind("ring", 0) == 0);
  }
  CHECK(merging == 4);
}

TEST_CASE("In the town main streets go first over side streets, by their signs") {
  const LaneGraph lanes(ownMap("town"));
  size_t bySigns = 0, bySide = 0;
  for (const LaneConflict& conflict : lanes.conflicts()) {
    bySide += conflict.cause == RightOfWayCause::kSide;
    if (conflict.cause != RightOfWayCause::kSigns) continue;
    ++bySigns;
    const LaneIndex goes = conflict.goesFirst == RightOfWay::kFirst ? conflict.first : conflict.second;
    const LaneIndex waits = goes == conflict.first ? conflict.second : conflict.first;
    CHECK(lanes.speedLimit_mps(lanes.lane(goes).predecessors.at(0), 0) >
          lanes.speedLimit_mps(lanes.lane(waits).predecessors.at(0), 0));
  }
  CHECK(bySigns > 100);
  CHECK(bySide > 100);
}
