#include "engine/simulation/episode.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <map>

#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/record/episode_reader.hpp"
#include "engine/road/lane_graph.hpp"
#include "engine/scenario/template.hpp"
#include "engine/shared/cause.h"
#include "engine/simulation/snapshot_queue.hpp"
#include "sensors/builtin.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using nightfog::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

const fs::path kSource = NIGHTFOG_SOURCE_DIR;

/// Eight beams, 180 columns, over a plane, with a plate 12 m ahead of an ego that drives at 10 m/s.
scenario::Scenario laboratory() {
  scenario::Scenario s;
  s.id = "laboratory";
  s.seed = 3;
  s.duration = SimTime::fromMs(400);
  s.actors.push_back(
      {"ego", "vehicle.sedan", RigidTransform::identity(), scenario::ConstantMotion{{10, 0, 0}, {0, 0, 0}}});
  s.actors.push_back({"plate", "lab.plate", RigidTransform::fromTranslation({12, 0, 0}), scenario::Parked{}});
  scenario::LidarSpec lidar;
  lidar.profile.id = "test.eight";
  lidar.profile.rotationRate_hz = 10;
  lidar.profile.columnsPerTurn = 180;
  for (int i = 0; i < 8; ++i) lidar.profile.channels.push_back({(-16.0 + 2 * i) * kPi / 180, 0, i * 2e-6});
  s.sensors.push_back({"top", "ego", RigidTransform::fromTranslation({1.5, 0, 1.9}), lidar});
  s.resolvedYaml = "format: scenario/1\n";
  s.digest = std::string(64, 'a');
  return s;
}

struct Bench {
  gpu::Device device{{.name = "auto", .validation = true, .pipelineCacheFolder = {}}};
  Jobs jobs{2};
  catalog::Catalog catalog = catalog::loadCatalog(kSource / "assets");
  simulation::ContentCache contents{catalog, kSource / "assets"};
  simulation::StageCache stages{device, jobs, trace::TracerKind::kAuto};
  simulation::EpisodeServices services{device, jobs, catalog, stages, sensors::makeSensor};
};

}  // namespace

TEST_CASE("An episode writes the same record twice, with every frame that fits its duration") {
  TemporaryFolder folder("episode");
  Bench bench;
  std::string digests[2];
  for (std::string& digest : digests) {
    std::vector<std::string> files;
    uint32_t lastDone = 0;
    simulation::EpisodeOptions options;
    options.onFrame = [&](const simulation::FrameProgress& progress) {
      CHECK(progress.total == 4);
      CHECK(progress.done == ++lastDone);
      CHECK(progress.snapshotsAhead <= simulation::SnapshotQueue::kMost);
    };
    const auto report =
        simulation::runEpisode(laboratory(), bench.contents, bench.services, options, folder.path, files);
    CHECK(report.frames == 4);
    CHECK(files.size() >= 3);
    digest = sha256HexOfFile(folder.path / "record.mcap");
  }
  CHECK(digests[0] == digests[1]);
}

TEST_CASE("An episode that is stopped leaves nothing behind and asks to try again") {
  TemporaryFolder folder("episode");
  Bench bench;
  std::atomic<bool> stop{false};
  simulation::EpisodeOptions options;
  options.stop = &stop;
  options.onFrame = [&](const simulation::FrameProgress& progress) { stop = progress.done == 2; };
  std::vector<std::string> files;
  CHECK_THROWS_AS(simulation::runEpisode(laboratory(), bench.contents, bench.services, options, folder.path, files),
                  simulation::Stopped);
  CHECK(fs::is_empty(folder.path));
}

namespace {

std::vector<record::LidarSweep> framesOf(Bench& bench, const scenario::Scenario& scenario, simulation::Twin twin) {
  TemporaryFolder folder("episode");
  simulation::EpisodeOptions options;
  options.twin = twin;
  std::vector<std::string> files;
  simulation::runEpisode(scenario, bench.contents, bench.services, options, folder.path, files);
  record::EpisodeReader reader(folder.path / "record.mcap");
  std::vector<record::LidarSweep> sweeps;
  for (uint32_t i = 0; i < reader.frameCount("top"); ++i) sweeps.push_back(reader.lidarFrame("top", i).sweep);
  return sweeps;
}

}  // namespace

