#include <doctest/doctest.h>

#include <fmt/format.h>

#include "fixture.hpp"

using namespace nightfog;
using nightfog::test::errorOf;
using nightfog::test::Folder;

namespace {

std::string pack(const std::string& mesh, const std::string& roots = "") {
  return fmt::format(
      "format: asset/1\n{}class: vehicle.car\nbox: {{size: [4 m, 2 m, 1 m], centre: [0 m, 0 m, 0.5 m]}}\nmass: 1000 "
      "kg\n"
      "licence: CC0-1.0\norigin: made for this test\nassets:\n  vehicle.mine:\n    mesh: {}\n",
      roots, mesh);
}

std::string errorOfPack(const std::string& text) {
  const Folder folder;
  folder.write("mine.asset.yaml", text);
  return errorOf([&] { catalog::loadCatalog(folder.path()); });
}

}  // namespace

TEST_CASE("A pack names a mesh beside it or below a root") {
  const Folder folder;
  folder.write("mine.asset.yaml",
               pack("{file: meshes/car.glb, axes: {forward: +z, up: +y}, true_length: 4.2 m, faces: outward}"));
  folder.write("packs/other.yaml", pack("{root: games, file: car.ac, axes: {forward: +x, up: +y}, scale: 1}",
                                        "roots:\n  games: {folder: /usr/share/games/x, package: x-data}\n")
                                       .replace(0, 0, "# packs need no .asset in their name\n"));
  const auto both = errorOf([&] { catalog::loadCatalog(folder.path()); });
  CHECK(both.find("two assets 'vehicle.mine'") != std::string::npos);  // so both files were read
  std::filesystem::remove_all(folder.path() / "packs");
  const catalog::Catalog catalog = catalog::loadCatalog(folder.path());
  const catalog::AssetInfo* asset = catalog.find("vehicle.mine");
  REQUIRE(asset != nullptr);
  REQUIRE(asset->mesh.has_value());
  CHECK(asset->mesh->root == folder.path());
  CHECK(asset->mesh->file == "meshes/car.glb");
  CHECK(asset->mesh->forward == catalog::FileAxis::kPlusZ);
  CHECK(asset->mesh->trueLength_m == doctest::Approx(4.2));
  CHECK(asset->mesh->faces == catalog::FaceSides::kOutward);
}

TEST_CASE("A mesh outside its pack is refused where the file says so") {
  for (const char* file : {"../car.glb", "a/../../car.glb", "/etc/passwd", ".."}) {
    const std::string error =
        errorOfPack(pack(fmt::format("{{file: {}, axes: {{forward: +x, up: +z}}, scale: 1}}", file)));
    CHECK_MESSAGE(error.find("E0701") != std::string::npos, error);
    CHECK(error.find("mine.asset.yaml:9:") != std::string::npos);
  }
  CHECK(errorOfPack(pack("{root: r, file: a.obj, axes: {forward: +x, up: +z}, scale: 1}",
                         "roots:\n  r: {folder: games, package: x}\n"))
            .find("not an absolute path") != std::string::npos);
}

TEST_CASE("A root that is not named, axes that coincide and a size stated twice or never are errors") {
  CHECK(errorOfPack(pack("{root: gamse, file: a.obj, axes: {forward: +x, up: +z}, scale: 1}",
                         "roots:\n  games: {folder: /usr/games, package: x}\n"))
            .find("games") != std::string::npos);
  CHECK(errorOfPack(pack("{file: a.obj, axes: {forward: +x, up: -x}, scale: 1}")).find("same axis") !=
        std::string::npos);
  CHECK(errorOfPack(pack("{file: a.obj, axes: {forward: +x, up: +z}}")).find("no size") != std::string::npos);
  CHECK(errorOfPack(pack("{file: a.obj, axes: {forward: +x, up: +z}, scale: 1, true_length: 4 m}")).find("both") !=
        std::string::npos);
  CHECK(errorOfPack(pack("{file: a.obj, axes: {forward: +x, up: +z}, scale: 1, colour: red}")).find("E0202") !=
        std::string::npos);
}
