#include "engine/simulation/stage.hpp"

#include <algorithm>

#include "engine/config/document.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/scenery.hpp"

namespace nightfog::simulation {
namespace {

std::string textOf(const config::Node& node) {
  std::string text = node.key + ":" + node.text;
  if (node.children.empty()) return text;
  text += '{';
  for (const config::Node* child : node.children) text += textOf(*child) + ";";
  return text + '}';
}

/// The part of the canonical text that says what a road of the scenario's own is like.
std::string roadText(const scenario::Scenario& scenario) {
  config::Diagnostics ignored;  // our own text
  const auto document = config::parseDocument(scenario.resolvedYaml, "resolved", ignored);
  const config::Node* world = document == nullptr ? nullptr : document->root().find("world");
  const config::Node* road = world == nullptr ? nullptr : world->find("road");
  return road == nullptr ? std::string() : textOf(*road);
}

/// What stands still: the street, or a laboratory's floor.
void buildStanding(const scenario::Scenario& scenario, content::SceneContent& content) {
  if (scenario.map.isEmpty()) {
    constexpr double kFloorHalfSize_m = 500;
    content::buildLabGround(kFloorHalfSize_m, content);
    return;
  }
  content::SceneryParameters parameters;
  parameters.houses = scenario.scenery.houses;
  parameters.treeSpacing_m = scenario.scenery.treeSpacing_m;
  parameters.lampSpacing_m = scenario.scenery.lampSpacing_m;
  parameters.furniture = scenario.scenery.houses;
  parameters.seed = scenario.scenery.seed;
  content::buildScenery(scenario.map, parameters, content);
}

size_t bytesOf(const content::SceneContent& content) {
  size_t bytes = 0;
  for (const content::Mesh& mesh : content.meshes) {
    bytes += mesh.positions.size() * (2 * sizeof(glm::vec3) + sizeof(glm::vec2)) +
             mesh.triangles.size() * (sizeof(glm::uvec3) + sizeof(uint32_t));
  }
  return bytes;
}

}  // namespace

bool StageIdentity::operator==(const StageIdentity& other) const {
  if (assets != other.assets || crowd != other.crowd || map.isEmpty() != other.map.isEmpty() || road != other.road)
    return false;
  if (map.isEmpty()) return true;  // a laboratory's floor, always the same
  // A map's file is read once, and its roads are shared by every scenario on it.
  if (road.empty() && &map.roads() != &other.map.roads()) return false;
  return scenery.houses == other.scenery.houses && scenery.treeSpacing_m == other.scenery.treeSpacing_m &&
         scenery.lampSpacing_m == other.scenery.lampSpacing_m && scenery.seed == other.scenery.seed;
}

StageCache::StageCache(gpu::Device& device, Jobs& jobs, trace::TracerKind tracer, const catalog::Catalog& catalog,
                       std::filesystem::path assetsFolder, size_t budgetBytes)
    : device_(device),
      jobs_(jobs),
      tracer_(tracer),
      catalog_(catalog),
      assetsFolder_(std::move(assetsFolder)),
      budget_(budgetBytes) {}

Stage& StageCache::at(const scenario::Scenario& scenario, std::vector<std::string> assets,
                      std::vector<std::string> crowd) {
  StageIdentity identity{scenario.map, roadText(scenario), scenario.scenery, std::move(assets), std::move(crowd)};
  const auto known = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) { return k.identity == identity; });
  if (known != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, known);
    return *kept_.front().stage;
  }
  const auto total = [&] {
    size_t sum = 0;
    for (const Kept& kept : kept_) sum += kept.bytes;
    return sum;
  };
  // Room first, by what the last one took: the peak counts, too.
  const size_t expected = kept_.empty() ? 0 : kept_.front().bytes;
  while (!kept_.empty() && total() + expected > budget_) kept_.pop_back();
  const uint64_t before = device_.allocatedBytes();
  std::unique_ptr<Stage> stage = build(scenario, identity);
  const uint64_t onDevice = device_.allocatedBytes() - before;
  const size_t bytes = 2 * onDevice + bytesOf(stage->content);
  kept_.push_front({std::move(identity), std::move(stage), bytes});
  while (kept_.size() > 1 && total() > budget_) kept_.pop_back();
  return *kept_.front().stage;
}

std::unique_ptr<Stage> StageCache::build(const scenario::Scenario& scenario, const StageIdentity& identity) {
  auto stage = std::make_unique<Stage>();
  content::loadMaterials(assetsFolder_ / "materials.yaml", stage->content);
  const auto model = [&](const std::string& id) {
    const catalog::AssetInfo* asset = catalog_.find(id);
    NF_ASSERT(asset != nullptr, "the cast has the unknown asset '{}'", id);
    return content::buildModel(*asset, stage->content);
  };
  for (const std::string& id : identity.assets) stage->models.push_back(model(id));
  for (const std::string& id : identity.crowd) stage->crowd.emplace(id, model(id));
  buildStanding(scenario, stage->content);
  stage->scene = std::make_unique<trace::SceneBuffers>(device_, stage->content);
  stage->tracer = std::make_unique<CountingTracer>(trace::makeTracer(tracer_, *stage->scene, jobs_));
  stage->tracer->build();
  return stage;
}

}  // namespace nightfog::simulation
