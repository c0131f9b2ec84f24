#include <doctest/doctest.h>

#include <algorithm>

#include "engine/content/import/mesh_check.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::content;
using nightfog::test::assetOf;
using nightfog::test::Folder;

namespace {

/// Codes of the findings, errors in capitals as they are ("A01"), warnings in small letters ("a06").
std::vector<std::string> check(const catalog::AssetInfo& asset) {
  SceneContent content = test::contentWithMaterials();
  ImportReport report;
  const Model model = importModel(asset, content, &report);
  std::vector<std::string> codes;
  for (const MeshFinding& finding : checkMesh(asset, model, content, report)) {
    CHECK_FALSE(finding.message.empty());
    codes.push_back((finding.isError ? "A" : "a") + std::string(finding.code.substr(1)));
  }
  return codes;
}

catalog::AssetInfo car(const Folder& folder, const glm::dvec3& size) {
  folder.write("car.obj", test::objBox(size));
  catalog::AssetInfo asset = assetOf(folder, "car.obj");
  asset.semantic = classes::kCar;
  asset.boxSize = size;
  asset.boxCentre = {0, 0, size.z / 2};
  return asset;
}

bool has(const std::vector<std::string>& codes, const char* code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

TEST_CASE("A box the size of a car has nothing wrong with it as a car") {
  const Folder folder;
  CHECK(check(car(folder, {4.5, 1.8, 1.5})).empty());
}

TEST_CASE("Every fault is named by its code") {
  const Folder folder;
  SUBCASE("centimetres") {
    CHECK(has(check(car(folder, {450, 180, 150})), "A01"));
  }
  SUBCASE("sideways") {
    CHECK(has(check(car(folder, {1.8, 4.5, 1.5})), "A02"));
  }
  SUBCASE("above the ground") {
    catalog::AssetInfo asset = car(folder, {4.5, 1.8, 1.5});
    asset.mesh->groundOffset_m = 0.4;
    CHECK(has(check(asset), "A03"));
  }
  SUBCASE("a box that is not its own") {
    catalog::AssetInfo asset = car(folder, {4.5, 1.8, 1.5});
    asset.boxSize.x = 4.0;
    CHECK(check(asset) == std::vector<std::string>{"A04"});
  }
  SUBCASE("inside out") {
    catalog::AssetInfo asset = car(folder, {4.5, 1.8, 1.5});
    asset.mesh->faces = catalog::FaceSides::kFlipped;
    CHECK(check(asset) == std::vector<std::string>{"A05"});
  }
  SUBCASE("a hole") {
    catalog::AssetInfo asset = car(folder, {4.5, 1.8, 1.5});
    std::string open = test::objBox({4.5, 1.8, 1.5});
    open.erase(open.find("f 1 3 4 2"), 10);  // no floor
    folder.write("car.obj", open);
    CHECK(check(asset) == std::vector<std::string>{"a06"});
  }
  SUBCASE("a fin on an edge, and triangles without area") {
    catalog::AssetInfo asset = car(folder, {4.5, 1.8, 1.5});
    folder.write("car.obj", test::objBox({4.5, 1.8, 1.5}) + "v 1 0.9 0.7\nf 1 2 9\nf 1 1 2\n");
    const auto codes = check(asset);
    CHECK(has(codes, "a07"));
  }
  SUBCASE("a picture that is gone") {
    catalog::AssetInfo asset = car(folder, {4.5, 1.8, 1.5});
    folder.write("m.mtl", "newmtl paint\nmap_Kd gone.png\n");
    folder.write("car.obj", test::objBox({4.5, 1.8, 1.5}, "mtllib m.mtl\nusemtl paint\n"));
    CHECK(check(asset) == std::vector<std::string>{"A11"});
  }
  SUBCASE("a pattern without use, and a part without geometry") {
    catalog::AssetInfo asset = car(folder, {4.5, 1.8, 1.5});
    asset.parts = {"body", "wheel"};
    asset.wheels = {{"wheel", {0, 0, 0.3}, 0.3, false}};
    asset.mesh->parts = {{"rim*", "wheel"}};
    CHECK(check(asset) == std::vector<std::string>{"A12", "A13"});
  }
  SUBCASE("a wheel that would wobble") {
    catalog::AssetInfo asset = car(folder, {4.5, 1.8, 1.5});
    asset.parts = {"body", "wheel"};
    folder.write("car.obj",
                 test::objBox({4.5, 1.8, 1.5}) + "v 1 0.5 0.2\nv 1.6 0.5 0.2\nv 1.6 0.5 0.8\no Rim\nf 9 10 11\n");
    asset.wheels = {{"wheel", {0, 0, 0.3}, 0.3, false}};
    asset.mesh->parts = {{"rim*", "wheel"}};
    CHECK(has(check(asset), "A16"));
  }
}

TEST_CASE("Procedural cars are plausible cars, too") {
  const PlausibleSize car = plausibleSize(classes::kCar);
  const catalog::Catalog catalog = catalog::loadCatalog(NIGHTFOG_SOURCE_DIR "/assets");
  for (const auto& [id, asset] : catalog.all()) {
    if (asset.semantic != classes::kCar) continue;
    CHECK_MESSAGE(glm::all(glm::lessThanEqual(car.least, asset.boxSize)), id);
    CHECK_MESSAGE(glm::all(glm::lessThanEqual(asset.boxSize, car.most)), id);
  }
}
