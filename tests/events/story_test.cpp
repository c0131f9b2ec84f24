// Scenario text in, what happens in the world out: triggers, commands and the three injectors, against closed forms.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/events/builtin.hpp"
#include "engine/events/story.hpp"
#include "engine/scenario/template.hpp"

using namespace nightfog;
using namespace nightfog::events;

namespace {

const std::string kSource = NIGHTFOG_SOURCE_DIR;

const catalog::Catalog& assets() {
  static const catalog::Catalog catalog = catalog::loadCatalog(kSource + "/assets");
  return catalog;
}

constexpr const char* kHead = R"(format: scenario/1
id: test
seed: 7
imports: {inj: std/injectors@1}
world:
  road:
    line: [{straight: 400 m}]
    lanes:
      left: [{name: oncoming, kind: driving, width: 3.5 m}]
      right: [{name: ego_lane, kind: driving, width: 3.5 m}, {name: parking, kind: parking, width: 2.2 m}]
  duration: 8 s
  step: 10 ms
)";

/// A scenario that plays without sensors.
struct Play {
  scenario::Scenario scenario;
  content::SceneContent content;
  std::unique_ptr<Story> story;
  std::unique_ptr<world::World> world;

  explicit Play(const std::string& text)
      : scenario(scenario::sample(
            scenario::parseScenarioTemplate(kHead + text, kSource + "/scenarios/test.scn.yaml", {assets(), kSource}),
            std::nullopt, 0)) {
    content::loadMaterials(kSource + "/assets/materials.yaml", content);
    story = std::make_unique<Story>(scenario);
    std::vector<world::CastMember> cast;
    for (const auto& actor : scenario.actors) cast.push_back({actor, model(actor.asset)});
    for (const Guest& guest : story->guests())
      cast.push_back({guest.actor, model(guest.actor.asset), false, guest.mass_kg});
    world = std::make_unique<world::World>(scenario, assets(), std::move(cast), story.get());
  }
  content::Model model(const std::string& asset) { return content::buildModel(*assets().find(asset), content); }
  glm::dvec3 place(uint32_t object, double time_s) {
    return world->actorPose(ObjectId{object}, SimTime::fromSeconds(time_s)).translation;
  }
  const TraceEntry& entry(const std::string& id, std::vector<TraceEntry>& trace) {
    trace = story->trace();
    return *std::find_if(trace.begin(), trace.end(), [&](const TraceEntry& e) { return e.id == id; });
  }
};

constexpr const char* kEgo =
    "actors:\n"
    "  ego: {asset: vehicle.sedan, place: {lane: ego_lane, s: 20 m}, behavior: {follow_lane: {speed: 10 m/s}}}\n"
    "  van: {asset: vehicle.van.white, place: {lane: parking, s: 100 m}, behavior: parked}\n";

}  // namespace

TEST_CASE("An event fires when its condition comes true, after it held and after its delay") {
  Play play(std::string(kEgo) +
            "events:\n"
            "  - {id: brake, when: time >= 1 s, for: 0.5 s, delay: 0.25 s, do: {ego: {brake: {decel: 5 m/s^2}}}}\n"
            "  - {id: never, when: \"distance(ego, van) < 1 m\", do: {ego: {set_speed: {speed: 1 m/s}}}}\n");
  const double x0 = play.place(1, 0).x;
  CHECK(play.place(1, 1.75).x - x0 == doctest::Approx(17.5).epsilon(1e-9));
  CHECK(play.place(1, 8).x - x0 == doctest::Approx(17.5 + 10.0).epsilon(1e-9));  // v^2 / 2a
  std::vector<TraceEntry> trace;
  CHECK(play.entry("brake", trace).firings == std::vector<SimTime>{SimTime::fromMs(1750)});
  const TraceEntry& never = play.entry("never", trace);
  CHECK(never.firings.empty());
  REQUIRE(never.nearest.size() == 1);
  CHECK(never.nearest[0].comparison == "distance(ego, van) < 1 m");
  // It stood at last 27.5 m on: the middles were that much nearer than at first.
  const auto ego = play.world->view(ObjectId{1}), van = play.world->view(ObjectId{2});
  const glm::dvec3 between = ego.worldFromActor * ego.boxCentre - van.worldFromActor * van.boxCentre;
  CHECK(never.nearest[0].value == doctest::Approx(std::hypot(between.x, between.y)).epsilon(1e-6));
  CHECK(never.nearest[0].missing == doctest::Approx(never.nearest[0].value - 1));
  CHECK(toJson(trace).find("\"nearest\"") != std::string::npos);
}

