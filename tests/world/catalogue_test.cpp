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
    scenario.map = road::Road({{0, 0}, 0, {{300, 0}}}, {{"oncoming"}}, {{"ego"}});
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
      CHECK(lowest > -0.002);  // the sole stands on the ground, the toe rolls on it
      CHECK(snapshot.instances[2].keyCount > 1);
    }
  }
}

TEST_CASE("Whatever part of a shoe is on the ground stays where it is, strolling, walking and running") {
  struct Walk {
    const char* asset;
    double speed;
  };
  for (const Walk& walk : {Walk{"person.adult.dark_clothes", 0.8}, Walk{"person.adult.grey_coat", 1.2},
                           Walk{"person.adult.hoodie", 1.6}, Walk{"person.adult.bright_clothes", 2.0},
                           Walk{"person.adult.dark_clothes", 2.5}, Walk{"person.child.small", 1.0},
                           Walk{"person.child.bright_clothes", 2.6}, Walk{"person.child.bright_clothes", 3.4}}) {
    Street street;
    street.add(walk.asset, at(10, 0), scenario::WalkTo{{18, 0, 0}, walk.speed, {}});
    const auto snapshot = street.run(8 / walk.speed);
    const double step_s = snapshot.keyStep.seconds();
    double fastest = 0;
    int contacts = 0;
    for (const auto& instance : snapshot.instances) {
      const content::Mesh& mesh = street.content.meshes[instance.mesh.value];
      if (mesh.name.find("/foot.") == std::string::npos || instance.keyCount == 1) continue;
      for (uint32_t k = 0; k + 1 < snapshot.keyCount; ++k) {
        const RigidTransform& now = snapshot.poses[instance.firstKey + k];
        const RigidTransform& next = snapshot.poses[instance.firstKey + k + 1];
        // The lowest point of the shoe, if it is on the ground and stays there.
        glm::dvec3 lowest(0, 0, 1e9);
        glm::vec3 vertex(0);
        for (const glm::vec3& p : mesh.positions) {
          const glm::dvec3 world = now * glm::dvec3(p);
          if (world.z < lowest.z) lowest = world, vertex = p;
        }
        const glm::dvec3 then = next * glm::dvec3(vertex);
        if (lowest.z > 0.0003 || then.z > 0.0003) continue;
        ++contacts;
        fastest = std::max(fastest, glm::length(glm::dvec2(then - lowest)) / step_s);
      }
    }
    CAPTURE(walk.asset);
    CAPTURE(walk.speed);
    CHECK(contacts > 50);
    CHECK(fastest < 0.02);
  }
}

TEST_CASE("A cyclist's feet stay on the pedals, and the wheels roll without slipping") {
  Street street;
  street.add("cyclist.adult.helmet", at(5, -1), scenario::FollowRoad{5, -1, false});
  const auto snapshot = street.run(2.0);
  const auto pose = [&](const std::string& part, uint32_t k) {
    for (const auto& instance : snapshot.instances) {
      if (!street.content.meshes[instance.mesh.value].name.ends_with("/" + part)) continue;
      return snapshot.poses[instance.firstKey + (instance.keyCount > 1 ? k : 0)];
    }
    FAIL("no part ", part);
    return RigidTransform{};
  };
  const glm::dvec3 atRest = pose("pedal.left", 0).inverse() * pose("foot.left", 0).translation;
  double turned = 0;
  for (uint32_t k = 0; k < snapshot.keyCount; ++k) {
    for (const char* side : {"left", "right"}) {
      const RigidTransform foot = pose(std::string("foot.") + side, k);
      const RigidTransform pedal = pose(std::string("pedal.") + side, k);
      const glm::dvec3 onPedal = pedal.inverse() * foot.translation;
      CHECK(std::abs(onPedal.x - atRest.x) < 1e-6);
      CHECK(std::abs(onPedal.z - atRest.z) < 1e-6);
      CHECK(foot.rotate({0, 0, 1}).z > 1 - 1e-9);
    }
    if (k == 0) continue;
    // A point of the tyre's tread on the ground stands still: turn times radius is the way.
    const glm::dquat turn = pose("wheel.front", k).rotation * glm::conjugate(pose("wheel.front", k - 1).rotation);
    turned += 2 * std::atan(turn.y / turn.w);
  }
  const double way = pose("trunk", snapshot.keyCount - 1).translation.x - pose("trunk", 0).translation.x;
  CHECK(turned * 0.345 == doctest::Approx(way).epsilon(1e-6));
  // 4.8 m a turn of the crank: at 5 m/s the pedals go round twice in two seconds, and more.
  CHECK(way > 9);
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
