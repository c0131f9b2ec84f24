#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/catalog/asset_info.hpp"
#include "engine/config/diagnostics.hpp"
#include "engine/core/error.hpp"
#include "engine/core/files.hpp"

using namespace nightfog;
using namespace nightfog::catalog;

namespace {

const std::filesystem::path kAssets = NIGHTFOG_SOURCE_DIR "/assets";

/// A folder with asset files, gone afterwards.
class AssetFolder {
 public:
  AssetFolder() : path_(std::filesystem::temp_directory_path() / fmt::format("nightfog_catalog_test_{}", count_++)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_ / "deep");
  }
  ~AssetFolder() { std::filesystem::remove_all(path_); }
  AssetFolder& with(const char* name, std::string_view text) {
    writeFileAtomically(path_ / name, text);
    return *this;
  }
  Catalog load() const { return loadCatalog(path_); }
  std::string refusal() const {
    try {
      load();
    } catch (const config::DiagnosticsError& error) {
      return error.what();
    }
    return "accepted";
  }

 private:
  inline static int count_ = 0;
  std::filesystem::path path_;
};

constexpr std::string_view kCrate = R"(format: asset/1
class: obstacle.debris
builder: box
box: {size: [1 m, 50 cm, 40 cm], centre: [0 m, 0 m, 0.2 m]}
mass: 12 kg
licence: Apache-2.0
origin: made up
parameters: {length: 1 m, width: 50 cm, height: 40 cm}
assets:
  debris.crate: {title: crate}
  debris.crate.heavy:
    mass: 80 kg
    parameters: {height: 0.4 m, retroreflectance: 3}
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("The built-in assets are there, each with class, box, parts, mass, licence and origin") {
  const Catalog catalog = loadCatalog(kAssets);
  for (const char* id : {"vehicle.sedan", "vehicle.sedan.red", "vehicle.hatchback.blue", "vehicle.van.white",
                         "vehicle.suv", "person.adult.dark_clothes", "person.child.bright_clothes", "debris.tyre",
                         "lab.plate", "lab.sphere", "lab.box", "lab.wire", "lab.wall"}) {
    CAPTURE(id);
    CHECK(catalog.find(id) != nullptr);
  }
  for (const auto& [id, asset] : catalog.all()) {
    if (asset.mesh) continue;  // from a pack: other licences, parts by the file
    CAPTURE(id);
    CHECK(asset.id == id);
    CHECK(asset.semantic != classes::kUnlabelled);
    CHECK(asset.mass_kg > 0);
    CHECK(asset.licence == "Apache-2.0");
    CHECK(asset.origin.size() > 20);
    CHECK(asset.title.size() > 2);
    REQUIRE_FALSE(asset.parts.empty());
    CHECK(asset.parts.front() == "body");
    // The centre of mass lies in the box.
    for (glm::length_t k = 0; k < 3; ++k)
      CHECK(std::abs(asset.centreOfMass[k] - asset.boxCentre[k]) <= 0.5 * asset.boxSize[k]);
    if (classInfo(asset.semantic).name.starts_with("vehicle.")) {
      REQUIRE(asset.wheels.size() == 4);
      CHECK(std::count_if(asset.wheels.begin(), asset.wheels.end(),
                          [](const WheelInfo& wheel) { return wheel.isSteered; }) == 2);
      for (const WheelInfo& wheel : asset.wheels) CHECK(wheel.centre.z == wheel.radius_m);
      // The origin is the middle of the rear axle.
      CHECK(asset.wheels[2].centre.x == 0);
      CHECK(asset.wheels[2].centre.y == -asset.wheels[3].centre.y);
    }
  }
  CHECK(catalog.find("vehicle.sedna") == nullptr);
}

TEST_CASE("The plate is the one the point counts are stated for") {
  const Catalog catalog = loadCatalog(kAssets);
  const AssetInfo& plate = *catalog.find("lab.plate");
  CHECK(plate.boxSize.y == doctest::Approx(1.6));
  CHECK(plate.boxCentre.z - 0.5 * plate.boxSize.z == doctest::Approx(0.3));
  CHECK(plate.boxCentre.z + 0.5 * plate.boxSize.z == doctest::Approx(1.5));
}

