// Presets of weather, and suites.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "engine/core/files.hpp"
#include "engine/scenario/suite.hpp"
#include "tests/scenario/test_library.hpp"

using namespace nightfog;
using namespace nightfog::scenario;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone afterwards.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("nightfog_presets_" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, const std::string& text) const { writeFileAtomically(path_ / name, text); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Library beside(const fs::path& file) {
  Library library = testLibrary();
  library.importRoot = file.parent_path();
  return library;
}

std::vector<std::string> codesOfSuite(const fs::path& file) {
  std::vector<std::string> codes;
  try {
    loadSuite(file, beside);
  } catch (const config::DiagnosticsError& error) {
    for (const auto& d : error.diagnostics()) codes.push_back(d.code);
  }
  return codes;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("A keyframe uses a preset and lays what it says itself over it") {
  const Scenario s = sample(fromText("format: scenario/1\nid: test\nseed: 7\nimports: {wx: std/weather@1}\n"
                                     "world: {ground: plane, duration: 9 s}\nparams: {dense: 30 m}\nweather:\n"
                                     "  - {at: 0 s, use: wx.clear_night, light: {street_lamps: lit}}\n"
                                     "  - {at: 4 s, ramp: 2 s, use: wx.fog_dense, fog: {visibility: $dense}}\n"),
                            std::nullopt, 0);
  const WeatherState before = s.weather.at(SimTime{}), after = s.weather.at(SimTime::fromMs(7000));
  CHECK(before.moonIlluminance_lx == 0.2);
  CHECK(before.streetLamps == StreetLamps::kLit);
  CHECK(after.fogVisibility_m == 30);
  CHECK(after.fogHeight_m == 15);  // the preset's
  CHECK(after.roadWetness == 0.3);
  CHECK(after.moonIlluminance_lx == 0.2);  // no preset since said otherwise
  // Resolved, nothing refers to the preset.
  CHECK(s.resolvedYaml.find("use:") == std::string::npos);
  const Scenario again = sample(fromText(s.resolvedYaml), std::nullopt, 0);
  CHECK(again.resolvedYaml == s.resolvedYaml);
  CHECK(again.digest == s.digest);
}

TEST_CASE("A preset used in two keyframes draws twice, the same in every build of the run") {
  const Folder folder;
  folder.write("w.weather.yaml",
               "format: weather/1\nid: w\npresets:\n  haze: {fog: {visibility: {uniform: [1 km, 9 km]}}}\n");
  const std::string text =
      "format: scenario/1\nid: test\nseed: 7\nimports: {w: w.weather.yaml}\nworld: {ground: plane, duration: 9 s}\n"
      "weather: [{at: 0 s, use: w.haze}, {at: 5 s, use: w.haze}]\n";
  folder.write("s.scn.yaml", text);
  const ScenarioTemplate t = loadScenarioTemplate(folder.path() / "s.scn.yaml", beside(folder.path() / "s.scn.yaml"));
  const Scenario a = sample(t, std::nullopt, 0), b = sample(t, std::nullopt, 0);
  const auto at = [](const Scenario& s, int ms) { return *s.weather.at(SimTime::fromMs(ms)).fogVisibility_m; };
  CHECK(at(a, 0) != at(a, 5000));
  CHECK(at(a, 0) == at(b, 0));
  CHECK(at(a, 5000) == at(b, 5000));
}

TEST_CASE("A suite selects by tags, pins runs, and tells when a pinned run is gone") {
  const Folder folder;
  const auto scenario = [](const std::string& id, const std::string& tag, const std::string& rest) {
    return "format: scenario/1\nid: " + id + "\nseed: 7\ntags: {layers: [" + tag +
           "]}\nworld: {ground: plane, duration: 1 s}\n" + rest;
  };
  fs::create_directories(folder.path() / "more");
  folder.write("a.scn.yaml", scenario("a", "L4",
                                      "params: {v: 1 m}\nactors: {p: {asset: lab.plate, place: {xyz: [$v, "
                                      "0 m, 0 m]}}}\nsweep: {grid: {v: [1 m, 2 m, 3 m]}, samples: 2}\n"));
  folder.write("more/b.scn.yaml", scenario("b", "L5", ""));
  const auto suite = [&](const std::string& rest) {
    folder.write("x.suite.yaml", "format: suite/1\nid: x\nscenarios: [a.scn.yaml, more]\n" + rest);
    return folder.path() / "x.suite.yaml";
  };
  CHECK(loadSuite(suite(""), beside).runs.size() == 7);
  const Suite one = loadSuite(suite("select: {tags: {layers: [L5, L9]}}\n"), beside);
  REQUIRE(one.scenarios.size() == 1);
  CHECK(one.scenarios[0].id() == "b");
  const ScenarioTemplate a = loadScenarioTemplate(folder.path() / "a.scn.yaml", beside(folder.path() / "a.scn.yaml"));
  const std::string third = sample(a, std::nullopt, 3).runId();
  const Suite pinned = loadSuite(suite("runs: {a: [" + third + "]}\n"), beside);
  REQUIRE(pinned.runs.size() == 2);  // and b, of which nothing is pinned
  CHECK(pinned.runs[0] == std::pair<size_t, uint32_t>{0, 3});
  // A run of a scenario without a sweep: any draw may be pinned.
  const ScenarioTemplate b =
      loadScenarioTemplate(folder.path() / "more/b.scn.yaml", beside(folder.path() / "more/b.scn.yaml"));
  const std::string draw12 = sample(b, std::nullopt, 12).runId();
  CHECK(loadSuite(suite("runs: {b: [" + draw12 + "]}\n"), beside).runs.back() == std::pair<size_t, uint32_t>{1, 12});

  CHECK(codesOfSuite(suite("runs: {a: [r0003-000000000000], c: [r0000-0]}\n")) == Codes{"E0422", "E0423"});
  CHECK(codesOfSuite(suite("select: {tags: {layers: [L1]}}\n")) == Codes{"E0423"});
  folder.write("y.suite.yaml", "format: suite/1\nid: y\nscenarios: [../elsewhere, nothing, a.scn.yaml]\nrun: 1\n");
  CHECK(codesOfSuite(folder.path() / "y.suite.yaml") == Codes{"E0202"});
  folder.write("z.suite.yaml", "format: suite/1\nid: z\nscenarios: [../elsewhere, nothing, a.scn.yaml]\n");
  CHECK(codesOfSuite(folder.path() / "z.suite.yaml") == Codes{"E0406", "E0114"});
  // A scenario with mistakes reports them as its own.
  folder.write("more/b.scn.yaml", scenario("b", "L5", "actor: {}\n"));
  CHECK(codesOfSuite(suite("")) == Codes{"E0202"});
}
