// The container alone: what is written is read, and what is damaged is refused.
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/record/mcap_reader.hpp"
#include "engine/record/mcap_writer.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using namespace nightfog::record;
using nightfog::test::TemporaryFolder;

namespace {

std::string smallFile(size_t bigMessage = 0) {
  std::string bytes;
  McapWriter mcap(
      [&](std::span<const std::byte> part) { bytes.append(reinterpret_cast<const char*>(part.data()), part.size()); });
  const uint16_t schema = mcap.addSchema("Text", "jsonschema", "{}");
  const uint16_t a = mcap.addChannel(schema, "/a", "json", {{"z", "last"}, {"b", "first"}});
  const uint16_t b = mcap.addChannel(schema, "/b", "json", {});
  mcap.addMetadata("about", {{"synthetic", "true"}});
  mcap.write(a, 7, 1'000, {"hel", "lo"});
  mcap.write(b, 8, 500, {"world"});
  mcap.addAttachment("note.txt", "text/plain", "a note");
  mcap.write(a, 9, 2'000, {std::string(bigMessage, 'x'), "", "end"});
  mcap.close();
  return bytes;
}

/// A file in memory, written anew for each look: thousands are made.
struct Disk {
  TemporaryFolder folder{"mcap"};
  int fd = ::memfd_create("mcap", MFD_CLOEXEC);
  std::filesystem::path path = "/proc/self/fd/" + std::to_string(fd);
  ~Disk() { ::close(fd); }
  const std::filesystem::path& put(std::string_view bytes) const {
    REQUIRE(::ftruncate(fd, 0) == 0);
    REQUIRE(::pwrite(fd, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    return path;
  }
};

/// Everything that a reader can be asked. True if nothing was found wrong.
bool isAccepted(const std::filesystem::path& path) {
  try {
    McapReader mcap(path);
    mcap.verify();
    for (const McapMessageRef& ref : mcap.messages()) mcap.message(ref);
    for (const auto& [name, size] : mcap.attachments()) mcap.attachment(name);
    return true;
  } catch (const IoError& error) {
    CHECK(std::string(error.what()).find(path.string()) != std::string::npos);
    CHECK(std::string(error.what()).find("byte") != std::string::npos);
    return false;
  }
}

}  // namespace

TEST_CASE("What is written to a container is read from it") {
  const Disk disk;
  McapReader mcap(disk.put(smallFile()));
  mcap.verify();
  REQUIRE(mcap.messages().size() == 3);
  CHECK(mcap.chunkCount() == 2);  // the attachment parts them
  CHECK(mcap.message(mcap.messages()[0]) == "hello");
  CHECK(mcap.message(mcap.messages()[1]) == "world");
  CHECK(mcap.message(mcap.messages()[2]) == "end");
  CHECK(mcap.messages()[0].sequence == 7);
  CHECK(mcap.messages()[1].time_ns == 500);
  CHECK(mcap.channels().at(1).topic == "/a");
  CHECK(mcap.channels().at(1).metadata.at("z") == "last");
  CHECK(mcap.schemas().at(1).name == "Text");
  CHECK(mcap.metadata().at("about").at("synthetic") == "true");
  CHECK(mcap.attachment("note.txt") == "a note");
  CHECK_THROWS_AS(mcap.attachment("other"), IoError);
}

TEST_CASE("A message larger than a chunk gets a chunk of its own") {
  const Disk disk;
  const size_t big = McapWriter::kChunkBytes + 12345;
  McapReader mcap(disk.put(smallFile(big)));
  mcap.verify();
  REQUIRE(mcap.messages().size() == 3);
  const std::string_view message = mcap.message(mcap.messages()[2]);
  CHECK(message.size() == big + 3);
  CHECK(message.substr(big) == "end");
  CHECK(message.find_first_not_of('x') == big);
}

TEST_CASE("The same calls make the same bytes") {
  CHECK(smallFile() == smallFile());
}

TEST_CASE("An empty container is whole") {
  std::string bytes;
  McapWriter writer(
      [&](std::span<const std::byte> part) { bytes.append(reinterpret_cast<const char*>(part.data()), part.size()); });
  writer.close();
  const Disk disk;
  McapReader mcap(disk.put(bytes));
  mcap.verify();
  CHECK(mcap.messages().empty());
}

TEST_CASE("A file cut off at any byte is refused") {
  const Disk disk;
  const std::string whole = smallFile();
  REQUIRE(isAccepted(disk.put(whole)));
  for (size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(isAccepted(disk.put(std::string_view(whole).substr(0, size))));
  }
}

TEST_CASE("A change of any bit is noticed") {
  const Disk disk;
  const std::string whole = smallFile();
  for (size_t at = 0; at < whole.size(); ++at) {
    CAPTURE(at);
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1 << (at % 8));
    CHECK_FALSE(isAccepted(disk.put(damaged)));
  }
}

TEST_CASE("A hostile file whose CRCs are absent does no harm") {
  // An MCAP's CRC of zero means that there is none, so whatever else is changed gets past the sums and to the parsers.
  const Disk disk;
  std::string whole = smallFile();
  const auto summaryStart = [&] {
    uint64_t v = 0;
    std::memcpy(&v, whole.data() + whole.size() - 28, 8);
    return static_cast<size_t>(v);
  }();
  std::memset(whole.data() + whole.size() - 12, 0, 4);  // summary
  std::memset(whole.data() + summaryStart - 4, 0, 4);   // data section
  for (size_t at = whole.find(std::string_view("\x06", 1), 8); at != std::string::npos && at < summaryStart;) {
    uint64_t length = 0;
    if (at + 9 <= summaryStart) std::memcpy(&length, whole.data() + at + 1, 8);
    if (length > 40 && length < 400) std::memset(whole.data() + at + 9 + 24, 0, 4);  // a chunk
    at = whole.find(std::string_view("\x06", 1), at + 1);
  }
  constexpr unsigned char kNasty[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
  uint64_t state = 1;
  size_t accepted = 0;
  constexpr int kTrials = 6000;
  for (int trial = 0; trial < kTrials; ++trial) {
    CAPTURE(trial);
    std::string damaged = whole;
    for (int change = 0; change < 1 + trial % 3; ++change) {
      state = hashCombine(state, static_cast<uint64_t>(trial));
      const size_t at = 8 + state % (damaged.size() - 16);
      const size_t count = 1 + (state >> 32) % 8;
      for (size_t i = at; i < std::min(at + count, damaged.size() - 8); ++i) {
        damaged[i] = static_cast<char>(kNasty[(state >> 40) % 5]);
      }
    }
    accepted += isAccepted(disk.put(damaged)) ? 1 : 0;
  }
  MESSAGE(accepted << " of " << kTrials << " damaged files were taken for whole, all others refused");
}

TEST_CASE("Indexes that point twice at the same chunk are refused") {
  const Disk disk;
  std::string whole = smallFile();
  // The second chunk index record gets the first one's offset: equal sizes are not needed for it to be refused.
  std::memset(whole.data() + whole.size() - 12, 0, 4);
  size_t summaryStart = 0;
  std::memcpy(&summaryStart, whole.data() + whole.size() - 28, 8);
  std::vector<size_t> records;
  for (size_t at = summaryStart; at + 9 < whole.size() - 8 - 29;) {
    uint64_t length = 0;
    std::memcpy(&length, whole.data() + at + 1, 8);
    if (whole[at] == 0x08) records.push_back(at);
    at += 9 + length;
  }
  REQUIRE(records.size() == 2);
  std::memcpy(whole.data() + records[1] + 9 + 16, whole.data() + records[0] + 9 + 16, 8);
  CHECK_FALSE(isAccepted(disk.put(whole)));
}

TEST_CASE("What is no container is refused with its name") {
  const Disk disk;
  CHECK_FALSE(isAccepted(disk.put("")));
  CHECK_FALSE(isAccepted(disk.put("this is a text file, not a record")));
  CHECK_THROWS_AS(McapReader(disk.folder.path / "absent.mcap"), IoError);
  CHECK_THROWS_AS(McapReader(disk.folder.path), IoError);
}
