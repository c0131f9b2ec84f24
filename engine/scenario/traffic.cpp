#include "engine/scenario/traffic.hpp"

#include <algorithm>
#include <set>

namespace nightfog::scenario {

std::vector<const catalog::AssetInfo*> assetsOf(TrafficKind kind, const catalog::Catalog& catalog) {
  const std::vector<std::string_view> builders = [&]() -> std::vector<std::string_view> {
    switch (kind) {
      case TrafficKind::kCar:
        return {"saloon", "hatchback", "suv"};
      case TrafficKind::kVan:
        return {"van"};
      case TrafficKind::kTruck:
        return {"lorry"};
      case TrafficKind::kBus:
        return {"bus"};
      case TrafficKind::kPedestrian:
        return {"person"};
      case TrafficKind::kCyclist:
        return {"cyclist"};
    }
    return {};
  }();
  std::vector<const catalog::AssetInfo*> assets;
  for (const auto& [id, asset] : catalog.all()) {
    if (std::find(builders.begin(), builders.end(), asset.builder) != builders.end()) assets.push_back(&asset);
  }
  return assets;
}

std::vector<const catalog::AssetInfo*> assetsOf(const Traffic& traffic, const catalog::Catalog& catalog) {
  std::vector<const catalog::AssetInfo*> assets;
  const auto add = [&](bool isWanted, TrafficKind kind) {
    if (!isWanted) return;
    for (const catalog::AssetInfo* asset : assetsOf(kind, catalog)) assets.push_back(asset);
  };
  const bool drives = traffic.density_pm > 0;
  add((drives && traffic.mix.car > 0) || traffic.parked > 0, TrafficKind::kCar);
  add((drives && traffic.mix.van > 0) || traffic.parked > 0, TrafficKind::kVan);
  add(drives && traffic.mix.truck > 0, TrafficKind::kTruck);
  add(drives && traffic.mix.bus > 0, TrafficKind::kBus);
  add(traffic.pedestrians_pm > 0, TrafficKind::kPedestrian);
  add(traffic.cyclists_pm > 0, TrafficKind::kCyclist);
  if (!traffic.replayed) return assets;
  std::set<std::string> played(traffic.replayed->assets.begin(), traffic.replayed->assets.end());
  for (const catalog::AssetInfo* asset : assets) played.erase(asset->id);
  for (const std::string& id : played) {
    if (const catalog::AssetInfo* asset = catalog.find(id)) assets.push_back(asset);
  }
  return assets;
}

}  // namespace nightfog::scenario
