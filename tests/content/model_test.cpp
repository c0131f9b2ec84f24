#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/core/error.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::content;

TEST_CASE("Every asset builds into sound meshes within its budget, with the parts its entry names") {
  SceneContent content = withMaterials();
  for (const auto& [id, asset] : builtInCatalog().all()) {
    CAPTURE(id);
    const Model model = buildModel(asset, content);
    for (const ModelPart& part : model.parts) {
      if (part.mesh.isValid()) CHECK_MESSAGE(faultsOf(content.meshes[part.mesh.value], content) == "", part.name);
    }
    std::vector<std::string> names;
    for (size_t i = 0; i < model.parts.size(); ++i) {
      names.push_back(model.parts[i].name);
      CHECK(model.parts[i].parent < static_cast<int>(i));
      CHECK((model.parts[i].parent < 0) == (i == 0));
    }
    std::vector<std::string> stated = asset.parts;
    std::sort(names.begin(), names.end());
    std::sort(stated.begin(), stated.end());
    CHECK(names == stated);
    const size_t triangles = triangleCount(model, content);
    CHECK(triangles >= 12);
    CHECK(triangles <= 32000);
    for (const ModelPart& part : model.parts) {
      if (!part.mesh.isValid()) continue;
      for (const MeshSurface& surface : content.meshes[part.mesh.value].surfaces)
        CHECK(surface.semantic == asset.semantic);
    }
  }
}

TEST_CASE("The catalogue's boxes are the geometry's bounds within a centimetre") {
  SceneContent content = withMaterials();
  for (const auto& [id, asset] : builtInCatalog().all()) {
    CAPTURE(id);
    const Bounds bounds = boundsOf(buildModel(asset, content), content);
    for (glm::length_t k = 0; k < 3; ++k) {
      CHECK(std::abs(bounds.size()[k] - asset.boxSize[k]) < 0.01);
      CHECK(std::abs(bounds.centre()[k] - asset.boxCentre[k]) < 0.01);
    }
  }
}

TEST_CASE("Everything that stands, stands on the ground") {
  SceneContent content = withMaterials();
  for (const auto& [id, asset] : builtInCatalog().all()) {
    if (asset.semantic == classes::kLabTarget || id.starts_with("lab.")) continue;  // hang where they like
    CAPTURE(id);
    CHECK(std::abs(boundsOf(buildModel(asset, content), content).min.z) < 1e-4);
  }
}

TEST_CASE("Wheels touch the ground, roll in their arches and match the catalogue") {
  SceneContent content = withMaterials();
  int vehicles = 0;
  for (const auto& [id, asset] : builtInCatalog().all()) {
    if (asset.wheels.empty()) continue;
    ++vehicles;
    CAPTURE(id);
    const Model model = buildModel(asset, content);
    const std::vector<RigidTransform> poses = restPoses(model);
    for (const catalog::WheelInfo& wheel : asset.wheels) {
      CAPTURE(wheel.part);
      const auto part = std::find_if(model.parts.begin(), model.parts.end(),
                                     [&](const ModelPart& p) { return p.name == wheel.part; });
      REQUIRE(part != model.parts.end());
      CHECK(part->joint == (wheel.isSteered ? Joint::kSteerWheel : Joint::kWheel));
      CHECK(std::abs(part->radius_m - wheel.radius_m) < 1e-6);
      const RigidTransform& pose = poses[static_cast<size_t>(part - model.parts.begin())];
      CHECK(glm::length(pose.translation - wheel.centre) < 1e-9);
      const Bounds bounds = boundsOf(content.meshes[part->mesh.value], pose);
      CHECK(std::abs(bounds.min.z) < 1e-4);
      CHECK(bounds.max.z == doctest::Approx(2 * wheel.radius_m).epsilon(1e-4));
      // Turned about its axle, no point of it comes nearer to the body's arch than the tyre does.
      double reach = 0;
      for (const glm::vec3& p : content.meshes[part->mesh.value].positions)
        reach = std::max(reach, std::hypot(double(p.x), double(p.z)));
      CHECK(reach < wheel.radius_m + 1e-4);
    }
    // The body keeps clear of the tyres: no body vertex inside a wheel's cylinder.
    size_t inside = 0;
    for (const glm::vec3& p : content.meshes[model.parts[0].mesh.value].positions) {
      for (const catalog::WheelInfo& wheel : asset.wheels) {
        const glm::dvec3 d = glm::dvec3(p) - wheel.centre;
        // A fork straddles a bicycle's wheel.
        const double half = asset.semantic == classes::kCyclist ? 0.02 : 0.09;
        inside += std::hypot(d.x, d.z) < wheel.radius_m && std::abs(d.y) < half;
      }
    }
    CHECK(inside == 0);
  }
  CHECK(vehicles >= 8);
}

