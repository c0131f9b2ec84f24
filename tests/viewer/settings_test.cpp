#include "tools/viewer/settings.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/core/files.hpp"

using namespace nightfog;
using namespace nightfog::viewer;
namespace fs = std::filesystem;

namespace {

struct ConfigFolder {
  fs::path path = fs::temp_directory_path() / fmt::format("nightfog_config_{}", static_cast<const void*>(this));
  ConfigFolder() { fs::create_directories(path); }
  ~ConfigFolder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("What is remembered comes back, the last file first and none twice") {
  const ConfigFolder folder;
  Settings settings;
  settings.isLight = true;
  settings.scale = 1.5;
  settings.hasSeenTour = true;
  for (int i = 0; i < 14; ++i) settings.remember(fmt::format("/a/{}.scn.yaml", i));
  settings.remember("/a/../a/12.scn.yaml");
  CHECK(settings.recent.size() == Settings::kMostFiles);
  CHECK(settings.recent[0] == "/a/12.scn.yaml");
  CHECK(settings.recent[1] == "/a/13.scn.yaml");
  writeSettings(settings, folder.path / "new");
  CHECK(readSettings(folder.path / "new") == settings);
}

TEST_CASE("Settings that somebody has spoilt are as at first, in what is spoilt") {
  const ConfigFolder folder;
  const auto reading = [&](const std::string& text) {
    writeFileAtomically(folder.path / "viewer.json", text);
    return readSettings(folder.path);
  };
  for (const char* text : {"", "{", "[]", "null", "\xff\xfe", "{\"scale\": \"big\", \"recent\": 7, \"light\": 1}"})
    CHECK(reading(text) == Settings{});
  CHECK(reading(std::string(60'000, '[')) == Settings{});
  CHECK(reading(std::string(200'000, ' ')) == Settings{});
  CHECK(reading("{\"scale\": 1e300}").scale == Settings::kLargest);
  CHECK(reading("{\"scale\": 1e999}").scale == 1);
  CHECK(reading("{\"recent\": [\"relative\", 5, \"/ok\", \"/with\\nbreak\", \"\"]}").recent ==
        std::vector<fs::path>{"/ok"});
  CHECK(readSettings("/nowhere/at/all") == Settings{});
  writeSettings({}, "/proc/nowhere");
}
