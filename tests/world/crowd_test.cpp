#include <doctest/doctest.h>

#include <cmath>
#include <ctime>
#include <map>

#include "engine/road/lane_graph.hpp"
#include "engine/road/opendrive.hpp"
#include "tests/world/crowd_fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

scenario::Scenario on(const std::string& map, double density_pkm) {
  scenario::Scenario scenario;
  scenario.map = road::loadOpenDrive(NIGHTFOG_SOURCE_DIR "/scenarios/maps/" + map + ".xodr");
  scenario.step = SimTime::fromMs(10);
  scenario.traffic.density_pm = density_pkm / 1000;
  scenario.traffic.seed = 5;
  return scenario;
}

scenario::Actor parkedAt(const scenario::Scenario& scenario, const std::string& lane, double s, const char* asset) {
  const road::LanePose pose = scenario.map.laneCentre(*scenario.map.findLane(lane), s);
  return {"obstacle", asset, pose.worldFromLane, scenario::Parked{}};
}

}  // namespace

TEST_CASE("Two worlds of one seed are bit-identical with traffic, people and parked cars") {
  scenario::Scenario scenario = on("signalled_junction", 20);
  scenario.traffic.pedestrians_pm = 0.03;
  scenario.traffic.cyclists_pm = 0.01;
  scenario.traffic.parked = 0.5;
  World a = worldOf(scenario), b = worldOf(scenario);
  live(a, 30, 1);
  for (int k = 0; k < 3000; k += 7) b.advanceTo(SimTime::fromMs(10 * k));
  b.advanceTo(a.now());
  CHECK(a.castSize() > 30);
  CHECK(a.poseHash() == b.poseHash());
  scenario.traffic.seed = 6;
  World c = worldOf(scenario);
  live(c, 30, 1);
  CHECK(c.poseHash() != a.poseHash());
}

TEST_CASE("A higher density adds vehicles, and all who were there begin where they began") {
  const auto startsOf = [](double density) {
    const auto background = Background::of(on("town", density), assets());
    std::map<std::string, glm::dvec3> starts;
    for (size_t i = 0; i < background->size(); ++i)
      starts[background->actor(i).id] = background->actor(i).worldFromActor.translation;
    return starts;
  };
  const auto few = startsOf(3), many = startsOf(8);
  CHECK(few.size() > 50);
  CHECK(many.size() > 2 * few.size());
  size_t same = 0;
  for (const auto& [name, place] : few) same += many.contains(name) && many.at(name) == place ? 1 : 0;
  CHECK(same == few.size());
}

TEST_CASE("Traffic stops behind a named actor that stands in its lane, and nobody is hit") {
  scenario::Scenario scenario = on("signalled_junction", 25);
  scenario.actors.push_back(parkedAt(scenario, "south/-1", 60, "vehicle.van.white"));
  World world = worldOf(scenario);
  live(world, 60, 1);
  const glm::dvec3 place = world.view(ObjectId{1}).worldFromActor.translation;
  size_t queued = 0;
  for (uint32_t i = 2; i <= world.castSize(); ++i) {
    const ActorView view = world.view(ObjectId{i});
    if (view.isPresent && glm::length(view.velocity_mps) < 0.1 &&
        glm::length(view.worldFromActor.translation - place) < 15)
      ++queued;
  }
  CHECK(queued >= 1);
  CHECK(world.collisions().empty());
}

TEST_CASE("A vehicle of the background that a named one runs into is left to physics, and the others mind it") {
  scenario::Scenario scenario = on("rural_hills", 25);
  // Against the traffic, on its side of the road.
  const road::LanePose pose = scenario.map.laneCentre(*scenario.map.findLane("main/1"), 600);
  scenario::FollowRoad wrongWay;
  wrongWay.speed_mps = 15;
  const road::NetworkPoint at = *scenario.map.locate(pose.worldFromLane.translation);
  wrongWay.t_m = at.t;
  const double heading = scenario.map.road(at.road).plan(at.s).heading_rad;
  scenario.actors.push_back(
      {"ghost", "vehicle.sedan", RigidTransform::fromYawPitchRoll(pose.worldFromLane.translation, heading), wrongWay});
  World world = worldOf(scenario);
  double met_s = 0;
  for (; met_s < 40 && world.collisions().empty(); ++met_s) world.advanceTo(SimTime::fromSeconds(met_s + 1));
  world.advanceTo(SimTime::fromSeconds(met_s + 4));
  REQUIRE(!world.collisions().empty());
  const Collision& first = world.collisions().front();
  CHECK(first.a == ObjectId{1});
  // Pushed out of its lane: it no longer stands on the lane's middle.
  const ActorView struck = world.view(first.b);
  CHECK(struck.isPresent);
  CHECK(glm::length(struck.worldFromActor.translation) > 0);
}

TEST_CASE("People walk on sidewalks and cross where they may; vehicles let them, and nobody is hit") {
  scenario::Scenario scenario = on("town", 4);
  scenario.traffic.pedestrians_pm = 0.004;
  World world = worldOf(scenario);
  const road::LaneGraph lanes(scenario.map);
  size_t crossing = 0, people = 0, jumps = 0;
  std::map<uint32_t, glm::dvec3> before;
#ifdef __SANITIZE_ADDRESS__
  constexpr int kLooks = 80;  // ten times slower there
#else
  constexpr int kLooks = 240;
#endif
  for (int n = 0; n < kLooks; ++n) {
    world.advanceTo(SimTime::fromMs(500 * (n + 1)));
    world.snapshot(world.now(), world.now());
    for (uint32_t i = 1; i <= world.castSize(); ++i) {
      const ActorView view = world.view(ObjectId{i});
      if (!view.name.starts_with("pedestrian")) continue;
      ++people;
      const glm::dvec3 place = view.worldFromActor.translation;
      if (before.contains(i) && glm::length(place - before[i]) > 0.5 * 2.0 + 0.6) ++jumps;
      before[i] = place;
      const auto at = lanes.locate(place);
      if (at && lanes.lane(at->lane).isDrivable) ++crossing;
    }
  }
  MESSAGE(crossing, " of ", people, " looks at people found them on a carriageway; jumps ", jumps);
  CHECK(crossing > 0);
  CHECK(crossing * 4 < people);
  CHECK(jumps == 0);
  CHECK(world.collisions().empty());
}

TEST_CASE("Traffic is cheap: what a second of it costs is told, not judged") {
  const auto cpu_s = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  for (const bool isClose : {false, true}) {
    scenario::Scenario scenario = on("town", 3.5);
    // A van that hangs in the air over each of them gives all a body for as long as they are not far, and is in
    // nobody's way.
    if (isClose) {
      const auto background = Background::of(scenario, assets());
      for (size_t i = 0; i < background->size(); ++i) {
        RigidTransform pose = background->actor(i).worldFromActor;
        pose.translation.z += 26;
        scenario.actors.push_back({"near" + std::to_string(i), "vehicle.van.white", pose, scenario::Parked{}});
      }
    }
    const double seconds = isClose ? 2 : 20;
    const double start = cpu_s();
    World world = worldOf(scenario);
    const double started = cpu_s() - start;
    const double begun = cpu_s();
    live(world, seconds, 1);
    const double took = cpu_s() - begun;
    const size_t ofBackground = world.castSize() - scenario.actors.size();
    MESSAGE(ofBackground, " of the background, ", std::string(isClose ? "near others" : "alone"), " of ",
            world.castSize(), ": started in ", started, " s, ", seconds / took, " times real time");
    CHECK(world.castSize() > 50);
  }
}
