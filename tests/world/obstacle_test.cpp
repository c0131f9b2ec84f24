// What stands still is met where it is seen.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "engine/content/materials.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/scenery.hpp"
#include "engine/core/random.hpp"
#include "tests/world/fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

const std::string kAssets = std::string(NIGHTFOG_SOURCE_DIR) + "/assets";

/// A street in town with its houses, trees and lamps, and who is on it.
struct Town {
  content::SceneContent content;
  catalog::Catalog catalog = catalog::loadCatalog(kAssets);
  scenario::Scenario scenario;
  std::vector<content::Model> models;

  Town() {
    content::loadMaterials(kAssets + "/materials.yaml", content);
    scenario.step = SimTime::fromMs(10);
    scenario.map = road::Road({{0, 0}, 0, {{160, 0}}}, {{"oncoming"}, {"left_walk", road::LaneKind::kSidewalk, 2.5}},
                              {{"ego"}, {"right_walk", road::LaneKind::kSidewalk, 2.5}});
    content::SceneryParameters parameters;
    parameters.seed = 3;
    content::buildScenery(scenario.map, parameters, content);
  }
  ObjectId add(const std::string& asset, const RigidTransform& pose, scenario::Behavior behavior) {
    const auto number = static_cast<uint32_t>(scenario.actors.size() + 1);
    scenario.actors.push_back({"a" + std::to_string(number), asset, pose, std::move(behavior)});
    models.push_back(content::buildModel(*catalog.find(asset), content));
    return ObjectId{number};
  }
  /// A ball of 1 cm that stays where it hits.
  ObjectId addBall(const glm::dvec3& from, const glm::dvec3& velocity_mps) {
    const auto number = static_cast<uint32_t>(scenario.actors.size() + 1);
    catalog::AssetInfo ball = boxAsset(glm::dvec3(0.01), 0.01);
    ball.builder = "sphere";
    ball.id = "ball." + std::to_string(number);
    ball.boxCentre = ball.centreOfMass = {0, 0, 0};
    ball.restitution = 0;
    catalog.add(ball);
    scenario.actors.push_back(
        {ball.id, ball.id, RigidTransform::fromTranslation(from), scenario::FreeBody{velocity_mps, {0, 0, 0}}});
    models.push_back({ball.id, {}, {}});
    return ObjectId{number};
  }
  World world() const {
    std::vector<CastMember> cast;
    for (size_t i = 0; i < models.size(); ++i) cast.push_back({scenario.actors[i], models[i]});
    return World(scenario, catalog, std::move(cast), nullptr, &content);
  }
};

/// A triangle that a beam or a ball stops at, world.
struct Triangle {
  glm::dvec3 a, b, c;
  ClassId semantic;
};

std::vector<Triangle> solidTriangles(const Town& town, const content::SceneSnapshot& parked) {
  std::vector<Triangle> triangles;
  const auto add = [&](MeshId id, const RigidTransform& pose) {
    const content::Mesh& mesh = town.content.meshes[id.value];
    for (size_t i = 0; i < mesh.triangles.size(); ++i) {
      const content::MeshSurface& surface = mesh.surfaces[mesh.surfaceOfTriangle[i]];
      if (town.content.materials[surface.material.value].alphaTexture.isValid()) continue;
      const auto corner = [&](int k) { return pose * glm::dvec3(mesh.positions[mesh.triangles[i][k]]); };
      const Triangle triangle{corner(0), corner(1), corner(2), surface.semantic};
      // Only where shots go.
      const glm::dvec3 low = glm::min(triangle.a, glm::min(triangle.b, triangle.c));
      const glm::dvec3 high = glm::max(triangle.a, glm::max(triangle.b, triangle.c));
      if (low.x > 125 || high.x < 15 || low.y > 20 || high.y < -20 || low.z > 4) continue;
      triangles.push_back(triangle);
    }
  };
  for (const content::StaticPlacement& placement : town.content.scenery) add(placement.mesh, placement.worldFromMesh);
  for (const auto& instance : parked.instances) add(instance.mesh, parked.poses[instance.firstKey]);
  return triangles;
}

struct Hit {
  double range_m = 1e9;
  double cosine = 0;
  ClassId semantic;
};

/// Möller and Trumbore's test of every triangle.
Hit castRay(const std::vector<Triangle>& triangles, const glm::dvec3& origin, const glm::dvec3& direction) {
  Hit nearest;
  for (const Triangle& t : triangles) {
    const glm::dvec3 ab = t.b - t.a, ac = t.c - t.a;
    const glm::dvec3 p = glm::cross(direction, ac);
    const double det = glm::dot(ab, p);
    if (std::abs(det) < 1e-14) continue;
    const glm::dvec3 from = origin - t.a;
    const double u = glm::dot(from, p) / det;
    if (u < 0 || u > 1) continue;
    const glm::dvec3 q = glm::cross(from, ab);
    const double v = glm::dot(direction, q) / det;
    if (v < 0 || u + v > 1) continue;
    const double range = glm::dot(ac, q) / det;
    if (range <= 0 || range >= nearest.range_m) continue;
    nearest = {range, std::abs(glm::dot(direction, glm::normalize(glm::cross(ab, ac)))), t.semantic};
  }
  return nearest;
}

}  // namespace

