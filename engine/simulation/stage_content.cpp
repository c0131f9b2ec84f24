#include "engine/simulation/stage_content.hpp"

#include <algorithm>

#include "engine/config/document.hpp"
#include "engine/content/materials.hpp"
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

ContentCache::ContentCache(const catalog::Catalog& catalog, std::filesystem::path assetsFolder)
    : catalog_(catalog), assetsFolder_(std::move(assetsFolder)) {}

std::shared_ptr<const StageContent> ContentCache::known(const StageIdentity& identity) {
  std::shared_ptr<const StageContent> found;
  built_.erase(std::remove_if(built_.begin(), built_.end(),
                              [&](const std::weak_ptr<const StageContent>& built) {
                                const auto content = built.lock();
                                if (content != nullptr && content->identity == identity) found = content;
                                return content == nullptr;
                              }),
               built_.end());
  return found;
}

std::shared_ptr<const StageContent> ContentCache::at(const scenario::Scenario& scenario,
                                                     std::vector<std::string> assets, std::vector<std::string> crowd) {
  StageIdentity identity{scenario.map, roadText(scenario), scenario.scenery, std::move(assets), std::move(crowd)};
  {
    const std::lock_guard lock(mutex_);
    if (auto content = known(identity)) return content;
  }
  auto content = build(scenario, std::move(identity));  // others may look up and build meanwhile
  const std::lock_guard lock(mutex_);
  if (auto sooner = known(content->identity)) return sooner;
  built_.push_back(content);
  return content;
}

std::shared_ptr<const StageContent> ContentCache::build(const scenario::Scenario& scenario,
                                                        StageIdentity identity) const {
  auto content = std::make_shared<StageContent>();
  content->identity = std::move(identity);
  content::loadMaterials(assetsFolder_ / "materials.yaml", content->scene);
  const auto model = [&](const std::string& id) {
    const catalog::AssetInfo* asset = catalog_.find(id);
    NF_ASSERT(asset != nullptr, "the cast has the unknown asset '{}'", id);
    return content::buildModel(*asset, content->scene);
  };
  for (const std::string& id : content->identity.assets) content->models.push_back(model(id));
  for (const std::string& id : content->identity.crowd) content->crowd.emplace(id, model(id));
  buildStanding(scenario, content->scene);
  return content;
}

}  // namespace nightfog::simulation
