// Pictures of every asset and of the street, for people to look at: content_preview OUT [name …]
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <regex>

#include "engine/content/materials.hpp"
#include "engine/content/mesh_builder.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/shapes.hpp"
#include "engine/core/files.hpp"
#include "rasteriser.hpp"

using namespace nightfog;
using namespace nightfog::content;
using namespace nightfog::preview;

namespace {
void tempMaterials(SceneContent& content) {
  std::ifstream in(NIGHTFOG_SOURCE_DIR "/assets/materials.yaml");
  std::string line;
  const std::regex form(
      R"(^  ([a-z_.0-9]+): +\{bands: \[([0-9.]+), ([0-9.]+), ([0-9.]+), ([0-9.]+), ([0-9.]+)\], roughness: ([0-9.]+)(.*))");
  std::smatch m;
  while (std::getline(in, line)) {
    if (!std::regex_search(line, m, form)) continue;
    Material material;
    material.name = m[1];
    for (size_t i = 0; i < 5; ++i) material.reflectance[i] = std::stof(m[2 + i]);
    material.roughness = std::stof(m[7]);
    const std::string rest = m[8];
    std::smatch n;
    if (std::regex_search(rest, n, std::regex("metallic: ([0-9.]+)"))) material.metallic = std::stof(n[1]);
    if (std::regex_search(rest, n, std::regex("transmission: ([0-9.]+)"))) material.transmission = std::stof(n[1]);
    content.add(material);
  }
}
}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path out = argc > 1 ? argv[1] : ".";
  std::filesystem::create_directories(out);
  std::vector<std::string> wanted(argv + std::min(argc, 2), argv + argc);
  for (const std::string& name : wanted) {
    SceneContent content;
    tempMaterials(content);
    catalog::AssetInfo asset;
    asset.id = name;
    asset.builder = name;
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
      scene.render({bounds.centre() + 1.5 * reach * glm::normalize(directions[i]), bounds.centre(), 0.62, 960, 600},
                   reach, out / fmt::format("{}_{}.png", name, i));
    }
  }
  return 0;
}
