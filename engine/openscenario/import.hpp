// OpenSCENARIO XML 1.x into nightfog's scenario language.
//
// @code
//   Import made = importOpenScenario("cut-in.xosc", catalog);
//   writeImport(made, "out");       // out/cut_in.scn.yaml, out/e6mini.xodr, out/import-report.txt and .json
// @endcode
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/catalog/asset_info.hpp"
#include "engine/openscenario/report.hpp"

namespace nightfog::openscenario {

struct Import {
  std::string id;                            ///< of the scenario, from the file's name
  std::string yaml;                          ///< the scenario file
  std::optional<std::filesystem::path> map;  ///< copied beside it
  Report report;
};

/// Reads the scenario, its catalogs and its map. What the language cannot say is left out and refused in the report;
/// nothing is put in its place silently. Throws Error when the file cannot be read, or is no scenario at all.
Import importOpenScenario(const std::filesystem::path& file, const catalog::Catalog& catalog);

/// Writes the scenario, a copy of the map and the report into a folder, and returns the scenario's path.
std::filesystem::path writeImport(const Import& made, const std::filesystem::path& folder);

}  // namespace nightfog::openscenario
