// Named actors that drive as traffic does.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/road/lane_graph.hpp"
#include "engine/road/opendrive.hpp"
#include "engine/road/signal_plan.hpp"
#include "engine/traffic/driver.hpp"
#include "tests/world/crowd_fixture.hpp"
#include "tests/world/fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

constexpr const char* kCar = "vehicle.sedan";

scenario::Scenario onMap(const std::string& map, double density_pkm = 0) {
  scenario::Scenario scenario;
  scenario.map = road::loadOpenDrive(NIGHTFOG_SOURCE_DIR "/scenarios/maps/" + map + ".xodr");
  scenario.traffic.density_pm = density_pkm / 1000;
  scenario.traffic.seed = 5;
  return scenario;
}

/// A straight one: one lane back, two ahead.
scenario::Scenario onRoad(double length_m) {
  scenario::Scenario scenario;
  scenario.map = road::Road({{0, 0}, 0, {{length_m, 0}}}, {{"oncoming", road::LaneKind::kDriving, 3.5}},
                            {{"left", road::LaneKind::kDriving, 3.5}, {"right", road::LaneKind::kDriving, 3.5}});
  scenario.traffic.seed = 5;
  return scenario;
}
constexpr double kLeft_y = -1.75, kRight_y = -5.25;

scenario::Actor driver(const std::string& name, const RigidTransform& pose, scenario::Drive drive) {
  return {name, kCar, pose, std::move(drive)};
}
scenario::Drive wishing(double speed_mps) {
  scenario::Drive drive;
  drive.speed_mps = speed_mps;
  return drive;
}
double frontOf(const ActorView& view) {
  return view.worldFromActor.translation.x + view.asset.boxCentre.x + 0.5 * view.asset.boxSize.x;
}
double rearOf(const ActorView& view) {
  return view.worldFromActor.translation.x + view.asset.boxCentre.x - 0.5 * view.asset.boxSize.x;
}
double speedOf(const ActorView& view) {
  return glm::length(view.velocity_mps);
}

}  // namespace

TEST_CASE("Behind a car of the background a named driver comes to the gap that the closed form says, and none to him") {
  scenario::Scenario scenario = onRoad(8000);
  scenario.traffic.density_pm = 0.6e-3;
  const scenario::Drive drive = wishing(38);
  scenario.actors.push_back(driver("ego", at(60, kRight_y), drive));
  World world = worldOf(scenario);
  const ObjectId ego{1};
  // The car before it in its lane, if it is there all the time and its own speed has settled.
  const auto ahead = [&]() -> std::optional<ObjectId> {
    std::optional<ObjectId> nearest;
    const ActorView mine = world.view(ego);
    for (uint32_t i = 2; i <= world.castSize(); ++i) {
      const ActorView other = world.view(ObjectId{i});
      if (!other.isPresent || std::abs(other.worldFromActor.translation.y - kRight_y) > 0.5) continue;
      if (rearOf(other) < frontOf(mine)) continue;
      if (!nearest || rearOf(other) < rearOf(world.view(*nearest))) nearest = ObjectId{i};
    }
    return nearest;
  };
  traffic::Driver idm;
  idm.top_mps = 38;
  double worst = 1;
  int looks = 0;
  for (int second = 1; second <= 220; ++second) {
    live(world, 1, 1);
    const ActorView mine = world.view(ego);
    const auto leader = ahead();
    if (!leader || frontOf(mine) > 7600) continue;
    const ActorView other = world.view(*leader);
    // Where both go almost evenly. What is left of acceleration and approach moves the gap by at most 0.3 %: a /
    // (dA/ds) is 0.08 m of 53 m, and v dv / (2 sqrt(a b)) is 0.1 m.
    if (std::abs(mine.acceleration_mps2) > 3e-3 || std::abs(speedOf(mine) - speedOf(other)) > 0.01) continue;
    const double wanted = traffic::equilibriumGap_m(idm, speedOf(other), 38), gap = rearOf(other) - frontOf(mine);
    worst = looks == 0 ? std::abs(gap / wanted - 1) : std::max(worst, std::abs(gap / wanted - 1));
    ++looks;
  }
  MESSAGE(looks, " looks at a steady follower; off the closed form by at most ", worst);
  CHECK(looks >= 10);
  CHECK(worst < 0.005);
  CHECK(world.collisions().empty());
}

