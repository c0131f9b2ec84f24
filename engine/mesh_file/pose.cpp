#include "engine/mesh_file/pose.hpp"

#include <algorithm>

namespace nightfog::mesh_file {
namespace {

glm::dvec3 blend(const glm::dvec3& a, const glm::dvec3& b, double share) {
  return a + (b - a) * share;
}
glm::dquat blend(const glm::dquat& a, const glm::dquat& b, double share) {
  return glm::slerp(glm::normalize(a), glm::normalize(b), share);  // takes the shorter arc
}

/// The value at an instant; `atRest` where there are no keys.
template <class Key, class Value>
Value sample(const std::vector<Key>& keys, double time_s, const Value& atRest) {
  if (keys.empty()) return atRest;
  const auto next =
      std::upper_bound(keys.begin(), keys.end(), time_s, [](double time, const Key& key) { return time < key.time_s; });
  if (next == keys.begin()) return keys.front().value;
  if (next == keys.end()) return keys.back().value;
  const Key& before = *(next - 1);
  return blend(before.value, next->value, (time_s - before.time_s) / (next->time_s - before.time_s));
}

/// A node's transform by its parts; shear, which no channel can have, is lost.
struct NodeParts {
  glm::dvec3 translation{0};
  glm::dquat rotation{1, 0, 0, 0};
  glm::dvec3 scale{1};
};

NodeParts partsOf(const glm::dmat4& m) {
  NodeParts parts;
  parts.translation = glm::dvec3(m[3]);
  glm::dmat3 linear(m);
  for (glm::length_t axis = 0; axis < 3; ++axis) parts.scale[axis] = glm::length(linear[axis]);
  if (glm::determinant(linear) < 0) parts.scale.x = -parts.scale.x;
  for (glm::length_t axis = 0; axis < 3; ++axis) {
    if (parts.scale[axis] == 0) return parts;  // flattened: it has no rotation
    linear[axis] /= parts.scale[axis];
  }
  parts.rotation = glm::normalize(glm::quat_cast(linear));
  return parts;
}

glm::dmat4 parentFromNode(const FileChannel& channel, const glm::dmat4& atRest, double time_s) {
  const NodeParts rest = partsOf(atRest);
  const glm::dvec3 scale = sample(channel.scales, time_s, rest.scale);
  glm::dmat4 m = glm::mat4_cast(glm::normalize(sample(channel.rotations, time_s, rest.rotation)));
  for (glm::length_t axis = 0; axis < 3; ++axis) m[axis] *= scale[axis];
  m[3] = glm::dvec4(sample(channel.translations, time_s, rest.translation), 1.0);
  return m;
}

}  // namespace

std::vector<glm::dmat4> fileFromNodes(const MeshFile& file, const FileClip* clip, double time_s) {
  std::vector<glm::dmat4> out(file.nodes.size());
  for (size_t i = 0; i < out.size(); ++i) out[i] = file.nodes[i].parentFromNode;
  if (clip != nullptr) {
    for (const FileChannel& channel : clip->channels)
      out[channel.node] = parentFromNode(channel, file.nodes[channel.node].parentFromNode, time_s);
  }
  for (size_t i = 1; i < out.size(); ++i) out[i] = out[file.nodes[i].parent] * out[i];
  return out;
}

SkinnedCorners skin(const FileMesh& mesh, std::span<const glm::dmat4> fileFromNode) {
  const size_t count = mesh.positions.size();
  std::vector<glm::dmat4> blended(count, glm::dmat4(0.0));
  std::vector<double> weights(count, 0.0);
  for (const FileBone& bone : mesh.bones) {
    const glm::dmat4 fileFromMesh = fileFromNode[bone.node] * bone.boneFromMesh;
    for (const BoneWeight& weight : bone.weights) {
      blended[weight.vertex] += static_cast<double>(weight.weight) * fileFromMesh;
      weights[weight.vertex] += static_cast<double>(weight.weight);
    }
  }
  SkinnedCorners out{mesh.positions, mesh.normals};
  for (size_t i = 0; i < count; ++i) {
    const glm::dmat4 fileFromCorner = weights[i] > 1e-6 ? blended[i] / weights[i] : fileFromNode[0];
    out.positions[i] = glm::vec3(fileFromCorner * glm::dvec4(mesh.positions[i], 1.0));
    out.normals[i] = glm::vec3(glm::dmat3(fileFromCorner) * glm::dvec3(mesh.normals[i]));
  }
  return out;
}

}  // namespace nightfog::mesh_file
