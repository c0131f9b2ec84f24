// A small catalogue made by hand, so that placement is tested against boxes written here.
#pragma once

#include <string>

#include "engine/scenario/template.hpp"

namespace nightfog::scenario {

inline catalog::AssetInfo testAsset(std::string id, glm::dvec3 size, double centre_x) {
  catalog::AssetInfo asset;
  asset.id = std::move(id);
  asset.title = asset.id;
  asset.boxSize = size;
  asset.boxCentre = {centre_x, 0, size.z / 2};
  asset.mass_kg = 100;
  asset.builder = "box";
  return asset;
}

inline const catalog::Catalog& testCatalog() {
  static const catalog::Catalog catalog = [] {
    catalog::Catalog c;
    c.add(testAsset("vehicle.sedan", {4.7, 1.85, 1.45}, 1.35));
    c.add(testAsset("vehicle.van.white", {5.0, 2.0, 2.4}, 1.5));
    c.add(testAsset("vehicle.truck.box", {8.0, 2.4, 3.2}, 2.0));
    c.add(testAsset("person.adult.dark_clothes", {0.4, 0.6, 1.8}, 0));
    c.add(testAsset("debris.tyre", {0.64, 0.215, 0.64}, 0));
    c.add(testAsset("lab.plate", {0.02, 1.6, 1.2}, 0));
    c.add(testAsset("lab.sphere", {1, 1, 1}, 0));
    return c;
  }();
  return catalog;
}

inline Library testLibrary() {
  return {.catalog = testCatalog(), .dataFolder = NIGHTFOG_SOURCE_DIR};
}

inline ScenarioTemplate fromText(const std::string& text) {
  return parseScenarioTemplate(text, "test.scn.yaml", testLibrary());
}

/// A straight road of 200 m along x, two driving lanes, parking and a sidewalk on the right; then `rest`.
inline std::string onRoad(const std::string& rest) {
  return "format: scenario/1\n"
         "id: test\n"
         "seed: 7\n"
         "world:\n"
         "  road:\n"
         "    line: [{straight: 200 m}]\n"
         "    lanes:\n"
         "      left: [{name: oncoming, width: 3.5 m}]\n"
         "      right:\n"
         "        - {name: ego_lane, width: 3.5 m}\n"
         "        - {name: parking, kind: parking, width: 2.5 m}\n"
         "        - {name: walk, kind: sidewalk, width: 2 m}\n"
         "  duration: 2 s\n" +
         rest;
}

inline std::string onPlane(const std::string& rest) {
  return "format: scenario/1\nid: test\nseed: 7\nworld: {ground: plane, duration: 1 s}\n" + rest;
}

}  // namespace nightfog::scenario
