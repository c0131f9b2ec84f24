// Imported rig files: found, loaded, and their sensors written out.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/config/document.hpp"
#include "engine/scenario/draws.hpp"
#include "engine/scenario/language.hpp"

namespace nightfog::scenario {

/// A loaded rig file with what it imports itself.
struct RigDocument {
  std::string id;  ///< as the file says; empty when it does not
  std::shared_ptr<const config::Document> document;
  std::map<std::string, std::shared_ptr<const RigDocument>> imports;
};
using RigImports = std::map<std::string, std::shared_ptr<const RigDocument>>;

/// Loads what `imports:` of a file names, and what those name in turn. Paths are relative to the file's folder and may
/// not leave `root` (symbolic links followed). Reports unreadable files, escapes, circles and more than 8 levels.
RigImports loadImports(const config::Node& file, const std::filesystem::path& folder, const std::filesystem::path& root,
                       config::Diagnostics& diagnostics);

/// A sensor with its id and where it is asked for.
struct FoundSensor {
  std::string id;
  SensorFile sensor;
  config::Place place;
};

/// Writes a `sensors:` map out: entries as they are, rigs sensor by sensor with overrides applied. Ids are unique.
std::vector<FoundSensor> expandSensors(const config::Named<SensorEntry>& entries, const config::Node* node,
                                       const RigImports& imports, Draws& draws, config::Diagnostics& diagnostics);

}  // namespace nightfog::scenario