TEST_CASE("An asset has its family's values but for its own; units are converted") {
  AssetFolder folder;
  const Catalog catalog = folder.with("deep/crate.asset.yaml", kCrate).with("notes.yaml", "not: an asset").load();
  REQUIRE(catalog.all().size() == 2);
  const AssetInfo& crate = *catalog.find("debris.crate");
  const AssetInfo& heavy = *catalog.find("debris.crate.heavy");
  CHECK(crate.title == "crate");
  CHECK(heavy.title == "debris.crate.heavy");
  CHECK(crate.mass_kg == 12);
  CHECK(heavy.mass_kg == 80);
  CHECK(crate.semantic == classes::kDebris);
  CHECK(crate.boxSize.y == doctest::Approx(0.5));
  CHECK(crate.centreOfMass == crate.boxCentre);
  CHECK(crate.parts == std::vector<std::string>{"body"});
  CHECK(crate.parameters.at("width") == doctest::Approx(0.5));
  CHECK(crate.parameters.count("retroreflectance") == 0);
  CHECK(heavy.parameters.at("retroreflectance") == 3);
  CHECK(heavy.parameters.at("length") == 1);
}

TEST_CASE("Wrong asset files are refused with a code, a place and a way out") {
  const std::string good(kCrate);
  struct Wrong {
    std::string text;
    const char* code;
    const char* place;
    const char* hint;
  };
  const Wrong wrongs[] = {
      {replaced(good, "obstacle.debris", "obstacle.debri"), "E0210", ":2:8", "obstacle.debris"},
      {replaced(good, "mass: 12 kg\n", ""), "E0201", ":9:3", "mass"},
      {replaced(good, "mass: 12 kg", "mass: -1 kg"), "E0209", ":5:7", "0.001 kg"},
      {replaced(good, "mass: 12 kg", "mass: 12 m"), "E0207", ":5:", "kg"},
      {replaced(good, "mass: 12 kg", "weight: 12 kg"), "E0202", ":5:1", ""},
      {replaced(good, "[1 m, 50 cm, 40 cm]", "[1 m, 50 cm]"), "E0213", ":4:13", ""},
      {replaced(good, "asset/1", "asset/9"), "E0216", ":1:9", "asset/1"},
      {replaced(good, "  debris.crate.heavy:\n", "  debris.crate:\n"), "E0103", ":11:3", ""},
      {replaced(good, "origin: made up\n",
                "origin: made up\nwheels: [{part: wheel, centre: [0 m, 0 m, 0 m], radius: 1 m}]\n"),
       "E0210", ":11:3", "body"},
  };
  for (const Wrong& wrong : wrongs) {
    AssetFolder folder;
    const std::string refusal = folder.with("crate.asset.yaml", wrong.text).refusal();
    CAPTURE(refusal);
    CHECK(refusal.find(wrong.code) != std::string::npos);
    CHECK(refusal.find(std::string("crate.asset.yaml") + wrong.place) != std::string::npos);
    CHECK(refusal.find(wrong.hint) != std::string::npos);
  }
}

TEST_CASE("Two files may not define the same asset") {
  AssetFolder folder;
  const std::string refusal = folder.with("a.asset.yaml", kCrate).with("deep/b.asset.yaml", kCrate).refusal();
  CHECK(refusal.find("E0411") != std::string::npos);
  CHECK(refusal.find("a.asset.yaml") != std::string::npos);
  CHECK(refusal.find("b.asset.yaml") != std::string::npos);
}

TEST_CASE("A missing folder is an input error with its name") {
  try {
    loadCatalog("/nonexistent/assets");
    FAIL("loaded");
  } catch (const IoError& error) {
    CHECK(std::string(error.what()).find("/nonexistent/assets") != std::string::npos);
  }
}
