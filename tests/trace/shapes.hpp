// Meshes whose geometry is known in closed form, and random ones.
#pragma once

#include "engine/content/scene.hpp"
#include "engine/core/random.hpp"

namespace nightfog::trace::test {

/// A mesh of one surface with material 0; normals point up, uvs are zero.
content::Mesh meshOf(std::vector<glm::vec3> positions, std::vector<glm::uvec3> triangles, const char* name);

/// Triangles of up to `size_m`, scattered over a cube of 2 `extent_m` edge.
content::Mesh triangleSoup(RandomSource& random, uint32_t count, float extent_m, float size_m);
/// Closed surface of a sphere: rings x segments, shared vertices.
content::Mesh sphere(float radius_m, uint32_t rings, uint32_t segments);
/// Axis-aligned box, twelve triangles, eight vertices.
content::Mesh box(const glm::vec3& low, const glm::vec3& high);
/// Plane z = 0 of 2 `half_m` edge in cells x cells squares.
content::Mesh plane(float half_m, uint32_t cells);
/// A wheel about the y axis: `spokes` flat blades from the hub to radius_m, open between.
content::Mesh spokedWheel(float radius_m, float width_m, uint32_t spokes);

/// Content with one material and these meshes.
content::SceneContent contentOf(std::vector<content::Mesh> meshes);
/// A soup of triangles of up to 2 m over 40 m, standing as scenery.
content::SceneContent soupContent(RandomSource& random, uint32_t count = 3000);
/// A mesh of the content, in a snapshot, that stands at the pose of that key.
content::SnapshotInstance standing(uint32_t mesh, uint32_t key, uint32_t object = 0, uint32_t mask = 0xffffffffu);

glm::dvec3 randomPoint(RandomSource& random, double extent_m);
glm::dvec3 randomDirection(RandomSource& random);
glm::dquat randomRotation(RandomSource& random);

}  // namespace nightfog::trace::test
