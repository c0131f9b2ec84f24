// Scenario files: read, checked, and sampled into runs.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/config/diagnostics.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::scenario {

/// What scenarios may refer to.
struct Library {
  const catalog::Catalog& catalog;   ///< outlives every template made with it
  std::filesystem::path dataFolder;  ///< profiles are in sensors/profiles/<vendor>.<model>.yaml
  /// Imports may not leave this folder. Empty: the nearest folder at or above the scenario file that holds a folder
  /// `rigs`, else the file's own.
  std::filesystem::path importRoot = {};
};

/// A scenario file that has been read, with its imports, and found sound: its references exist, its units fit, run 0
/// can be built. Cheap to copy; immutable.
/// @code
/// auto scenario = sample(loadScenarioTemplate("night.scn.yaml", library), std::nullopt, 0);
/// @endcode
class ScenarioTemplate {
 public:
  const std::string& id() const;
  /// `seed:` of the file, 0 without one.
  uint64_t seed() const;
  /// Warnings and lints.
  const std::vector<config::Diagnostic>& findings() const;

  struct Impl;
  explicit ScenarioTemplate(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

/// Throws config::DiagnosticsError with every mistake found.
ScenarioTemplate loadScenarioTemplate(const std::filesystem::path& path, const Library& library);
/// As above from text; `name` is what messages call it, and its folder is where imports start.
ScenarioTemplate parseScenarioTemplate(std::string text, const std::filesystem::path& name, const Library& library);
/// Everything there is to say about a file: errors, warnings, lints. Empty: it is sound. Throws nothing about its
/// content.
std::vector<config::Diagnostic> checkScenarioFile(const std::filesystem::path& path, const Library& library);

/// One run, numbers only. The same (template, seed, run) gives the same scenario; `seed` replaces the file's. A
/// resolved file counts `run` from its own. Throws config::DiagnosticsError when a drawn value cannot be used (only
/// unbounded distributions can come to that).
Scenario sample(const ScenarioTemplate& scenarioTemplate, std::optional<uint64_t> seed, uint32_t run);

}  // namespace nightfog::scenario
