// What people hang on their houses, which the house itself does not depend on. Walls lie on y = 0 and look to -y.
#pragma once

#include "engine/content/mesh_builder.hpp"
#include "engine/content/scene.hpp"
#include "engine/core/random.hpp"

namespace nightfog::content {

struct HouseDress {
  bool hasSurrounds = false;  ///< painted bands around windows
  bool hasShutters = false;   ///< folded back beside them
  MaterialId band, door, box, plant, dark, metal, pane;
};

/// Around a window from `low` to `high` (x, z): painted band, shutters, now and then a box of plants.
void dressWindow(MeshBuilder& mesh, const HouseDress& dress, RandomSource& rng, const glm::dvec2& low,
                 const glm::dvec2& high);
/// Beside a door of a width around `x`: letter box, house number, a lamp that is out.
void dressDoor(MeshBuilder& mesh, const HouseDress& dress, double x, double width, double floor);
/// A satellite dish on its arm.
void addDish(MeshBuilder& mesh, const HouseDress& dress, const glm::dvec3& at);
/// A television aerial on its mast.
void addAerial(MeshBuilder& mesh, const HouseDress& dress, const glm::dvec3& foot);
/// A window that lies in a slope which rises towards +y by `pitch`: x of its middle, y of its lower edge, z of the
/// slope at y = 0.
void addRoofWindow(MeshBuilder& mesh, const HouseDress& dress, const glm::dvec3& place, double pitch);

}  // namespace nightfog::content
