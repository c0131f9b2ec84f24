#include "fixture.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>

#include "engine/content/materials.hpp"

namespace nightfog::test {

Folder::Folder() {
  static std::atomic<int> count{0};
  path_ = std::filesystem::temp_directory_path() / fmt::format("nightfog_import_{}_{}", ::getpid(), count++);
  std::filesystem::create_directories(path_);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path Folder::write(const std::string& name, std::string_view text) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

std::string objBox(const glm::dvec3& s, const std::string& head) {
  std::string text = head;
  for (int i = 0; i < 8; ++i) text += fmt::format("v {} {} {}\n", i & 1 ? s.x : 0, i & 2 ? s.y : 0, i & 4 ? s.z : 0);
  text += "o box\nf 1 3 4 2\nf 5 6 8 7\nf 1 2 6 5\nf 3 7 8 4\nf 1 5 7 3\nf 2 4 8 6\n";
  return text;
}

std::string gltfTriangle(const std::string& node, const std::string& material) {
  return fmt::format(
      R"({{"asset":{{"version":"2.0"}},"scene":0,"scenes":[{{"nodes":[0]}}],)"
      R"("nodes":[{{"name":"thing","mesh":0{}}}],)"
      R"("meshes":[{{"primitives":[{{"attributes":{{"POSITION":0}},"indices":1,"material":0}}]}}],)"
      R"("materials":[{{"name":"stuff"{}}}],)"
      R"("buffers":[{{"uri":"tri.bin","byteLength":42}}],)"
      R"("bufferViews":[{{"buffer":0,"byteOffset":0,"byteLength":36}},{{"buffer":0,"byteOffset":36,"byteLength":6}}],)"
      R"("accessors":[{{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,1,0]}},)"
      R"({{"bufferView":1,"componentType":5123,"count":3,"type":"SCALAR"}}]}})",
      node, material);
}

std::string gltfTriangleBin() {
  const float positions[9] = {0, 0, 0, 1, 0, 0, 0, 1, 0};
  const uint16_t indices[3] = {0, 1, 2};
  std::string bytes(42, '\0');
  std::memcpy(bytes.data(), positions, 36);
  std::memcpy(bytes.data() + 36, indices, 6);
  return bytes;
}

catalog::AssetInfo assetOf(const Folder& folder, const std::string& file) {
  catalog::AssetInfo asset;
  asset.id = "test.thing";
  asset.semantic = classes::kDebris;
  asset.parts = {"body"};
  asset.boxSize = glm::dvec3(1);
  asset.boxCentre = {0, 0, 0.5};
  catalog::MeshSource mesh;
  mesh.root = folder.path();
  mesh.file = file;
  mesh.scale = 1;
  asset.mesh = mesh;
  return asset;
}

content::SceneContent contentWithMaterials() {
  content::SceneContent content;
  content::loadMaterials(NIGHTFOG_SOURCE_DIR "/assets/materials.yaml", content);
  return content;
}

}  // namespace nightfog::test