TEST_CASE("The background minds a named driver: whoever is behind one at 8 m/s comes no nearer than its gap at rest") {
  scenario::Scenario scenario = onRoad(3000);
  scenario.traffic.density_pm = 8e-3;
  scenario.actors.push_back(driver("left", at(1500, kLeft_y), wishing(8)));
  scenario.actors.push_back(driver("right", at(1500, kRight_y), wishing(8)));
  World world = worldOf(scenario);
  int followed = 0;
  double nearest_m = 1e9;
  for (int second = 0; second < 60; ++second) {
    live(world, 1, 1);
    for (uint32_t n = 1; n <= 2; ++n) {
      const ActorView named = world.view(ObjectId{n});
      for (uint32_t i = 3; i <= world.castSize(); ++i) {
        const ActorView other = world.view(ObjectId{i});
        const bool isInLane =
            std::abs(other.worldFromActor.translation.y - named.worldFromActor.translation.y) < 0.5 && other.isPresent;
        const double gap = rearOf(named) - frontOf(other);
        if (!isInLane || gap < 0 || gap > 40) continue;
        ++followed;
        nearest_m = std::min(nearest_m, gap);
      }
    }
  }
  CHECK(followed > 40);
  CHECK(nearest_m > 2);
  CHECK(world.collisions().empty());
}

TEST_CASE("A named driver waits at red, and drives on when it is green") {
  scenario::Scenario scenario = onMap("signalled_junction");
  const road::LaneGraph lanes(scenario.map);
  const road::SignalPlan plan(scenario.map);
  const road::LaneRef south = *scenario.map.findLane("south/-1");
  scenario::Drive drive;
  drive.initialSpeed_mps = 12;
  drive.through = {scenario.map.laneCentre(*scenario.map.findLane("north/1"), 60).worldFromLane.translation};
  scenario.actors.push_back(driver("ego", scenario.map.laneCentre(south, 20).worldFromLane, drive));
  World world = worldOf(scenario);
  const road::LaneIndex lane = lanes.find(south, 20);
  double stood_s = 0;
  bool wasInJunction = false, isThrough = false;
  for (int n = 0; n < 1200 && !isThrough; ++n) {
    world.advanceTo(SimTime::fromMs(100 * (n + 1)));
    const ActorView ego = world.view(ObjectId{1});
    const glm::dvec3 front = ego.worldFromActor * glm::dvec3(ego.asset.boxCentre.x + 0.5 * ego.asset.boxSize.x, 0, 0);
    const auto place = lanes.locate(front, ego.worldFromActor.yaw_rad());
    REQUIRE(place);
    const bool isIn = lanes.lane(place->lane).junction >= 0;
    if (place->lane == lane && speedOf(ego) < 0.05) stood_s += 0.1;
    if (isIn && !wasInJunction) {
      for (const road::LaneSignal& at : lanes.signalsOf(lane)) {
        if (scenario.map.furniture().signals[at.signal].kind == road::SignalKind::kTrafficLight)
          CHECK(plan.state(at.signal, world.now()) != road::SignalState::kRed);
      }
    }
    wasInJunction = wasInJunction || isIn;
    isThrough = wasInJunction && !isIn;
  }
  CHECK(isThrough);
  CHECK(stood_s > 1);
  world.advanceTo(world.now() + SimTime::fromMs(3000));
  const auto at = scenario.map.locate(world.view(ObjectId{1}).worldFromActor.translation);
  CHECK(scenario.map.road(at->road).name() == "north");
}

