#include "engine/traffic/traffic.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
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

struct Watch {
  size_t collisions = 0, offRoad = 0;
  double longestStand_s = 0, leastWay_m = 1e9, hardest_mps2 = 0, meanSpeed_mps = 0;
  uint32_t trips = 0;
  std::string first;
};

/// Lets a map live and looks at it twice a second.
Watch watch(const LaneGraph& lanes, Traffic& traffic, double minutes) {
  Watch seen;
  std::vector<Box> boxes(traffic.size());
  std::vector<double> way(traffic.size()), before(traffic.size());
  const int steps = static_cast<int>(minutes * 600);
  double speeds = 0;
  for (int n = 0; n < steps; ++n) {
    traffic.step();
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
      const auto at = lanes.map().locate(state.worldFromAgent.translation);
      // Beyond an open end it goes on for its own length.
      if (!at || at->beyond_m > 0.05) ++seen.offRoad;
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

}  // namespace

TEST_CASE("For 30 minutes nobody hits anybody, leaves the road or stands for ever") {
  struct Case {
    const char* map;
    double density_pkm;
  };
  for (const Case& c : {Case{"roundabout", 22}, Case{"signalled_junction", 25}, Case{"car_park", 12},
                        Case{"motorway_ramp", 8}, Case{"motorway", 8}, Case{"rural_hills", 10}, Case{"town", 7}}) {
    CAPTURE(std::string(c.map));
    const LaneGraph lanes = lanesOf(c.map);
    Traffic traffic(lanes, populate(lanes, defaultKinds(), {c.density_pkm, 11}), {.seed = 11});
    const auto start = std::chrono::steady_clock::now();
    const Watch seen = watch(lanes, traffic, 30);
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    MESSAGE(std::string(c.map), ": ", traffic.size(), " vehicles, ", seen.collisions, " overlaps, off the road ",
            seen.offRoad, ", longest stand ", seen.longestStand_s, " s, shortest way ", seen.leastWay_m,
            " m, hardest braking ", seen.hardest_mps2, " m/s2, mean speed ", seen.meanSpeed_mps, " m/s, entered again ",
            seen.trips, ", ", 1800 / took, " times real time; ", seen.first);
    CHECK(seen.collisions == 0);
    CHECK(seen.offRoad == 0);
    CHECK(seen.longestStand_s < 300);
    CHECK(seen.leastWay_m > 500);
  }
}
