#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/record/cause.hpp"
#include "engine/record/episode_writer.hpp"
#include "engine/record/inspect.hpp"
#include "tests/record/street.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using namespace nightfog::record;
using nightfog::record::test::streetEpisode;
using nightfog::record::test::streetFrame;
using nightfog::record::test::StreetOptions;
using nightfog::test::TemporaryFolder;

TEST_CASE("Inspecting a record counts what is in it") {
  const TemporaryFolder folder("inspect");
  const StreetOptions options{16, 180, 0.03};
  EpisodeWriter writer(folder.path / "r.mcap", streetEpisode(options), {{"device", "none\n"}});
  writer.write(streetFrame(options, 4));
  writer.write(streetFrame(options, 5));
  writer.close();
  const auto json = nlohmann::json::parse(inspectJson(folder.path / "r.mcap"));
  CHECK(json["provenance"]["synthetic"] == "true");
  CHECK(json["episode"]["scenario_id"] == "test.street");
  CHECK(json["episode"]["parameters"]["ego.speed_mps"] == 8.0);
  REQUIRE(json["sensors"].size() == 1);
  const auto& frames = json["sensors"][0]["frames"];
  REQUIRE(frames.size() == 2);
  for (uint32_t i = 0; i < 2; ++i) {
    const LidarFrame wanted = streetFrame(options, 4 + i);
    const auto& got = frames[i];
    CHECK(got["frame"] == 4 + i);
    CHECK(got["beams"] == 16 * 180);
    CHECK(got["points"] == wanted.sweep.points.size());
    uint64_t beams = 0;
    uint64_t returns = 0;
    for (const auto& [name, count] : got["outcomes"].items()) {
      const auto cause = causeByName(name);
      REQUIRE(cause.has_value());
      beams += count.get<uint64_t>();
      if (findCause(*cause)->isReturn) returns += count.get<uint64_t>();
    }
    CHECK(beams == 16 * 180);
    CHECK(returns == wanted.sweep.points.size());  // this scanner reports one return a beam
    uint64_t points = 0;
    for (const auto& [name, count] : got["points_by_class"].items()) points += count.get<uint64_t>();
    CHECK(points == wanted.sweep.points.size());
    REQUIRE(got["objects"].size() == wanted.objects.size());
    CHECK(got["objects"][1]["name"] == "van");
    CHECK(got["objects"][1]["hits"] == wanted.sweep.visibility[1].hits);
    CHECK(got["objects"][1]["class"] == "vehicle.van");
  }
  const std::string text = inspectText(folder.path / "r.mcap");
  CHECK(text.find("A street in fog") != std::string::npos);
  CHECK(text.find("/lidar/top/points") != std::string::npos);
  CHECK(text.find("none\\n") != std::string::npos);  // what the file says cannot break lines
}

TEST_CASE("Inspecting a damaged record is an error") {
  const TemporaryFolder folder("inspect");
  const StreetOptions options{16, 60, 0};
  EpisodeWriter writer(folder.path / "r.mcap", streetEpisode(options), {});
  writer.write(streetFrame(options, 0));
  writer.close();
  std::string bytes = readFile(folder.path / "r.mcap");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
  writeFileAtomically(folder.path / "r.mcap", bytes);
  CHECK_THROWS_AS(inspectJson(folder.path / "r.mcap"), IoError);
}
