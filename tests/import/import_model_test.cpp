#include <doctest/doctest.h>

#include <cmath>

#include "engine/content/import/import_model.hpp"
#include "engine/content/import/name_pattern.hpp"
#include "engine/content/model_builder.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::content;
using nightfog::test::assetOf;
using nightfog::test::errorOf;
using nightfog::test::Folder;

namespace {

struct Imported {
  SceneContent content = test::contentWithMaterials();
  ImportReport report;
  Model model;
  explicit Imported(const catalog::AssetInfo& asset) { model = importModel(asset, content, &report); }
  Bounds bounds() const { return boundsOf(model, content); }
  const Mesh& mesh(size_t part = 0) const { return content.meshes[model.parts[part].mesh.value]; }
};

double volume(const Mesh& mesh) {
  double sum = 0;
  for (const glm::uvec3& t : mesh.triangles) {
    const glm::dvec3 a(mesh.positions[t.x]), b(mesh.positions[t.y]), c(mesh.positions[t.z]);
    sum += glm::dot(a, glm::cross(b, c)) / 6;
  }
  return sum;
}

void checkNormals(const Mesh& mesh) {
  for (const glm::uvec3& t : mesh.triangles) {
    const glm::vec3 a = mesh.positions[t.x];
    const glm::vec3 face = glm::normalize(glm::cross(mesh.positions[t.y] - a, mesh.positions[t.z] - a));
    for (glm::length_t k = 0; k < 3; ++k) CHECK(glm::dot(mesh.normals[t[k]], face) > 0.99f);
  }
}

constexpr catalog::FileAxis kAxes[] = {catalog::FileAxis::kPlusX, catalog::FileAxis::kMinusX,
                                       catalog::FileAxis::kPlusY, catalog::FileAxis::kMinusY,
                                       catalog::FileAxis::kPlusZ, catalog::FileAxis::kMinusZ};

}  // namespace

TEST_CASE("Whatever axes a file has, forward becomes x, up becomes z, and nothing is mirrored") {
  const Folder folder;
  // A thin box with one corner drawn out: a point that no rotation but the right one brings to the same place.
  folder.write("box.obj", test::objBox({2, 3, 5}));
  for (const catalog::FileAxis forward : kAxes) {
    for (const catalog::FileAxis up : kAxes) {
      if (glm::dot(direction(forward), direction(up)) != 0) continue;
      catalog::AssetInfo asset = assetOf(folder, "box.obj");
      asset.mesh->forward = forward;
      asset.mesh->up = up;
      asset.mesh->offset = glm::dvec3(0);
      const Imported imported(asset);
      const glm::dvec3 corner(2, 3, 5);
      const glm::dvec3 left = glm::cross(direction(up), direction(forward));
      const glm::dvec3 expected(glm::dot(corner, direction(forward)), glm::dot(corner, left),
                                glm::dot(corner, direction(up)));
      const Bounds bounds = imported.bounds();
      for (glm::length_t i = 0; i < 3; ++i) {
        CHECK(bounds.min[i] == doctest::Approx(std::min(0.0, expected[i])));
        CHECK(bounds.max[i] == doctest::Approx(std::max(0.0, expected[i])));
      }
      CHECK(volume(imported.mesh()) == doctest::Approx(30));  // positive: not inside out
      checkNormals(imported.mesh());
    }
  }
}

TEST_CASE("A true length scales all axes alike; the mesh stands in the middle of its box, on the ground") {
  const Folder folder;
  folder.write("box.obj", test::objBox({200, 100, 50}));
  catalog::AssetInfo asset = assetOf(folder, "box.obj");
  asset.mesh->scale.reset();
  asset.mesh->trueLength_m = 4;
  asset.boxSize = {4, 2, 1};
  asset.boxCentre = {1.3, 0, 0.5};
  const Imported imported(asset);
  CHECK(imported.report.scale == doctest::Approx(0.02));
  const Bounds bounds = imported.bounds();
  CHECK(bounds.min.x == doctest::Approx(-0.7));
  CHECK(bounds.max.x == doctest::Approx(3.3));
  CHECK(bounds.min.y == doctest::Approx(-1));
  CHECK(bounds.min.z == doctest::Approx(0));
  CHECK(bounds.max.z == doctest::Approx(1));
  asset.mesh->groundOffset_m = 0.15;
  CHECK(Imported(asset).bounds().min.z == doctest::Approx(0.15));
}

