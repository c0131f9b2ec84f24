// Skeletons and clips against positions worked out by hand.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>

#include "engine/content/import/import_model.hpp"
#include "engine/content/import/mesh_check.hpp"
#include "engine/mesh_file/pose.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::content;
using mesh_file::FileChannel;
using mesh_file::FileClip;
using mesh_file::FileMesh;
using mesh_file::MeshFile;
using nightfog::test::assetOf;
using nightfog::test::errorOf;
using nightfog::test::Folder;

namespace {

glm::dquat aboutZ(double angle_rad) {
  return glm::angleAxis(angle_rad, glm::dvec3(0, 0, 1));
}

bool isNear(const glm::dvec3& a, const glm::dvec3& b) {
  return glm::length(a - b) < 1e-5;  // floats of a few units
}

/// A strip from y = 0 to 2 whose upper end hangs on a bone that begins at y = 1 and turns a quarter about z in 1 s.
MeshFile strip() {
  MeshFile file;
  file.nodes.resize(3);
  file.nodes[1].name = "lower";
  file.nodes[2].name = "upper";
  file.nodes[2].parent = 1;
  file.nodes[2].parentFromNode[3] = {0, 1, 0, 1};
  FileMesh mesh;
  mesh.positions = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {1, 2, 0}, {0, 2, 0}};
  mesh.normals.assign(6, {0, 0, 1});
  mesh.triangles = {{0, 1, 2}, {0, 2, 3}, {3, 2, 4}, {3, 4, 5}};
  mesh.bones.resize(2);
  mesh.bones[0] = {1, glm::dmat4(1.0), {{0, 1}, {1, 1}, {2, 0.5f}, {3, 0.5f}}};
  mesh.bones[1] = {2, glm::dmat4(1.0), {{2, 0.5f}, {3, 0.5f}, {4, 1}, {5, 1}}};
  mesh.bones[1].boneFromMesh[3] = {0, -1, 0, 1};
  file.meshes = {mesh};
  file.nodes[0].meshes = {0};
  file.materials.resize(1);
  file.clips = {{"Bend", 1, {{2, {}, {{0, aboutZ(0)}, {1, aboutZ(kPi / 2)}}, {}}}}};
  return file;
}

/// glTF 2.0: the fixture's triangle, whose node "thing" turns a half about z between 0 and 2 s and slides 4 along x.
void writeTurningTriangle(const Folder& folder) {
  std::string bytes = test::gltfTriangleBin();
  bytes.resize(44);
  const float numbers[] = {0, 1, 2, 0, 0, 0, 1, 0, 0, 0.70710678f, 0.70710678f, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 4, 0, 0};
  bytes.append(reinterpret_cast<const char*>(numbers), sizeof(numbers));
  folder.write("tri.bin", bytes);
  std::string text = test::gltfTriangle();
  const auto replace = [&text](std::string_view from, std::string_view to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace(R"("byteLength":42})", fmt::format(R"("byteLength":{}}})", bytes.size()));
  replace(R"("byteLength":6}],)", R"("byteLength":6},{"buffer":0,"byteOffset":44,"byteLength":12},)"
                                  R"({"buffer":0,"byteOffset":56,"byteLength":48},)"
                                  R"({"buffer":0,"byteOffset":104,"byteLength":36}],)");
  replace(
      R"("count":3,"type":"SCALAR"}]})",
      R"("count":3,"type":"SCALAR"},{"bufferView":2,"componentType":5126,"count":3,"type":"SCALAR","min":[0],)"
      R"("max":[2]},{"bufferView":3,"componentType":5126,"count":3,"type":"VEC4"},)"
      R"({"bufferView":4,"componentType":5126,"count":3,"type":"VEC3"}],"animations":[{"name":"Turn","channels":[)"
      R"({"sampler":0,"target":{"node":0,"path":"rotation"}},{"sampler":1,"target":{"node":0,"path":"translation"}}],)"
      R"("samplers":[{"input":2,"output":3,"interpolation":"LINEAR"},)"
      R"({"input":2,"output":4,"interpolation":"LINEAR"}]}]})");
  folder.write("tri.gltf", text);
}

}  // namespace

