// Who else is there: how densely, of which kinds. What `traffic:` says, as numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/core/sim_time.hpp"
#include "engine/fcd/trace.hpp"

namespace nightfog::scenario {

/// What vehicles there are, as shares of each other.
struct TrafficMix {
  double car = 0.80;  ///< KBA VK5, rounded
  double van = 0.12;
  double truck = 0.06;
  double bus = 0.02;
  double sum() const { return car + van + truck + bus; }
};

/// Traffic that SUMO has simulated, and who plays it.
struct TrafficTrace {
  double from_s = 0;  ///< of the trace's clock: the episode's beginning
  std::shared_ptr<const fcd::Trace> trace;
  std::vector<std::string> assets;  ///< by mover
};

struct Traffic {
  double density_pm = 0;      ///< vehicles per metre of drivable lane
  double pedestrians_pm = 0;  ///< per metre of sidewalk
  double cyclists_pm = 0;     ///< per metre of cycle lane
  double parked = 0;          ///< share of the places along parking lanes and in car parks
  TrafficMix mix;
  uint64_t seed = 0;
  std::optional<TrafficTrace> replayed;
  /// Lights are as far on as the trace's are at the episode's beginning.
  SimTime lightsSince() const { return replayed ? SimTime::fromSeconds(replayed->from_s) : SimTime{}; }
  bool isAny() const {
    return density_pm > 0 || pedestrians_pm > 0 || cyclists_pm > 0 || parked > 0 || replayed.has_value();
  }
};

/// The kinds of road users that traffic is made of.
enum class TrafficKind { kCar, kVan, kTruck, kBus, kPedestrian, kCyclist };
/// The catalogue's assets of a kind, by id: those that are built, so that they are there on every machine.
std::vector<const catalog::AssetInfo*> assetsOf(TrafficKind kind, const catalog::Catalog& catalog);
/// The same for all kinds that a traffic may draw.
std::vector<const catalog::AssetInfo*> assetsOf(const Traffic& traffic, const catalog::Catalog& catalog);

}  // namespace nightfog::scenario
