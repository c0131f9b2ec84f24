// Skeletons and clips: which nodes take vertices along, and how nodes move.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/mesh_file/reader/scene_reader.hpp"

namespace nightfog::mesh_file {
namespace {

const uint32_t* findNode(const aiScene& scene, const aiString& name, const NodeIndices& nodes) {
  const aiNode* node = scene.mRootNode->FindNode(name);
  const auto found = nodes.find(node);
  return found == nodes.end() ? nullptr : &found->second;
}

template <class Key, class From, class Convert>
std::vector<Key> readKeys(const From* keys, unsigned count, double ticksPerSecond, const Convert& convert) {
  std::vector<Key> out;
  if (keys == nullptr) return out;
  out.reserve(count);
  for (unsigned k = 0; k < count; ++k) {
    if (std::isfinite(keys[k].mTime)) out.push_back({keys[k].mTime / ticksPerSecond, convert(keys[k].mValue)});
  }
  // Some exporters write them as they please.
  std::stable_sort(out.begin(), out.end(), [](const Key& a, const Key& b) { return a.time_s < b.time_s; });
  return out;
}

}  // namespace

std::vector<FileBone> readBones(const aiScene& scene, const aiMesh& mesh, const NodeIndices& nodes) {
  std::vector<FileBone> bones;
  for (unsigned b = 0; b < mesh.mNumBones; ++b) {
    const aiBone& bone = *mesh.mBones[b];
    const uint32_t* node = findNode(scene, bone.mName, nodes);
    if (node == nullptr) continue;
    FileBone& entry = bones.emplace_back();
    entry.node = *node;
    entry.boneFromMesh = toGlm(bone.mOffsetMatrix);
    for (unsigned w = 0; w < bone.mNumWeights; ++w) {
      const aiVertexWeight& weight = bone.mWeights[w];
      if (weight.mVertexId < mesh.mNumVertices && weight.mWeight > 0)
        entry.weights.push_back({weight.mVertexId, weight.mWeight});
    }
  }
  return bones;
}

void readClips(const aiScene& scene, const NodeIndices& nodes, MeshFile& out) {
  constexpr double kUsualTicksPerSecond = 25;  // where the file has no rate of its own, as Assimp's viewer takes it
  size_t morphs = 0;
  for (unsigned a = 0; a < scene.mNumAnimations; ++a) {
    const aiAnimation& from = *scene.mAnimations[a];
    morphs += from.mNumMeshChannels + from.mNumMorphMeshChannels;
    const double rate = from.mTicksPerSecond > 0 ? from.mTicksPerSecond : kUsualTicksPerSecond;
    FileClip clip;
    clip.name = from.mName.C_Str();
    clip.duration_s = from.mDuration / rate;
    for (unsigned c = 0; c < from.mNumChannels; ++c) {
      const aiNodeAnim& channel = *from.mChannels[c];
      const uint32_t* node = findNode(scene, channel.mNodeName, nodes);
      if (node == nullptr) continue;
      const auto vector = [](const aiVector3D& v) { return glm::dvec3(v.x, v.y, v.z); };
      const auto rotation = [](const aiQuaternion& q) { return glm::dquat(q.w, q.x, q.y, q.z); };
      clip.channels.push_back({*node,
                               readKeys<VectorKey>(channel.mPositionKeys, channel.mNumPositionKeys, rate, vector),
                               readKeys<RotationKey>(channel.mRotationKeys, channel.mNumRotationKeys, rate, rotation),
                               readKeys<VectorKey>(channel.mScalingKeys, channel.mNumScalingKeys, rate, vector)});
    }
    if (!clip.channels.empty()) out.clips.push_back(std::move(clip));
  }
  if (morphs > 0) out.warnings.push_back(fmt::format("{} animation channel(s) morph meshes: they do not play", morphs));
}

}  // namespace nightfog::mesh_file
