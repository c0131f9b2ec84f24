// Pictures of every asset and of the street, for people to look at: content_preview OUT [name …]
#include <fmt/format.h>

#include "engine/content/materials.hpp"
#include "engine/content/mesh_builder.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/shapes.hpp"
#include "rasteriser.hpp"

using namespace nightfog;
using namespace nightfog::content;
using namespace nightfog::preview;

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
  return 0;
}
