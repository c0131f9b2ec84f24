// Pictures of maps, for people to look at: map_preview OUT MAP.xodr [s lane-t height] …
#include <fmt/format.h>

#include <cstdlib>

#include "engine/content/materials.hpp"
#include "engine/content/mesh_builder.hpp"
#include "engine/content/scenery.hpp"
#include "engine/road/opendrive.hpp"
#include "rasteriser.hpp"

using namespace nightfog;
using namespace nightfog::content;
using namespace nightfog::preview;

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print("map_preview OUT MAP.xodr [S T HEIGHT]\n");
    return 2;
  }
  const std::filesystem::path out = argv[1], file = argv[2];
  std::filesystem::create_directories(out);
  SceneContent content;
  loadMaterials(NIGHTFOG_SOURCE_DIR "/assets/materials.yaml", content);
  const road::RoadNetwork map = road::loadOpenDrive(file);
  SceneryParameters parameters;
  const bool isTown = map.road(0).type(0).kind == road::RoadKind::kTown;
  parameters.houses = parameters.furniture = isTown;
  parameters.treeSpacing_m = isTown ? 14 : 0;
  parameters.lampSpacing_m = isTown ? 28 : 0;
  buildScenery(map, parameters, content);
  Rasteriser scene(content);
  scene.placeScenery();
  const road::Road& road = map.road(0);
  const double s = argc > 3 ? std::atof(argv[3]) : 0.3 * road.length_m();
  const double t = argc > 4 ? std::atof(argv[4]) : -1.6;
  const double height = argc > 5 ? std::atof(argv[5]) : 1.4;
  const glm::dvec3 eye = road.surfacePoint(s, t) + glm::dvec3(0, 0, height);
  const glm::dvec3 target =
      road.surfacePoint(std::min(s + 25, road.length_m()), t) + glm::dvec3(0, 0, 0.5 * std::min(height, 2.0));
  scene.render({eye, target, 0.9, 960, 540}, 60, out / (file.stem().string() + "_driver.png"));
  Bounds bounds;
  for (double at = 0; at <= road.length_m(); at += 20) bounds.include(road.pose(at).translation);
  const double reach = std::max(bounds.size().x, bounds.size().y);
  const glm::dvec3 above = bounds.centre() + glm::dvec3(-0.3 * reach, -0.5 * reach, 0.5 * reach + 60);
  scene.render({above, bounds.centre(), 0.9, 960, 540}, reach, out / (file.stem().string() + "_above.png"));
  fmt::print("{}: {} triangles\n", file.string(), scene.triangleCount());
  return 0;
}
