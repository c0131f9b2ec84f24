// The world with the assets that ship: what the other tests prove on hand-made models holds for those people see.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "engine/content/materials.hpp"
#include "engine/content/model_builder.hpp"
#include "tests/world/fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

const std::string kAssets = std::string(NIGHTFOG_SOURCE_DIR) + "/assets";

struct Street {
  content::SceneContent content;
  catalog::Catalog catalog = catalog::loadCatalog(kAssets);
  scenario::Scenario scenario;

  Street() {
    content::loadMaterials(kAssets + "/materials.yaml", content);
    scenario.hasRoad = true;
    scenario.road = road::Road({{0, 0}, 0, {{300, 0}}}, {{"oncoming"}}, {{"ego"}});
  }
  void add(const std::string& asset, const RigidTransform& pose, scenario::Behavior behavior) {
    scenario.actors.push_back({asset, asset, pose, std::move(behavior)});
  }
  content::SceneSnapshot run(double seconds) {
    std::vector<CastMember> cast;
    for (const auto& actor : scenario.actors)
      cast.push_back({actor, content::buildModel(*catalog.find(actor.asset), content)});
    World world(scenario, catalog, std::move(cast));
    return world.snapshot(SimTime(), SimTime::fromSeconds(seconds));
  }
};

}  // namespace

TEST_CASE("The catalogue's people walk and run inside their boxes, feet on the ground") {
  for (const char* asset : {"person.adult.dark_clothes", "person.child.bright_clothes"}) {
    for (double speed : {1.2, 3.2}) {
      Street street;
      street.add(asset, at(10, 0), scenario::WalkTo{{16, 0, 0}, speed, {}});
      const auto snapshot = street.run(6 / speed);
      const auto& person = snapshot.objects[0];
      double outside = 0, lowest = 1;
      for (uint32_t k = 0; k < snapshot.keyCount; k += 3) {
        const RigidTransform objectFromWorld = person.worldFromObject[k].inverse();
        for (const auto& instance : snapshot.instances) {
          const RigidTransform& pose = snapshot.poses[instance.firstKey + (instance.keyCount > 1 ? k : 0)];
          for (const glm::vec3& vertex : street.content.meshes[instance.mesh.value].positions) {
            const glm::dvec3 inBox = objectFromWorld * (pose * glm::dvec3(vertex)) - person.boxCentre;
            const glm::dvec3 beyond = glm::abs(inBox) - 0.5 * person.boxSize;
            outside = std::max({outside, beyond.x, beyond.y});
            lowest = std::min(lowest, inBox.z + person.boxCentre.z);
          }
        }
      }
      CAPTURE(asset);
      CAPTURE(speed);
      CAPTURE(person.boxSize.x);
      CHECK(outside < 0.03);
      CHECK(lowest > -0.05);  // a toe on the way up; the sole stands on the ground
      CHECK(snapshot.instances[2].keyCount > 1);
    }
  }
}

TEST_CASE("The catalogue's cars roll on wheels that turn, and its tyre rolls") {
  Street street;
  street.add("vehicle.van.white", at(5, -1.6), scenario::FollowRoad{10, -1.6, false});
  const auto* tyre = street.catalog.find("debris.tyre");
  REQUIRE(tyre != nullptr);
  const double radius = tyre->boxSize.z / 2;
  street.add("debris.tyre", at(40, 3), scenario::FreeBody{{4, 0, 0}, {0, 4 / radius, 0}});
  const auto snapshot = street.run(2);
  int wheels = 0;
  for (size_t i = 0; i < snapshot.instances.size(); ++i) {
    const auto& instance = snapshot.instances[i];
    if (instance.object.value != 1) continue;
    const auto& first = snapshot.poses[instance.firstKey];
    const auto& next = snapshot.poses[instance.firstKey + 1];
    const double turn = 2 * std::acos(std::min(1.0, std::abs(glm::dot(first.rotation, next.rotation))));
    if (turn < 1e-6) continue;
    ++wheels;
    CHECK(turn == doctest::Approx(10 * 0.01 / 0.34).epsilon(1e-6));
  }
  CHECK(wheels == 4);
  const RigidTransform end = snapshot.objects[1].worldFromObject.back();
  CHECK((end * tyre->boxCentre).x > 40 + 7);
  CHECK((end * tyre->boxCentre).z == doctest::Approx(radius).epsilon(0.01));
}
