#include "engine/simulation/episode.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "sensors/builtin.hpp"

using namespace nightfog;
namespace fs = std::filesystem;

namespace {

const fs::path kSource = NIGHTFOG_SOURCE_DIR;

struct TemporaryFolder {
  fs::path path = fs::temp_directory_path() / ("nightfog_episode_" + std::to_string(::getpid()));
  TemporaryFolder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~TemporaryFolder() { fs::remove_all(path); }
};

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
  simulation::EpisodeServices services{
      device, jobs, trace::TracerKind::kAuto, catalog, kSource / "assets", sensors::makeSensor};
};

}  // namespace

TEST_CASE("An episode writes the same record twice, with every frame that fits its duration") {
  TemporaryFolder folder;
  Bench bench;
  std::string digests[2];
  for (std::string& digest : digests) {
    std::vector<std::string> files;
    uint32_t lastDone = 0;
    simulation::EpisodeOptions options;
    options.onFrame = [&](uint32_t done, uint32_t total) {
      CHECK(total == 4);
      CHECK(done == ++lastDone);
    };
    const auto report = simulation::runEpisode(laboratory(), bench.services, options, folder.path, files);
    CHECK(report.frames == 4);
    CHECK(files.size() >= 3);
    digest = sha256HexOfFile(folder.path / "record.mcap");
  }
  CHECK(digests[0] == digests[1]);
}

TEST_CASE("An episode that is stopped leaves nothing behind and asks to try again") {
  TemporaryFolder folder;
  Bench bench;
  std::atomic<bool> stop{false};
  simulation::EpisodeOptions options;
  options.stop = &stop;
  options.onFrame = [&](uint32_t done, uint32_t) { stop = done == 2; };
  std::vector<std::string> files;
  CHECK_THROWS_AS(simulation::runEpisode(laboratory(), bench.services, options, folder.path, files),
                  simulation::Stopped);
  CHECK(fs::is_empty(folder.path));
}
