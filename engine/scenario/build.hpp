// From a read file to a run: values drawn, references looked up, actors placed, constraints met.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "engine/scenario/imports.hpp"
#include "engine/scenario/language_library.hpp"
#include "engine/scenario/rigs.hpp"
#include "engine/scenario/sweep.hpp"
#include "engine/scenario/template.hpp"

namespace nightfog::scenario {

/// Sensor profiles by id, read when first asked for; shared by the files of one command.
class ProfileShelf {
 public:
  explicit ProfileShelf(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// nullptr when there is none or it is wrong; reported at `mentionedAt` or in the profile's file.
  const LidarProfile* find(const Reference& reference, config::Diagnostics& diagnostics);

 private:
  std::vector<std::string> known() const;
  std::filesystem::path folder_;
  std::map<std::string, std::unique_ptr<LidarProfile>> profiles_;
};

/// What the templates of one Library share.
struct SharedFiles {
  explicit SharedFiles(std::filesystem::path profileFolder) : profiles(std::move(profileFolder)) {}
  FileCache documents;
  ProfileShelf profiles;
  std::map<const config::Document*, LibraryFile> libraries;
  std::map<std::filesystem::path, std::string> digests;
  std::map<std::filesystem::path, std::shared_ptr<const road::RoadNetwork>> maps;

  /// nullptr: reported at `mention` or in the map.
  std::shared_ptr<const road::RoadNetwork> map(const FileFinder::Found& file, const config::Node& mention,
                                               config::Diagnostics& diagnostics);
  /// The part of a trace that an episode needs; the last one is kept. nullptr: reported.
  std::shared_ptr<const fcd::Trace> trace(const FileFinder::Found& file, const config::Node& mention,
                                          const fcd::Window& window, config::Diagnostics& diagnostics);
  std::string traceKey;
  std::shared_ptr<const fcd::Trace> lastTrace;
  /// SHA-256 of a file; empty when it cannot be read.
  const std::string& digestOf(const std::filesystem::path& path);
};

struct ScenarioTemplate::Impl {
  std::shared_ptr<const config::Document> document;  ///< laid over what it extends
  Imports imports;
  std::set<std::filesystem::path> importedFiles;
  std::map<const ImportedFile*, LibraryFile> libraries;
  const catalog::Catalog* catalog = nullptr;
  Roots roots;
  std::shared_ptr<SharedFiles> shared;
  /// SHA-256 of assets/materials.yaml: what surfaces are made of stands in no scenario, and shows in every record.
  std::string materialsDigest;
  std::string id;
  uint64_t seed = 0;
  uint32_t firstRun = 0;  ///< of a resolved file
  SweepPlan plan;         ///< of the file's own seed
  std::vector<config::Diagnostic> findings;
};

/// Which run of a template.
struct RunKey {
  uint64_t seed = 0;
  uint32_t run = 0;  ///< index of the draw
  SweepCell cell;    ///< swept values
  const SweepPlan* plan = nullptr;
};

/// One run. Reports everything that is wrong with it; nullopt then. `isCheck`: looks for what no draw could mend, too.
std::optional<Scenario> buildScenario(const ScenarioTemplate::Impl& source, const RunKey& key, bool isCheck,
                                      config::Diagnostics& diagnostics);

/// The draws of a run before anything is built of them.
Draws makeDraws(const ScenarioTemplate::Impl& source, const RunKey& key, uint32_t attempt,
                config::Diagnostics& diagnostics);

/// sha256 of the canonical text and of the profiles, assets, materials and files it refers to.
std::string scenarioDigest(const Scenario& scenario, const catalog::Catalog& catalog,
                           const std::string& materialsDigest, const std::vector<std::string>& fileDigests);

}  // namespace nightfog::scenario
