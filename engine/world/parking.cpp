#include "engine/world/parking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/random.hpp"

namespace nightfog::world {
namespace {

/// Along the kerb: a place of RASt 06 is 5.2 to 6.5 m long.
constexpr double kPlace_m = 6.2;
constexpr double kFromEnd_m = 6;
constexpr double kLeastWidth_m = 1.9;
constexpr double kFreeOfParked_m = 4;

/// What moves a vehicle so that its box's middle lies on its origin.
RigidTransform placeFor(const catalog::AssetInfo& asset, const RigidTransform& worldFromPlace) {
  RigidTransform worldFromActor = worldFromPlace;
  worldFromActor.translation -= worldFromPlace.rotation * glm::dvec3(asset.boxCentre.x, asset.boxCentre.y, 0);
  return worldFromActor;
}

}  // namespace

std::vector<scenario::Actor> parkedVehicles(const road::LaneGraph& lanes, const scenario::Traffic& traffic,
                                            const catalog::Catalog& catalog, const std::vector<glm::dvec3>& keptFree) {
  std::vector<scenario::Actor> parked;
  if (!(traffic.parked > 0)) return parked;
  std::vector<const catalog::AssetInfo*> assets = scenario::assetsOf(scenario::TrafficKind::kCar, catalog);
  for (const catalog::AssetInfo* van : scenario::assetsOf(scenario::TrafficKind::kVan, catalog)) assets.push_back(van);
  if (assets.empty()) return parked;
  uint32_t places = 0;
  const auto park = [&](RigidTransform worldFromPlace, double length_m, double width_m) {
    const uint32_t place = places++;
    RandomSource rng(traffic.seed, place, "traffic/parked");
    const bool isTaken = rng.uniform() < traffic.parked;
    const catalog::AssetInfo& asset = *assets[rng.below(assets.size())];
    // Nobody parks quite in the middle, or quite straight.
    const double along = rng.uniform(-1, 1) * std::min(0.5, 0.5 * std::max(length_m - asset.boxSize.x - 0.3, 0.0));
    const double aside = rng.uniform(-1, 1) * std::clamp(0.5 * (width_m - asset.boxSize.y), 0.0, 0.1);
    const double turn = rng.normal(0, 0.012);
    if (!isTaken || asset.boxSize.x > length_m - 0.2 || asset.boxSize.y > width_m + 0.15) return;
    worldFromPlace.translation += worldFromPlace.rotation * glm::dvec3(along, aside, 0);
    worldFromPlace.rotation = worldFromPlace.rotation * glm::angleAxis(turn, glm::dvec3(0, 0, 1));
    for (const glm::dvec3& free : keptFree) {
      if (glm::length(glm::dvec2(free - worldFromPlace.translation)) < kFreeOfParked_m) return;
    }
    parked.push_back({fmt::format("parked-{}", place), asset.id, placeFor(asset, worldFromPlace), scenario::Parked{}});
  };
  for (road::LaneIndex i = 0; i < lanes.size(); ++i) {
    const road::GraphLane& lane = lanes.lane(i);
    if (lane.kind != road::LaneKind::kParking || lane.junction >= 0) continue;
    for (double at = kFromEnd_m; at + kPlace_m < lane.length_m - kFromEnd_m; at += kPlace_m) {
      const road::LanePose pose = lanes.path(i).at(at + 0.5 * kPlace_m);
      if (pose.width_m >= kLeastWidth_m) park(pose.worldFromLane, kPlace_m, pose.width_m);
    }
  }
  for (const road::PlacedObject& object : road::placedObjects(lanes.map())) {
    if (lanes.map().furniture().objects[object.object].kind != road::ObjectKind::kParkingSpace) continue;
    // The longer side is where a car points, backwards as often as forwards.
    RigidTransform pose = object.worldFromObject;
    if (object.width_m > object.length_m)
      pose.rotation = pose.rotation * glm::angleAxis(0.5 * kPi, glm::dvec3(0, 0, 1));
    if (RandomSource(traffic.seed, places, "traffic/backwards").bernoulli(0.5))
      pose.rotation = pose.rotation * glm::angleAxis(kPi, glm::dvec3(0, 0, 1));
    park(pose, std::max(object.length_m, object.width_m), std::min(object.length_m, object.width_m));
  }
  return parked;
}

}  // namespace nightfog::world
