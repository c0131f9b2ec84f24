#include "engine/mesh_file/reader/scene_reader.hpp"

#include <assimp/config.h>
#include <assimp/importerdesc.h>
#include <assimp/postprocess.h>
#include <fmt/format.h>

#include <algorithm>
#include <assimp/Importer.hpp>

namespace nightfog::mesh_file {
namespace {

// Normals are kept where the file has them; made with a crease of 40° where it has none.
constexpr unsigned kSteps = aiProcess_Triangulate | aiProcess_SortByPType | aiProcess_GenUVCoords |
                            aiProcess_TransformUVCoords | aiProcess_GenSmoothNormals | aiProcess_JoinIdenticalVertices |
                            aiProcess_ValidateDataStructure;

const aiScene& import(Assimp::Importer& importer, const std::filesystem::path& file) {
  importer.SetPropertyInteger(AI_CONFIG_PP_SBP_REMOVE, aiPrimitiveType_POINT | aiPrimitiveType_LINE);
  importer.SetPropertyFloat(AI_CONFIG_PP_GSN_MAX_SMOOTHING_ANGLE, 40.0f);
  const aiScene* scene = importer.ReadFile(file.string(), 0);
  if (scene == nullptr) throw Refusal{fmt::format("Assimp: {}", importer.GetErrorString())};
  return *scene;
}

uint64_t facesOf(const aiScene& scene) {
  uint64_t triangles = 0;
  for (unsigned m = 0; m < scene.mNumMeshes; ++m) {
    const aiMesh& mesh = *scene.mMeshes[m];
    for (unsigned f = 0; f < mesh.mNumFaces; ++f)
      triangles += mesh.mFaces[f].mNumIndices > 2 ? mesh.mFaces[f].mNumIndices - 2 : 0;
  }
  return triangles;
}

FileMesh readMesh(const aiMesh& mesh) {
  FileMesh out;
  out.name = mesh.mName.C_Str();
  out.material = mesh.mMaterialIndex;
  const size_t count = mesh.mNumVertices;
  out.positions.reserve(count);
  for (size_t i = 0; i < count; ++i)
    out.positions.emplace_back(mesh.mVertices[i].x, mesh.mVertices[i].y, mesh.mVertices[i].z);
  if (mesh.HasNormals()) {
    out.normals.reserve(count);
    for (size_t i = 0; i < count; ++i)
      out.normals.emplace_back(mesh.mNormals[i].x, mesh.mNormals[i].y, mesh.mNormals[i].z);
  } else {
    out.normals.assign(count, glm::vec3(0));
  }
  if (mesh.HasTextureCoords(0)) {
    out.uvs.reserve(count);
    for (size_t i = 0; i < count; ++i) out.uvs.emplace_back(mesh.mTextureCoords[0][i].x, mesh.mTextureCoords[0][i].y);
  }
  for (unsigned f = 0; f < mesh.mNumFaces; ++f) {
    const aiFace& face = mesh.mFaces[f];
    if (face.mNumIndices != 3) continue;
    const glm::uvec3 t(face.mIndices[0], face.mIndices[1], face.mIndices[2]);
    if (t.x >= count || t.y >= count || t.z >= count)
      throw Refusal{fmt::format("mesh '{}' names a vertex that is not there", out.name)};
    out.triangles.push_back(t);
  }
  return out;
}

/// Nodes in the order of a walk by levels, without recursion: a file can nest deeper than a stack.
NodeIndices readNodes(const aiScene& scene, const Limits& limits, MeshFile& out) {
  NodeIndices indices;
  std::vector<std::pair<const aiNode*, uint32_t>> queue{{scene.mRootNode, 0}};
  for (size_t i = 0; i < queue.size(); ++i) {
    const auto [node, parent] = queue[i];
    if (queue.size() > limits.nodes) throw Refusal{fmt::format("it has more than {} nodes", limits.nodes)};
    indices.emplace(node, static_cast<uint32_t>(i));
    FileNode& entry = out.nodes.emplace_back();
    entry.name = node->mName.C_Str();
    entry.parent = parent;
    entry.parentFromNode = toGlm(node->mTransformation);
    for (unsigned m = 0; m < node->mNumMeshes; ++m) {
      if (node->mMeshes[m] >= scene.mNumMeshes)
        throw Refusal{fmt::format("node '{}' names a mesh that is not there", entry.name)};
      if (!scene.mMeshes[node->mMeshes[m]]->HasBones()) entry.meshes.push_back(node->mMeshes[m]);
    }
    for (unsigned c = 0; c < node->mNumChildren; ++c) queue.emplace_back(node->mChildren[c], static_cast<uint32_t>(i));
  }
  return indices;
}

/// Skinned meshes hang on the root.
void readMeshes(const aiScene& scene, const NodeIndices& nodes, MeshFile& out) {
  for (unsigned m = 0; m < scene.mNumMeshes; ++m) {
    const aiMesh& mesh = *scene.mMeshes[m];
    FileMesh& entry = out.meshes.emplace_back(readMesh(mesh));
    if (!mesh.HasBones()) continue;
    entry.bones = readBones(scene, mesh, nodes);
    out.nodes[0].meshes.push_back(m);
  }
}

}  // namespace

MeshFile readScene(const std::filesystem::path& file, RootedFiles& files, const Limits& limits) {
  const auto real = files.allowed(file);
  if (!real) throw Refusal{"it lies outside the folder it may be read from, is no plain file, or is too large"};
  Assimp::Importer importer;
  importer.SetIOHandler(&files);
  struct GiveBack {  // the importer would delete the handler
    Assimp::Importer& importer;
    ~GiveBack() { importer.SetIOHandler(nullptr); }
  } giveBack{importer};
  import(importer, *real);
  const aiScene* scene = importer.GetScene();
  if (scene->mRootNode == nullptr) throw Refusal{"it has no scene"};
  if (facesOf(*scene) > limits.triangles) throw Refusal{fmt::format("it has more than {} triangles", limits.triangles)};
  scene = importer.ApplyPostProcessing(kSteps);
  if (scene == nullptr) throw Refusal{fmt::format("Assimp: {}", importer.GetErrorString())};
  MeshFile out;
  const aiImporterDesc* description =
      importer.GetImporterInfo(static_cast<size_t>(std::max(0, importer.GetPropertyInteger("importerIndex", 0))));
  if (description != nullptr) out.format = description->mName;
  const NodeIndices nodes = readNodes(*scene, limits, out);
  if (out.format == "glTF Importer") mendGltf1Nodes(*real, out);
  readMeshes(*scene, nodes, out);
  readClips(*scene, nodes, out);
  readMaterials(*scene, *real, files, limits, out);
  if (files.wasEscapeTried())
    out.warnings.push_back("it names files outside the folder it may read; they were not opened");
  if (out.triangleCount() == 0) throw Refusal{"it holds no triangles"};
  return out;
}

}  // namespace nightfog::mesh_file
