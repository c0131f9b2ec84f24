// Where nodes are and how skins lie, at rest or at an instant of a clip.
#pragma once

#include <span>

#include "engine/mesh_file/mesh_file.hpp"

namespace nightfog::mesh_file {

/// fileFromNode of every node: at rest (no clip), or at `time_s` of a clip. Between keys vectors are interpolated
/// linearly and rotations along the shorter arc (glTF 2.0 appendix C.3, C.4); outside the first and last key hold.
std::vector<glm::dmat4> fileFromNodes(const MeshFile& file, const FileClip* clip = nullptr, double time_s = 0);

struct SkinnedCorners {
  std::vector<glm::vec3> positions;  ///< in the file's frame
  std::vector<glm::vec3> normals;    ///< not of unit length
};

/// A mesh with bones by linear blend skinning: corner = Σ w · fileFromBone · boneFromMesh · corner / Σ w. Corners that
/// no bone takes along stay where they are in the frame of node 0.
/// @code SkinnedCorners bent = skin(mesh, fileFromNodes(file, &file.clips[0], 0.4)); @endcode
SkinnedCorners skin(const FileMesh& mesh, std::span<const glm::dmat4> fileFromNode);

}  // namespace nightfog::mesh_file