TEST_CASE("What is thrown meets walls, posts, trunks and parked cars where a ray meets them, within 5 cm") {
  Town town;
  town.add("vehicle.van.white", at(40, -1.8), scenario::Parked{});
  town.add("vehicle.sedan", at(70, 1.8, 0, kPi), scenario::Parked{});
  const std::vector<Triangle> triangles = solidTriangles(town, town.world().snapshot(SimTime(), SimTime::fromMs(10)));
  // Fast, so that a throw is nearly a ray: 12 m in 0.04 s, 8 mm below it. Where four rays 1 cm beside it agree, no
  // edge is near that the ball would touch in passing.
  constexpr double kFar_m = 12, kSpeed_mps = 300;
  struct Shot {
    ObjectId ball;
    glm::dvec3 from, direction;
    Hit hit;
  };
  std::vector<Shot> shots;
  RandomSource rng(5, 0, "shots");
  for (int i = 0; i < 400; ++i) {
    const glm::dvec3 from(rng.uniform(30, 110), rng.uniform(-0.3, 0.3), rng.uniform(0.4, 2.2));
    const double azimuth = rng.uniform(0, 2 * kPi), rise = rng.uniform(-0.05, 0.05);
    const glm::dvec3 direction = glm::normalize(glm::dvec3(std::cos(azimuth), std::sin(azimuth), rise));
    const Hit hit = castRay(triangles, from, direction);
    if (hit.range_m > kFar_m || hit.range_m < 0.05 || hit.semantic.value <= classes::kParking.value || hit.cosine < 0.3)
      continue;
    const glm::dvec3 aside = glm::normalize(glm::cross(direction, glm::dvec3(0, 0, 1)));
    const glm::dvec3 above = glm::cross(aside, direction);
    const auto agrees = [&](const glm::dvec3& offset) {
      return std::abs(castRay(triangles, from + 0.01 * offset, direction).range_m - hit.range_m) < 0.05;
    };
    if (!agrees(aside) || !agrees(-aside) || !agrees(above) || !agrees(-above)) continue;
    shots.push_back({town.addBall(from, kSpeed_mps * direction), from, direction, hit});
  }
  World world = town.world();
  world.advanceTo(SimTime::fromMs(60));
  REQUIRE(shots.size() > 60);
  int houses = 0, cars = 0, slim = 0;
  for (const Shot& shot : shots) {
    const auto met = std::find_if(world.collisions().begin(), world.collisions().end(),
                                  [&](const Collision& c) { return c.a == shot.ball || c.b == shot.ball; });
    CAPTURE(shot.from.x);
    CAPTURE(shot.hit.semantic.value);
    CAPTURE(shot.hit.range_m);
    REQUIRE(met != world.collisions().end());
    CHECK(std::abs(glm::dot(met->point - shot.from, shot.direction) - shot.hit.range_m) < 0.05);
    const bool isCar = shot.hit.semantic == classes::kVan || shot.hit.semantic == classes::kCar;
    CHECK((met->a == shot.ball) == !isCar);  // a parked car's id is the smaller; the scenery's is 0, and second
    houses += shot.hit.semantic == classes::kBuilding;
    cars += isCar;
    slim += shot.hit.semantic == classes::kPole || shot.hit.semantic == classes::kTrunk ||
            shot.hit.semantic == classes::kFence || shot.hit.semantic == classes::kStreetLamp ||
            shot.hit.semantic == classes::kStreetFurniture;
  }
  CHECK(houses > 10);
  CHECK(cars > 10);
  CHECK(slim > 2);
}

TEST_CASE("A wheel comes to rest at a wall, and a car that drives into a house is reported") {
  Town town;
  const auto empty = town.world().snapshot(SimTime(), SimTime::fromMs(10));
  const std::vector<Triangle> triangles = solidTriangles(town, empty);
  // The first way from the sidewalk on the left to a house, as broad as a wheel, on which nothing else stands.
  double x = 40;
  Hit wall;  // the nearest of it: a plinth stands out
  const auto seesHouse = [&](double across, double height) {
    const Hit hit = castRay(triangles, {x + across, 4, height}, {0, 1, 0});
    if (hit.range_m < wall.range_m) wall = hit;
    return hit.semantic == classes::kBuilding && hit.range_m < 16;
  };
  for (; x < 100; x += 0.2) {
    bool isFree = true;
    wall = {};
    for (const double across : {-0.25, -0.2, -0.15, -0.1, -0.05, 0.05, 0.1, 0.15, 0.2, 0.25, 0.0}) {
      for (const double height : {0.2, 0.3, 0.4, 0.5, 0.6, 0.7}) isFree = isFree && seesHouse(across, height);
    }
    if (isFree) break;
  }
  REQUIRE(wall.semantic == classes::kBuilding);
  const ObjectId tyre =
      town.add("debris.tyre", at(x, 4.4, 0.12, 0.5 * kPi), scenario::FreeBody{{0, 4, 0}, {-4 / 0.32, 0, 0}});
  const ObjectId car = town.add("vehicle.sedan", at(x + 12, 0, 0, 0.5 * kPi),
                                scenario::FollowPath{{{x + 12, 0, 0}, {x + 12, 30, 0}}, 10, {}});
  World world = town.world();
  double furthest = 0;
  for (int i = 0; i < 300; ++i) {
    world.advanceTo(SimTime::fromMs(10 * i));
    const ActorView view = world.view(tyre);
    furthest = std::max(furthest, (view.worldFromActor * view.boxCentre).y);
  }
  const double radius = 0.5 * town.catalog.find("debris.tyre")->boxSize.z;
  CHECK(std::abs(furthest - (4 + wall.range_m - radius)) < 0.05);
  const auto met = [&](ObjectId who) {
    return std::any_of(world.collisions().begin(), world.collisions().end(), [&](const Collision& c) {
      return c.a == who && !c.b.isObject() && c.point.z > 0.13 && c.point.y > 3;
    });
  };
  CHECK(met(tyre));
  CHECK(met(car));
}
