#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/config/diagnostics.hpp"
#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::content;

TEST_CASE("Every material cites its source and conserves energy") {
  const SceneContent content = withMaterials();
  CHECK(content.materials.size() > 60);
  std::set<std::string> names;
  for (const Material& material : content.materials) {
    CAPTURE(material.name);
    CHECK(names.insert(material.name).second);
    CHECK(material.source.size() > 15);
    for (const float r : material.reflectance) {
      CHECK(r >= 0);
      CHECK(r + material.transmission <= 1);
    }
  }
}

TEST_CASE("Measured materials have the measured figures") {
  const SceneContent content = withMaterials();
  struct Measured {
    const char* name;
    float nm905, nm1550;
  };
  // ECOSTRESS/ASTER spectra at 905 nm and 1550 nm.
  for (const Measured& expected : {Measured{"asphalt", 0.278f, 0.362f}, Measured{"grass", 0.509f, 0.243f},
                                   Measured{"leaf.mid", 0.554f, 0.253f}, Measured{"needle", 0.515f, 0.188f},
                                   Measured{"roof.slate", 0.189f, 0.173f}, Measured{"alloy", 0.596f, 0.813f}}) {
    const Material& material = content.materials[findMaterial(content, expected.name).value];
    CHECK(material.reflectance[3] == expected.nm905);
    CHECK(material.reflectance[4] == expected.nm1550);
  }
  // White type III sheeting: rho_eq = pi R_A, R_A 250 cd/lx/m2.
  CHECK(content.materials[findMaterial(content, "retro.white").value].retroreflectance ==
        doctest::Approx(kPi * 250).epsilon(0.001));
}

TEST_CASE("Alpha textures let through about half and keep their outline inside") {
  for (const std::string_view name : textureNames()) {
    CAPTURE(std::string(name));
    const Texture texture = makeTexture(name);
    REQUIRE(texture.texels.size() == size_t{texture.width} * texture.height);
    const auto solid = static_cast<double>(
        std::count_if(texture.texels.begin(), texture.texels.end(), [](uint32_t t) { return (t >> 24) >= 128; }));
    CHECK(solid / static_cast<double>(texture.texels.size()) > 0.2);
    CHECK(solid / static_cast<double>(texture.texels.size()) < 0.75);
    CHECK(makeTexture(name).texels == texture.texels);
  }
  CHECK_THROWS_AS(makeTexture("brick"), Error);
}

TEST_CASE("A wrong material file says where and what") {
  const auto folder = std::filesystem::temp_directory_path() / "nightfog_material_test";
  std::filesystem::create_directories(folder);
  const auto refusal = [&](std::string_view text) {
    writeFileAtomically(folder / "m.yaml", text);
    SceneContent content;
    try {
      loadMaterials(folder / "m.yaml", content);
    } catch (const config::DiagnosticsError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(refusal("format: materials/1\nmaterials:\n  a: {bands: [0.1, 0.1, 0.1, 0.1], source: \"x\"}\n").find("E0213") !=
        std::string::npos);
  CHECK(refusal("format: materials/1\nmaterials:\n  a: {bands: [0.1, 0.1, 0.1, 0.1, 1.5], source: \"x\"}\n")
            .find("E0209") != std::string::npos);
  CHECK(refusal("format: materials/1\nmaterials:\n  a: {bands: [0.1, 0.1, 0.1, 0.1, 0.1]}\n").find("source") !=
        std::string::npos);
  const std::string typo = refusal(
      "format: materials/1\nmaterials:\n  a: {bands: [0.1, 0.1, 0.1, 0.1, 0.1], alpha: leaf_clutter, source: \"x\"}\n");
  CHECK(typo.find("leaf_cluster") != std::string::npos);
  CHECK(typo.find(":3:") != std::string::npos);
  std::filesystem::remove_all(folder);
}
