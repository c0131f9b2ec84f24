#include <doctest/doctest.h>

#include "engine/mesh_file/wire.hpp"

using namespace nightfog::mesh_file;

namespace {

MeshFile sample() {
  MeshFile file;
  file.format = "test";
  file.nodes.resize(2);
  file.nodes[1].name = "child";
  file.nodes[1].meshes = {0};
  FileMesh mesh;
  mesh.name = "mesh";
  mesh.positions = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}};
  mesh.normals = mesh.positions;
  mesh.uvs = {{0, 0}, {1, 0}, {0, 1}};
  mesh.triangles = {{0, 1, 2}};
  mesh.bones = {{1, glm::dmat4(1.0), {{0, 1}, {2, 0.5f}}}};
  file.meshes = {mesh};
  file.clips = {{"walk", 1.5, {{1, {{0, {1, 2, 3}}}, {{0, {1, 0, 0, 0}}, {1.5, {0, 1, 0, 0}}}, {}}}}};
  FileMaterial material;
  material.name = "paint";
  material.baseImage = 0;
  material.isTwoSided = true;
  file.materials = {material};
  file.images = {{"picture", 2, 1, {1, 2}}};
  file.missingTextures = {"gone.png"};
  file.warnings = {"one", "two"};
  return file;
}

}  // namespace

TEST_CASE("What the reading process says comes back whole") {
  const std::string bytes = encode(sample());
  const MeshFile file = decode(bytes, {});
  CHECK(encode(file) == bytes);
  CHECK(file.nodes[1].name == "child");
  CHECK(file.meshes[0].uvs[2].y == 1);
  CHECK(file.materials[0].isTwoSided);
  CHECK(file.warnings.size() == 2);
  CHECK(file.meshes[0].bones[0].weights[1].vertex == 2);
  CHECK(file.clips[0].channels[0].rotations[1].value.x == 1);
}

TEST_CASE("An answer that was tampered with is refused or valid, wherever the change is") {
  const std::string bytes = encode(sample());
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const int change : {1, 0x80, 0xff}) {
      std::string tampered = bytes;
      tampered[at] = static_cast<char>(tampered[at] ^ change);
      try {
        const MeshFile file = decode(tampered, {});
        for (const FileMesh& mesh : file.meshes) {
          CHECK(mesh.material < file.materials.size());
          for (const FileBone& bone : mesh.bones) {
            CHECK(bone.node < file.nodes.size());
            for (const BoneWeight& weight : bone.weights) CHECK(weight.vertex < mesh.positions.size());
          }
          for (const glm::uvec3& t : mesh.triangles) CHECK(glm::max(t.x, glm::max(t.y, t.z)) < mesh.positions.size());
        }
      } catch (const MeshFileError&) {
      }
    }
  }
  for (size_t length = 0; length < bytes.size(); ++length)
    CHECK_THROWS_AS(decode(bytes.substr(0, length), {}), MeshFileError);
}
