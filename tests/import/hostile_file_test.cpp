#include <doctest/doctest.h>

#include "engine/content/import/import_model.hpp"
#include "engine/mesh_file/mesh_file.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::mesh_file;
using nightfog::test::errorOf;
using nightfog::test::Folder;

namespace {

enum class Outcome { kLoaded, kRefused };

/// Anything but these two ends the test.
Outcome tryToRead(const std::filesystem::path& file, const Limits& limits = {}) {
  try {
    readMeshFile(file, {}, limits);
    return Outcome::kLoaded;
  } catch (const MeshFileError& refused) {
    CHECK(std::string(refused.what()).size() > file.string().size());  // it gives a reason
    return Outcome::kRefused;
  }
}

}  // namespace

TEST_CASE("A file cut off anywhere either loads or is refused with a reason") {
  const Folder folder;
  const std::string whole = test::gltfTriangle();
  folder.write("tri.bin", test::gltfTriangleBin());
  REQUIRE(tryToRead(folder.write("whole.gltf", whole)) == Outcome::kLoaded);
  for (size_t length = 0; length < whole.size(); length += 67) {
    CHECK(tryToRead(folder.write("cut.gltf", whole.substr(0, length))) == Outcome::kRefused);
  }
  folder.write("tri.bin", test::gltfTriangleBin().substr(0, 20));
  CHECK(tryToRead(folder.write("whole.gltf", whole)) == Outcome::kRefused);
}

TEST_CASE("Counts that no memory holds are refused") {
  const Folder folder;
  CHECK(tryToRead(folder.write("huge.off", "OFF\n2000000000 2000000000 0\n0 0 0\n")) == Outcome::kRefused);
  CHECK(tryToRead(folder.write("huge.ply",
                               "ply\nformat binary_little_endian 1.0\nelement vertex 4000000000\nproperty float x\n"
                               "property float y\nproperty float z\nelement face 4000000000\n"
                               "property list uchar int vertex_indices\nend_header\n1234")) == Outcome::kRefused);
}

TEST_CASE("Nesting deeper than a stack is refused and harms only the reading process") {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "[";
  const Folder folder;
  CHECK(tryToRead(folder.write("deep.gltf", "{\"asset\":{\"version\":\"2.0\"},\"x\":" + deep)) == Outcome::kRefused);
}

TEST_CASE("A mesh with more triangles than the limit, or a larger file, is refused") {
  const Folder folder;
  const auto box = folder.write("box.obj", test::objBox({1, 1, 1}));
  Limits limits;
  limits.triangles = 11;
  CHECK(tryToRead(box, limits) == Outcome::kRefused);
  limits = {};
  limits.fileBytes = 50;
  CHECK(tryToRead(box, limits) == Outcome::kRefused);
}

TEST_CASE("A picture larger than the limit is not decoded") {
  // A TGA header that promises 20,000 x 20,000.
  std::string tga(18, '\0');
  tga[2] = 2;
  tga[12] = tga[14] = '\x20';
  tga[13] = tga[15] = '\x4e';
  tga[16] = 24;
  const Folder folder;
  folder.write("big.tga", tga + "xyz");
  folder.write("m.mtl", "newmtl paint\nmap_Kd big.tga\n");
  const MeshFile file = readMeshFile(folder.write("box.obj", test::objBox({1, 1, 1}, "mtllib m.mtl\nusemtl paint\n")));
  CHECK(file.images.empty());
  CHECK(file.missingTextures == std::vector<std::string>{"big.tga"});
}

