// From Assimp's scene to ours.
#pragma once

#include <assimp/scene.h>

#include <filesystem>
#include <glm/glm.hpp>
#include <map>
#include <string>

#include "engine/mesh_file/mesh_file.hpp"
#include "engine/mesh_file/reader/rooted_files.hpp"

namespace nightfog::mesh_file {

/// A reason to refuse the file, in words for people.
struct Refusal {
  std::string reason;
};

/// Reads and converts. Throws Refusal.
MeshFile readScene(const std::filesystem::path& file, RootedFiles& files, const Limits& limits);

/// Materials and the pictures they name. Missing pictures are noted, not refused.
void readMaterials(const aiScene& scene, const std::filesystem::path& file, const RootedFiles& files,
                   const Limits& limits, MeshFile& out);

/// Which of the read nodes is which of Assimp's.
using NodeIndices = std::map<const aiNode*, uint32_t>;

/// The bones of a mesh. Those that name no node are left out.
std::vector<FileBone> readBones(const aiScene& scene, const aiMesh& mesh, const NodeIndices& nodes);

/// Clips that move nodes. What else they animate is noted.
void readClips(const aiScene& scene, const NodeIndices& nodes, MeshFile& out);

/// Puts right what Assimp gets wrong about the nodes of glTF 1.
void mendGltf1Nodes(const std::filesystem::path& file, MeshFile& out);

inline glm::dmat4 toGlm(const aiMatrix4x4& m) {
  return {m.a1, m.b1, m.c1, m.d1, m.a2, m.b2, m.c2, m.d2, m.a3, m.b3, m.c3, m.d3, m.a4, m.b4, m.c4, m.d4};
}

}  // namespace nightfog::mesh_file
