// The taxonomy: every class a label can carry, with ids that are stable for ever. This file is the one place.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace nightfog {

/// Index of a class in the taxonomy; stored in records as uint16.
struct ClassId {
  uint16_t value = 0;
  constexpr auto operator<=>(const ClassId&) const = default;
};

struct ClassInfo {
  ClassId id;
  std::string_view name;    ///< "vehicle.car", "ground.road", …
  bool isThing = false;     ///< countable: gets instance ids and boxes
  uint32_t colour_rgb = 0;  ///< 0xRRGGBB, for previews
  std::string_view description;
};

std::span<const ClassInfo> taxonomy();
/// An id that this version does not know is shown as unlabelled.
const ClassInfo& classInfo(ClassId id);
std::optional<ClassId> classByName(std::string_view name);

namespace classes {
inline constexpr ClassId kUnlabelled{0};
// Ground
inline constexpr ClassId kRoad{1};
inline constexpr ClassId kLaneMarking{2};
inline constexpr ClassId kSidewalk{3};
inline constexpr ClassId kKerb{4};
inline constexpr ClassId kTerrain{5};
inline constexpr ClassId kParking{6};
// Built and grown
inline constexpr ClassId kBuilding{16};
inline constexpr ClassId kWall{17};
inline constexpr ClassId kFence{18};
inline constexpr ClassId kVegetation{19};
inline constexpr ClassId kTrunk{20};
inline constexpr ClassId kPole{21};
inline constexpr ClassId kStreetLamp{22};
inline constexpr ClassId kTrafficSign{23};
inline constexpr ClassId kTrafficLight{24};
inline constexpr ClassId kStreetFurniture{25};
// Vehicles
inline constexpr ClassId kCar{32};
inline constexpr ClassId kVan{33};
inline constexpr ClassId kTruck{34};
inline constexpr ClassId kBus{35};
inline constexpr ClassId kTrailer{36};
inline constexpr ClassId kMotorcycle{37};
inline constexpr ClassId kBicycle{38};
inline constexpr ClassId kEgo{39};
// People and animals
inline constexpr ClassId kAdult{48};
inline constexpr ClassId kChild{49};
inline constexpr ClassId kCyclist{50};
inline constexpr ClassId kMotorcyclist{51};
inline constexpr ClassId kAnimal{52};
// Obstacles
inline constexpr ClassId kTyre{64};
inline constexpr ClassId kDebris{65};
inline constexpr ClassId kCone{66};
inline constexpr ClassId kBarrier{67};
// Laboratory
inline constexpr ClassId kLabTarget{96};
// Points that no surface made
inline constexpr ClassId kAirborne{112};  ///< fog, rain, snow, spray, dust, noise; the cause says which
}  // namespace classes

}  // namespace nightfog