TEST_CASE("The twin without weather differs where weather acted, point for point, and nowhere else") {
  Bench bench;
  scenario::Scenario scenario = laboratory();
  const auto clear = framesOf(bench, scenario, simulation::Twin::kNone);
  scenario::WeatherKeyframe fog;
  fog.fogVisibility_m = 20;
  scenario.weather = scenario::WeatherTimeline({fog});
  const auto foggy = framesOf(bench, scenario, simulation::Twin::kNone);
  const auto twin = framesOf(bench, scenario, simulation::Twin::kWeather);
  REQUIRE(clear.size() == 4);
  REQUIRE(foggy.size() == 4);
  REQUIRE(twin.size() == 4);
  size_t lost = 0, soft = 0;
  for (size_t i = 0; i < 4; ++i) {
    // The same world without weather is the world in clear air.
    REQUIRE(twin[i].points.size() == clear[i].points.size());
    CHECK(std::memcmp(twin[i].points.data(), clear[i].points.data(),
                      clear[i].points.size() * sizeof(record::LidarPoint)) == 0);
    CHECK(twin[i].beamOutcomes == clear[i].beamOutcomes);
    std::map<std::pair<int, int>, const record::LidarPoint*> twins;
    for (const record::LidarPoint& p : twin[i].points) twins[{p.ring, p.column}] = &p;
    size_t surfaces = 0;
    for (const record::LidarPoint& p : foggy[i].points) {
      if (p.cause == shared::kCauseFog) {
        ++soft;
        continue;
      }
      ++surfaces;
      const auto found = twins.find({p.ring, p.column});
      REQUIRE(found != twins.end());
      CHECK(found->second->trueRange_m == p.trueRange_m);
      CHECK(found->second->instance == p.instance);
      CHECK(found->second->timeOffset_ns == p.timeOffset_ns);
    }
    lost += twin[i].points.size() - surfaces;
  }
  CHECK(lost > 0);
  CHECK(soft > 0);
}

TEST_CASE("Traffic in the town is in the labels: on lanes, headed as these lead") {
  TemporaryFolder folder("episode");
  Bench bench;
  const scenario::Library library{.catalog = bench.catalog, .dataFolder = kSource};
  const auto loaded = scenario::loadScenarioTemplate(kSource / "scenarios/town/crossing/day.scn.yaml", library);
  const scenario::Scenario town = scenario::sample(loaded, std::nullopt, 0);
  simulation::EpisodeOptions options;
  options.labelsOnly = true;
  options.frames = simulation::FrameRange{8, 8};
  std::vector<std::string> files;
  simulation::runEpisode(town, bench.contents, bench.services, options, folder.path, files);
  record::EpisodeReader reader(folder.path / "record.mcap");
  const road::LaneGraph lanes(town.map);
  size_t vehicles = 0, people = 0, parked = 0, seen = 0, astray = 0;
  const record::FrameLabels labels = reader.labels("mast", 0);
  for (const record::ObjectTruth& object : labels.objects) {
    people += object.name.starts_with("pedestrian-") ? 1 : 0;
    parked += object.name.starts_with("parked-") ? 1 : 0;
    if (!object.name.starts_with("traffic-")) continue;
    ++vehicles;
    const auto at = lanes.locate(object.worldFromBox.translation - glm::dvec3(0, 0, 0.5 * object.size.z),
                                 object.worldFromBox.yaw_rad());
    if (!at || !lanes.lane(at->lane).isDrivable) ++astray;
  }
  for (const auto& visible : labels.camera) seen += visible.visiblePixels > 20 ? 1 : 0;
  MESSAGE(vehicles, " vehicles, ", people, " people, ", parked, " parked, ", seen, " seen");
  CHECK(vehicles > 300);
  CHECK(people > 50);
  CHECK(parked > 100);
  CHECK(seen > 5);
  // The middle of a long body cuts corners.
  CHECK(astray * 50 <= vehicles);
}

TEST_CASE("The twin without faults is the run that never had them, byte for byte, and differs where a fault acted") {
  Bench bench;
  scenario::Scenario scenario = laboratory();
  const auto sound = framesOf(bench, scenario, simulation::Twin::kNone);
  scenario::Injector injector;
  injector.id = "sector";
  injector.type = "lidar.blocked_sector";
  injector.parameters = {{"sensor", scenario::InjectorName{"top"}}, {"azimuth", 0.0}, {"width", 0.5}};
  scenario.injectors.push_back(injector);
  const auto faulty = framesOf(bench, scenario, simulation::Twin::kNone);
  const auto twin = framesOf(bench, scenario, simulation::Twin::kFaults);
  REQUIRE(faulty.size() == sound.size());
  REQUIRE(twin.size() == sound.size());
  for (size_t i = 0; i < sound.size(); ++i) {
    CHECK(!twin[i].faults);
    REQUIRE(twin[i].points.size() == sound[i].points.size());
    CHECK(std::memcmp(twin[i].points.data(), sound[i].points.data(),
                      sound[i].points.size() * sizeof(record::LidarPoint)) == 0);
    CHECK(twin[i].beamOutcomes == sound[i].beamOutcomes);
    REQUIRE(faulty[i].faults);
    REQUIRE(faulty[i].faults->beamMask.size() == sound[i].beamOutcomes.size());
    // Where the mask is 0 every beam is as it was.
    size_t blocked = 0;
    for (size_t beam = 0; beam < sound[i].beamOutcomes.size(); ++beam) {
      if (faulty[i].faults->beamMask[beam] == 0) {
        CHECK(faulty[i].beamOutcomes[beam] == sound[i].beamOutcomes[beam]);
      } else {
        blocked += faulty[i].beamOutcomes[beam] == shared::kCauseBlocked ? 1 : 0;
      }
    }
    CHECK(blocked > 0);
  }
}
