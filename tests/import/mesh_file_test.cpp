#include <doctest/doctest.h>

#include <cmath>

#include "engine/mesh_file/mesh_file.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::mesh_file;
using nightfog::test::Folder;

namespace {

glm::vec3 normalOf(const FileMesh& mesh, const glm::uvec3& t) {
  return glm::cross(mesh.positions[t.y] - mesh.positions[t.x], mesh.positions[t.z] - mesh.positions[t.x]);
}

/// Signed volume by the divergence theorem: positive when faces look outwards.
double volume(const FileMesh& mesh) {
  double sum = 0;
  for (const glm::uvec3& t : mesh.triangles) {
    sum += glm::dot(glm::dvec3(mesh.positions[t.x]), glm::dvec3(normalOf(mesh, t))) / 6;
  }
  return sum;
}

}  // namespace

TEST_CASE("An OBJ box comes back with its twelve triangles, its volume and normals that look outwards") {
  const Folder folder;
  const MeshFile file = readMeshFile(folder.write("box.obj", test::objBox({2, 3, 5})));
  REQUIRE(file.meshes.size() == 1);
  const FileMesh& mesh = file.meshes[0];
  CHECK(mesh.triangles.size() == 12);
  CHECK(volume(mesh) == doctest::Approx(30));
  for (const glm::uvec3& t : mesh.triangles) {
    const glm::vec3 face = glm::normalize(normalOf(mesh, t));
    for (glm::length_t k = 0; k < 3; ++k) CHECK(glm::dot(face, mesh.normals[t[k]]) > 0.99f);  // 90° edges stay sharp
  }
}

TEST_CASE("A glTF triangle comes back with its node's transform and its linear colour") {
  const Folder folder;
  folder.write("tri.bin", test::gltfTriangleBin());
  const MeshFile file = readMeshFile(folder.write(
      "tri.gltf",
      test::gltfTriangle(
          R"(,"translation":[1,2,3],"scale":[2,2,2])",
          R"(,"pbrMetallicRoughness":{"baseColorFactor":[0.25,0.5,0.75,1],"metallicFactor":0.5,"roughnessFactor":0.3})")));
  REQUIRE(file.meshes.size() == 1);
  glm::dmat4 fileFromMesh(1.0);
  for (const FileNode& node : file.nodes) fileFromMesh *= node.parentFromNode;  // a chain
  const glm::dvec4 corner = fileFromMesh * glm::dvec4(1, 0, 0, 1);
  CHECK(corner.x == doctest::Approx(3));
  CHECK(corner.y == doctest::Approx(2));
  CHECK(corner.z == doctest::Approx(3));
  const FileMaterial& material = file.materials[file.meshes[0].material];
  CHECK(material.name == "stuff");
  CHECK(material.baseColour.g == doctest::Approx(0.5f));
  CHECK(material.metallic == doctest::Approx(0.5f));
  CHECK(material.roughness == doctest::Approx(0.3f));
  CHECK(material.alphaMode == AlphaMode::kOpaque);  // glTF's default
}

TEST_CASE("Colours of an OBJ material are taken for sRGB") {
  const Folder folder;
  folder.write("m.mtl", "newmtl paint\nKd 0.5 0 1\n");
  const MeshFile file = readMeshFile(folder.write("box.obj", test::objBox({1, 1, 1}, "mtllib m.mtl\nusemtl paint\n")));
  const FileMaterial& material = file.materials[file.meshes[0].material];
  CHECK(material.baseColour.r == doctest::Approx(0.2140411).epsilon(1e-5));  // IEC 61966-2-1 of 0.5
  CHECK(material.baseColour.b == doctest::Approx(1));
}

