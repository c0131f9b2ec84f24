// From a read file to a run: values drawn, references looked up, actors placed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/scenario/rigs.hpp"
#include "engine/scenario/template.hpp"

namespace nightfog::scenario {

/// Sensor profiles by id, read when first asked for.
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

struct ScenarioTemplate::Impl {
  std::shared_ptr<const config::Document> document;
  RigImports imports;
  const catalog::Catalog* catalog = nullptr;
  std::filesystem::path profiles;  ///< folder
  /// SHA-256 of assets/materials.yaml: what surfaces are made of stands in no scenario, and shows in every record.
  std::string materialsDigest;
  std::string id;
  uint64_t seed = 0;
  std::vector<config::Diagnostic> findings;
};

/// One run. Reports everything that is wrong with it; nullopt then.
std::optional<Scenario> buildScenario(const ScenarioTemplate::Impl& source, std::optional<uint64_t> seed, uint32_t run,
                                      config::Diagnostics& diagnostics);

/// sha256 of the canonical text and of the profiles, assets and materials it refers to.
std::string scenarioDigest(const Scenario& scenario, const catalog::Catalog& catalog,
                           const std::string& materialsDigest);

}  // namespace nightfog::scenario
