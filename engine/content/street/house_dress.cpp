#include "engine/content/street/house_dress.hpp"

#include <cmath>

#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

/// A flat piece before the wall, facing out.
void addPanel(MeshBuilder& mesh, double x0, double x1, double z0, double z1, double before) {
  mesh.quad(mesh.point({x0, -before, z0}), mesh.point({x1, -before, z0}), mesh.point({x1, -before, z1}),
            mesh.point({x0, -before, z1}));
}

}  // namespace

void dressWindow(MeshBuilder& mesh, const HouseDress& dress, RandomSource& rng, const glm::dvec2& low,
                 const glm::dvec2& high) {
  constexpr double kBand_m = 0.11;
  const double w = high.x - low.x;
  if (dress.hasSurrounds) {
    mesh.surface(dress.band, classes::kBuilding);
    addPanel(mesh, low.x - kBand_m, low.x, low.y, high.y + kBand_m, 0.008);
    addPanel(mesh, high.x, high.x + kBand_m, low.y, high.y + kBand_m, 0.008);
    addPanel(mesh, low.x, high.x, high.y, high.y + kBand_m, 0.008);
  }
  if (dress.hasShutters) {
    mesh.surface(dress.door, classes::kBuilding);
    const double wing = 0.46 * w;
    addPanel(mesh, low.x - 0.03 - wing, low.x - 0.03, low.y - 0.02, high.y + 0.02, 0.045);
    addPanel(mesh, high.x + 0.03, high.x + 0.03 + wing, low.y - 0.02, high.y + 0.02, 0.045);
  }
  if (!rng.bernoulli(0.16)) return;
  mesh.surface(dress.box, classes::kBuilding);
  const glm::dvec3 middle(0.5 * (low.x + high.x), -0.20, low.y + 0.06);
  addBox(mesh, middle, {0.9 * w, 0.18, 0.17});
  mesh.surface(dress.plant, classes::kVegetation);
  for (int i = 0; i < 7; ++i) {
    const double x = w * rng.uniform(-0.4, 0.4);
    const double y = rng.uniform(-0.08, 0.02);
    const double turn = rng.uniform(-0.08, 0.08);
    addCard(mesh, middle + glm::dvec3(x, y, 0.14), {0.16, turn, 0}, {0, rng.uniform(-0.10, 0.05), 0.14});
  }
}

void dressDoor(MeshBuilder& mesh, const HouseDress& dress, double x, double width, double floor) {
  const double right = x + 0.5 * width;
  const double left = x - 0.5 * width;
  mesh.surface(dress.metal, classes::kBuilding);
  addBox(mesh, {right + 0.42, -0.06, floor + 1.15}, {0.36, 0.12, 0.30});
  mesh.surface(dress.dark, classes::kBuilding);
  addPanel(mesh, right + 0.28, right + 0.56, floor + 1.22, floor + 1.25, 0.125);
  addBox(mesh, {left - 0.30, -0.07, floor + 1.95}, {0.13, 0.14, 0.05});
  mesh.surface(dress.band, classes::kBuilding);
  addBox(mesh, {left - 0.30, -0.08, floor + 1.84}, {0.10, 0.10, 0.17});
  mesh.surface(dress.door, classes::kBuilding);
  addPanel(mesh, right + 0.32, right + 0.52, floor + 1.62, floor + 1.78, 0.012);
}

void addDish(MeshBuilder& mesh, const HouseDress& dress, const glm::dvec3& at) {
  mesh.surface(dress.band, classes::kBuilding);
  const ProfilePoint bowl[] = {{0, 0.0}, {0.22, -0.03}, {0.36, -0.09}, {0.38, -0.08}, {0.22, -0.01}, {0, 0.02}};
  addLathe(mesh, at, Axis::kY, bowl, 14);
  mesh.surface(dress.metal, classes::kBuilding);
  addBox(mesh, at + glm::dvec3(0, 0.15, -0.05), {0.03, 0.32, 0.03});
  addBox(mesh, at + glm::dvec3(0, -0.16, -0.16), {0.02, 0.34, 0.02});
}

void addAerial(MeshBuilder& mesh, const HouseDress& dress, const glm::dvec3& foot) {
  mesh.surface(dress.metal, classes::kBuilding);
  const TubePoint mast[] = {{foot, 0.022}, {foot + glm::dvec3(0, 0, 2.3), 0.018}};
  addTube(mesh, mast, 4);
  addBox(mesh, foot + glm::dvec3(0.1, 0, 2.1), {1.3, 0.02, 0.02});
  for (int i = 0; i < 7; ++i) addBox(mesh, foot + glm::dvec3(-0.5 + 0.2 * i, 0, 2.1), {0.012, 0.9 - 0.07 * i, 0.012});
}

void addRoofWindow(MeshBuilder& mesh, const HouseDress& dress, const glm::dvec3& place, double pitch) {
  const double length = 1.1 / std::hypot(1.0, pitch);  // in plan
  const auto panel = [&](double margin, double lift) {
    const double x0 = place.x - 0.39 - margin, x1 = place.x + 0.39 + margin;
    const double y0 = place.y - margin, y1 = place.y + length + margin;
    const auto at = [&](double x, double y) { return mesh.point({x, y, place.z + y * pitch + lift}); };
    mesh.quad(at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1));
  };
  mesh.surface(dress.dark, classes::kBuilding);
  panel(0.08, 0.03);
  mesh.surface(dress.pane, classes::kBuilding);
  panel(0, 0.05);
}

}  // namespace nightfog::content
