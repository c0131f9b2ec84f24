// The geometry of an episode on its way into device buffers: checked, flattened, in plain arrays.
#pragma once

#include <vector>

#include "engine/trace/tracer.hpp"

namespace nightfog::trace {

/// An instance that stands still for the whole episode.
struct StandingInstance {
  uint32_t mesh = 0;
  uint32_t object = 0;
  RigidTransform worldFromMesh;
};

/// Everything that does not change during an episode.
struct SceneArrays {
  std::vector<glm::vec3> positions;
  std::vector<glm::vec3> normals;
  std::vector<glm::vec2> uvs;
  std::vector<glm::uvec3> triangles;
  std::vector<uint32_t> surfaceOfTriangle;
  std::vector<shared::Surface> surfaces;
  std::vector<shared::MaterialData> materials;
  std::vector<shared::TextureData> textures;
  std::vector<uint32_t> texels;
  std::vector<shared::MeshRange> meshes;
  std::vector<MeshBounds> bounds;
  std::vector<StandingInstance> standing;  ///< tiles, then scenery that is not flattened
};

/// Checks the content and lays out its meshes, materials and textures, then the tiles of its scenery.
/// Throws Error that names the mesh, material or texture at fault.
SceneArrays layOutScene(const content::SceneContent& content, const SceneBuffers::Options& options);

/// Appends the tiles of `content`'s scenery to arrays that hold its meshes already.
void flattenScenery(const content::SceneContent& content, const SceneBuffers::Options& options, SceneArrays& arrays);

/// Bounds of the corners that `triangles` use.
MeshBounds boundsOf(std::span<const glm::vec3> positions, std::span<const glm::uvec3> triangles);

bool isFinite(const RigidTransform& pose);

}  // namespace nightfog::trace