TEST_CASE("A named driver lets a named pedestrian over the crosswalk, though it is green; told a speed he would not") {
  scenario::Scenario scenario = onMap("signalled_junction");
  const road::LaneGraph lanes(scenario.map);
  const road::SignalPlan plan(scenario.map);
  const road::LaneRef south = *scenario.map.findLane("south/-1");
  const road::LaneIndex lane = lanes.find(south, 100);
  const road::LaneSpan span = lanes.crossingsOf(lane).back().span;
  const auto isGreen = [&](SimTime at) {
    for (const road::LaneSignal& signal : lanes.signalsOf(lane)) {
      if (scenario.map.furniture().signals[signal.signal].kind == road::SignalKind::kTrafficLight)
        return plan.state(signal.signal, at) == road::SignalState::kGreen;
    }
    return false;
  };
  int64_t green_ms = 0;
  while (!isGreen(SimTime::fromMs(green_ms)) || !isGreen(SimTime::fromMs(green_ms + 8000))) green_ms += 100;

  const road::LanePose crossing = lanes.path(lane).at(0.5 * (span.from_m + span.to_m));
  const glm::dvec3 left = crossing.worldFromLane.rotate({0, 1, 0});
  // 25 m are driven in 5.8 s from standing, with 1.5 m/s^2; who walks at 0.6 m/s is before a car in the middle of the
  // lane from 5.6 s to 9.4 s, and has left the lane after 10.4 s.
  scenario::WalkTo walk{crossing.worldFromLane.translation + 8.0 * left, 0.6, SimTime::fromMs(green_ms)};
  scenario.actors.push_back({"walker", "person.adult.dark_clothes",
                             RigidTransform::fromYawPitchRoll(crossing.worldFromLane.translation - 4.5 * left,
                                                              crossing.heading_rad + 0.5 * kPi),
                             walk});
  const catalog::AssetInfo& car = *assets().find(kCar);
  const road::LanePose start = lanes.path(lane).at(span.from_m - 25 - car.boxCentre.x - 0.5 * car.boxSize.x);
  const road::NetworkPoint on = *scenario.map.locate(start.worldFromLane.translation);
  scenario.actors.push_back({"ego", kCar, start.worldFromLane,
                             scenario::FollowRoad{0, on.t, scenario.map.road(on.road).isAgainstS(south.lane)}});
  scenario::Event told;
  told.commands.push_back({"ego", wishing(12)});
  scenario.events.push_back(told);
  for (const bool drives : {true, false}) {
    Script script;
    script.at_ms[green_ms] = [&](World& world) {
      if (drives) world.command(ObjectId{2}, wishing(12));
      if (!drives) world.command(ObjectId{2}, scenario::SetSpeed{12, 1.5});
    };
    World world = worldOf(scenario, &script);
    double waited_s = 0;
    for (int64_t ms = green_ms + 3000; ms < green_ms + 20'000; ms += 100) {
      world.advanceTo(SimTime::fromMs(ms));
      waited_s += speedOf(world.view(ObjectId{2})) < 0.1 ? 0.1 : 0;
    }
    CHECK(world.collisions().empty() == drives);
    CHECK((waited_s > 1) == drives);
  }
}