TEST_CASE("A run-length encoded SGI picture is found beside the mesh, whatever the case of its name") {
  // 2 x 2, three channels: red rises to the right, green upwards, blue is 7 everywhere.
  std::string sgi(512, '\0');
  const unsigned char head[] = {0x01, 0xda, 1, 1, 0, 3, 0, 2, 0, 2, 0, 3};
  sgi.replace(0, sizeof(head), reinterpret_cast<const char*>(head), sizeof(head));
  const std::string rows[6] = {{'\x82', '\x0a', '\x14', 0}, {'\x82', '\x0a', '\x14', 0}, {'\x02', '\x1e', 0},
                               {'\x02', '\x28', 0},         {'\x02', '\x07', 0},         {'\x02', '\x07', 0}};
  const auto number = [](uint32_t v) {
    return std::string{static_cast<char>(v >> 24), static_cast<char>(v >> 16), static_cast<char>(v >> 8),
                       static_cast<char>(v)};
  };
  uint32_t at = 512 + 48;
  std::string starts, lengths, data;
  for (const std::string& row : rows) {
    starts += number(at);
    lengths += number(static_cast<uint32_t>(row.size()));
    data += row;
    at += static_cast<uint32_t>(row.size());
  }
  const Folder folder;
  folder.write("Picture.RGB", sgi + starts + lengths + data);
  folder.write("m.mtl", "newmtl paint\nmap_Kd C:\\art\\picture.rgb\n");
  const MeshFile file = readMeshFile(folder.write("box.obj", test::objBox({1, 1, 1}, "mtllib m.mtl\nusemtl paint\n")));
  CHECK(file.missingTextures.empty());
  REQUIRE(file.images.size() == 1);
  CHECK(file.images[0].texels == std::vector<uint32_t>{0xff071e0a, 0xff071e14, 0xff07280a, 0xff072814});
}

TEST_CASE("A picture that is not there is named, and the mesh still loads") {
  const Folder folder;
  folder.write("m.mtl", "newmtl paint\nmap_Kd gone.png\n");
  const MeshFile file = readMeshFile(folder.write("box.obj", test::objBox({1, 1, 1}, "mtllib m.mtl\nusemtl paint\n")));
  CHECK(file.missingTextures == std::vector<std::string>{"gone.png"});
  CHECK(file.triangleCount() == 12);
}

TEST_CASE("Reading the same file twice gives the same answer") {
  const Folder folder;
  const auto path = folder.write("box.obj", test::objBox({2, 3, 5}));
  const MeshFile a = readMeshFile(path);
  const MeshFile b = readMeshFile(path);
  CHECK(a.meshes[0].positions == b.meshes[0].positions);
  CHECK(a.meshes[0].triangles == b.meshes[0].triangles);
}

TEST_CASE("A node of glTF 1 turns first and moves then, whether it says so by parts or by a matrix") {
  const auto text = [](const std::string& place) {
    return R"({"asset":{"version":"1.0"},"scene":"s","scenes":{"s":{"nodes":["n"]}},"nodes":{"n":{"meshes":["m"],)" +
           place +
           R"(}},"meshes":{"m":{"primitives":[{"attributes":{"POSITION":"p"},"indices":"i","mode":4,"material":"x"}]}},)"
           R"("materials":{"x":{"values":{"diffuse":[0.5,0.5,0.5,1]}}},)"
           R"("buffers":{"b":{"uri":"tri.bin","byteLength":42,"type":"arraybuffer"}},)"
           R"("bufferViews":{"v":{"buffer":"b","byteOffset":0,"byteLength":36,"target":34962},)"
           R"("w":{"buffer":"b","byteOffset":36,"byteLength":6,"target":34963}},)"
           R"("accessors":{"p":{"bufferView":"v","byteOffset":0,"byteStride":12,"componentType":5126,"count":3,"type":"VEC3"},)"
           R"("i":{"bufferView":"w","byteOffset":0,"byteStride":0,"componentType":5123,"count":3,"type":"SCALAR"}}})";
  };
  const Folder folder;
  folder.write("tri.bin", test::gltfTriangleBin());
  // A quarter turn about z, then 5 along x: (1, 0, 0) comes to (5, 1, 0).
  for (const char* place :
       {R"("rotation":[0,0,0.7071067811865476,0.7071067811865476],"scale":[1,1,1],"translation":[5,0,0])",
        R"("matrix":[0,1,0,0,-1,0,0,0,0,0,1,0,5,0,0,1])"}) {
    const MeshFile file = readMeshFile(folder.write("tri.gltf", text(place)));
    glm::dmat4 fileFromMesh(1.0);
    for (const FileNode& node : file.nodes) fileFromMesh *= node.parentFromNode;
    const glm::dvec4 corner = fileFromMesh * glm::dvec4(1, 0, 0, 1);
    CHECK(corner.x == doctest::Approx(5));
    CHECK(corner.y == doctest::Approx(1));
  }
}