TEST_CASE("Between keys a node slides linearly and turns evenly, and outside them it holds") {
  MeshFile file;
  file.nodes.resize(2);
  file.nodes[1].parentFromNode[3] = {7, 7, 7, 1};
  const FileClip clip{"c", 2, {{1, {{0, {0, 0, 0}}, {2, {2, 0, 0}}}, {{0, aboutZ(0)}, {2, aboutZ(kPi / 2)}}, {}}}};
  for (const auto& [time_s, share] : {std::pair{-1.0, 0.0}, {0.5, 0.25}, {1.5, 0.75}, {9.0, 1.0}}) {
    const glm::dmat4 m = mesh_file::fileFromNodes(file, &clip, time_s)[1];
    const double angle = share * kPi / 2;
    CHECK(isNear(glm::dvec3(m * glm::dvec4(1, 0, 0, 1)), {2 * share + std::cos(angle), std::sin(angle), 0}));
  }
  CHECK(mesh_file::fileFromNodes(file)[1][3].x == 7);  // at rest
}

TEST_CASE("What a clip does not move of a node stays as it rests, mirror and scale included") {
  MeshFile file;
  file.nodes.resize(1);
  glm::dmat4& rest = file.nodes[0].parentFromNode;
  rest[0] = {-2, 0, 0, 0};
  rest[1] = {0, 3, 0, 0};
  const FileClip clip{"c", 1, {{0, {{0, {5, 0, 0}}}, {}, {}}}};
  const glm::dmat4 m = mesh_file::fileFromNodes(file, &clip, 0)[0];
  CHECK(isNear(glm::dvec3(m * glm::dvec4(1, 1, 1, 1)), {3, 3, 1}));
}

TEST_CASE("A corner on two bones goes to the weighted mean of where each takes it") {
  const MeshFile file = strip();
  const auto bent = mesh_file::skin(file.meshes[0], mesh_file::fileFromNodes(file, &file.clips[0], 1));
  // A quarter turn about (0, 1, 0): (1, 2) -> (-1, 2), (0, 2) -> (-1, 1), (1, 1) -> (0, 2).
  CHECK(isNear(bent.positions[1], {1, 0, 0}));
  CHECK(isNear(bent.positions[4], {-1, 2, 0}));
  CHECK(isNear(bent.positions[5], {-1, 1, 0}));
  CHECK(isNear(bent.positions[2], {0.5, 1.5, 0}));
  CHECK(isNear(bent.positions[3], {0, 1, 0}));
}

TEST_CASE("A part that bends has a mesh for each sample, in the asset's frame") {
  const Folder folder;
  catalog::AssetInfo asset = assetOf(folder, "strip.glb");
  asset.mesh->forward = catalog::FileAxis::kPlusZ;
  asset.mesh->up = catalog::FileAxis::kPlusY;  // left is then the file's x
  asset.mesh->scale = 0.5;
  asset.mesh->offset = glm::dvec3(0, 0, 0.25);
  asset.mesh->animation = {"bend", 4, 1.5};
  SceneContent content = test::contentWithMaterials();
  ImportReport report;
  const Model model = importModel(asset, strip(), content, report);
  REQUIRE(model.clip.has_value());
  CHECK(model.clip->stride_m == 1.5);
  CHECK(model.parts[0].poseOfSample.empty());
  REQUIRE(model.parts[0].meshOfSample.size() == 4);
  CHECK(report.bendingParts == 1);
  for (size_t k = 0; k < 4; ++k) {
    const double angle = kPi / 2 * static_cast<double>(k) / 4;
    // The file's corner (1, 2, 0): from the bone's beginning (1, 1), turned.
    const double x = std::cos(angle) - std::sin(angle);
    const double y = 1 + std::sin(angle) + std::cos(angle);
    const glm::dvec3 expected(0, 0.5 * x, 0.5 * y + 0.25);
    const Mesh& mesh = content.meshes[model.parts[0].meshOfSample[k].value];
    bool isThere = false;
    for (const glm::vec3& p : mesh.positions) isThere = isThere || isNear(p, expected);
    CHECK_MESSAGE(isThere, k);
    for (const glm::vec3& n : mesh.normals) CHECK(glm::length(n) == doctest::Approx(1).epsilon(1e-5));
  }
  // Over the cycle: corner (0, 2) goes furthest to the right, by the sine of 67.5° at the last sample.
  CHECK(model.clip->low.y == doctest::Approx(-0.5 * std::sin(3 * kPi / 8)));
  CHECK(model.clip->high.y == doctest::Approx(0.5));
}