TEST_CASE("Files outside the root are not read, whether by a path or through a link") {
  const Folder outside;
  outside.write("secret.mtl", "newmtl paint\nKd 1 0 0\n");
  const Folder folder;
  const std::string up = "../" + outside.path().filename().string() + "/secret.mtl";
  const auto byPath = folder.write("a.obj", test::objBox({1, 1, 1}, "mtllib " + up + "\nusemtl paint\n"));
  std::filesystem::create_symlink(outside.path() / "secret.mtl", folder.path() / "link.mtl");
  const auto byLink = folder.write("b.obj", test::objBox({1, 1, 1}, "mtllib link.mtl\nusemtl paint\n"));
  const auto inside = outside.write("c.obj", test::objBox({1, 1, 1}, "mtllib secret.mtl\nusemtl paint\n"));
  const auto isRed = [](const MeshFile& file) {
    const glm::vec3 colour = file.materials[file.meshes[0].material].baseColour;
    return colour.r > 0.9f && colour.g < 0.1f;
  };
  CHECK(isRed(readMeshFile(inside)));  // the material would be seen
  CHECK_FALSE(isRed(readMeshFile(byPath)));
  CHECK_FALSE(isRed(readMeshFile(byLink)));
  std::filesystem::create_symlink(inside, folder.path() / "mesh.obj");
  CHECK(tryToRead(folder.path() / "mesh.obj") == Outcome::kRefused);
}

TEST_CASE("Corners that are no numbers cost their triangles and nothing else") {
  const Folder folder;
  const std::string box = test::objBox({1, 1, 1});
  // The box, and two triangles with a corner that is none; OBJ readers take "nan" and what overflows a float.
  folder.write("nan.obj", box + "v nan 0 0\nv 0 1e39 0\nf 1 2 9\nf 3 4 10\n");
  content::SceneContent content = test::contentWithMaterials();
  content::ImportReport report;
  CHECK(errorOf([&] { content::importModel(test::assetOf(folder, "nan.obj"), content, &report); }).empty());
  CHECK(report.triangles == 12);
  CHECK(report.notNumbers == 2);
  for (const content::Mesh& mesh : content.meshes) {
    for (const glm::vec3& p : mesh.positions) CHECK(glm::length(p) < 1e3f);
    for (const glm::vec3& n : mesh.normals) CHECK(glm::length(n) == doctest::Approx(1).epsilon(1e-3));
  }
}

TEST_CASE("Bytes changed at random, or missing at the end, never do worse than a refusal") {
  const Folder folder;
  folder.write("m.mtl", "newmtl paint\nKd 0.5 0.5 0.5\n");
  folder.write("tri.bin", test::gltfTriangleBin());
  const std::pair<const char*, std::string> kinds[] = {
      {"fuzz.obj", test::objBox({1, 2, 3}, "mtllib m.mtl\nusemtl paint\n")},
      {"fuzz.gltf", test::gltfTriangle()},
      {"fuzz.ac",
       "AC3Db\nMATERIAL \"\" rgb 1 1 1 amb 1 1 1 emis 0 0 0 spec 0 0 0 shi 0 trans 0\nOBJECT world\nkids 1\n"
       "OBJECT poly\nname \"sheet\"\nloc 1 2 3\nnumvert 4\n0 0 0\n1 0 0\n1 1 0\n0 1 0\nnumsurf 1\nSURF 0x10\nmat "
       "0\nrefs 4\n0 0 0\n1 1 0\n2 1 1\n3 0 1\nkids 0\n"}};
  uint32_t state = 12345;
  const auto next = [&state] { return (state = state * 1664525u + 1013904223u) >> 8; };
  for (const auto& [name, whole] : kinds) {
    REQUIRE(tryToRead(folder.write(name, whole)) == Outcome::kLoaded);
    for (int round = 0; round < 40; ++round) {
      std::string changed = whole;
      for (int i = 0; i < 5; ++i) {
        char& byte = changed[next() % changed.size()];
        byte = round % 2 == 0 ? static_cast<char>(next()) : static_cast<char>(byte ^ (1 << next() % 8));
      }
      if (round % 4 == 3) changed.resize(next() % changed.size());
      tryToRead(folder.write(name, changed));
    }
  }
}

TEST_CASE("A file that is not there is an I/O error that names it") {
  CHECK_THROWS_AS(readMeshFile("/nowhere/at/all.obj"), IoError);
}
