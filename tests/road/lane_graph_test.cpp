#include "engine/road/lane_graph.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "corpus.hpp"
#include "engine/core/random.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::road;

namespace {

/// Length of a lane's middle by adding up chords of 5 mm: an arc of radius R is longer by (5 mm / R)^2 / 24.
double summedLength(const RoadNetwork& map, const LaneKey& key) {
  const LaneSection& section = map.road(key.road).sections()[key.section];
  const int count = std::max(1, static_cast<int>((section.last_s - section.first_s) / 0.005));
  double sum = 0;
  glm::dvec3 before{0};
  for (int i = 0; i <= count; ++i) {
    const double s = section.first_s + (section.last_s - section.first_s) * i / count;
    const glm::dvec3 at = map.lanePose(key, s).worldFromLane.translation;
    if (i > 0) sum += glm::length(at - before);
    before = at;
  }
  return sum;
}

}  // namespace

TEST_CASE("A lane's length is the sum of its chords, and distance and s turn into each other") {
  for (const char* name : {"arc", "spiral", "poly_normalized", "profiles", "left_hand", "sections", "crossing"}) {
    const LaneGraph lanes(testMap(name));
    RandomSource rng(21, 0, "tests/road/lane_path");
    double worstLength = 0, worstPlace = 0;
    for (LaneIndex i = 0; i < lanes.size(); ++i) {
      const LanePath& path = lanes.path(i);
      worstLength = std::max(worstLength, std::abs(path.length_m() - summedLength(lanes.map(), lanes.lane(i).key)));
      for (int k = 0; k < 20; ++k) {
        const double d = rng.uniform(0, path.length_m());
        worstPlace = std::max(worstPlace, std::abs(path.distanceAt(path.sAt(d)) - d));
        const LanePath::Foot foot = path.foot(path.at(d).worldFromLane.translation);
        worstPlace = std::max({worstPlace, std::abs(foot.distance_m - d), std::abs(foot.left_m)});
      }
      CHECK(path.samples().front().distance_m == 0);
      for (size_t k = 0; k + 1 < path.samples().size(); ++k)
        CHECK(path.samples()[k + 1].distance_m > path.samples()[k].distance_m);
    }
    CAPTURE(name);
    CHECK(worstLength < 1e-4);
    CHECK(worstPlace < 1e-5);
  }
}

TEST_CASE("Every lane leads on where it ends: place within 1 cm and heading within 0.5 degrees, on our maps") {
  const auto check = [](const std::string& name, const LaneGraph& lanes) {
    const LinkGaps gaps = worstGaps(lanes);
    MESSAGE(name, ": ", lanes.size(), " lanes, ", gaps.links, " links, off by ", 1000 * gaps.place_m, " mm and ",
            gaps.heading_rad * 180 / kPi, " degrees");
    CHECK(gaps.place_m < 0.01);
    CHECK(gaps.heading_rad < 0.5 * kPi / 180);
  };
  for (const char* name : kOwnMaps) check(name, LaneGraph(ownMap(name)));
  for (const char* name : {"crossing", "direct", "sections"}) check(name, LaneGraph(testMap(name)));
}

TEST_CASE("Links are known from both sides") {
  for (const char* name : {"crossing", "direct", "sections", "left_hand"}) {
    const LaneGraph lanes(testMap(name));
    for (LaneIndex i = 0; i < lanes.size(); ++i) {
      for (const LaneIndex next : lanes.lane(i).successors) {
        const auto& back = lanes.lane(next).predecessors;
        CHECK(std::find(back.begin(), back.end(), i) != back.end());
      }
      for (const LaneIndex before : lanes.lane(i).predecessors) {
        const auto& on = lanes.lane(before).successors;
        CHECK(std::find(on.begin(), on.end(), i) != on.end());
      }
    }
  }
}

