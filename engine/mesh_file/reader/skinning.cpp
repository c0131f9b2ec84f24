#include <map>
#include <string>

#include "engine/mesh_file/reader/scene_reader.hpp"

namespace nightfog::mesh_file {
namespace {

glm::dmat4 rootFromNode(const aiNode* node) {
  glm::dmat4 chain(1.0);
  for (; node != nullptr && node->mParent != nullptr; node = node->mParent)
    chain = toGlm(node->mTransformation) * chain;
  return chain;
}

}  // namespace

void applyRestPose(const aiScene& scene, const aiMesh& mesh, FileMesh& out) {
  const size_t count = out.positions.size();
  std::vector<glm::dmat4> blended(count, glm::dmat4(0.0));
  std::vector<double> weights(count, 0.0);
  for (unsigned b = 0; b < mesh.mNumBones; ++b) {
    const aiBone& bone = *mesh.mBones[b];
    const aiNode* node = scene.mRootNode->FindNode(bone.mName);
    if (node == nullptr) continue;
    const glm::dmat4 rootFromMesh = rootFromNode(node) * toGlm(bone.mOffsetMatrix);
    for (unsigned w = 0; w < bone.mNumWeights; ++w) {
      const aiVertexWeight& weight = bone.mWeights[w];
      if (weight.mVertexId >= count || !(weight.mWeight > 0)) continue;
      blended[weight.mVertexId] += static_cast<double>(weight.mWeight) * rootFromMesh;
      weights[weight.mVertexId] += static_cast<double>(weight.mWeight);
    }
  }
  for (size_t i = 0; i < count; ++i) {
    if (!(weights[i] > 1e-6)) continue;  // bound to nothing: stays in the mesh's frame
    const glm::dmat4 rootFromVertex = blended[i] / weights[i];
    out.positions[i] = glm::vec3(rootFromVertex * glm::dvec4(out.positions[i], 1.0));
    out.normals[i] = glm::vec3(glm::dmat3(rootFromVertex) * glm::dvec3(out.normals[i]));
  }
}

}  // namespace nightfog::mesh_file