TEST_CASE("A repeated event waits for its gap and for the condition to be false in between") {
  Play play(
      std::string(kEgo) +
      "events:\n"
      "  - {id: fast, when: speed(ego) >= 9 m/s, repeat: {min_gap: 1 s}, do: {ego: {set_speed: {speed: 5 m/s}}}}\n"
      "  - {id: slow, when: speed(ego) <= 5 m/s, repeat: {min_gap: 1 s}, delay: 0.5 s, do: {ego: {set_speed: {speed: "
      "10 m/s}}}}\n");
  play.world->advanceTo(SimTime::fromMs(4000));
  std::vector<TraceEntry> trace;
  const auto& firings = play.entry("fast", trace).firings;
  REQUIRE(firings.size() >= 3);
  for (size_t i = 1; i < firings.size(); ++i) CHECK(firings[i] - firings[i - 1] >= SimTime::fromMs(1000));
}

TEST_CASE("A loose tyre rolls without slip where it was told to, is nobody before, and gains no energy") {
  Play play(std::string(kEgo) +
            "injectors:\n"
            "  tyre:\n"
            "    use: inj.debris.rolling_tyre\n"
            "    when: time >= 0.6 s\n"
            "    with: {from: {lane: oncoming, s: 95 m}, velocity: {s: -2 m/s, t: -4 m/s}, mass: 12 kg}\n");
  play.world->advanceTo(SimTime::fromMs(500));
  CHECK_FALSE(play.world->view(ObjectId{3}).isPresent);
  play.world->advanceTo(SimTime::fromMs(700));
  const auto view = play.world->view(ObjectId{3});
  REQUIRE(view.isPresent);
  CHECK(view.asset.mass_kg == 12);
  const double radius = 0.5 * view.asset.boxSize.z;
  // Velocity of the tread where it touches the ground: v + omega x r.
  const glm::dvec3 centre = view.worldFromActor * view.asset.centreOfMass;
  const glm::dvec3 v =
      view.velocity_mps + glm::cross(view.angularVelocity_radps, centre - view.worldFromActor.translation);
  CHECK(glm::length(v) == doctest::Approx(std::hypot(2.0, 4.0)).epsilon(0.01));
  CHECK(glm::length(v + glm::cross(view.angularVelocity_radps, glm::dvec3(0, 0, -radius))) < 0.05);
  play.world->advanceTo(SimTime::fromMs(6000));
  std::vector<TraceEntry> trace;
  const TraceEntry& entry = play.entry("tyre", trace);
  CHECK(entry.firings == std::vector<SimTime>{SimTime::fromMs(600)});
  REQUIRE(entry.claims.size() == 1);
  CHECK(entry.claims[0].holds);
}

TEST_CASE("Who darts out enters the lane as long before the car as the scenario says, at any speed") {
  for (const char* speed : {"8 m/s", "12 m/s", "15 m/s"}) {
    Play play(
        "points: {conflict: {relative_to: van, ahead: 0.8 m, lane: ego_lane}}\n"
        "actors:\n"
        "  ego: {asset: vehicle.sedan, place: {lane: ego_lane, s: 20 m}, behavior: {follow_lane: {speed: " +
        std::string(speed) +
        "}}}\n"
        "  van: {asset: vehicle.van.white, place: {lane: parking, s: 80 m}, behavior: parked}\n"
        "  child: {asset: person.child.dark_clothes, place: {relative_to: van, ahead: 0.8 m, lateral: -0.6 m, "
        "facing: {toward: conflict}}}\n"
        "injectors:\n"
        "  dart: {use: inj.vru.dart_out, with: {actor: child, speed: 3 m/s, meet: {actor: ego, at: conflict, ttc: 2 "
        "s}}}\n");
    const double wanted_ttc = 2;
    std::optional<double> entered;
    for (int ms = 0; ms <= 8000 && !entered; ms += 10) {
      if (play.place(3, ms * 1e-3).y >= -3.5) entered = ms * 1e-3;  // the lane's right edge
    }
    REQUIRE(entered.has_value());
    const auto ego = play.world->view(ObjectId{1});
    const RigidTransform then = play.world->actorPose(ObjectId{1}, SimTime::fromSeconds(*entered));
    const double front = then.translation.x + ego.boxCentre.x + 0.5 * ego.boxSize.x;
    const double left = play.scenario.points.at("conflict").x - front;
    CHECK(left / glm::length(ego.velocity_mps) == doctest::Approx(wanted_ttc).epsilon(0.02));
  }
}