TEST_CASE("Cars are as long, wide and high as cars are, with glass to see through and plates that shine back") {
  SceneContent content = withMaterials();
  struct Expected {
    const char* id;
    glm::dvec3 size;  // without mirrors
  };
  for (const Expected& expected :
       {Expected{"vehicle.sedan", {4.7, 1.85, 1.45}}, Expected{"vehicle.hatchback.blue", {4.1, 1.78, 1.5}},
        Expected{"vehicle.van.white", {5.0, 1.92, 2.0}}, Expected{"vehicle.suv", {4.62, 1.89, 1.71}}}) {
    CAPTURE(expected.id);
    const catalog::AssetInfo& asset = *builtInCatalog().find(expected.id);
    const Model model = buildModel(asset, content);
    const Bounds bounds = boundsOf(model, content);
    CHECK(std::abs(bounds.size().x - expected.size.x) < 0.05);
    CHECK(std::abs(bounds.size().z - expected.size.z) < 0.05);
    CHECK(bounds.size().y > expected.size.y);
    CHECK(bounds.size().y < expected.size.y + 0.35);
    const Mesh& body = content.meshes[model.parts[0].mesh.value];
    double glassArea = 0, plateArea = 0;
    for (size_t f = 0; f < body.triangles.size(); ++f) {
      const glm::uvec3 t = body.triangles[f];
      const double area = 0.5 * glm::length(glm::cross(body.positions[t.y] - body.positions[t.x],
                                                       body.positions[t.z] - body.positions[t.x]));
      const Material& material = content.materials[body.surfaces[body.surfaceOfTriangle[f]].material.value];
      if (material.transmission > 0.5f) glassArea += area;
      if (material.name == "licence_plate") plateArea += area;
    }
    CHECK(glassArea > 1.5);
    CHECK(glassArea < 5);
    CHECK(plateArea > 2 * 0.52 * 0.11);
  }
}

TEST_CASE("Vehicles have lamps in front and behind, and reflectors and plates that shine back") {
  SceneContent content = withMaterials();
  for (const auto& [id, asset] : builtInCatalog().all()) {
    if (asset.wheels.empty()) continue;
    CAPTURE(id);
    const Model model = buildModel(asset, content);
    const Mesh& body = content.meshes[model.parts[0].mesh.value];
    const double middle = asset.boxCentre.x;
    double white = 0, red = 0, redReflector = 0, plate = 0, whiteBehind = 0;
    for (size_t f = 0; f < body.triangles.size(); ++f) {
      const glm::uvec3 t = body.triangles[f];
      const double area = 0.5 * glm::length(glm::cross(body.positions[t.y] - body.positions[t.x],
                                                       body.positions[t.z] - body.positions[t.x]));
      const Material& material = content.materials[body.surfaces[body.surfaceOfTriangle[f]].material.value];
      const bool isAhead = body.positions[t.x].x > middle;
      if (material.name == "lamp.head") (isAhead ? white : whiteBehind) += area;
      if (material.name == "lamp.tail" && !isAhead) red += area;
      if (material.name == "licence_plate") plate += area;
      if (material.retroreflectance >= 500 && material.reflectance[0] > 4 * material.reflectance[1] && !isAhead)
        redReflector += area;
    }
    const bool isBicycle = asset.semantic == classes::kCyclist;
    CHECK(white > (isBicycle ? 0.001 : 0.01));
    CHECK(whiteBehind == 0);  // nothing white burns behind
    CHECK(red > (isBicycle ? 0.0005 : 0.01));
    CHECK(redReflector > (isBicycle ? 0.001 : 0.004));
    if (!isBicycle) CHECK(plate > 2 * 0.52 * 0.11);
    const auto pointsAhead = std::count_if(model.lamps.begin(), model.lamps.end(), [](const ModelLamp& lamp) {
      return lamp.lamp.partFromLamp.rotate({1, 0, 0}).x > 0.9;
    });
    CHECK(pointsAhead == (isBicycle ? 1 : 2));
    CHECK(static_cast<long>(model.lamps.size()) == 2 * pointsAhead);
  }
}

TEST_CASE("The sphere's facets lie within the stated sagitta of the sphere") {
  SceneContent content = withMaterials();
  const Model model = buildModel(*builtInCatalog().find("lab.sphere"), content);
  const Mesh& mesh = content.meshes[model.parts[0].mesh.value];
  // Largest distance from a facet's middle to the sphere: both directions curve, 128 around and 64 from pole to pole.
  const double sagitta = 0.5 * (1 - std::cos(kPi / 128)) + 0.5 * (1 - std::cos(kPi / 128));
  for (const glm::uvec3& t : mesh.triangles) {
    const glm::vec3 middle = (mesh.positions[t.x] + mesh.positions[t.y] + mesh.positions[t.z]) / 3.0f;
    const double radius = glm::length(glm::dvec3(middle) - glm::dvec3(0, 0, 0.5));
    REQUIRE(radius < 0.5 + 1e-6);
    REQUIRE(radius > 0.5 - sagitta);
  }
}

