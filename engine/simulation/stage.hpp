// What stands and who may play, in memory and on the device: what episodes of the same world share.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/scene.hpp"
#include "engine/core/jobs.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/simulation/counting_tracer.hpp"

namespace nightfog::simulation {

/// What a stage is a function of. Two equal identities, the same stage to the bit.
struct StageIdentity {
  road::RoadNetwork map;  ///< kept, so that its address stands for it
  std::string road;       ///< canonical text of a road drawn in the scenario itself; else empty
  scenario::Scenery scenery;
  std::vector<std::string> assets;  ///< of the cast, in order
  std::vector<std::string> crowd;   ///< of the background, each once

  bool operator==(const StageIdentity& other) const;
};

/// Meshes, materials, textures, their copies on the device, and the tracer's trees over them.
struct Stage {
  content::SceneContent content;
  std::vector<content::Model> models;           ///< of the cast, in order
  std::map<std::string, content::Model> crowd;  ///< of the background, where all with the same asset share its meshes
  std::unique_ptr<trace::SceneBuffers> scene;
  std::unique_ptr<CountingTracer> tracer;  ///< built
};

/// The last few stages, so that the next episode in the same world begins at once. Keeps as many as fit `budgetBytes`
/// (counted in the stage's bytes on the device, its meshes and as much again for trees), and always the one in use. A
/// tracer's results do not depend on what it traced before, so neither do an episode's bytes. For the device's thread.
class StageCache {
 public:
  static constexpr size_t kDefaultBudget = size_t{1} << 30;

  StageCache(gpu::Device& device, Jobs& jobs, trace::TracerKind tracer, const catalog::Catalog& catalog,
             std::filesystem::path assetsFolder, size_t budgetBytes = kDefaultBudget);

  /// `assets` of the cast, one model each; `crowd`: further assets, each once. Valid until the next call.
  Stage& at(const scenario::Scenario& scenario, std::vector<std::string> assets, std::vector<std::string> crowd);
  size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    StageIdentity identity;
    std::unique_ptr<Stage> stage;
    size_t bytes = 0;
  };
  std::unique_ptr<Stage> build(const scenario::Scenario& scenario, const StageIdentity& identity);

  gpu::Device& device_;
  Jobs& jobs_;
  trace::TracerKind tracer_ = trace::TracerKind::kAuto;
  const catalog::Catalog& catalog_;
  std::filesystem::path assetsFolder_;
  size_t budget_ = kDefaultBudget;
  std::list<Kept> kept_;  // the last used first
};

}  // namespace nightfog::simulation
