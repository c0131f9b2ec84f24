// Records from before LidarPoint::fill have 64 bytes a point, from before LidarPoint::reflectance 72. They are made
// here with Protobuf itself, and read.
#include <doctest/doctest.h>

#include <cstring>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/record/episode_reader.hpp"
#include "engine/record/episode_writer.hpp"
#include "engine/record/mcap_reader.hpp"
#include "engine/record/mcap_writer.hpp"
#include "foxglove/point_cloud.pb.h"
#include "tests/record/street.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using namespace nightfog::record;
using nightfog::record::test::streetEgo;
using nightfog::record::test::streetEpisode;
using nightfog::record::test::streetFrame;
using nightfog::record::test::StreetOptions;
using nightfog::test::TemporaryFolder;

namespace {

struct Layout {
  size_t bytes;
  int fields;
};
constexpr Layout kOldest{64, 20};
constexpr Layout kOlder{72, 22};
const StreetOptions kStreet{16, 90, 0.03};

void changeLayout(foxglove::PointCloud& cloud, const Layout& layout) {
  std::string data;
  for (size_t at = 0; at < cloud.data().size(); at += cloud.point_stride()) data.append(cloud.data(), at, layout.bytes);
  cloud.set_data(data);
  cloud.set_point_stride(static_cast<uint32_t>(layout.bytes));
  while (cloud.fields_size() > layout.fields) cloud.mutable_fields()->RemoveLast();
}

void olderLayout(foxglove::PointCloud& cloud) {
  changeLayout(cloud, kOldest);
}

/// Copies a record; `change` has its way with every point cloud.
template <class Change>
void rewrite(const std::filesystem::path& from, const std::filesystem::path& to, Change&& change) {
  McapReader in(from);
  std::string bytes;
  McapWriter out(
      [&](std::span<const std::byte> part) { bytes.append(reinterpret_cast<const char*>(part.data()), part.size()); });
  std::map<uint16_t, uint16_t> schemas;
  std::map<uint16_t, uint16_t> channels;
  for (const auto& [id, schema] : in.schemas()) schemas[id] = out.addSchema(schema.name, schema.encoding, schema.data);
  for (const auto& [id, channel] : in.channels())
    channels[id] = out.addChannel(schemas.at(channel.schema), channel.topic, channel.messageEncoding, channel.metadata);
  for (const auto& [name, entries] : in.metadata()) out.addMetadata(name, entries);
  for (const McapMessageRef& ref : in.messages()) {
    std::string message(in.message(ref));
    if (in.schemas().at(in.channels().at(ref.channel).schema).name == "foxglove.PointCloud") {
      foxglove::PointCloud cloud;
      REQUIRE(cloud.ParseFromString(message));
      change(cloud);
      message = cloud.SerializeAsString();
    }
    out.write(channels.at(ref.channel), ref.sequence, ref.time_ns, {message});
  }
  out.close();
  writeFileAtomically(to, bytes);
}

void writeStreetRecord(const std::filesystem::path& path) {
  EpisodeWriter writer(path, streetEpisode(kStreet), {{"tracer", "closed forms"}});
  writer.write(streetEgo(0));
  writer.write(streetFrame(kStreet, 0));
  writer.close();
}

}  // namespace

TEST_CASE("A record of 64 or 72 bytes a point is read, with nothing in what it did not know") {
  const TemporaryFolder folder("older");
  writeStreetRecord(folder.path / "now.mcap");
  const std::vector<LidarPoint> wanted = streetFrame(kStreet, 0).sweep.points;
  REQUIRE(wanted.size() > 100);
  for (const Layout& layout : {kOldest, kOlder}) {
    rewrite(folder.path / "now.mcap", folder.path / "older.mcap",
            [&](foxglove::PointCloud& cloud) { changeLayout(cloud, layout); });
    const std::vector<LidarPoint> got = EpisodeReader(folder.path / "older.mcap").lidarFrame("top", 0).sweep.points;
    REQUIRE(got.size() == wanted.size());
    size_t filled = 0;
    for (size_t i = 0; i < got.size(); ++i) {
      filled += wanted[i].fill > 0 && wanted[i].seenVia != 0 && wanted[i].elongation_m > 0 ? 1 : 0;
      REQUIRE(std::memcmp(&got[i], &wanted[i], layout.bytes) == 0);
      if (layout.bytes == kOldest.bytes) REQUIRE(got[i].fill == 0);
      if (layout.bytes == kOldest.bytes) REQUIRE(got[i].seenVia == 0);
      REQUIRE(got[i].reflectance == 0);
      REQUIRE(got[i].elongation_m == 0);
    }
    CHECK(filled > 10);  // the points of now would not pass for those of before
  }
}

TEST_CASE("A layout that is neither of today nor of before is refused") {
  const TemporaryFolder folder("older");
  const auto now = folder.path / "now.mcap";
  const auto other = folder.path / "other.mcap";
  writeStreetRecord(now);
  const auto isRefused = [&](auto&& change) {
    rewrite(now, other, change);
    CHECK_THROWS_AS(EpisodeReader(other).lidarFrame("top", 0), IoError);
  };
  isRefused([](foxglove::PointCloud& cloud) { cloud.set_point_stride(static_cast<uint32_t>(kOldest.bytes)); });
  isRefused([](foxglove::PointCloud& cloud) { cloud.mutable_fields()->RemoveLast(); });
  isRefused([](foxglove::PointCloud& cloud) {
    olderLayout(cloud);
    cloud.set_point_stride(sizeof(LidarPoint));
  });
  isRefused([](foxglove::PointCloud& cloud) {
    olderLayout(cloud);
    cloud.mutable_data()->pop_back();
  });
  isRefused([](foxglove::PointCloud& cloud) {
    olderLayout(cloud);
    cloud.mutable_fields(3)->set_name("brightness");
  });
}