TEST_CASE("In a direct junction the motorway's lanes and the exit's go on without a way between") {
  const LaneGraph lanes(testMap("direct"));
  const RoadNetwork& map = lanes.map();
  const auto at = [&](const char* road, int lane) { return lanes.find({*map.findRoad(road), 0, lane}); };
  CHECK(lanes.lane(at("before", -1)).successors == std::vector<LaneIndex>{at("after", -1)});
  CHECK(lanes.lane(at("before", -2)).successors == std::vector<LaneIndex>{at("after", -2)});
  CHECK(lanes.lane(at("before", -3)).successors == std::vector<LaneIndex>{at("exit", -1)});
  // The oncoming lane runs the other way through it.
  CHECK(lanes.lane(at("after", 1)).successors == std::vector<LaneIndex>{at("before", 1)});
  CHECK(lanes.lane(at("before", 1)).successors.empty());
}

TEST_CASE("A lane knows its neighbours, its limit and whether its marks let one over") {
  const LaneGraph lanes(ownMap("motorway"));
  const LaneIndex fast = lanes.find({0, 1, -3}), slow = lanes.find({0, 1, -4}), third = lanes.find({0, 1, -5});
  CHECK(lanes.lane(fast).right == slow);
  CHECK(lanes.lane(slow).left == fast);
  CHECK(lanes.lane(slow).right == third);
  CHECK(lanes.mayChange(slow, true, 100));
  CHECK(lanes.mayChange(third, true, 200));
  CHECK_FALSE(lanes.mayChange(fast, true, 100));  // a solid line to the shoulder
  CHECK_FALSE(lanes.mayChange(third, false, 100));
  CHECK(lanes.speedLimit_mps(slow, 10) == doctest::Approx(130 / 3.6));
  // The other carriageway: seen by who drives there.
  CHECK(lanes.lane(lanes.find({0, 1, 3})).right == lanes.find({0, 1, 4}));
  // The lane nearest the line of a two-way road has no neighbour of its direction on its left.
  const LaneGraph street(ownMap("urban_straight"));
  CHECK(street.lane(street.find({0, 0, -1})).left == kNoLane);
  CHECK(street.lane(street.find({0, 0, 1})).left == kNoLane);
  CHECK(street.lane(street.find({0, 0, 1})).right == street.find({0, 0, 2}));
}

TEST_CASE("On country roads a double line holds for both, a mixed one for the side that it lies nearer to") {
  const LaneGraph lanes(testMap("lane_change"));
  const LaneIndex outer = lanes.find({0, 0, -2}), inner = lanes.find({0, 0, -1});
  const auto mayChange = [&](LaneIndex lane, bool toLeft, double s) { return lanes.mayChange(lane, toLeft, s); };
  // 0 to 20 m: broken; 20: solid; 40: solid towards lane -1, broken towards -2; 60: the other way round;
  // 80: solid, but the map says "increase"; 100: broken, but the map says "none".
  CHECK((mayChange(inner, false, 10) && mayChange(outer, true, 10)));
  CHECK((!mayChange(inner, false, 30) && !mayChange(outer, true, 30)));
  CHECK((!mayChange(inner, false, 50) && mayChange(outer, true, 50)));
  CHECK((mayChange(inner, false, 70) && !mayChange(outer, true, 70)));
  CHECK((!mayChange(inner, false, 90) && mayChange(outer, true, 90)));
  CHECK((!mayChange(inner, false, 110) && !mayChange(outer, true, 110)));
}

TEST_CASE("A place is found in the lane it lies in") {
  for (const char* name : {"crossing", "sections", "profiles", "left_hand"}) {
    const LaneGraph lanes(testMap(name));
    RandomSource rng(22, 0, "tests/road/locate_lane");
    for (int i = 0; i < 500; ++i) {
      const auto index = static_cast<LaneIndex>(rng.below(lanes.size()));
      const LanePath& path = lanes.path(index);
      const double d = rng.uniform(0.01, path.length_m() - 0.01);
      const LanePose pose = path.at(d);
      const auto found = lanes.locate(pose.worldFromLane.translation, pose.heading_rad);
      REQUIRE(found.has_value());
      // Where ways overlap several lanes have their middle there: the place is what counts.
      const glm::dvec3 back = lanes.path(found->lane).at(found->distance_m).worldFromLane.translation;
      CHECK(glm::length(back - pose.worldFromLane.translation) < 1e-4);
      if (lanes.lane(index).junction < 0) CHECK(found->lane == index);
    }
    CHECK_FALSE(lanes.locate({5000, 5000, 0}).has_value());
  }
}

