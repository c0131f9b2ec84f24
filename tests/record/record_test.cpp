// Whole records: what goes in comes out, the same bytes every time, and nothing half-written ever passes for a record.
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <limits>
#include <map>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/record/episode_reader.hpp"
#include "engine/record/inspect.hpp"
#include "engine/record/mcap_writer.hpp"
#include "engine/record/preview.hpp"
#include "engine/record/record_queue.hpp"
#include "tests/record/street.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using namespace nightfog::record;
using nightfog::record::test::streetEgo;
using nightfog::record::test::streetEpisode;
using nightfog::record::test::streetFrame;
using nightfog::record::test::StreetOptions;
using nightfog::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

const StreetOptions kSmall{16, 180, 0.03};
const CollisionEvent kCollision{SimTime::fromMs(123), ObjectId{1}, ObjectId{2}, {1, 2, 3}, 456.5};

void writeStreet(const fs::path& path, uint32_t first, uint32_t last) {
  EpisodeWriter writer(path, streetEpisode(kSmall), {{"tracer", "closed forms"}});
  for (uint32_t frame = first; frame <= last; ++frame) {
    writer.write(streetEgo(frame));
    writer.write(streetFrame(kSmall, frame));
  }
  writer.write(kCollision);
  writer.close();
}

size_t entries(const fs::path& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// Runs `body` in a process of its own and returns how that ended, as waitpid() says it. A hang is killed.
template <class Body>
int inChild(Body&& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(60);
    int code = 99;
    try {
      code = body();
    } catch (const std::exception&) {
      code = 98;
    }
    ::_exit(code);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

bool same(const RigidTransform& a, const RigidTransform& b) {
  return std::memcmp(&a.rotation, &b.rotation, sizeof(a.rotation)) == 0 && a.translation == b.translation;
}

}  // namespace

TEST_CASE("A frame is read as it was written, to the last bit") {
  const TemporaryFolder folder("record");
  const fs::path path = folder.path / "record.mcap";
  writeStreet(path, 0, 2);
  EpisodeReader reader(path);
  REQUIRE(reader.frameCount("top") == 3);
  for (uint32_t i = 0; i < 3; ++i) {
    const LidarFrame wanted = streetFrame(kSmall, i);
    const LidarFrame got = reader.lidarFrame("top", i);
    CHECK(got.sweep.sensor == "top");
    CHECK(got.sweep.frame == i);
    CHECK(got.sweep.start == wanted.sweep.start);
    CHECK(got.sweep.end == wanted.sweep.end);
    CHECK(got.sweep.reference == wanted.sweep.reference);
    CHECK(got.sweep.ringCount == 16);
    CHECK(got.sweep.columnCount == 180);
    CHECK(same(got.sweep.worldFromSensor, wanted.sweep.worldFromSensor));
    CHECK(same(got.sweep.worldFromVehicle, wanted.sweep.worldFromVehicle));
    REQUIRE(got.sweep.points.size() == wanted.sweep.points.size());
    CHECK(std::memcmp(got.sweep.points.data(), wanted.sweep.points.data(),
                      sizeof(LidarPoint) * wanted.sweep.points.size()) == 0);
    CHECK(got.sweep.beamOutcomes == wanted.sweep.beamOutcomes);
    REQUIRE(got.sweep.visibility.size() == wanted.sweep.visibility.size());
    for (size_t v = 0; v < wanted.sweep.visibility.size(); ++v) {
      CHECK(std::memcmp(&got.sweep.visibility[v], &wanted.sweep.visibility[v], sizeof(LidarObjectVisibility)) == 0);
    }
    REQUIRE(got.objects.size() == wanted.objects.size());
    for (size_t o = 0; o < wanted.objects.size(); ++o) {
      CHECK(got.objects[o].id == wanted.objects[o].id);
      CHECK(got.objects[o].name == wanted.objects[o].name);
      CHECK(got.objects[o].asset == wanted.objects[o].asset);
      CHECK(got.objects[o].semantic == wanted.objects[o].semantic);
      CHECK(same(got.objects[o].worldFromBox, wanted.objects[o].worldFromBox));
      CHECK(got.objects[o].size == wanted.objects[o].size);
      CHECK(got.objects[o].velocity_mps == wanted.objects[o].velocity_mps);
      CHECK(got.objects[o].angularVelocity_radps == wanted.objects[o].angularVelocity_radps);
    }
    CHECK(got.motion.firstKey == wanted.motion.firstKey);
    CHECK(got.motion.keyStep == wanted.motion.keyStep);
    CHECK(got.motion.keyCount == 11);
    REQUIRE(got.motion.objects.size() == wanted.motion.objects.size());
    for (size_t o = 0; o < wanted.motion.objects.size(); ++o) {
      const ObjectMotion& a = got.motion.objects[o];
      const ObjectMotion& b = wanted.motion.objects[o];
      CHECK(a.id == b.id);
      CHECK(std::equal(a.worldFromObject.begin(), a.worldFromObject.end(), b.worldFromObject.begin(),
                       b.worldFromObject.end(), same));
      REQUIRE(a.parts.size() == b.parts.size());
      for (size_t p = 0; p < b.parts.size(); ++p) {
        CHECK(a.parts[p].name == b.parts[p].name);
        CHECK(std::equal(a.parts[p].objectFromPart.begin(), a.parts[p].objectFromPart.end(),
                         b.parts[p].objectFromPart.begin(), b.parts[p].objectFromPart.end(), same));
      }
    }
  }
}

TEST_CASE("Episode, ego, collisions and provenance are read as they were written") {
  const TemporaryFolder folder("record");
  const fs::path path = folder.path / "record.mcap";
  writeStreet(path, 0, 1);
  EpisodeReader reader(path);
  const EpisodeInfo wanted = streetEpisode(kSmall);
  const EpisodeInfo& got = reader.episode();
  CHECK(got.scenarioId == wanted.scenarioId);
  CHECK(got.title == wanted.title);
  CHECK(got.seed == wanted.seed);
  CHECK(got.run == wanted.run);
  CHECK(got.digest == wanted.digest);
  CHECK(got.resolvedYaml == wanted.resolvedYaml);
  CHECK(got.parameters == wanted.parameters);
  CHECK(got.fogVisibility_m == wanted.fogVisibility_m);
  CHECK(got.duration == wanted.duration);
  CHECK(got.timeOfDay_s == wanted.timeOfDay_s);
  REQUIRE(got.sensors.size() == 1);
  CHECK(same(got.sensors[0].vehicleFromSensor, wanted.sensors[0].vehicleFromSensor));
  CHECK(got.sensors[0].actor == "ego");
  CHECK(got.sensors[0].lidar.range10_m == 70);
  CHECK(got.sensors[0].lidar.intensityScale == "hesai");
  CHECK(got.sensors[0].lidar.clockwise);
  REQUIRE(got.sensors[0].lidar.beams.size() == 16);
  CHECK(got.sensors[0].lidar.beams[3].elevation_rad == wanted.sensors[0].lidar.beams[3].elevation_rad);
  REQUIRE(got.materials.size() == wanted.materials.size());
  CHECK(got.materials[2].name == "plaster");
  CHECK(got.materials[2].reflectance == wanted.materials[2].reflectance);
  REQUIRE(got.assets.size() == 1);
  CHECK(got.assets[0].licence == "Apache-2.0");
  const std::vector<EgoState> ego = reader.egoStates();
  REQUIRE(ego.size() == 2);
  CHECK(ego[1].at == SimTime::fromMs(150));
  CHECK(ego[1].velocity_mps == glm::dvec3(8, 0, 0));
  REQUIRE(reader.collisions().size() == 1);
  CHECK(reader.collisions()[0].impulse_Ns == 456.5);
  CHECK(reader.provenance().at("synthetic") == "true");
  CHECK(reader.provenance().at("tracer") == "closed forms");
  CHECK(reader.provenance().at("scenario_digest") == wanted.digest);
  CHECK(reader.mcap().attachment("resolved.scn.yaml") == wanted.resolvedYaml);
}

TEST_CASE("A sweep without points and numbers at the edge of their types survive") {
  const TemporaryFolder folder("record");
  LidarFrame frame;
  frame.sweep.sensor = "top";
  frame.sweep.frame = std::numeric_limits<uint32_t>::max();
  frame.sweep.reference.ns = std::numeric_limits<int64_t>::max();
  frame.sweep.worldFromSensor.translation = {-0.0, 1e300, 5e-324};
  {
    EpisodeWriter writer(folder.path / "r.mcap", streetEpisode(kSmall), {});
    writer.write(frame);
    writer.close();
  }
  EpisodeReader reader(folder.path / "r.mcap");
  const LidarFrame got = reader.lidarFrame("top", 0);
  CHECK(got.sweep.points.empty());
  CHECK(got.sweep.frame == frame.sweep.frame);
  CHECK(got.sweep.reference == frame.sweep.reference);
  CHECK(std::memcmp(&got.sweep.worldFromSensor.translation, &frame.sweep.worldFromSensor.translation, 24) == 0);
  CHECK_FALSE(previewPng(folder.path / "r.mcap", {}).empty());
}

TEST_CASE("Two writes of an episode are the same bytes, by hand or through the queue") {
  const TemporaryFolder folder("record");
  writeStreet(folder.path / "a.mcap", 0, 2);
  writeStreet(folder.path / "b.mcap", 0, 2);
  {
    RecordQueue queue(std::make_unique<EpisodeWriter>(folder.path / "c.mcap", streetEpisode(kSmall),
                                                      Provenance{{"tracer", "closed forms"}}),
                      200'000);
    for (uint32_t frame = 0; frame <= 2; ++frame) {
      queue.push(streetEgo(frame));
      queue.push(streetFrame(kSmall, frame));
    }
    queue.push(kCollision);
    queue.close();
  }
  CHECK(sha256HexOfFile(folder.path / "a.mcap") == sha256HexOfFile(folder.path / "b.mcap"));
  CHECK(sha256HexOfFile(folder.path / "a.mcap") == sha256HexOfFile(folder.path / "c.mcap"));
  CHECK(previewPng(folder.path / "a.mcap", {}) == previewPng(folder.path / "c.mcap", {}));
  CHECK(entries(folder.path) == 3);
}

TEST_CASE("A part of an episode holds the same messages as the whole") {
  const TemporaryFolder folder("record");
  writeStreet(folder.path / "whole.mcap", 0, 4);
  writeStreet(folder.path / "part.mcap", 2, 3);
  const auto messages = [](const fs::path& path) {
    std::map<std::tuple<std::string, uint32_t, uint64_t>, std::string> out;
    McapReader mcap(path);
    for (const McapMessageRef& ref : mcap.messages()) {
      out[{mcap.channels().at(ref.channel).topic, ref.sequence, ref.time_ns}] = mcap.message(ref);
    }
    return out;
  };
  const auto whole = messages(folder.path / "whole.mcap");
  const auto part = messages(folder.path / "part.mcap");
  CHECK(part.size() == 2 * 7 + 2);  // seven topics a frame, the episode, a collision
  for (const auto& [key, content] : part) {
    CAPTURE(std::get<0>(key));
    REQUIRE(whole.contains(key));
    CHECK(whole.at(key) == content);
  }
}

TEST_CASE("An unfinished record is not there") {
  const TemporaryFolder folder("record");
  {
    EpisodeWriter writer(folder.path / "record.mcap", streetEpisode(kSmall), {});
    writer.write(streetFrame(kSmall, 0));
    CHECK_FALSE(fs::exists(folder.path / "record.mcap"));
  }
  CHECK(entries(folder.path) == 0);
  {
    RecordQueue queue(
        std::make_unique<EpisodeWriter>(folder.path / "record.mcap", streetEpisode(kSmall), Provenance{}));
    queue.push(streetFrame(kSmall, 0));
  }
  CHECK(entries(folder.path) == 0);
}

TEST_CASE(
    "A sensor whose name cannot be part of a topic is refused, so are two of one name and text that is not UTF-8") {
  const TemporaryFolder folder("record");
  EpisodeInfo episode = streetEpisode(kSmall);
  episode.sensors[0].id = "top/../roof";
  CHECK_THROWS_AS(EpisodeWriter(folder.path / "r.mcap", episode, {}), Error);
  episode = streetEpisode(kSmall);
  episode.sensors.push_back(episode.sensors[0]);
  CHECK_THROWS_AS(EpisodeWriter(folder.path / "r.mcap", episode, {}), Error);
  episode = streetEpisode(kSmall);
  episode.title = "caf\xe9";  // Latin-1
  CHECK_THROWS_AS(EpisodeWriter(folder.path / "r.mcap", episode, {}), Error);
  CHECK(entries(folder.path) == 0);
}

TEST_CASE("A full disk is an error at the next push and at close, and leaves nothing behind") {
  const TemporaryFolder folder("record");
  const LidarFrame frame = streetFrame({16, 720, 0}, 0);
  // The limit stands for the disk; it is met at different places of the file.
  for (const rlim_t limit : {rlim_t{100}, rlim_t{30'000}, rlim_t{1'000'000}, rlim_t{9'000'000}}) {
    CAPTURE(limit);
    const int status = inChild([&] {
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit fileSize{limit, limit};
      ::setrlimit(RLIMIT_FSIZE, &fileSize);
      int failures = 0;
      try {
        RecordQueue queue(
            std::make_unique<EpisodeWriter>(folder.path / "record.mcap", streetEpisode({16, 720, 0}), Provenance{}),
            2'000'000);
        try {
          for (int i = 0; i < 60; ++i) queue.push(frame);
        } catch (const IoError&) {
          ++failures;
        }
        try {
          queue.close();
        } catch (const IoError&) {
          ++failures;
        }
      } catch (const IoError&) {
        failures += 2;  // not even the beginning fitted
      }
      return failures;
    });
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 2);
    CHECK(entries(folder.path) == 0);
  }
}

TEST_CASE("A disk that fills up at the very end leaves nothing either") {
  const TemporaryFolder folder("record");
  const LidarFrame frame = streetFrame(kSmall, 0);
  uintmax_t size = 0;
  {
    EpisodeWriter writer(folder.path / "size.mcap", streetEpisode(kSmall), {});
    writer.write(frame);
    writer.close();
    size = fs::file_size(folder.path / "size.mcap");
    fs::remove(folder.path / "size.mcap");
  }
  const int status = inChild([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit fileSize{size - 1, size - 1};
    ::setrlimit(RLIMIT_FSIZE, &fileSize);
    RecordQueue queue(
        std::make_unique<EpisodeWriter>(folder.path / "record.mcap", streetEpisode(kSmall), Provenance{}));
    queue.push(frame);
    try {
      queue.close();
    } catch (const IoError&) {
      return 1;
    }
    return 0;
  });
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(entries(folder.path) == 0);
}

TEST_CASE("A writer killed after any frame leaves no record") {
  const TemporaryFolder folder("record");
  const LidarFrame frame = streetFrame({16, 720, 0}, 0);
  for (const int framesBeforeKill : {0, 1, 3, 12}) {
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::alarm(60);
      try {
        EpisodeWriter writer(folder.path / "record.mcap", streetEpisode({16, 720, 0}), {});
        char mark = 'x';
        if (::write(pipe[1], &mark, 1) != 1) ::_exit(1);
        for (;;) {
          writer.write(frame);
          if (::write(pipe[1], &mark, 1) != 1) ::_exit(1);
        }
      } catch (const std::exception&) {
        ::_exit(1);
      }
    }
    char mark = 0;
    for (int i = 0; i <= framesBeforeKill; ++i) REQUIRE(::read(pipe[0], &mark, 1) == 1);
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    ::close(pipe[0]);
    ::close(pipe[1]);
    CHECK(WIFSIGNALED(status));
    CHECK_FALSE(fs::exists(folder.path / "record.mcap"));
    for (const fs::directory_entry& left : fs::directory_iterator(folder.path)) {
      CHECK(left.path().extension() == ".part");
      CHECK_THROWS_AS(McapReader(left.path()), IoError);
    }
  }
}

TEST_CASE("The queue holds no more than its bound, but lets a larger frame in alone") {
  const TemporaryFolder folder("record");
  const LidarFrame frame = streetFrame(kSmall, 0);
  const size_t size = frame.sweep.points.size() * sizeof(LidarPoint);
  {
    RecordQueue queue(std::make_unique<EpisodeWriter>(folder.path / "a.mcap", streetEpisode(kSmall), Provenance{}),
                      3 * size);
    for (uint32_t i = 0; i < 40; ++i) {
      LidarFrame next = frame;
      next.sweep.frame = i;
      queue.push(std::move(next));
    }
    queue.close();
    CHECK(queue.peakBytes() <= 3 * size);
    CHECK(queue.peakBytes() >= size);
  }
  CHECK(EpisodeReader(folder.path / "a.mcap").frameCount("top") == 40);
  RecordQueue queue(std::make_unique<EpisodeWriter>(folder.path / "b.mcap", streetEpisode(kSmall), Provenance{}), 10);
  for (uint32_t i = 0; i < 5; ++i) {
    LidarFrame next = frame;
    next.sweep.frame = i;
    queue.push(std::move(next));
  }
  queue.close();
  CHECK(EpisodeReader(folder.path / "b.mcap").frameCount("top") == 5);
}

TEST_CASE("Hostile messages in a sound container do no harm") {
  const TemporaryFolder folder("record");
  writeStreet(folder.path / "whole.mcap", 0, 0);
  McapReader whole(folder.path / "whole.mcap");
  uint64_t state = 7;
  int refused = 0;
  constexpr int kTrials = 200;
  const int fd = ::memfd_create("hostile", MFD_CLOEXEC);
  const fs::path hostile = "/proc/self/fd/" + std::to_string(fd);
  for (int trial = 0; trial < kTrials; ++trial) {
    CAPTURE(trial);
    std::string bytes;
    McapWriter writer([&](std::span<const std::byte> part) {
      bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
    });
    std::map<std::string, uint16_t> schemas;
    for (const auto& [id, schema] : whole.schemas()) {
      REQUIRE(writer.addSchema(schema.name, schema.encoding, schema.data) == id);
    }
    for (const auto& [id, channel] : whole.channels()) {
      REQUIRE(writer.addChannel(channel.schema, channel.topic, channel.messageEncoding, {}) == id);
    }
    for (const McapMessageRef& ref : whole.messages()) {
      std::string message(whole.message(ref));
      state = hashCombine(state, static_cast<uint64_t>(trial));
      if (state % 3 == 0 && !message.empty()) {
        // Near the front, where lengths and counts are, more often than in the bulk.
        const size_t reach = (state >> 8) % 2 == 0 ? std::min<size_t>(message.size(), 64) : message.size();
        message[(state >> 16) % reach] = static_cast<char>(state >> 56);
        if ((state >> 9) % 5 == 0) message.resize((state >> 24) % message.size());
      }
      writer.write(ref.channel, ref.sequence, ref.time_ns, {message});
    }
    writer.close();
    REQUIRE(::ftruncate(fd, 0) == 0);
    REQUIRE(::pwrite(fd, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    try {
      inspectJson(hostile);
      inspectText(hostile);
      if (trial % 4 == 0) previewPng(hostile, {});
    } catch (const Error&) {
      ++refused;
    }
  }
  ::close(fd);
  MESSAGE(refused << " of " << kTrials << " damaged records were refused, the others shown");
  CHECK(refused > 0);
}
