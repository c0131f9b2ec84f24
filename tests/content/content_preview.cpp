// Pictures of every asset and of the street, for people to look at: content_preview OUT [name …]
#include <fmt/format.h>

#include <map>

#include "engine/content/materials.hpp"
#include "engine/content/mesh_builder.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/scenery.hpp"
#include "engine/content/shapes.hpp"
#include "rasteriser.hpp"

using namespace nightfog;
using namespace nightfog::content;
using namespace nightfog::preview;

namespace {

void previewStreet(const std::filesystem::path& out, const catalog::Catalog& catalog) {
  SceneContent content;
  loadMaterials(NIGHTFOG_SOURCE_DIR "/assets/materials.yaml", content);
  const road::Road road = benchRoad();
  SceneryParameters parameters;
  parameters.seed = 7;
  buildScenery(road, parameters, content);
  Rasteriser scene(content);
  scene.placeScenery();
  fmt::print("street: {} triangles\n", scene.triangleCount());
  std::map<std::string, size_t> byName;
  for (const StaticPlacement& p : content.scenery)
    byName[content.meshes[p.mesh.value].name] += content.meshes[p.mesh.value].triangles.size();
  for (const auto& [name, count] : byName) fmt::print("  {} {}\n", name, count);
  const auto put = [&](const char* asset, double s, double t, double yaw) {
    scene.place(buildModel(*catalog.find(asset), content),
                road.pose(s, t) * RigidTransform::fromYawPitchRoll({0, 0, road.height_m(s, t)}, yaw));
  };
  put("vehicle.van.white", 100, -4.3, 0);
  put("vehicle.hatchback.blue", 86, -4.3, 0);
  put("vehicle.sedan.red", 108, 4.3, kPi);
  put("vehicle.suv", 130, 1.6, kPi);
  put("vehicle.sedan", 112, -1.7, 0);
  put("person.adult.dark_clothes", 92, -6.5, 0.3);
  put("person.child.bright_clothes", 95, 6.2, -1.2);
  scene.render({{80, -1.6, 1.4}, {110, -1.2, 1.1}, 0.80, 1280, 720}, 45, out / "street_driver.png");
  scene.render({{78, 6.6, 1.8}, {110, 0, 1.6}, 0.95, 1280, 720}, 45, out / "street_sidewalk.png");
  scene.render({{60, -50, 45}, {110, 0, 0}, 0.80, 1280, 720}, 90, out / "street_above.png");
  scene.render({{120, 0, 260}, {120, 0.1, 0}, 0.85, 1280, 960}, 180, out / "street_map.png");
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path out = argc > 1 ? argv[1] : ".";
  std::filesystem::create_directories(out);
  std::vector<std::string> wanted(argv + std::min(argc, 2), argv + argc);
  const catalog::Catalog catalog = catalog::loadCatalog(NIGHTFOG_SOURCE_DIR "/assets");
  for (const auto& [name, asset] : catalog.all()) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    SceneContent content;
    loadMaterials(NIGHTFOG_SOURCE_DIR "/assets/materials.yaml", content);
    const Model model = buildModel(asset, content);
    const Bounds bounds = boundsOf(model, content);
    fmt::print("{}: {} triangles, size {:.3f} {:.3f} {:.3f}, centre {:.3f} {:.3f} {:.3f}\n", name,
               triangleCount(model, content), bounds.size().x, bounds.size().y, bounds.size().z, bounds.centre().x,
               bounds.centre().y, bounds.centre().z);
    MeshBuilder ground("ground");
    ground.surface(findMaterial(content, "asphalt"), classes::kRoad);
    addBox(ground, {0, 0, -0.5}, {200, 200, 1});
    const MeshId floor = content.add(ground.finish());
    Rasteriser scene(content);
    scene.place(floor, {});
    scene.place(model, {});
    const double reach = glm::length(bounds.size());
    const glm::dvec3 directions[] = {{0.80, 0.62, 0.28}, {-0.82, 0.55, 0.30}, {0.03, -1, 0.12}};
    for (int i = 0; i < 3; ++i) {
      scene.render({bounds.centre() + 1.25 * reach * glm::normalize(directions[i]), bounds.centre(), 0.72, 960, 600},
                   reach, out / fmt::format("{}_{}.png", name, i));
    }
  }
  if (wanted.empty() || std::find(wanted.begin(), wanted.end(), "street") != wanted.end()) previewStreet(out, catalog);
  return 0;
}