TEST_CASE("A driver told to change lanes does so behind who is beside him; told to go as written he would hit him") {
  for (const bool drives : {true, false}) {
    scenario::Scenario scenario = onRoad(2000);
    scenario.actors.push_back({"beside", kCar, at(100, kLeft_y), scenario::FollowRoad{15, kLeft_y, false}});
    scenario.actors.push_back({"ego", kCar, at(100, kRight_y), scenario::FollowRoad{15, kRight_y, false}});
    if (drives) scenario.actors.back().behavior = wishing(15);
    Script script;
    Doing doing;
    script.at_ms[1000] = [&](World& world) { doing = world.command(ObjectId{2}, scenario::ChangeLane{"left", 4}); };
    World world = worldOf(scenario, &script);
    world.advanceTo(SimTime::fromMs(1500));
    CHECK(!world.isOver(doing));
    world.advanceTo(SimTime::fromMs(20'000));
    const ActorView beside = world.view(ObjectId{1}), ego = world.view(ObjectId{2});
    CHECK(world.isOver(doing));
    CHECK(ego.worldFromActor.translation.y == doctest::Approx(kLeft_y).epsilon(1e-3));
    CHECK(world.collisions().empty() == drives);
    // Between two steps of traffic it is drawn through its places by cubics: a hair less than the model's own gap.
    if (drives) CHECK(rearOf(beside) - frontOf(ego) > 0.9 * (2 + 1.4 * speedOf(ego)));
  }
}

TEST_CASE("Traffic of any density leaves what is written as it is written, and what a driver draws at forks too") {
  std::vector<std::vector<uint32_t>> roads;
  std::vector<RigidTransform> written;
  for (const double density : {0.0, 1.0}) {
    scenario::Scenario scenario = onMap("town", density);
    const road::LaneGraph lanes(scenario.map);
    // Two lanes long enough, far apart.
    std::vector<road::LaneIndex> starts;
    for (road::LaneIndex lane = 0; lane < lanes.size() && starts.size() < 2; lane += 97) {
      if (lanes.lane(lane).isDrivable && lanes.lane(lane).junction < 0 && lanes.lane(lane).length_m > 60)
        starts.push_back(lane);
    }
    REQUIRE(starts.size() == 2);
    scenario.actors.push_back(driver("driver", lanes.path(starts[0]).at(15).worldFromLane, {}));
    const RigidTransform pose = lanes.path(starts[1]).at(15).worldFromLane;
    const road::NetworkPoint on = *scenario.map.locate(pose.translation);
    scenario.actors.push_back(
        {"written", kCar, pose,
         scenario::FollowRoad{9, on.t, scenario.map.road(on.road).isAgainstS(lanes.lane(starts[1]).key.lane)}});
    World world = worldOf(scenario);
    roads.emplace_back();
    for (int second = 0; second < 50; ++second) {
      live(world, 1, 1);
      if (second == 20) written.push_back(world.view(ObjectId{2}).worldFromActor);
      const auto at = lanes.locate(world.view(ObjectId{1}).worldFromActor.translation,
                                   world.view(ObjectId{1}).worldFromActor.yaw_rad());
      // In junctions ways overlap: what counts is where it goes from there.
      if (!at || lanes.lane(at->lane).junction >= 0) continue;
      const uint32_t road = lanes.lane(at->lane).key.road;
      if (roads.back().empty() || roads.back().back() != road) roads.back().push_back(road);
    }
  }
  CHECK(written[0].translation == written[1].translation);
  CHECK(written[0].rotation == written[1].rotation);
  const size_t both = std::min(roads[0].size(), roads[1].size());
  MESSAGE(both, " roads, one after the other");
  CHECK(both >= 3);
  for (size_t k = 0; k < both; ++k) CHECK(roads[0][k] == roads[1][k]);
}

TEST_CASE("A driver brakes as written when told to, drives again when told to, and never jumps") {
  scenario::Scenario scenario = onRoad(2000);
  // 0.6 m beside the middle of its lane: it goes there on the way.
  scenario.actors.push_back(driver("ego", at(50, kRight_y + 0.6), wishing(20)));
  Script script;
  const ObjectId ego{1};
  script.at_ms[5000] = [&](World& world) { world.command(ego, scenario::Brake{5, 0}); };
  script.at_ms[12'000] = [&](World& world) { world.command(ego, wishing(10)); };
  script.at_ms[30'000] = [&](World& world) { world.command(ego, scenario::SetSpeed{14, std::nullopt}); };
  scenario::Event told;  // that somebody may be told to drive is known beforehand
  told.commands.push_back({"ego", wishing(10)});
  scenario.events.push_back(told);
  World world = worldOf(scenario, &script);
  glm::dvec3 before = world.view(ego).worldFromActor.translation;
  CHECK(before.y == doctest::Approx(kRight_y + 0.6).epsilon(1e-9));
  double stoodAt_m = 0;
  for (int n = 1; n <= 6000; ++n) {
    world.advanceTo(SimTime::fromMs(10 * n));
    const ActorView view = world.view(ego);
    const glm::dvec3 now = view.worldFromActor.translation;
    CHECK(glm::length(now - before) < 0.01 * (speedOf(view) + 1));
    before = now;
    if (n == 1100) stoodAt_m = now.x;
    if (n == 1100) CHECK(speedOf(view) == 0);
  }
  // 20 m/s for 5 s, v^2 / 2a.
  CHECK(stoodAt_m == doctest::Approx(50 + 100 + 40).epsilon(1e-3));
  CHECK(before.y == doctest::Approx(kRight_y).epsilon(1e-3));
  CHECK(speedOf(world.view(ego)) == doctest::Approx(14).epsilon(0.02));
}

TEST_CASE("Where the map ends a driver goes on, straight") {
  scenario::Scenario scenario = onRoad(300);
  scenario.actors.push_back(driver("ego", at(200, kRight_y), wishing(15)));
  World world = worldOf(scenario);
  world.advanceTo(SimTime::fromMs(20'000));
  const ActorView ego = world.view(ObjectId{1});
  CHECK(ego.isPresent);
  CHECK(ego.worldFromActor.translation.x == doctest::Approx(500).epsilon(2e-3));
  CHECK(ego.worldFromActor.translation.y == doctest::Approx(kRight_y).epsilon(1e-6));
}

TEST_CASE("Two worlds with drivers among traffic are bit-identical, and who cannot drive is refused by name") {
  scenario::Scenario scenario = onMap("signalled_junction", 20);
  const road::LanePose start = scenario.map.laneCentre(*scenario.map.findLane("south/-1"), 20);
  scenario.actors.push_back(driver("ego", start.worldFromLane, {}));
  World a = worldOf(scenario), b = worldOf(scenario);
  live(a, 30, 1);
  for (int k = 0; k < 3000; k += 7) b.advanceTo(SimTime::fromMs(10 * k));
  b.advanceTo(a.now());
  CHECK(a.poseHash() == b.poseHash());
  CHECK(a.collisions().empty());

  scenario.actors.back().worldFromActor.translation += glm::dvec3(500, 500, 0);
  CHECK_THROWS_WITH_AS(worldOf(scenario), doctest::Contains("'ego' is to drive"), Error);
}