TEST_CASE("Overlaps of ways are where random places lie in both lanes, and nowhere else") {
  const LaneGraph lanes(testMap("crossing"));
  RandomSource rng(23, 0, "tests/road/conflicts");
  // A place well within both lanes lies in the overlap that the graph states.
  size_t inBoth = 0;
  for (int i = 0; i < 4000; ++i) {
    const glm::dvec3 place(rng.uniform(-12, 12), rng.uniform(-12, 12), 0);
    std::vector<std::pair<LaneIndex, double>> in;
    for (LaneIndex k = 0; k < lanes.size(); ++k) {
      if (lanes.lane(k).junction < 0 || !lanes.lane(k).isDrivable) continue;
      const LanePath::Foot foot = lanes.path(k).foot(place);
      const bool isAbreast = foot.apart_m < std::abs(foot.left_m) + 1e-6;
      if (isAbreast && std::abs(foot.left_m) < 0.5 * lanes.path(k).at(foot.distance_m).width_m - 0.3)
        in.emplace_back(k, foot.distance_m);
    }
    for (size_t a = 0; a < in.size(); ++a) {
      for (size_t b = a + 1; b < in.size(); ++b) {
        ++inBoth;
        bool isStated = false;
        for (const uint32_t c : lanes.conflictsOf(in[a].first)) {
          const LaneConflict& conflict = lanes.conflicts()[c];
          if (conflict.first != in[a].first || conflict.second != in[b].first) continue;
          isStated = in[a].second >= conflict.onFirst.from_m && in[a].second <= conflict.onFirst.to_m &&
                     in[b].second >= conflict.onSecond.from_m && in[b].second <= conflict.onSecond.to_m;
        }
        CHECK(isStated);
      }
    }
  }
  CHECK(inBoth > 1000);
  // Twelve ways, four arms: of each arm three diverge, into each three merge; straight crosses straight, and so on.
  size_t merging = 0, diverging = 0, crossing = 0;
  for (const LaneConflict& conflict : lanes.conflicts()) {
    merging += conflict.kind == ConflictKind::kMerging;
    diverging += conflict.kind == ConflictKind::kDiverging;
    crossing += conflict.kind == ConflictKind::kCrossing;
    CHECK(conflict.onFirst.to_m > conflict.onFirst.from_m);
    if (conflict.kind == ConflictKind::kDiverging) CHECK(conflict.onFirst.from_m == 0);
    if (conflict.kind == ConflictKind::kMerging) CHECK(conflict.onFirst.to_m == lanes.lane(conflict.first).length_m);
  }
  CHECK(merging == 12);
  CHECK(diverging == 12);
  // 4 straight × straight, 8 left × straight from the sides … 16 in all [HCM: a four-leg junction's crossing points].
  CHECK(crossing == 16);
}

TEST_CASE("Who turns left yields to who comes towards him, and who comes from the right goes first") {
  const LaneGraph lanes(testMap("crossing"));
  size_t turning = 0, side = 0;
  for (const LaneConflict& conflict : lanes.conflicts()) {
    if (conflict.cause == RightOfWayCause::kTurning) {
      ++turning;
      const bool firstGoes = conflict.goesFirst == RightOfWay::kFirst;
      CHECK(lanes.lane(firstGoes ? conflict.second : conflict.first).turn == Turn::kLeft);
      CHECK(lanes.lane(firstGoes ? conflict.first : conflict.second).turn != Turn::kLeft);
    }
    if (conflict.cause == RightOfWayCause::kSide) {
      ++side;
      const LaneIndex goes = conflict.goesFirst == RightOfWay::kFirst ? conflict.first : conflict.second;
      const LaneIndex waits = goes == conflict.first ? conflict.second : conflict.first;
      // Seen by who waits the other one's entry lies ahead on the right.
      const LanePose mine = lanes.path(waits).at(0);
      const glm::dvec3 other = mine.worldFromLane.inverse() * lanes.path(goes).at(0).worldFromLane.translation;
      CHECK(other.y < 0);
    }
  }
  CHECK(turning ==
        8);  // four left turns cross the way straight on that comes towards them, and merge with its right turn
  CHECK(side > 0);
}

