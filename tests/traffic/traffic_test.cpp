#include "engine/traffic/traffic.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/core/random.hpp"
#include "engine/road/opendrive.hpp"
#include "engine/road/signal_plan.hpp"
#include "engine/traffic/population.hpp"

using namespace nightfog;
using namespace nightfog::traffic;
using road::LaneGraph;
using road::LaneIndex;

namespace {

LaneGraph lanesOf(const std::string& name) {
  return LaneGraph(road::loadOpenDrive(NIGHTFOG_SOURCE_DIR "/scenarios/maps/" + name + ".xodr"));
}

/// A rectangle from above.
struct Box {
  glm::dvec2 middle{0}, x{1, 0}, y{0, 1};  ///< unit axes
  double halfLength = 0, halfWidth = 0, z = 0;
};
Box boxOf(const Agent& agent, const AgentState& state) {
  const glm::dvec3 x = state.worldFromAgent.rotation * glm::dvec3(1, 0, 0);
  Box box;
  box.x = glm::normalize(glm::dvec2(x));
  box.y = {-box.x.y, box.x.x};
  box.halfLength = 0.5 * agent.shape.length_m;
  box.halfWidth = 0.5 * agent.shape.width_m;
  box.middle = glm::dvec2(state.worldFromAgent.translation) + box.x * (box.halfLength - agent.shape.rear_m);
  box.z = state.worldFromAgent.translation.z;
  return box;
}
/// Separating axes.
bool doOverlap(const Box& a, const Box& b) {
  if (std::abs(a.z - b.z) > 3) return false;
  const glm::dvec2 apart = b.middle - a.middle;
  for (const glm::dvec2& axis : {a.x, a.y, b.x, b.y}) {
    const auto reach = [&](const Box& box) {
      return std::abs(glm::dot(box.x, axis)) * box.halfLength + std::abs(glm::dot(box.y, axis)) * box.halfWidth;
    };
    if (std::abs(glm::dot(apart, axis)) >= reach(a) + reach(b)) return false;
  }
  return true;
}

constexpr double kBeyondEnds_m = 70;

/// Do both ends of the body's middle line lie on the map's roads, or straight on where these end?
bool isOnRoad(const LaneGraph& lanes, const Agent& agent, const AgentState& state) {
  for (const double along : {-agent.shape.rear_m, agent.shape.length_m - agent.shape.rear_m}) {
    const auto at = lanes.map().locate(state.worldFromAgent * glm::dvec3(along, 0, 0));
    const double length = lanes.lane(state.front.lane).length_m, front = state.front.distance_m;
    const bool isBeyond = front < agent.shape.length_m || front > length;
    if (!at || at->beyond_m > (isBeyond ? kBeyondEnds_m + agent.shape.length_m : 0) + 0.05) return false;
  }
  return true;
}

/// Has a light for who drives on from a lane been red for `since_s`?
bool isRedFor(const LaneGraph& lanes, const road::SignalPlan& plan, LaneIndex from, double time_s, double since_s) {
  for (const road::LaneSignal& at : lanes.signalsOf(from)) {
    if (lanes.map().furniture().signals[at.signal].kind != road::SignalKind::kTrafficLight) continue;
    bool isRed = true;
    for (double t = std::max(0.0, time_s - since_s); t <= time_s; t += 0.5)
      isRed &= plan.state(at.signal, SimTime::fromSeconds(t)) == road::SignalState::kRed;
    if (isRed) return true;
  }
  return false;
}

/// Has its front passed a stop line since it was at `from_m`? Half a metre beyond it at the most is standing at it.
bool hasPassedLine(const LaneGraph& lanes, LaneIndex lane, double from_m, double to_m) {
  for (const road::LaneSignal& at : lanes.signalsOf(lane)) {
    const double line = at.distance_m + 0.5;
    if (lanes.map().furniture().signals[at.signal].kind == road::SignalKind::kStopLine && from_m < line && to_m >= line)
      return true;
  }
  return false;
}

struct Watch {
  size_t collisions = 0, offRoad = 0, redRun = 0, redLinePassed = 0, hardSamples = 0, samples = 0;
  double longestStand_s = 0, leastWay_m = 1e9, hardest_mps2 = 0, meanSpeed_mps = 0;
  uint32_t trips = 0;
  std::string first;
};

/// Lets a map live and looks at it twice a second.
Watch watch(const LaneGraph& lanes, Traffic& traffic, double minutes) {
  Watch seen;
  std::vector<Box> boxes(traffic.size());
  std::vector<LaneIndex> before(traffic.size(), road::kNoLane);
  std::vector<double> beforeAt_m(traffic.size(), 0.0);
  const road::SignalPlan plan(lanes.map());
  const int steps = static_cast<int>(minutes * 600);
  double speeds = 0;
  for (int n = 0; n < steps; ++n) {
    traffic.step();
    for (size_t i = 0; i < traffic.size(); ++i) {
      const LaneIndex now = traffic.front(i).lane;
      const double at = traffic.front(i).distance_m;
      if (now == before[i] && hasPassedLine(lanes, now, beforeAt_m[i], at) &&
          isRedFor(lanes, plan, now, 0.1 * (n + 1), 4))
        ++seen.redLinePassed;
      // Who passed the line in amber is through within the 4 s after it.
      if (now != before[i] && before[i] != road::kNoLane && lanes.lane(now).junction >= 0 &&
          lanes.lane(before[i]).junction < 0 && isRedFor(lanes, plan, before[i], 0.1 * (n + 1), 4))
        ++seen.redRun;
      before[i] = now;
      beforeAt_m[i] = at;
    }
    if (n % 5 != 0) continue;
    std::vector<size_t> there;
    for (size_t i = 0; i < traffic.size(); ++i) {
      const AgentState state = traffic.state(i);
      seen.longestStand_s = std::max(seen.longestStand_s, traffic.stood_s(i));
      if (!state.isPresent) continue;
      seen.hardest_mps2 = std::min(seen.hardest_mps2, state.acceleration_mps2);
      speeds += state.speed_mps;
      there.push_back(i);
      boxes[i] = boxOf(traffic.agent(i), state);
      ++seen.samples;
      if (state.acceleration_mps2 < -3.5) ++seen.hardSamples;
      if (!isOnRoad(lanes, traffic.agent(i), state)) ++seen.offRoad;
    }
    std::sort(there.begin(), there.end(), [&](size_t a, size_t b) { return boxes[a].middle.x < boxes[b].middle.x; });
    for (size_t a = 0; a < there.size(); ++a) {
      for (size_t b = a + 1; b < there.size(); ++b) {
        if (boxes[there[b]].middle.x - boxes[there[a]].middle.x > 16) break;
        if (!doOverlap(boxes[there[a]], boxes[there[b]])) continue;
        if (seen.collisions++ == 0) {
          const AgentState s = traffic.state(there[a]), o = traffic.state(there[b]);
          seen.first = std::to_string(n) + ": " + std::to_string(there[a]) + " in " + std::to_string(s.front.lane) +
                       " at " + std::to_string(s.front.distance_m) + " v " + std::to_string(s.speed_mps) + ", " +
                       std::to_string(there[b]) + " in " + std::to_string(o.front.lane) + " at " +
                       std::to_string(o.front.distance_m) + " v " + std::to_string(o.speed_mps);
        }
      }
    }
  }
  for (size_t i = 0; i < traffic.size(); ++i) {
    seen.leastWay_m = std::min(seen.leastWay_m, traffic.state(i).travelled_m);
    seen.trips += traffic.state(i).trip;
  }
  seen.meanSpeed_mps = speeds / (steps / 5.0) / static_cast<double>(std::max<size_t>(traffic.size(), 1));
  return seen;
}

// Sanitizers see in five minutes what they would in thirty.
#ifdef __SANITIZE_ADDRESS__
constexpr double kMinutes = 5;
#else
constexpr double kMinutes = 30;
#endif

void live(const LaneGraph& lanes, const char* map, double density_pkm, uint64_t seed) {
  Traffic traffic(
      lanes, populate(lanes, defaultKinds(), {.density_pkm = density_pkm, .seed = seed, .beyondEnds_m = kBeyondEnds_m}),
      {.seed = seed, .beyondEnds_m = kBeyondEnds_m});
  const auto start = std::chrono::steady_clock::now();
  const Watch seen = watch(lanes, traffic, kMinutes);
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  CAPTURE(seed);
  MESSAGE(std::string(map), ", seed ", seed, ": ", traffic.size(), " vehicles, ", seen.collisions,
          " overlaps, off the road ", seen.offRoad, ", longest stand ", seen.longestStand_s, " s, shortest way ",
          seen.leastWay_m, " m, red run ", seen.redRun, ", braked harder than 3.5 m/s2 in ",
          1e6 * static_cast<double>(seen.hardSamples) / static_cast<double>(seen.samples), " of 1e6, hardest braking ",
          seen.hardest_mps2, " m/s2, mean speed ", seen.meanSpeed_mps, " m/s, entered again ", seen.trips, ", ",
          60 * kMinutes / took, " times real time; ", seen.first);
  CHECK(seen.collisions == 0);
  CHECK(seen.offRoad == 0);
  CHECK(seen.redRun == 0);
  CHECK(seen.redLinePassed == 0);
  CHECK(seen.longestStand_s < 180);
  CHECK(seen.leastWay_m > 500 * kMinutes / 30);
  CHECK(seen.hardest_mps2 >= -4.5);
  CHECK(seen.hardSamples * 1000 <= seen.samples);
}

/// With one seed, or with as many as NIGHTFOG_TRAFFIC_SEEDS says, as dense as stated or NIGHTFOG_TRAFFIC_TIMES so
/// (`tools/validate traffic`).
void live(const char* map, double density_pkm) {
  if (const char* times = std::getenv("NIGHTFOG_TRAFFIC_TIMES")) density_pkm *= std::atof(times);
  const LaneGraph lanes = lanesOf(map);
  const char* wanted = std::getenv("NIGHTFOG_TRAFFIC_SEEDS");
  const uint64_t seeds = wanted == nullptr ? 1 : std::strtoull(wanted, nullptr, 10);
  for (uint64_t seed = 11; seed < 11 + seeds; ++seed) live(lanes, map, density_pkm, seed);
}

}  // namespace