TEST_CASE("Nodes become parts by name, and a wheel's part turns about its own centre") {
  const Folder folder;
  std::string text = test::objBox({4, 2, 1});
  const std::string wheel =
      "v 0.7 1.8 -0.3\nv 1.3 1.8 -0.3\nv 1.3 2.0 -0.3\nv 0.7 2.0 -0.3\nv 0.7 1.8 0.3\nv 1.3 1.8 0.3\nv 1.3 2.0 0.3\n"
      "v 0.7 2.0 0.3\no Wheel_FL\nf 9 12 11 10\nf 13 14 15 16\nf 9 10 14 13\nf 11 12 16 15\nf 9 13 16 12\nf 10 11 15 "
      "14\n";
  folder.write("car.obj", text + wheel);
  catalog::AssetInfo asset = assetOf(folder, "car.obj");
  asset.mesh->offset = glm::dvec3(0, -1, 0.3);
  asset.parts = {"body", "wheel.front_left"};
  asset.mesh->parts = {{"wheel_f?", "wheel.front_left"}};
  asset.wheels = {{"wheel.front_left", {1, 0.9, 0.3}, 0.3, true}};
  const Imported imported(asset);
  REQUIRE(imported.model.parts.size() == 2);
  CHECK(imported.mesh(0).triangles.size() == 12);
  CHECK(imported.mesh(1).triangles.size() == 12);
  CHECK(imported.model.parts[1].joint == Joint::kSteerWheel);
  const Bounds own = boundsOf(imported.mesh(1));
  CHECK(own.centre().x == doctest::Approx(0).epsilon(1e-5));
  CHECK(own.centre().z == doctest::Approx(0).epsilon(1e-5));
  const Bounds placed = boundsOf(imported.mesh(1), restPoses(imported.model)[1]);
  CHECK(placed.centre().x == doctest::Approx(1));
  CHECK(placed.centre().y == doctest::Approx(0.9));
  CHECK(imported.report.unusedPatterns.empty());
}

TEST_CASE("Wheel parts that the file lacks are filled with wheels of ours") {
  const Folder folder;
  folder.write("box.obj", test::objBox({4, 2, 1}));
  catalog::AssetInfo asset = assetOf(folder, "box.obj");
  asset.parts = {"body", "wheel.left"};
  asset.wheels = {{"wheel.left", {1, 0.9, 0.3}, 0.3, false}};
  CHECK(Imported(asset).report.emptyParts == std::vector<std::string>{"wheel.left"});
  asset.mesh->wheels = catalog::WheelFill{0.2, 0.18};
  const Imported imported(asset);
  CHECK(imported.report.emptyParts.empty());
  const Bounds wheel = boundsOf(imported.mesh(1));
  CHECK(wheel.size().x == doctest::Approx(0.6).epsilon(0.01));
  CHECK(wheel.size().y == doctest::Approx(0.2).epsilon(0.15));
}

TEST_CASE("A mirrored node is not turned inside out") {
  const Folder folder;
  folder.write("tri.bin", test::gltfTriangleBin());
  folder.write("plain.gltf", test::gltfTriangle());
  folder.write("mirrored.gltf", test::gltfTriangle(R"(,"scale":[-1,1,1])"));
  for (const char* name : {"plain.gltf", "mirrored.gltf"}) {
    const Imported imported(assetOf(folder, name));
    const Mesh& mesh = imported.mesh();
    REQUIRE(mesh.triangles.size() == 1);
    const glm::uvec3 t = mesh.triangles[0];
    const glm::vec3 face =
        glm::cross(mesh.positions[t.y] - mesh.positions[t.x], mesh.positions[t.z] - mesh.positions[t.x]);
    CHECK(face.z > 0);  // a mirror in x leaves the side that faces z
  }
}

TEST_CASE("A box whose faces look inwards is seen from behind all over, and `outward` turns it") {
  const Folder folder;
  folder.write("box.obj", test::objBox({2, 1, 1}));
  catalog::AssetInfo asset = assetOf(folder, "box.obj");
  CHECK(Imported(asset).report.backShare == doctest::Approx(0));
  asset.mesh->faces = catalog::FaceSides::kFlipped;
  const Imported flipped(asset);
  // All but a pixel in ten thousand: where an edge is drawn, the far face may win.
  CHECK(flipped.report.backShare > 0.9995);
  CHECK(volume(flipped.mesh()) == doctest::Approx(-2));
  checkNormals(flipped.mesh());
  // The same from the file: reverse every face.
  std::string reversed = test::objBox({2, 1, 1});
  for (size_t at = reversed.find("\nf "); at != std::string::npos; at = reversed.find("\nf ", at + 1)) {
    std::swap(reversed[at + 5], reversed[at + 9]);
  }
  folder.write("reversed.obj", reversed);
  asset = assetOf(folder, "reversed.obj");
  asset.mesh->faces = catalog::FaceSides::kOutward;
  const Imported turned(asset);
  CHECK(turned.report.backShareOfFile > 0.9995);
  CHECK(turned.report.backShare == doctest::Approx(0));
  CHECK(turned.report.turnedPieces == 1);
  CHECK(volume(turned.mesh()) == doctest::Approx(2));
  checkNormals(turned.mesh());
}

