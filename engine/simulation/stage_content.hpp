// What stands still and the models of who may play, before any device knows of them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/scene.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::simulation {

/// What a stage's content is a function of. Two equal identities, the same content to the bit.
struct StageIdentity {
  road::RoadNetwork map;  ///< kept, so that its address stands for it
  std::string road;       ///< canonical text of a road drawn in the scenario itself; else empty
  scenario::Scenery scenery;
  std::vector<std::string> assets;  ///< of the cast, in order
  std::vector<std::string> crowd;   ///< of the background, each once

  bool operator==(const StageIdentity& other) const;
};

/// Meshes, materials and textures in the host's memory. Never changed once built, so that a world may be simulated on
/// it while another episode on it is rendered.
struct StageContent {
  StageIdentity identity;
  content::SceneContent scene;
  std::vector<content::Model> models;           ///< of the cast, in order
  std::map<std::string, content::Model> crowd;  ///< of the background, where all with the same asset share its meshes
};

/// Hands out content that somebody still holds, and builds what nobody does. For any number of threads.
class ContentCache {
 public:
  /// The catalogue outlives this.
  ContentCache(const catalog::Catalog& catalog, std::filesystem::path assetsFolder);

  /// `assets` of the cast, one model each; `crowd`: further assets, each once.
  std::shared_ptr<const StageContent> at(const scenario::Scenario& scenario, std::vector<std::string> assets,
                                         std::vector<std::string> crowd);

 private:
  std::shared_ptr<const StageContent> known(const StageIdentity& identity);
  std::shared_ptr<const StageContent> build(const scenario::Scenario& scenario, StageIdentity identity) const;

  const catalog::Catalog& catalog_;
  std::filesystem::path assetsFolder_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<const StageContent>> built_;
};

}  // namespace nightfog::simulation
