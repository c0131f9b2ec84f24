// What hangs over a street and what gathers at its kerbs.
#include <cmath>
#include <vector>

#include "engine/content/materials.hpp"
#include "engine/content/shapes.hpp"
#include "engine/content/street/furniture.hpp"

namespace nightfog::content {

MeshId makeCable(const glm::dvec3& to, double sag_m, SceneContent& content) {
  MeshBuilder mesh("cable", 1.0);
  mesh.surface(findMaterial(content, "cable"), classes::kPole);
  constexpr int kPieces = 9;
  std::vector<TubePoint> path;
  for (int i = 0; i <= kPieces; ++i) {
    const double f = static_cast<double>(i) / kPieces;
    // A parabola is the catenary of a cable this taut to a millimetre.
    path.push_back({f * to - glm::dvec3(0, 0, 4 * sag_m * f * (1 - f)), 0.011});
  }
  addTube(mesh, path, 3);
  return content.add(mesh.finish());
}

MeshId makeLitter(RandomSource rng, SceneContent& content) {
  MeshBuilder mesh("litter", 1.0);
  mesh.surface(findMaterial(content, "leaf.litter"), classes::kParking);
  for (int i = 0; i < 16; ++i) {
    // Most of it lies against the kerb.
    const double from = 0.05 + 0.75 * std::pow(rng.uniform(), 2.2);
    const double half = 0.5 * rng.uniform(0.16, 0.34);
    const double turn = rng.uniform(0, 2 * kPi);
    const glm::dvec3 along(half * std::cos(turn), half * std::sin(turn), 0);
    // Each at a height of its own: they lie on one another.
    const glm::dvec3 centre(rng.uniform(-1.6, 1.6), -from, 0.004 + 0.0004 * i);
    addCard(mesh, centre, along, {-along.y, along.x, 0});
  }
  return content.add(mesh.finish());
}

}  // namespace nightfog::content