TEST_CASE("A laboratory target has the reflectance its asset states") {
  SceneContent content = withMaterials();
  catalog::AssetInfo asset = *builtInCatalog().find("lab.plate");
  asset.parameters["reflectance_905"] = 0.25;
  asset.parameters["reflectance_1550"] = 0.75;
  const Model model = buildModel(asset, content);
  const Mesh& mesh = content.meshes[model.parts[0].mesh.value];
  const Material& material = content.materials[mesh.surfaces[0].material.value];
  CHECK(material.reflectance == std::array<float, 5>{0.1f, 0.1f, 0.1f, 0.25f, 0.75f});
  CHECK(material.metallic == 0);
  CHECK(material.roughness == 1);
}

TEST_CASE("A person's limbs hang from hips and shoulders, left on the left, and the head is on top") {
  SceneContent content = withMaterials();
  for (const char* id : {"person.adult.dark_clothes", "person.child.bright_clothes"}) {
    CAPTURE(id);
    const Model model = buildModel(*builtInCatalog().find(id), content);
    const std::vector<RigidTransform> poses = restPoses(model);
    const auto at = [&](const std::string& name) {
      for (size_t i = 0; i < model.parts.size(); ++i) {
        if (model.parts[i].name == name) return poses[i].translation;
      }
      FAIL("no part ", name);
      return glm::dvec3(0);
    };
    const double height = boundsOf(model, content).max.z;
    for (const std::string side : {"left", "right"}) {
      const double sign = side == "left" ? 1 : -1;
      for (const char* limb : {"thigh.", "shin.", "foot.", "upper_arm.", "forearm.", "hand."})
        CHECK(sign * at(limb + side).y > 0);
      CHECK(at("thigh." + side).z > at("shin." + side).z);
      CHECK(at("shin." + side).z > at("foot." + side).z);
      CHECK(at("upper_arm." + side).z > at("forearm." + side).z);
      CHECK(at("forearm." + side).z > at("hand." + side).z);
      for (const ModelPart& part : model.parts) {
        if (part.name == "thigh." + side || part.name == "forearm." + side || part.name == "foot." + side)
          CHECK(part.joint == Joint::kHinge);
      }
    }
    CHECK(at("head").z > 0.75 * height);
    // Hips at about half the stature (Drillis and Contini: 0.53; shorter legs in children).
    CHECK(at("thigh.left").z / height > 0.44);
    CHECK(at("thigh.left").z / height < 0.54);
  }
}

TEST_CASE("Building twice gives the same bytes") {
  const auto buildAll = [] {
    SceneContent content = withMaterials();
    for (const auto& [id, asset] : builtInCatalog().all()) buildModel(asset, content);
    return hashOf(content);
  };
  CHECK(buildAll() == buildAll());
}

TEST_CASE("A builder refuses what it does not know, and says what it does") {
  SceneContent content = withMaterials();
  catalog::AssetInfo asset = *builtInCatalog().find("debris.tyre");
  const auto refusal = [&](const catalog::AssetInfo& wrong) {
    try {
      buildModel(wrong, content);
    } catch (const Error& error) {
      return std::string(error.what()) + " " + error.help();
    }
    return std::string("accepted");
  };
  catalog::AssetInfo wrong = asset;
  wrong.builder = "zeppelin";
  CHECK(refusal(wrong).find("saloon") != std::string::npos);
  wrong = asset;
  wrong.parameters["diameter"] = 1;
  CHECK(refusal(wrong).find("rim_radius") != std::string::npos);
  wrong = asset;
  wrong.parameters["radius"] = -1;
  CHECK(refusal(wrong).find("0.2 to 0.6 m") != std::string::npos);
  wrong = asset;
  wrong.parameters["radius"] = std::nan("");
  CHECK(refusal(wrong) != "accepted");
  wrong = *builtInCatalog().find("vehicle.sedan");
  wrong.materials["paint"] = "paint.invisible";
  CHECK(refusal(wrong).find("paint.invisible") != std::string::npos);
  wrong.materials = {{"hull", "paint.red"}};
  CHECK(refusal(wrong).find("rim") != std::string::npos);
}

TEST_CASE("Every parameter's fallback lies in its range and every slot's fallback exists") {
  SceneContent content = withMaterials();
  std::set<std::string_view> names;
  for (const Builder& builder : builders()) {
    CAPTURE(builder.name);
    CHECK(names.insert(builder.name).second);
    CHECK_FALSE(builder.description.empty());
    for (const BuilderParameter& parameter : builder.parameters) {
      CHECK(parameter.fallback >= parameter.low);
      CHECK(parameter.fallback <= parameter.high);
    }
    for (const BuilderSlot& slot : builder.slots) CHECK(findMaterial(content, slot.fallback).isValid());
  }
}
