#include "engine/record/taxonomy.hpp"

#include <algorithm>
#include <array>

namespace nightfog {
namespace {

using namespace classes;

// Colours: the ground recedes, buildings and plants are muted, things that may be hit or run over are saturated and
// bright; all stand out from a near-black background.
constexpr std::array kTaxonomy = {
    ClassInfo{kUnlabelled, "unlabelled", false, 0x6e7681, "nothing is known about it"},
    ClassInfo{kRoad, "ground.road", false, 0x4a5a78, "drivable asphalt or concrete"},
    ClassInfo{kLaneMarking, "ground.lane_marking", false, 0xd7dde5, "paint on the road"},
    ClassInfo{kSidewalk, "ground.sidewalk", false, 0x8d6f9f, "where people walk beside the road"},
    ClassInfo{kKerb, "ground.kerb", false, 0xb79cc4, "the step between road and sidewalk"},
    ClassInfo{kTerrain, "ground.terrain", false, 0x6f8f4e, "grass, earth, gravel"},
    ClassInfo{kParking, "ground.parking", false, 0x6a6fb0, "where vehicles park beside the lane"},
    ClassInfo{kBuilding, "static.building", false, 0xa87b5d, "a house or its parts"},
    ClassInfo{kWall, "static.wall", false, 0xc29f83, "a wall that stands alone"},
    ClassInfo{kFence, "static.fence", false, 0xcfae6e, "a fence or railing"},
    ClassInfo{kVegetation, "static.vegetation", false, 0x3fa34d, "leaves, hedges, bushes"},
    ClassInfo{kTrunk, "static.trunk", false, 0x7d5a35, "trunk and boughs of a tree"},
    ClassInfo{kPole, "static.pole", false, 0x9aa7b8, "a post of any kind"},
    ClassInfo{kStreetLamp, "static.street_lamp", false, 0xf0d878, "post and head of a street lamp"},
    ClassInfo{kTrafficSign, "static.traffic_sign", false, 0xffe14d, "the plate of a sign"},
    ClassInfo{kTrafficLight, "static.traffic_light", false, 0xffb347, "the housing of a traffic light"},
    ClassInfo{kStreetFurniture, "static.street_furniture", false, 0x5fb0a0, "bench, bin, box, bollard"},
    ClassInfo{kCar, "vehicle.car", true, 0x3d9bff, "a passenger car"},
    ClassInfo{kVan, "vehicle.van", true, 0x5ad1ff, "a delivery van or minibus"},
    ClassInfo{kTruck, "vehicle.truck", true, 0x4d6bff, "a lorry"},
    ClassInfo{kBus, "vehicle.bus", true, 0x2fd6c3, "a bus"},
    ClassInfo{kTrailer, "vehicle.trailer", true, 0x8f8cff, "something towed"},
    ClassInfo{kMotorcycle, "vehicle.motorcycle", true, 0xff8a5c, "a motorcycle, without its rider"},
    ClassInfo{kBicycle, "vehicle.bicycle", true, 0xffb86b, "a bicycle, without its rider"},
    ClassInfo{kEgo, "vehicle.ego", true, 0xe8f0f8, "the vehicle that carries the sensors"},
    ClassInfo{kAdult, "person.adult", true, 0xff4d5e, "a grown person on foot"},
    ClassInfo{kChild, "person.child", true, 0xff5fc4, "a child on foot"},
    ClassInfo{kCyclist, "person.cyclist", true, 0xff7a3d, "a person riding a bicycle"},
    ClassInfo{kMotorcyclist, "person.motorcyclist", true, 0xe0503a, "a person riding a motorcycle"},
    ClassInfo{kAnimal, "animal", true, 0xd9a3ff, "an animal"},
    ClassInfo{kTyre, "obstacle.tyre", true, 0xf5ff4d, "a loose tyre or wheel"},
    ClassInfo{kDebris, "obstacle.debris", true, 0xd4c94a, "something lost on the road"},
    ClassInfo{kCone, "obstacle.cone", true, 0xff9326, "a traffic cone"},
    ClassInfo{kBarrier, "obstacle.barrier", true, 0xe07f5f, "a barrier of a road works"},
    ClassInfo{kLabTarget, "lab.target", true, 0x6dff8b, "a target of stated shape and reflectance, in a laboratory"},
    ClassInfo{kAirborne, "airborne", false, 0xf2c14e,
              "fog, rain, snow, spray, dust, noise: no surface; the cause says which"},
};
static_assert(std::is_sorted(kTaxonomy.begin(), kTaxonomy.end(),
                             [](const ClassInfo& a, const ClassInfo& b) { return a.id < b.id; }));

}  // namespace

std::span<const ClassInfo> taxonomy() {
  return kTaxonomy;
}

const ClassInfo& classInfo(ClassId id) {
  const auto found = std::lower_bound(kTaxonomy.begin(), kTaxonomy.end(), id,
                                      [](const ClassInfo& info, ClassId wanted) { return info.id < wanted; });
  return found != kTaxonomy.end() && found->id == id ? *found : kTaxonomy.front();
}

std::optional<ClassId> classByName(std::string_view name) {
  for (const ClassInfo& info : kTaxonomy) {
    if (info.name == name) return info.id;
  }
  return std::nullopt;
}

}  // namespace nightfog
