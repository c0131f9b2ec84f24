// Rigs: the sensors of imported files written out, with what a scenario overrides.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/config/document.hpp"
#include "engine/scenario/draws.hpp"
#include "engine/scenario/imports.hpp"
#include "engine/scenario/language.hpp"

namespace nightfog::scenario {

/// A sensor with its id and where it is asked for.
struct FoundSensor {
  std::string id;
  SensorFile sensor;
  config::Place place;
};

/// Writes a `sensors:` map out: entries as they are, rigs sensor by sensor with overrides applied. Ids are unique.
std::vector<FoundSensor> expandSensors(const config::Named<SensorEntry>& entries, const config::Node* node,
                                       const Imports& imports, Draws& draws, config::Diagnostics& diagnostics);

}  // namespace nightfog::scenario
