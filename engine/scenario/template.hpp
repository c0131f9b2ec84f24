// Scenario files: read, checked, and sampled into runs.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/config/diagnostics.hpp"
#include "engine/config/document.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::scenario {

/// Files that the templates of one command share, so that each is read once.
struct SharedFiles;
std::shared_ptr<SharedFiles> makeSharedFiles(const std::filesystem::path& dataFolder);

/// What scenarios may refer to.
struct Library {
  const catalog::Catalog& catalog;   ///< outlives every template made with it
  std::filesystem::path dataFolder;  ///< profiles are in sensors/profiles/<vendor>.<model>.yaml
  /// Imports may not leave this folder. Empty: the nearest folder at or above the scenario file that holds a folder
  /// `rigs`, else the file's own.
  std::filesystem::path importRoot = {};
  /// None: each template reads for itself.
  std::shared_ptr<SharedFiles> shared = {};
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
  /// The file laid over what it extends, nothing drawn.
  const config::Document& document() const;
  /// What it extends and imports, and those in turn: every file read besides its own, canonical.
  std::vector<std::filesystem::path> importedFiles() const;
  /// Whether the file says which runs it stands for. Without a sweep there are as many as anybody asks for.
  bool isSweep() const;
  /// Runs of the sweep; 1 without.
  uint64_t runCount() const;

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

/// One run, numbers only. The same (template, seed, run) gives the same scenario; `seed` replaces the file's. `run`
/// counts the runs of the sweep, cell by cell; without one it is the index of the draw, and a resolved file counts from
/// its own. Throws config::DiagnosticsError when no draw met the constraints, or a drawn value cannot be used (only
/// unbounded distributions can come to that); Error (usage) for a run beyond the sweep's last.
Scenario sample(const ScenarioTemplate& scenarioTemplate, std::optional<uint64_t> seed, uint32_t run);

}  // namespace nightfog::scenario
