// People on foot: along sidewalks both ways, round corners as the sidewalks are linked, back where they end, and over
// crosswalks when they may.
//
// Like Traffic they go in steps, in which everybody walks straight on, and every choice is a function of (seed, id, how
// many it has made). They do not mind each other. A crosswalk with lights is entered when those of all lanes that it
// crosses stay red for as long as it takes; one without when everybody who comes can stop.
// @code
//   Walkers walkers(lanes, populateSidewalks(lanes, 0.02, seed), {.seed = seed});
//   walkers.step(vehicles);
//   for (size_t i = 0; i < walkers.size(); ++i) draw(walkers.state(i).worldFromWalker);
// @endcode
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/road/lane_graph.hpp"
#include "engine/traffic/traffic.hpp"

namespace nightfog::traffic {

struct Walker {
  uint32_t id = 0;
  road::LanePlace place;  ///< on a sidewalk
  double left_m = 0;      ///< of the sidewalk's middle, seen along it
  bool isForward = true;  ///< along it
  double speed_mps = 1.34;
};

struct WalkerState {
  RigidTransform worldFromWalker;
  double speed_mps = 0;
  double travelled_m = 0;
  bool isCrossing = false;
};

/// A vehicle that may come to a crosswalk.
struct Approaching {
  glm::dvec3 front{0};
  double heading_rad = 0;
  double speed_mps = 0;
};

/// Walker k is drawn from (seed, k). Speeds: normal, 1.34 m/s, 0.26 m/s, within 0.8 and 2.0 [Weidmann1993].
std::vector<Walker> populateSidewalks(const road::LaneGraph& lanes, double density_pm, uint64_t seed);

class Walkers {
 public:
  /// Throws Error for a walker who is not on a sidewalk.
  Walkers(const road::LaneGraph& lanes, std::vector<Walker> walkers, const Options& options = {});
  ~Walkers();
  Walkers(Walkers&&) noexcept;

  void step(std::span<const Approaching> vehicles = {});
  size_t size() const;
  /// At the last step, or up to one step after it.
  WalkerState state(size_t index, double after_s = 0) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::traffic