TEST_CASE("The way from lane to lane is as short as brute force finds it") {
  const LaneGraph lanes(testMap("crossing"));
  RouteOptions options;
  options.laneChange_m = -1;
  // Floyd and Warshall over ends of lanes.
  const size_t n = lanes.size();
  std::vector<double> cost(n * n, 1e300);  // from a's end to b's end
  for (LaneIndex a = 0; a < n; ++a) {
    for (const LaneIndex b : lanes.lane(a).successors) {
      if (lanes.lane(b).isDrivable) cost[a * n + b] = lanes.lane(b).length_m;
    }
  }
  for (size_t k = 0; k < n; ++k) {
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = 0; b < n; ++b) cost[a * n + b] = std::min(cost[a * n + b], cost[a * n + k] + cost[k * n + b]);
    }
  }
  for (LaneIndex a = 0; a < n; ++a) {
    for (LaneIndex b = 0; b < n; ++b) {
      if (!lanes.lane(a).isDrivable || !lanes.lane(b).isDrivable || a == b) continue;
      const auto way = lanes.route({a, 1}, {b, 2}, options);
      CHECK(way.has_value() == (cost[a * n + b] < 1e299));
      if (!way) continue;
      CHECK(way->length_m ==
            doctest::Approx(lanes.lane(a).length_m - 1 + cost[a * n + b] - lanes.lane(b).length_m + 2));
      for (size_t i = 0; i + 1 < way->steps.size(); ++i) {
        const auto& next = lanes.lane(way->steps[i].lane).successors;
        CHECK(std::find(next.begin(), next.end(), way->steps[i + 1].lane) != next.end());
      }
    }
  }
}

TEST_CASE("A way changes lanes where it must, not where marks forbid it, and never back to what lies behind") {
  const LaneGraph lanes(ownMap("motorway"));
  const auto way = lanes.route({lanes.find({0, 0, -3}), 10}, {lanes.find({0, 3, -4}), 50});
  REQUIRE(way.has_value());
  CHECK(std::count_if(way->steps.begin(), way->steps.end(),
                      [](const RouteStep& step) { return step.entry == RouteStep::Entry::kChangeRight; }) == 1);
  // Beside and behind: the motorway has no way back.
  const LaneIndex fast = lanes.find({0, 1, -3}), slow = lanes.find({0, 1, -4});
  CHECK(lanes.route({fast, 100}, {slow, 300}).has_value());
  CHECK_FALSE(lanes.route({fast, 300}, {slow, 100}).has_value());
  CHECK_FALSE(lanes.route({fast, 300}, {fast, 100}).has_value());
  CHECK_FALSE(lanes.route({fast, 0}, {lanes.find({0, 1, 3}), 100}).has_value());
  RouteOptions without;
  without.laneChange_m = -1;
  CHECK_FALSE(lanes.route({fast, 100}, {slow, 300}, without).has_value());
}

TEST_CASE("Straight on means the way that turns least") {
  const LaneGraph lanes(testMap("crossing"));
  for (uint32_t arm = 0; arm < 4; ++arm) {
    const Route way = lanes.straightOn({lanes.find({arm, 0, 1}), 0}, 1e6);
    REQUIRE(way.steps.size() == 3);
    CHECK(lanes.lane(way.steps[1].lane).turn == Turn::kStraight);
    CHECK(lanes.lane(way.steps[2].lane).successors.empty());
  }
}
