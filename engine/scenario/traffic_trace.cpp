#include "engine/scenario/traffic_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/core/hash.hpp"
#include "engine/core/random.hpp"
#include "engine/scenario/traffic.hpp"

namespace nightfog::scenario {
namespace {

using Assets = std::vector<const catalog::AssetInfo*>;

/// Longer than the trace's vehicle by no more than this: SUMO keeps 2.5 m to whoever is ahead.
constexpr double kLonger_m = 0.5;
constexpr double kShorter = 0.75;
/// Where none is: the nearest, if it is as near as that.
constexpr double kNearest_m = 1, kNearest = 0.25;

std::optional<TrafficKind> kindOf(const std::string& vClass) {
  const auto isOneOf = [&](std::initializer_list<const char*> classes) {
    return std::find(classes.begin(), classes.end(), vClass) != classes.end();
  };
  if (isOneOf({"passenger", "private", "taxi", "hov", "evehicle", "vip", "authority", "army", "custom1", "custom2"}))
    return TrafficKind::kCar;
  if (isOneOf({"delivery"})) return TrafficKind::kVan;
  if (isOneOf({"truck", "trailer"})) return TrafficKind::kTruck;
  if (isOneOf({"bus", "coach"})) return TrafficKind::kBus;
  if (isOneOf({"bicycle"})) return TrafficKind::kCyclist;
  if (isOneOf({"pedestrian"})) return TrafficKind::kPedestrian;
  return std::nullopt;
}

/// Who may play a type; empty, with the reason, when nobody can.
Assets playersOf(const std::string& type, bool isPerson, const TraceTypes& types, const catalog::Catalog& catalog,
                 std::string& why) {
  if (const catalog::AssetInfo* asset = catalog.find(type)) {
    return {asset};
  }
  if (isPerson) return assetsOf(TrafficKind::kPedestrian, catalog);
  std::optional<fcd::VehicleType> known;
  const std::string plain = type.substr(0, type.find('@'));  // TraCI's copies of a type
  if (const auto declared = types.declared.find(type); declared != types.declared.end())
    known = fcd::withSize(declared->second);
  else
    known = fcd::knownType(type.empty() ? "DEFAULT_VEHTYPE" : plain);
  if (!known) {
    why = "no vType says what it is";
    return {};
  }
  const std::optional<TrafficKind> kind = kindOf(known->vClass);
  if (!kind) {
    why = fmt::format("the catalogue has nothing for the class '{}'", known->vClass);
    return {};
  }
  const Assets all = assetsOf(*kind, catalog);
  if (*kind == TrafficKind::kPedestrian) return all;
  Assets fitting;
  const catalog::AssetInfo* nearest = nullptr;
  const auto differs = [&](const catalog::AssetInfo& asset) { return std::abs(asset.boxSize.x - known->length_m); };
  for (const catalog::AssetInfo* asset : all) {
    const double length = asset->boxSize.x;
    if (length <= known->length_m + kLonger_m && length >= kShorter * known->length_m) fitting.push_back(asset);
    if (nearest == nullptr || differs(*asset) < differs(*nearest)) nearest = asset;
  }
  if (!fitting.empty()) return fitting;
  if (nearest != nullptr && differs(*nearest) <= std::max(kNearest_m, kNearest * known->length_m)) {
    const double length = nearest->boxSize.x;
    std::copy_if(all.begin(), all.end(), std::back_inserter(fitting),
                 [&](const catalog::AssetInfo* asset) { return std::abs(asset->boxSize.x - length) < 0.01; });
    return fitting;
  }
  why = fmt::format("the catalogue has no {} about {:.1f} m long", known->vClass, known->length_m);
  return {};
}

}  // namespace

std::vector<std::string> castTrace(const fcd::Trace& trace, const TraceTypes& types, const catalog::Catalog& catalog,
                                   uint64_t seed, Unplayable& unplayable) {
  std::map<std::pair<std::string, bool>, Assets> players;
  std::vector<std::string> cast;
  for (const fcd::Mover& mover : trace.movers) {
    const auto named = types.assets.find(mover.type.substr(0, mover.type.find('@')));
    if (named != types.assets.end()) {
      cast.push_back(named->second == "none" ? "" : named->second);
      continue;
    }
    const std::pair key(mover.type, mover.isPerson);
    auto at = players.find(key);
    if (at == players.end()) {
      std::string why;
      at = players.emplace(key, playersOf(mover.type, mover.isPerson, types, catalog, why)).first;
      if (at->second.empty()) unplayable[mover.type] = why;
    }
    const Assets& who = at->second;
    RandomSource rng(seed, hash64(mover.id), "traffic/trace");
    cast.push_back(who.empty() ? "" : who[rng.below(who.size())]->id);
  }
  return cast;
}

}  // namespace nightfog::scenario