TEST_CASE("For 30 minutes nobody in the roundabout hits anybody, leaves the road or stands for ever") {
  live("roundabout", 22);
}
TEST_CASE("For 30 minutes nobody at the lights hits anybody, leaves the road or stands for ever") {
  live("signalled_junction", 25);
}
TEST_CASE("For 30 minutes nobody in the car park hits anybody, leaves the road or stands for ever") {
  live("car_park", 12);
}
TEST_CASE("For 30 minutes nobody on the motorway's ramps hits anybody, leaves the road or stands for ever") {
  live("motorway_ramp", 8);
}
TEST_CASE("For 30 minutes nobody on the motorway hits anybody, leaves the road or stands for ever") {
  live("motorway", 8);
}
TEST_CASE("For 30 minutes nobody in the hills hits anybody, leaves the road or stands for ever") {
  live("rural_hills", 10);
}
TEST_CASE("For 30 minutes nobody in the tunnel hits anybody, leaves the road or stands for ever") {
  live("tunnel", 12);
}
TEST_CASE("For 30 minutes nobody in the town hits anybody, leaves the road or stands for ever") {
  live("town", 7);
}

TEST_CASE("Every link of every map is drivable: one vehicle a link comes to where it leads") {
  for (const char* map : {"roundabout", "signalled_junction", "car_park", "motorway_ramp", "motorway", "rural_hills",
                          "tunnel", "urban_straight", "town"}) {
    CAPTURE(std::string(map));
    const LaneGraph lanes = lanesOf(map);
    const auto isWide = [&](LaneIndex lane) {
      return lanes.lane(lane).isDrivable && lanes.path(lane).samples().front().width_m > 2.4 &&
             lanes.path(lane).samples().back().width_m > 2.4;
    };
    std::vector<Agent> agents;
    std::vector<double> free(lanes.size());  // of each lane, from its beginning to the last of those who begin there
    for (LaneIndex i = 0; i < lanes.size(); ++i) free[i] = lanes.lane(i).length_m - 8;
    for (LaneIndex way = 0; way < lanes.size(); ++way) {
      for (const LaneIndex to : lanes.lane(way).successors) {
        if (!isWide(way) || !isWide(to) || lanes.lane(to).junction >= 0) continue;
        // Begins in the next lane back that has room, outside junctions.
        std::vector<LaneIndex> back{way};
        for (size_t k = 0; k < back.size() && (lanes.lane(back[k]).junction >= 0 || free[back[k]] < 12); ++k) {
          for (const LaneIndex before : lanes.lane(back[k]).predecessors) {
            if (isWide(before) && std::find(back.begin(), back.end(), before) == back.end()) back.push_back(before);
          }
        }
        const auto found = std::find_if(back.begin(), back.end(), [&](LaneIndex lane) {
          return lanes.lane(lane).junction < 0 && free[lane] >= 12;
        });
        REQUIRE(found != back.end());
        const LaneIndex from = *found;
        Agent agent;
        agent.id = static_cast<uint32_t>(agents.size());
        agent.front = {from, free[from]};
        agent.goals = {road::LanePlace{to, std::min(1.0, 0.5 * lanes.lane(to).length_m)}};
        free[from] -= 9;
        agents.push_back(agent);
      }
    }
    std::vector<char> isThere(agents.size());
    Traffic traffic(lanes, agents, {.seed = 3});
    size_t arrived = 0;
    for (int n = 0; n < 6000 && arrived < agents.size(); ++n) {
      traffic.step();
      for (size_t i = 0; i < agents.size(); ++i) {
        if (isThere[i] || traffic.front(i).lane != agents[i].goals.front().lane) continue;
        isThere[i] = 1;
        ++arrived;
      }
    }
    MESSAGE(std::string(map), ": ", arrived, " of ", agents.size(), " after ",
            0.1 * static_cast<double>(traffic.stepsTaken()), " s");
    CHECK(arrived == agents.size());
  }
}