TEST_CASE("Of two faces back to back the one that is seen from outside stays") {
  const Folder folder;
  // The box once more with every face the other way round, and before it: only the outward ones may stay.
  const std::string box = test::objBox({2, 1, 1});
  std::string both = box.substr(0, box.find("f "));
  std::string inward = box.substr(box.find("f "));
  for (size_t at = 0; at != std::string::npos; at = inward.find("f ", at + 1))
    std::swap(inward[at + 4], inward[at + 8]);
  folder.write("both.obj", both + inward + box.substr(box.find("f ")));
  const Imported imported(assetOf(folder, "both.obj"));
  CHECK(imported.report.triangles == 12);
  CHECK(imported.report.doubles == 12);
  CHECK(imported.report.crowdedEdges == 0);
  CHECK(volume(imported.mesh()) == doctest::Approx(2));
}

TEST_CASE("Topology counts what a box with a missing and a doubled side has") {
  const Folder folder;
  std::string open = test::objBox({1, 1, 1});
  open.resize(open.rfind("f "));  // five sides: the hole has four edges
  folder.write("open.obj", open);
  const Imported imported(assetOf(folder, "open.obj"));
  CHECK(imported.report.triangles == 10);
  CHECK(imported.report.openEdges == 4);
  CHECK(imported.report.edges == 17);  // 12 of the box and 5 diagonals
  CHECK(imported.report.crowdedEdges == 0);
  CHECK(imported.report.pieces == 1);
}

TEST_CASE("What is left out is gone, and a pattern that fits nothing is named") {
  const Folder folder;
  folder.write("two.obj", test::objBox({1, 1, 1}) + "o Shadow_plane\nv 9 9 0\nv 8 9 0\nv 8 8 0\nf 9 10 11\n");
  catalog::AssetInfo asset = assetOf(folder, "two.obj");
  CHECK(Imported(asset).report.triangles == 13);
  asset.mesh->leaveOut = {"*shadow*", "antenna"};
  const Imported imported(asset);
  CHECK(imported.report.triangles == 12);
  CHECK(imported.report.unusedPatterns == std::vector<std::string>{"antenna"});
  asset.mesh->leaveOut = {"*"};
  CHECK(errorOf([&] { Imported all(asset); }).find("nothing of two.obj is left in") != std::string::npos);
}

TEST_CASE("An asset built twice shares its meshes and materials") {
  const Folder folder;
  folder.write("box.obj", test::objBox({1, 1, 1}));
  const catalog::AssetInfo asset = assetOf(folder, "box.obj");
  SceneContent content = test::contentWithMaterials();
  const Model first = buildModel(asset, content);
  const size_t meshes = content.meshes.size();
  const size_t materials = content.materials.size();
  const Model second = buildModel(asset, content);
  CHECK(second.parts[0].mesh == first.parts[0].mesh);
  CHECK(content.meshes.size() == meshes);
  CHECK(content.materials.size() == materials);
}

TEST_CASE("A pack whose package is not installed says which one to install") {
  const Folder folder;
  catalog::AssetInfo asset = assetOf(folder, "cars/red.ac");
  asset.mesh->root = "/usr/share/no-such-thing";
  asset.mesh->package = "no-such-data";
  const std::string error = errorOf([&] { Imported imported(asset); });
  CHECK(error.find("/usr/share/no-such-thing/cars/red.ac") != std::string::npos);
  CHECK(error.find("apt-get install no-such-data") != std::string::npos);
}

TEST_CASE("Patterns fit names as shells do, without regard to letter case") {
  CHECK(matchesPattern("*glass*", "Front_GLASS_02"));
  CHECK(matchesPattern("wheel_??", "Wheel_FL"));
  CHECK(matchesPattern("*", ""));
  CHECK(matchesPattern("a*b*c", "axxbyyc"));
  CHECK_FALSE(matchesPattern("wheel", "wheels"));
  CHECK_FALSE(matchesPattern("?", ""));
  CHECK_FALSE(matchesPattern("a*b", "ac"));
}

TEST_CASE("A motor vehicle from a file has lamps at the ends of its box, however often it is built; a crate has none") {
  const Folder folder;
  folder.write("car.obj", test::objBox({4.5, 1.8, 1.5}));
  catalog::AssetInfo asset = assetOf(folder, "car.obj");
  asset.boxSize = {4.5, 1.8, 1.5};
  asset.boxCentre = {1.35, 0, 0.75};
  SceneContent content = test::contentWithMaterials();
  CHECK(buildModel(asset, content).lamps.empty());
  asset.id = "test.car";
  asset.semantic = classes::kCar;
  for (int i = 0; i < 2; ++i) {
    const Model car = buildModel(asset, content);
    REQUIRE(car.lamps.size() == 4);
    for (const ModelLamp& lamp : car.lamps) {
      const bool isHead = lamp.lamp.pattern == LampPattern::kLowBeam;
      CHECK(std::abs(lamp.lamp.partFromLamp.translation.x - (isHead ? 3.6 : -0.9)) < 0.1);
      CHECK(lamp.lamp.partFromLamp.rotate({1, 0, 0}).x == doctest::Approx(isHead ? 1 : -1));
    }
  }
}