TEST_CASE("A node that a clip turns is one rigid part whose poses are the file's") {
  const Folder folder;
  writeTurningTriangle(folder);
  catalog::AssetInfo asset = assetOf(folder, "tri.gltf");
  asset.mesh->forward = catalog::FileAxis::kPlusY;  // ours (x, y) = file (y, -x)
  asset.mesh->scale = 0.1;
  asset.mesh->offset = glm::dvec3(3, 0, 0);
  asset.mesh->animation = catalog::ClipSource{"T?rn", 8, std::nullopt};
  SceneContent content = test::contentWithMaterials();
  ImportReport report;
  const Model model = importModel(asset, content, &report);
  REQUIRE(report.clips.size() == 1);
  CHECK(report.clips[0].duration_s == doctest::Approx(2));
  REQUIRE(model.parts[0].poseOfSample.size() == 8);
  CHECK(model.parts[0].meshOfSample.empty());
  CHECK(model.clip->period_s == doctest::Approx(2));
  for (size_t k = 0; k < 8; ++k) {
    const double share = static_cast<double>(k) / 8;
    const glm::dvec3 inFile(4 * share + std::cos(kPi * share), std::sin(kPi * share), 0);  // of corner (1, 0, 0)
    const glm::dvec3 expected(3 + 0.1 * inFile.y, -0.1 * inFile.x, 0);
    CHECK(isNear(model.parts[0].poseOfSample[k] * glm::dvec3(3, -0.1, 0), expected));
  }
}

TEST_CASE("A clip that is not there is an error that names those that are") {
  const Folder folder;
  writeTurningTriangle(folder);
  catalog::AssetInfo asset = assetOf(folder, "tri.gltf");
  asset.mesh->animation = catalog::ClipSource{"walk*", 8, std::nullopt};
  SceneContent content = test::contentWithMaterials();
  const std::string error = errorOf([&] { importModel(asset, content); });
  CHECK(error.find("walk*") != std::string::npos);
  CHECK(error.find("'Turn'") != std::string::npos);
}

TEST_CASE("What a file could move and the asset does not ask for is said, and so is a clip that runs away") {
  const Folder folder;
  writeTurningTriangle(folder);
  catalog::AssetInfo asset = assetOf(folder, "tri.gltf");
  asset.mesh->scale = 0.1;
  const auto codes = [&] {
    SceneContent content = test::contentWithMaterials();
    ImportReport report;
    const Model model = importModel(asset, content, &report);
    std::string all;
    for (const MeshFinding& finding : checkMesh(asset, model, content, report)) all += std::string(finding.code) + " ";
    return all;
  };
  CHECK(codes().find("A14") != std::string::npos);
  asset.mesh->animation = catalog::ClipSource{};
  CHECK(codes().find("A14") == std::string::npos);
  CHECK(codes().find("A18") != std::string::npos);  // 0.4 m in a cycle, four times its length
}

