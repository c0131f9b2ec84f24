// One line a builder: declared here, listed in builtin.cpp.
#pragma once

#include "engine/content/model_builder.hpp"

namespace nightfog::content {

extern const Builder kSaloon;
extern const Builder kHatchback;
extern const Builder kSuv;
extern const Builder kVan;
extern const Builder kLorry;
extern const Builder kBus;
extern const Builder kCyclist;
extern const Builder kPerson;
extern const Builder kTyre;
extern const Builder kLabPlate;
extern const Builder kLabSphere;
extern const Builder kLabBox;
extern const Builder kLabCylinder;
extern const Builder kLabWire;

}  // namespace nightfog::content
