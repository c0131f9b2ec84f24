#include <doctest/doctest.h>

#include <cmath>

#include "engine/content/import/import_model.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::content;
using nightfog::test::assetOf;
using nightfog::test::errorOf;
using nightfog::test::Folder;

namespace {

/// An uncompressed 32-bit TGA, rows from the bottom: BGRA.
std::string tga(uint16_t width, uint16_t height, const std::string& bgra) {
  std::string head(18, '\0');
  head[2] = 2;
  head[12] = static_cast<char>(width);
  head[14] = static_cast<char>(height);
  head[16] = 32;
  head[17] = 8;
  return head + bgra;
}

/// A square of 1 m lying on the ground with its picture once across, in a material of that name.
std::string square(const std::string& material) {
  return "mtllib m.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nusemtl " + material +
         "\nf 1/1 2/2 3/3 4/4\n";
}

struct ImportedSquare {
  SceneContent content = test::contentWithMaterials();
  ImportReport report;
  explicit ImportedSquare(const catalog::AssetInfo& asset) { importModel(asset, content, &report); }
  const Material& material() const { return content.materials.back(); }
};

}  // namespace

TEST_CASE("Kinds are guessed from words, not from letters inside others") {
  CHECK(guessKind({"Front_Window"}, 0) == SurfaceKind::kGlass);
  CHECK(guessKind({"frontGlass"}, 0) == SurfaceKind::kGlass);
  CHECK(guessKind({"entire body"}, 0) == SurfaceKind::kPaint);  // no "tire"
  CHECK(guessKind({"mat01", "oak_leaves.png"}, 0) == SurfaceKind::kVegetation);
  CHECK(guessKind({"mat01"}, 0.9f) == SurfaceKind::kMetal);
  CHECK(guessKind({"tire_metal"}, 0) == SurfaceKind::kRubber);
}

TEST_CASE("What a laser sees of a kind agrees with the published spectra") {
  const glm::vec3 grey(0.179f);
  const auto leaf = bandsOf(SurfaceKind::kVegetation, {0.05f, 0.1f, 0.03f}, {0.05f, 0.1f, 0.03f});
  CHECK(leaf[3] == doctest::Approx(0.554));  // ECOSTRESS deciduous leaf
  CHECK(leaf[4] == doctest::Approx(0.253));
  const auto asphalt = bandsOf(SurfaceKind::kGround, grey, grey);
  CHECK(asphalt[3] == doctest::Approx(0.278));  // ECOSTRESS asphaltic concrete, old
  CHECK(asphalt[4] == doctest::Approx(0.362));
  const auto white = bandsOf(SurfaceKind::kPaint, glm::vec3(0.85f), glm::vec3(0.85f));
  CHECK(white[3] >= 0.70f);  // white car paint 0.70-0.85 and 0.4-0.6
  CHECK(white[3] <= 0.85f);
  CHECK(white[4] >= 0.4f);
  CHECK(white[4] <= 0.6f);
  const auto black = bandsOf(SurfaceKind::kPaint, glm::vec3(0.01f), glm::vec3(0.01f));
  CHECK(black[3] >= 0.02f);  // carbon black 0.02-0.06
  CHECK(black[3] <= 0.06f);
  for (int kind = 0; kind <= static_cast<int>(SurfaceKind::kGround); ++kind) {
    for (const float v : {-1.0f, 0.0f, 0.5f, 1.0f, 7.0f}) {
      for (const float band : bandsOf(static_cast<SurfaceKind>(kind), glm::vec3(v), glm::vec3(v))) {
        CHECK(band >= 0);
        CHECK(band <= 1);
      }
    }
  }
}

TEST_CASE("A Blinn-Phong exponent becomes the roughness of the same lobe") {
  CHECK(roughnessOfShininess(0) == doctest::Approx(1));
  CHECK(roughnessOfShininess(30) == doctest::Approx(0.5));  // alpha = sqrt(2 / 32) = 0.25
}

TEST_CASE("A picture multiplies the visible bands and its mean, weighted by area, sets the laser's") {
  const Folder folder;
  folder.write("m.mtl", "newmtl body\nKd 1 1 1\nmap_Kd p.tga\n");
  // Left half white, right half black, all opaque.
  folder.write("p.tga", tga(2, 1, {'\xff', '\xff', '\xff', '\xff', 0, 0, 0, '\xff'}));
  folder.write("s.obj", square("body"));
  const ImportedSquare imported(assetOf(folder, "s.obj"));
  CHECK(imported.material().reflectance[0] == doctest::Approx(1));
  CHECK(imported.material().reflectance[3] == doctest::Approx(0.04 + 0.80 * 0.5).epsilon(0.01));
  REQUIRE(imported.material().colourTexture.isValid());
  CHECK_FALSE(imported.material().alphaTexture.isValid());
  const Texture& texture = imported.content.textures[imported.material().colourTexture.value];
  CHECK(texture.texels == std::vector<uint32_t>{0xffffffffu, 0xff000000u});
}

TEST_CASE("Alpha that is used becomes holes; of glass it does not; an opaque mode forbids it") {
  const Folder folder;
  folder.write("m.mtl", "newmtl leaf\nKd 1 1 1\nmap_Kd p.tga\nnewmtl window\nKd 1 1 1\nmap_Kd p.tga\n");
  folder.write("p.tga", tga(2, 1, {'\xff', '\xff', '\xff', '\xff', 0, 0, 0, 0}));
  folder.write("leaf.obj", square("leaf"));
  folder.write("glass.obj", square("window"));
  const ImportedSquare leaf(assetOf(folder, "leaf.obj"));
  CHECK(leaf.material().alphaTexture.isValid());
  CHECK(leaf.report.materials[0].hasHoles);
  CHECK(leaf.material().reflectance[3] == doctest::Approx(0.554));
  const ImportedSquare glass(assetOf(folder, "glass.obj"));
  CHECK_FALSE(glass.material().alphaTexture.isValid());
  CHECK(glass.material().transmission == doctest::Approx(0.85));
}

TEST_CASE("A material that a pattern names becomes ours, and one that does not exist is an error") {
  const Folder folder;
  folder.write("m.mtl", "newmtl Tyre01\nKd 1 1 1\n");
  folder.write("s.obj", square("Tyre01"));
  catalog::AssetInfo asset = assetOf(folder, "s.obj");
  asset.mesh->materials = {{"tyre*", "rubber.tyre"}};
  const ImportedSquare imported(asset);
  CHECK(imported.report.materials[0].ours == "rubber.tyre");
  CHECK(imported.report.materials[0].reflectance[3] == doctest::Approx(0.04));
  asset.mesh->materials = {{"tyre*", "unobtainium"}};
  CHECK(errorOf([&] { ImportedSquare none(asset); }).find("unobtainium") != std::string::npos);
}