TEST_CASE("An actor that is imported twice shares its samples") {
  const Folder folder;
  writeTurningTriangle(folder);
  catalog::AssetInfo asset = assetOf(folder, "tri.gltf");
  asset.mesh->animation = catalog::ClipSource{};
  SceneContent content = test::contentWithMaterials();
  const Model first = importModel(asset, content);
  const size_t meshes = content.meshes.size();
  const Model second = importModel(asset, content);
  CHECK(content.meshes.size() == meshes);
  CHECK(second.clip.has_value());
  CHECK(second.parts[0].poseOfSample.size() == first.parts[0].poseOfSample.size());
}

TEST_CASE("The simple skin of assimp-testmodels bends as its joints say") {
  const std::filesystem::path path = "/usr/share/assimp/models/glTF2/simple_skin/simple_skin.gltf";
  if (!std::filesystem::exists(path)) {
    MESSAGE("skipped: the package assimp-testmodels is not installed");
    return;
  }
  const MeshFile file = mesh_file::readMeshFile(path);
  REQUIRE(file.clips.size() == 1);
  CHECK(file.clips[0].duration_s == doctest::Approx(5.5));
  const FileMesh* skinned = nullptr;
  for (const FileMesh& mesh : file.meshes) skinned = mesh.bones.empty() ? skinned : &mesh;
  REQUIRE(skinned != nullptr);
  // Its inverse bind matrices shift by (-0.5, -1, 0), its joints lie at (0, 1, 0); at 1 s the upper one is a quarter
  // turned. (1, 2, 0) hangs on it alone, (1, 1, 0) half on either.
  const auto bent = mesh_file::skin(*skinned, mesh_file::fileFromNodes(file, &file.clips[0], 1.0));
  const std::pair<glm::dvec3, glm::dvec3> kExpected[] = {
      {{1, 2, 0}, {-1, 1.5, 0}}, {{1, 1, 0}, {0.25, 1.25, 0}}, {{1, 0, 0}, {0.5, 0, 0}}};
  for (const auto& [bound, expected] : kExpected) {
    const auto at = std::find(skinned->positions.begin(), skinned->positions.end(), glm::vec3(bound));
    REQUIRE(at != skinned->positions.end());
    CHECK(isNear(bent.positions[static_cast<size_t>(at - skinned->positions.begin())], expected));
  }
}

TEST_CASE("An animated file with changed or missing bytes plays, or is refused with a reason") {
  const Folder folder;
  writeTurningTriangle(folder);
  catalog::AssetInfo asset = assetOf(folder, "tri.gltf");
  asset.mesh->animation = catalog::ClipSource{};
  const auto content = [&folder](const char* name) {
    std::ifstream stream(folder.path() / name, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  };
  const std::string json = content("tri.gltf");
  const std::string numbers = content("tri.bin");
  uint32_t state = 7;
  const auto next = [&state] { return (state = state * 1664525u + 1013904223u) >> 8; };
  const auto play = [&] {
    SceneContent scene;
    try {
      const Model model = importModel(asset, scene);
      for (const Mesh& mesh : scene.meshes) {
        for (const glm::vec3& p : mesh.positions) CHECK(std::isfinite(p.x + p.y + p.z));
      }
      for (const ModelPart& part : model.parts) {
        for (const RigidTransform& pose : part.poseOfSample) CHECK(std::isfinite(pose.translation.x + pose.rotation.w));
      }
    } catch (const Error& error) {
      CHECK(std::string(error.what()).size() > 10);
    }
  };
  for (int round = 0; round < 40; ++round) {
    std::string changed = round % 2 == 0 ? json : numbers;
    for (int i = 0; i < 3; ++i) changed[next() % changed.size()] ^= static_cast<char>(1u << next() % 8);
    if (round % 8 >= 6) changed.resize(next() % changed.size());
    folder.write("tri.gltf", round % 2 == 0 ? changed : json);
    folder.write("tri.bin", round % 2 == 0 ? numbers : changed);
    play();
  }
}