TEST_CASE("A vehicle waits before a crosswalk for as long as somebody stands on it, and goes on when he has gone") {
  const LaneGraph lanes = lanesOf("signalled_junction");
  LaneIndex lane = 0;
  while (!(lanes.lane(lane).isDrivable && lanes.lane(lane).junction < 0 && !lanes.crossingsOf(lane).empty() &&
           !lanes.lane(lane).successors.empty()))
    ++lane;
  const road::LaneSpan span = lanes.crossingsOf(lane).front().span;
  Agent agent;
  agent.front = {lane, std::max(5.0, span.from_m - 60)};
  agent.speed_mps = 10;
  Traffic traffic(lanes, {agent}, {.seed = 1});
  Other person;
  person.isPerson = true;
  const auto middle = lanes.path(lane).at(0.5 * (span.from_m + span.to_m));
  person.position = middle.worldFromLane.translation;
  person.heading_rad = middle.heading_rad + 0.5 * kPi;
  // Longer than any light's cycle.
  for (int n = 0; n < 1500; ++n) {
    traffic.step({&person, 1});
    REQUIRE(traffic.front(0).lane == lane);
    REQUIRE(traffic.front(0).distance_m < span.from_m);
  }
  CHECK(traffic.front(0).distance_m > span.from_m - 8);
  for (int n = 0; n < 1500; ++n) traffic.step();
  CHECK(traffic.state(0).travelled_m > 80);
}

