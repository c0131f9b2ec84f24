// Imports: nested, overridden, and kept inside their root.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "engine/core/files.hpp"
#include "tests/scenario/test_library.hpp"

using namespace nightfog;
using namespace nightfog::scenario;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone afterwards.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("nightfog_rigs_" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_ / "rigs");
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& text) const { writeFileAtomically(path_ / name, text); }
  const fs::path& path() const { return path_; }

  /// Codes of the errors of a scenario with these imports and sensors.
  std::vector<std::string> codes(const std::string& imports, const std::string& sensors) const {
    write("s.scn.yaml", scenarioText(imports, sensors));
    std::vector<std::string> out;
    for (const auto& d : checkScenarioFile(path_ / "s.scn.yaml", testLibrary())) out.push_back(d.code);
    return out;
  }
  Scenario run(const std::string& imports, const std::string& sensors) const {
    write("s.scn.yaml", scenarioText(imports, sensors));
    return sample(loadScenarioTemplate(path_ / "s.scn.yaml", testLibrary()), std::nullopt, 0);
  }

 private:
  static std::string scenarioText(const std::string& imports, const std::string& sensors) {
    return onPlane("imports: " + imports + "\nactors:\n  ego: {asset: vehicle.sedan, place: {xyz: [0 m, 0 m, 0 m]}}\n" +
                   "  van: {asset: vehicle.van.white, place: {xyz: [0 m, 9 m, 0 m]}}\nsensors:\n" + sensors);
  }
  fs::path path_;
};

std::string rig(const std::string& id, const std::string& sensors, const std::string& imports = "{}") {
  return "format: rig/1\nid: " + id + "\nimports: " + imports + "\nsensors:\n" + sensors;
}

std::string lidar(const std::string& id, const std::string& yaw) {
  return "  " + id + ": {kind: lidar, profile: velodyne.vlp16, mount: {xyz: [1 m, 0 m, 2 m], yaw: " + yaw + "}}\n";
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("A rig of rigs mounts all its sensors on one actor; the outer override wins") {
  const Folder folder;
  folder.write("rigs/one.rig.yaml", rig("one", lidar("front", "10 deg")));
  folder.write(
      "rigs/both.rig.yaml",
      rig("both", "  inner: {use: r.one, override: {front: {rate: 20 Hz, noise: false}}}\n" + lidar("rear", "180 deg"),
          "{r: one.rig.yaml}"));
  const Scenario s = folder.run("{rigs: rigs/both.rig.yaml}",
                                "  main: {use: rigs.both, mount: van, override: {front: {rate: 5 Hz}}}\n");
  REQUIRE(s.sensors.size() == 2);
  CHECK(s.sensors[0].id == "front");
  CHECK(s.sensors[0].actor == "van");
  CHECK(s.sensors[1].actor == "van");
  const auto& front = std::get<LidarSpec>(s.sensors[0].spec);
  CHECK(front.profile.rotationRate_hz == 5);
  CHECK_FALSE(front.noise);
  CHECK(s.sensors[1].vehicleFromSensor.yaw_rad() == doctest::Approx(kPi));
}

TEST_CASE("A rig used twice draws its mounting errors twice") {
  const Folder folder;
  folder.write("rigs/a.rig.yaml", rig("a", lidar("left", "{uniform: [-1 deg, 1 deg]}")));
  folder.write("rigs/b.rig.yaml", rig("b", lidar("right", "{uniform: [-1 deg, 1 deg]}")));
  const Scenario s =
      folder.run("{a: rigs/a.rig.yaml, b: rigs/b.rig.yaml}", "  one: {use: a.a}\n  two: {use: b.b, mount: van}\n");
  REQUIRE(s.sensors.size() == 2);
  CHECK(s.sensors[0].vehicleFromSensor.yaw_rad() != s.sensors[1].vehicleFromSensor.yaw_rad());
}

TEST_CASE("A rig does not name its carrier") {
  const Folder folder;
  folder.write("rigs/a.rig.yaml",
               rig("a", "  top: {kind: lidar, profile: velodyne.vlp16, mount: {actor: ego, xyz: [0 m, 0 m, 2 m]}}\n"));
  CHECK(folder.codes("{a: rigs/a.rig.yaml}", "  one: {use: a.a}\n") == Codes{"E0214"});
}

TEST_CASE("Imports leave the root neither by dots, nor absolutely, nor through a link") {
  const Folder folder;
  folder.write("rigs/a.rig.yaml", rig("a", lidar("top", "0 deg")));
  const fs::path outside = folder.path().string() + "_outside.rig.yaml";
  writeFileAtomically(outside, rig("outside", lidar("top", "0 deg")));
  fs::create_symlink(outside, folder.path() / "rigs/link.rig.yaml");
  CHECK(folder.codes("{a: rigs/../rigs/a.rig.yaml}", "  one: {use: a.a}\n").empty());
  CHECK(folder.codes("{a: ../" + outside.filename().string() + "}", "  {}\n") == Codes{"E0406"});
  CHECK(folder.codes("{a: " + (folder.path() / "rigs/a.rig.yaml").string() + "}", "  {}\n") == Codes{"E0406"});
  CHECK(folder.codes("{a: rigs/link.rig.yaml}", "  {}\n") == Codes{"E0406"});
  CHECK(folder.codes("{a: rigs}", "  {}\n") == Codes{"E0114"});
  fs::remove(outside);
}

TEST_CASE("Imports end after eight levels and after a hundred files") {
  const Folder folder;
  for (int i = 0; i < 9; ++i) {
    folder.write("rigs/deep" + std::to_string(i) + ".rig.yaml",
                 rig("deep", "  {}\n", "{next: deep" + std::to_string(i + 1) + ".rig.yaml}"));
  }
  folder.write("rigs/deep9.rig.yaml", rig("deep", "  {}\n"));
  CHECK(folder.codes("{a: rigs/deep0.rig.yaml}", "  {}\n") == Codes{"E0407"});
  CHECK(folder.codes("{a: rigs/deep2.rig.yaml}", "  {}\n").empty());
  // Two imports each: 2^8 files without a limit.
  for (int i = 0; i < 9; ++i) {
    const std::string next = "wide" + std::to_string(i + 1) + ".rig.yaml";
    folder.write("rigs/wide" + std::to_string(i) + ".rig.yaml",
                 rig("wide", "  {}\n", i < 7 ? "{p: " + next + ", q: " + next + "}" : "{}"));
  }
  CHECK(folder.codes("{a: rigs/wide0.rig.yaml}", "  {}\n").front() == "E0407");
}
