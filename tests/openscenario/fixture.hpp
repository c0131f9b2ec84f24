// An OpenSCENARIO file imported, checked as a scenario and played without sensors.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/core/files.hpp"
#include "engine/openscenario/import.hpp"
#include "engine/play/play.hpp"
#include "engine/scenario/template.hpp"

namespace nightfog::test {

/// A folder that goes with the test.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("nightfog_openscenario_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline const catalog::Catalog& assets() {
  static const catalog::Catalog catalog = catalog::loadCatalog(NIGHTFOG_SOURCE_DIR "/assets");
  return catalog;
}

/// Throws what is wrong with the scenario that was written.
inline play::Played playImport(const openscenario::Import& made, const std::filesystem::path& folder, SimTime longest,
                               std::optional<SimTime> step = std::nullopt) {
  const std::filesystem::path file = writeImport(made, folder);
  scenario::Library library{.catalog = assets(), .dataFolder = NIGHTFOG_SOURCE_DIR};
  library.importRoot = folder;
  scenario::Scenario run = scenario::sample(scenario::loadScenarioTemplate(file, library), std::nullopt, 0);
  run.duration = std::min(run.duration, longest);
  if (step) {
    // A little longer: who is late comes where the other one was at the end.
    run.step = *step;
    run.duration = run.duration + SimTime::fromMs(200);
  }
  return play::playWorld(run, assets());
}

}  // namespace nightfog::test
