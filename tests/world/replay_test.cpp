// Traffic that SUMO has simulated, in the world: the committed trace of a junction.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "engine/road/lane_graph.hpp"
#include "engine/road/opendrive.hpp"
#include "engine/scenario/traffic_trace.hpp"
#include "tests/world/crowd_fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

scenario::Scenario junction(double from_s, double density_pkm = 0) {
  scenario::Scenario scenario;
  scenario.map = road::loadOpenDrive(NIGHTFOG_SOURCE_DIR "/scenarios/maps/signalled_junction.xodr");
  scenario.step = SimTime::fromMs(10);
  scenario.duration = SimTime::fromSeconds(20);
  scenario.traffic.density_pm = density_pkm / 1000;
  scenario.traffic.seed = 5;
  fcd::Window window;
  window.from_s = from_s;
  window.for_s = 20;
  auto trace = std::make_shared<const fcd::Trace>(
      fcd::readTrace(NIGHTFOG_SOURCE_DIR "/scenarios/town/sumo_junction/junction.fcd.xml.gz", window));
  scenario::Unplayable unplayable;
  scenario.traffic.replayed = {from_s, trace, scenario::castTrace(*trace, {}, assets(), 5, unplayable)};
  REQUIRE(unplayable.empty());
  return scenario;
}

}  // namespace

TEST_CASE("A trace's vehicles come and go, each played by the asset that its type names, on the middle of its lane") {
  const scenario::Scenario scenario = junction(52);
  const fcd::Trace& trace = *scenario.traffic.replayed->trace;
  auto background = Background::of(scenario, assets());
  REQUIRE(background->size() == trace.movers.size());
  for (size_t i = 0; i < background->size(); ++i) {
    if (trace.movers[i].isPerson)
      CHECK(background->actor(i).asset.starts_with("person."));
    else
      CHECK(background->actor(i).asset == trace.movers[i].type);
  }
  const road::LaneGraph lanes(scenario.map);
  size_t looks = 0, came = 0, left = 0, signalled = 0;
  std::vector<bool> was(background->size());
  for (size_t i = 0; i < was.size(); ++i) was[i] = background->isPresent(i);
  for (int step = 1; step <= 190; ++step) {
    background->advance({});
    const double now = 0.1 * step;
    for (size_t i = 0; i < background->size(); ++i) {
      came += background->isPresent(i) && !was[i];
      left += !background->isPresent(i) && was[i];
      was[i] = background->isPresent(i);
      const auto& samples = trace.movers[i].samples;
      const bool isThere = samples.front().time_s <= now + 1e-6 && now <= samples.back().time_s + 1e-6;
      CHECK(background->isPresent(i) == isThere);
      if (!isThere || background->kind(i) != Background::Kind::kVehicle) continue;
      const MotionState state = background->at(i, now);
      signalled += background->indicating(i) != Background::Indicating::kNo;
      CHECK(std::abs(state.worldFromActor.translation.z) < 0.2);
      // No slip sideways, by its own velocity.
      const glm::dvec3 own = state.worldFromActor.inverse().rotate(state.velocity_mps);
      CHECK(std::abs(own.y) < 1e-9);
      // The front bumper is where SUMO has it, at the instants of its steps.
      for (const fcd::Sample& sample : samples) {
        if (std::abs(sample.time_s - now) > 1e-6) continue;
        const catalog::AssetInfo& asset = *assets().find(background->actor(i).asset);
        const double front_m = asset.boxCentre.x + 0.5 * asset.boxSize.x;
        const glm::dvec3 front = state.worldFromActor * glm::dvec3(front_m, 0, 0);
        const auto on = lanes.locate(sample.position, sample.heading_rad);
        REQUIRE(on.has_value());
        // Before the axle that is led along the lane the nose swings out where the lane bends.
        const double bend = std::abs(lanes.path(on->lane).at(on->distance_m).curvature_1pm);
        const bool isStraight = bend < 1e-6 && std::abs(state.angularVelocity_radps.z) < 1e-4;
        const double apart = glm::distance(glm::dvec2(front), glm::dvec2(sample.position));
        CHECK(apart < (isStraight ? 0.03 : 1.0));
        ++looks;
      }
    }
  }
  CHECK(looks > 300);
  CHECK(came > 3);
  CHECK(left > 3);
  CHECK(signalled > 20);
}

