// The table of builders. A new one is a .cpp beside this file, a declaration in builders.hpp and a line here.
#include "engine/content/builders/builders.hpp"

namespace nightfog::content {

std::span<const Builder> builders() {
  static const Builder kBuilders[] = {
      kSaloon, kHatchback, kSuv,      kVan,       kLorry,  kBus,         kCyclist,
      kPerson, kTyre,      kLabPlate, kLabSphere, kLabBox, kLabCylinder, kLabWire,
  };
  return kBuilders;
}

}  // namespace nightfog::content
