#include "engine/simulation/episode_store.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using nightfog::test::TemporaryFolder;
using simulation::EpisodeIdentity;
using simulation::EpisodeStore;
namespace fs = std::filesystem;

namespace {

const record::Provenance kMadeWith{{"device", "a device"}, {"driver", "1.0"}, {"tracer", "embree"}};

void finishEpisode(const EpisodeStore& store, const EpisodeIdentity& episode, std::string_view content) {
  writeFileAtomically(store.begin(episode) / "record.mcap", content);
  store.finish(episode, {"record.mcap"}, 3, kMadeWith);
}

}  // namespace

TEST_CASE("An episode is whole when done.json speaks of it and every file has its size and, rehashed, its content") {
  TemporaryFolder folder("store");
  const EpisodeStore store(folder.path);
  const EpisodeIdentity episode{"street", "r0000-abc", "digest", std::nullopt};
  CHECK_FALSE(store.isComplete(episode, false));
  writeFileAtomically(store.begin(episode) / "record.mcap", "content");
  CHECK_FALSE(store.isComplete(episode, false));  // the record alone is not enough
  store.finish(episode, {"record.mcap"}, 3, kMadeWith);
  CHECK(store.isComplete(episode, true));
  CHECK_FALSE(store.isComplete({"street", "r0000-abc", "another digest", std::nullopt}, false));
  CHECK_FALSE(store.isComplete({"street", "r0000-abc", "digest", simulation::FrameRange{0, 1}}, false));

  std::ofstream(store.folder(episode) / "record.mcap") << "Content";  // same size
  CHECK(store.isComplete(episode, false));
  CHECK_FALSE(store.isComplete(episode, true));
  std::ofstream(store.folder(episode) / "record.mcap") << "cut";
  CHECK_FALSE(store.isComplete(episode, false));
}

TEST_CASE("A done.json that is cut short, is no JSON, or points outside its folder does not count") {
  TemporaryFolder folder("store");
  const EpisodeStore store(folder.path);
  const EpisodeIdentity episode{"street", "r0000-abc", "digest", std::nullopt};
  finishEpisode(store, episode, "content");
  const fs::path done = store.folder(episode) / "done.json";
  const std::string whole = readFile(done);
  for (size_t length = 0; length + 2 < whole.size(); ++length) {
    std::ofstream(done, std::ios::trunc) << whole.substr(0, length);
    CHECK_FALSE(store.isComplete(episode, false));
  }
  for (const char* text : {"[]", "null", "{\"engine_version\":\"0.1.0\",\"digest\":1,\"files\":{}}",
                           "{\"engine_version\":\"0.1.0\",\"digest\":\"digest\",\"files\":{\"../x\":{}}}"}) {
    std::ofstream(done, std::ios::trunc) << text;
    CHECK_FALSE(store.isComplete(episode, false));
  }
}

TEST_CASE("Beginning an episode again takes back what its done.json promised, but not what another worker has kept") {
  TemporaryFolder folder("store");
  const EpisodeStore store(folder.path);
  const EpisodeIdentity episode{"street", "r0000-abc", "digest", std::nullopt};
  finishEpisode(store, episode, "content");
  store.begin(episode);
  CHECK(store.isComplete(episode, true));
  std::ofstream(store.folder(episode) / "record.mcap") << "Content";  // same size
  store.begin(episode);
  CHECK_FALSE(store.isComplete(episode, false));
  finishEpisode(store, episode, "content");
  store.begin({"street", "r0000-abc", "another digest", std::nullopt});
  CHECK_FALSE(store.isComplete(episode, false));
}

TEST_CASE("The manifest of chosen episodes has its own hash, and refuses what is not whole") {
  TemporaryFolder folder("store");
  const EpisodeStore store(folder.path);
  const EpisodeIdentity a{"a", "r0000-x", "d", std::nullopt}, b{"b", "r0000-x", "d", std::nullopt};
  finishEpisode(store, a, "1");
  finishEpisode(store, b, "2");
  const std::string both = store.writeManifest({a, b}, {{"kitti/x.txt", std::string(64, '0')}});
  CHECK(sha256HexOfFile(folder.path / "manifest-sha256.txt") == both);
  CHECK(readFile(folder.path / "manifest-sha256.txt").find("  kitti/x.txt\n") != std::string::npos);
  CHECK(store.writeManifest({b, a}, {{"kitti/x.txt", std::string(64, '0')}}) == both);
  CHECK(store.writeManifest({b, a}, {}) != both);
  CHECK_THROWS_AS(store.writeManifest({a, {"c", "r0000-x", "d", std::nullopt}}, {}), IoError);
  CHECK(store.summary(a)->device == "a device");
  CHECK(store.summary(a)->bytes == 1);
}

TEST_CASE("The manifest lists whole episodes only, sorted") {
  TemporaryFolder folder("store");
  const EpisodeStore store(folder.path);
  finishEpisode(store, {"b", "r0001-x", "d", std::nullopt}, "1");
  finishEpisode(store, {"b", "r0000-x", "d", std::nullopt}, "2");
  finishEpisode(store, {"a", "r0000-x", "d", std::nullopt}, "3");
  store.begin({"a", "r0001-x", "d", std::nullopt});
  store.writeManifest();
  const std::string manifest = readFile(folder.path / "manifest-sha256.txt");
  size_t position = 0;
  for (const char* path : {"  a/r0000-x/done.json\n", "  a/r0000-x/record.mcap\n", "  b/r0000-x/done.json\n",
                           "  b/r0000-x/record.mcap\n", "  b/r0001-x/done.json\n", "  b/r0001-x/record.mcap\n"}) {
    const size_t found = manifest.find(path, position);
    CHECK(found != std::string::npos);
    position = found;
  }
  CHECK(manifest.find("r0001-x", 0) == manifest.find("b/r0001-x") + 2);
}

TEST_CASE("An output folder that cannot be made is an I/O error with a way out") {
  try {
    const EpisodeStore store("/proc/nightfog");
    FAIL("no error");
  } catch (const IoError& error) {
    CHECK_FALSE(error.help().empty());
  }
}