TEST_CASE("Two worlds of one trace are bit-identical, and drawn traffic changes nobody of the trace") {
  World a = worldOf(junction(52)), b = worldOf(junction(52));
  live(a, 8, 0.1);
  b.advanceTo(a.now());
  CHECK(a.castSize() > 15);
  CHECK(a.poseHash() == b.poseHash());
  const scenario::Scenario with = junction(52, 10);
  const auto alone = Background::of(junction(52), assets()), among = Background::of(with, assets());
  REQUIRE(among->size() > alone->size());
  for (size_t i = 0; i < alone->size(); ++i) {
    CHECK(among->actor(i).id == alone->actor(i).id);
    CHECK(among->actor(i).asset == alone->actor(i).asset);
    CHECK(among->at(i, 0).worldFromActor.translation == alone->at(i, 0).worldFromActor.translation);
  }
}

TEST_CASE("A vehicle of a trace that runs into something parked on its lane is left to physics") {
  scenario::Scenario scenario = junction(52);
  // Across the eastern arm's exit lane, where SUMO knows of nothing.
  const road::LanePose pose = scenario.map.laneCentre(*scenario.map.findLane("east/1"), 90);
  scenario.actors = {{"obstacle", "vehicle.truck.box.blue", pose.worldFromLane, scenario::Parked{}}};
  World world = worldOf(scenario);
  live(world, 18, 0.1);
  bool isStruck = false;
  for (const auto& collision : world.collisions()) isStruck |= collision.a == ObjectId{1} || collision.b == ObjectId{1};
  CHECK(isStruck);
}

TEST_CASE("Types find assets of their class and length, a function of the vehicle's id; who has none is told") {
  std::string steps = "<fcd-export><timestep time=\"0\">";
  for (int i = 0; i < 60; ++i)
    steps += fmt::format("<vehicle id=\"c{}\" x=\"{}\" y=\"0\" angle=\"90\" type=\"{}\"/>", i, 20 * i,
                         i % 4 == 0   ? "DEFAULT_VEHTYPE"
                         : i % 4 == 1 ? "bus"
                         : i % 4 == 2 ? "tram"
                                      : "mini");
  const fcd::Trace trace = fcd::readTraceText("t", steps + "</timestep></fcd-export>", {});
  scenario::Unplayable unplayable;
  scenario::TraceTypes types;
  types.declared["mini"] = {"passenger", 4.1, 1.7};
  const auto cast = scenario::castTrace(trace, types, assets(), 1, unplayable);
  REQUIRE(cast.size() == 60);
  CHECK(unplayable.size() == 1);
  CHECK(unplayable.count("tram") == 1);
  std::map<std::string, int> cars;
  for (size_t i = 0; i < cast.size(); ++i) {
    const catalog::AssetInfo* asset = assets().find(cast[i]);
    if (i % 4 == 0) CHECK(asset->boxSize.x > 3.7);
    if (i % 4 == 0) ++cars[cast[i]];
    if (i % 4 == 1) CHECK(asset->builder == "bus");
    if (i % 4 == 2) CHECK(cast[i].empty());
    if (i % 4 == 3) CHECK(std::abs(asset->boxSize.x - 4.1) < 0.55);
  }
  CHECK(cars.size() > 3);
  types.assets["tram"] = "vehicle.bus";
  unplayable.clear();
  const auto named = scenario::castTrace(trace, types, assets(), 1, unplayable);
  CHECK(unplayable.empty());
  CHECK(named[2] == "vehicle.bus");
  CHECK(named[0] == cast[0]);
}
