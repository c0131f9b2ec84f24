#include "engine/core/files.hpp"

#include <doctest/doctest.h>

#include <cstdio>

#include "engine/core/error.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using nightfog::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {
size_t entries(const fs::path& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}
}  // namespace

TEST_CASE("A file appears whole or not at all") {
  TemporaryFolder folder("files");
  const fs::path target = folder.path / "a.txt";
  {
    AtomicFile file(target);
    file.write("half");
    CHECK_FALSE(fs::exists(target));
    CHECK(entries(folder.path) == 1);
  }
  CHECK(entries(folder.path) == 0);  // given up: nothing left
  writeFileAtomically(target, "whole");
  CHECK(readFile(target) == "whole");
  CHECK(entries(folder.path) == 1);
}

TEST_CASE("Reading refuses what is absent, a folder, or too large") {
  TemporaryFolder folder("files");
  CHECK_THROWS_AS(readFile(folder.path / "absent"), IoError);
  CHECK_THROWS_AS(readFile(folder.path), IoError);
  writeFileAtomically(folder.path / "big", std::string(100, 'x'));
  CHECK_THROWS_AS(readFile(folder.path / "big", 99), IoError);
}

TEST_CASE("Writing into a folder that is not there is an I/O error naming the file") {
  try {
    writeFileAtomically("/nonexistent_folder/x.txt", "x");
    FAIL("no error");
  } catch (const IoError& error) {
    CHECK(std::string(error.what()).find("/nonexistent_folder/x.txt") != std::string::npos);
    CHECK(error.code() == ExitCode::kIo);
    CHECK_FALSE(error.help().empty());
  }
}

TEST_CASE("Parts of dead writers are swept away, parts of living ones stay") {
  TemporaryFolder folder("files");
  const fs::path dead = folder.path / ("record.mcap." + hostName() + ".999999999.0.part");
  const fs::path elsewhere = folder.path / "record.mcap.otherhost.12.0.part";
  writeFileAtomically(dead, "x");
  writeFileAtomically(elsewhere, "x");
  AtomicFile living(folder.path / "record.mcap");
  CHECK(removeStaleParts(folder.path) == 1);
  CHECK_FALSE(fs::exists(dead));
  CHECK(fs::exists(elsewhere));  // another host's, and young
  CHECK(entries(folder.path) == 2);
}