TEST_CASE("Nobody enters a junction in front of another actor, of whom nobody knows where it will go") {
  const LaneGraph lanes = lanesOf("signalled_junction");
  const road::LanePath& path = lanes.path(lanes.find(*lanes.map().findLane("south/-1"), 10));
  const road::LanePose end = path.at(path.length_m());
  const glm::dvec3 ahead(std::cos(end.heading_rad), std::sin(end.heading_rad), 0);
  size_t through = 0;
  for (int start = 0; start < 24; ++start) {
    // From the west, to each of the ways on; the other one comes later and later, at 12 m/s and through red if need be.
    Agent agent;
    agent.id = static_cast<uint32_t>(start);
    agent.front = {lanes.find(*lanes.map().findLane("west/-1"), 10), 90};
    agent.speed_mps = 8;
    Traffic traffic(lanes, {agent}, {.seed = 2});
    for (int n = 0; n < 700; ++n) {
      Other other;
      other.heading_rad = end.heading_rad;
      other.position = end.worldFromLane.translation + (1.2 * n - 60 - 25.0 * start) * ahead;
      other.speed_mps = 12;
      other.length_m = 4.5;
      other.width_m = 1.8;
      traffic.step({&other, 1});
      const AgentState state = traffic.state(0);
      if (!state.isPresent || lanes.lane(state.front.lane).junction < 0) continue;
      ++through;
      const glm::dvec2 x(ahead);
      CHECK(!doOverlap(Box{glm::dvec2(other.position), x, {-x.y, x.x}, 2.25, 0.9, other.position.z},
                       boxOf(traffic.agent(0), state)));
    }
  }
  CHECK(through > 100);
}