TEST_CASE("Dirt is a fault of its camera while it lasts, scaled by severity; severity 0 does nothing") {
  const auto text = [](const char* severity) {
    return std::string(kEgo) +
           "sensors:\n"
           "  front: {kind: camera, mount: {actor: ego, xyz: [1 m, 0 m, 1.5 m]}, rate: 10 Hz, lens: {fov: 60 deg}}\n"
           "injectors:\n"
           "  mud: {use: inj.sensor.lens_dirt, when: time >= 1 s, until: time >= 2 s, severity: " +
           severity + ", with: {sensor: front, coverage: 10 %}}\n";
  };
  Play play(text("0.5"));
  const auto faultsAt = [&](int ms) {
    return play.world->snapshot(SimTime::fromMs(ms), SimTime::fromMs(ms + 20)).faults;
  };
  CHECK(faultsAt(500).empty());
  const auto faults = faultsAt(1500);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].sensor == "front");
  CHECK(std::get<content::LensDirt>(faults[0].kind).coverage == doctest::Approx(0.05));
  CHECK(faultsAt(2500).empty());
  Play off(text("0"));
  CHECK(off.world->snapshot(SimTime::fromMs(1500), SimTime::fromMs(1520)).faults.empty());
  std::vector<TraceEntry> trace;
  CHECK(off.entry("mud", trace).isSwitchedOff);
}

TEST_CASE("Faults of LiDARs are on their sensor from start to stop, scaled by severity, and refused on a camera") {
  const auto text = [](const std::string& fault, const char* severity, const char* sensor = "top") {
    return std::string(kEgo) +
           "sensors:\n"
           "  top: {kind: lidar, profile: velodyne.vlp16, mount: {actor: ego, xyz: [1 m, 0 m, 1.8 m]}}\n"
           "  front: {kind: camera, mount: {actor: ego, xyz: [1 m, 0 m, 1.5 m]}, rate: 10 Hz, lens: {fov: 60 deg}}\n"
           "injectors:\n"
           "  fault: {when: time >= 1 s, until: time >= 2 s, severity: " +
           severity + ", use: inj." + fault + ", sensor: " + sensor + "}}\n";
  };
  // What a fault says of itself at half severity.
  struct Row {
    const char* use;
    std::function<double(const content::SensorFault&)> said;
    double expected;
  };
  const double degree = kPi / 180;
  const std::vector<Row> rows{
      {"lidar.channel_dead, with: {share: 20 %", [](auto& f) { return std::get<content::DeadChannels>(f.kind).share; },
       0.1},
      {"lidar.channel_dead, with: {share: 20 %, left: 40 %",
       [](auto& f) { return std::get<content::DeadChannels>(f.kind).left; }, 0.7},
      {"lidar.blocked_sector, with: {azimuth: 30 deg, width: 20 deg",
       [](auto& f) { return std::get<content::BlockedSector>(f.kind).width_rad; }, 10 * degree},
      {"lidar.packet_loss, with: {share: 4 %, burst: 3",
       [](auto& f) { return std::get<content::PacketLoss>(f.kind).share; }, 0.02},
      {"sensor.lens_dirt, with: {coverage: 10 %", [](auto& f) { return std::get<content::LensDirt>(f.kind).coverage; },
       0.05},
      {"sensor.water_film, with: {thickness: 0.4 mm",
       [](auto& f) { return std::get<content::WaterFilm>(f.kind).thickness_m; }, 0.2e-3},
      {"sensor.misalignment, with: {pitch: 2 deg, yaw_drift: 0.1 deg/s",
       [](auto& f) { return std::get<content::Misalignment>(f.kind).pitch_rad; }, degree},
      {"sensor.vibration, with: {amplitude: 0.2 deg",
       [](auto& f) { return std::get<content::Vibration>(f.kind).amplitude_rad; }, 0.1 * degree},
      {"sensor.clock_skew, with: {offset: 30 ms", [](auto& f) { return std::get<content::ClockSkew>(f.kind).offset_s; },
       0.015}};
  for (const Row& row : rows) {
    CAPTURE(row.use);
    Play play(text(row.use, "0.5"));
    const auto faultsAt = [&](int ms) {
      return play.world->snapshot(SimTime::fromMs(ms), SimTime::fromMs(ms + 20)).faults;
    };
    CHECK(faultsAt(500).empty());
    const auto faults = faultsAt(1500);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].sensor == "top");
    CHECK(std::abs((faults[0].since - SimTime::fromMs(1000)).ns) <= 20'000'000);
    CHECK(row.said(faults[0]) == doctest::Approx(row.expected));
    CHECK(faultsAt(2500).empty());
    Play off(text(row.use, "0"));
    CHECK(off.world->snapshot(SimTime::fromMs(1500), SimTime::fromMs(1520)).faults.empty());
    if (std::string(row.use).rfind("sensor.lens_dirt", 0) != 0)
      CHECK_THROWS_AS(Play(text(row.use, "1", "front")), Error);
  }
}

TEST_CASE("The library declares what the engine carries out, and nothing else") {
  const std::string library = readFile(kSource + "/scenarios/std/injectors@1.yaml");
  size_t declared = 0;
  for (size_t at = library.find("\n    doc:"); at != std::string::npos; at = library.find("\n    doc:", at + 1))
    ++declared;
  CHECK(declared == builtinInjectors().size());
  for (const InjectorType& type : builtinInjectors()) {
    CHECK_MESSAGE(library.find(std::string("\n  ") + type.name + ":\n") != std::string::npos, type.name);
  }
}
