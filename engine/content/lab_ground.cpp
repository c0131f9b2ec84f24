#include "engine/content/materials.hpp"
#include "engine/content/scenery.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {

void buildLabGround(double halfSize_m, SceneContent& content) {
  MeshBuilder mesh("lab.ground");
  mesh.surface(findMaterial(content, "lab.ground"), classes::kRoad);
  // Cells of at most 100 m keep the triangles' barycentric weights exact to well under a millimetre in single
  // precision.
  const int cells = std::max(1, static_cast<int>(2 * halfSize_m / 100 + 0.999));
  addGrid(mesh, cells + 1, cells + 1, [&](int row, int column) {
    return glm::dvec3(-halfSize_m + 2 * halfSize_m * column / cells, -halfSize_m + 2 * halfSize_m * row / cells, 0);
  });
  content.scenery.push_back({content.add(mesh.finish()), {}, {}});
}

}  // namespace nightfog::content