TEST_CASE(
    "Vehicles leave and enter on the street beyond the map's ends, away from who may look, and as many are on the map "
    "as without it") {
  const LaneGraph lanes = lanesOf("signalled_junction");
  const Filling filling{.density_pkm = 20, .seed = 4};
  Filling beyondToo = filling;
  beyondToo.beyondEnds_m = kBeyondEnds_m;
  const auto agents = populate(lanes, defaultKinds(), beyondToo);
  CHECK(agents.size() > populate(lanes, defaultKinds(), filling).size());
  Traffic beyond(lanes, agents, {.seed = 4, .beyondEnds_m = kBeyondEnds_m});
  Traffic plain(lanes, populate(lanes, defaultKinds(), filling), {.seed = 4});
  // Somebody stands at the west end: there is no coming in from there.
  Other watcher;
  const road::LanePose west = lanes.map().laneCentre(*lanes.map().findLane("west/-1"), 1);
  watcher.position = west.worldFromLane.translation + west.worldFromLane.rotation * glm::dvec3(0, -20, 0);
  double onMap = 0, onMapPlain = 0;
  std::vector<uint32_t> trips(agents.size());
  std::vector<char> was(agents.size());
  size_t cameIn = 0, nearWatcher = 0, left = 0;
  for (size_t i = 0; i < agents.size(); ++i) was[i] = beyond.state(i).isPresent;
  std::vector<glm::dvec3> last(agents.size());
  constexpr int kSteps = 6000;
  for (int n = 0; n < kSteps; ++n) {
    beyond.step({&watcher, 1});
    plain.step({&watcher, 1});
    for (size_t i = 0; i < agents.size(); ++i) {
      const AgentState state = beyond.state(i);
      if (state.isPresent && !was[i]) {
        ++cameIn;
        // In its own lane's street, as far out as that is drawn.
        CHECK(state.front.distance_m == doctest::Approx(-kBeyondEnds_m));
        nearWatcher += glm::length(state.worldFromAgent.translation - watcher.position) < 150 ? 1 : 0;
      } else if (!state.isPresent && was[i]) {
        ++left;
        const auto at = lanes.map().locate(last[i]);
        CHECK(at->beyond_m > kBeyondEnds_m - 20);
      }
      was[i] = state.isPresent;
      last[i] = state.worldFromAgent.translation;
      if (!state.isPresent) continue;
      onMap += state.front.distance_m > 0 && state.front.distance_m < lanes.lane(state.front.lane).length_m ? 1 : 0;
    }
    for (size_t i = 0; i < plain.size(); ++i) onMapPlain += plain.state(i).isPresent ? 1 : 0;
  }
  MESSAGE(cameIn, " came in and ", left, " left; on the map ", onMap / kSteps, " of ", agents.size(),
          ", without the streets beyond ", onMapPlain / kSteps, " of ", plain.size());
  CHECK(cameIn > 50);
  CHECK(left > 50);
  CHECK(nearWatcher == 0);
  // Another course of things; the same density but for chance.
  CHECK(onMap == doctest::Approx(onMapPlain).epsilon(0.25));
}
