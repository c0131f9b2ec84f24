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

namespace {

std::string camera(const std::string& id) {
  return "  " + id +
         ": {kind: camera, mount: {xyz: [1 m, 0 m, 1.6 m]}, lens: {fx: 1190}, image: {width: 1920, height: 1080}}\n";
}

/// What is said of a scenario with these sensors, as text.
std::string said(const Folder& folder, const std::string& imports, const std::string& sensors) {
  folder.codes(imports, sensors);
  return config::renderText(checkScenarioFile(folder.path() / "s.scn.yaml", testLibrary()));
}

}  // namespace

TEST_CASE("An override changes any field of a camera and leaves the others") {
  const Folder folder;
  folder.write("rigs/a.rig.yaml", rig("a", camera("front")));
  const Scenario s = folder.run("{a: rigs/a.rig.yaml}",
                                "  one:\n    use: a.a\n    override:\n      front:\n        rate: 5 Hz\n"
                                "        image: {width: 640, height: 360, samples: 4}\n        lens: {fx: 396.5}\n"
                                "        shutter: {readout: 12 ms}\n        exposure: 11 ms\n        iso: 200\n"
                                "        truth: {depth: false}\n        mount: {pitch: 2 deg}\n");
  REQUIRE(s.sensors.size() == 1);
  const auto& front = std::get<CameraSpec>(s.sensors[0].spec);
  CHECK(front.width == 640);
  CHECK(front.height == 360);
  CHECK(front.samplesPerPixel == 4);
  CHECK(front.fx == 396.5);
  CHECK(front.fy == 396.5);
  CHECK(front.cx == 319.5);
  CHECK(front.frameRate_hz == 5);
  CHECK(front.readoutTime_s == doctest::Approx(0.012));
  CHECK(front.exposureTime_s == doctest::Approx(0.011));
  CHECK(front.iso == 200);
  CHECK_FALSE(front.truth.depth);
  CHECK(front.truth.instance);  // as the rig has it
  CHECK(front.jpegQuality == 92);
  CHECK(s.sensors[0].vehicleFromSensor.translation == glm::dvec3(1, 0, 1.6));
  CHECK(s.sensors[0].vehicleFromSensor.rotation != glm::dquat(1, 0, 0, 0));
  // Resolved, it is the camera written out.
  const Scenario again = sample(fromText(s.resolvedYaml), std::nullopt, 0);
  CHECK(again.resolvedYaml == s.resolvedYaml);
  CHECK(std::get<CameraSpec>(again.sensors[0].spec).width == 640);
}

TEST_CASE("A field of view in an override takes the focal length's place") {
  const Folder folder;
  folder.write("rigs/a.rig.yaml", rig("a", camera("front")));
  const Scenario s =
      folder.run("{a: rigs/a.rig.yaml}", "  one: {use: a.a, override: {front: {lens: {fov: 90 deg}}}}\n");
  CHECK(std::get<CameraSpec>(s.sensors[0].spec).fx == doctest::Approx(960));  // half the width / tan 45 deg
}

TEST_CASE("An override changes any figure of a LiDAR's profile, and a resolved file keeps it") {
  const Folder folder;
  folder.write("rigs/a.rig.yaml",
               rig("a",
                   "  top: {kind: lidar, profile: velodyne.vlp16, profile_override: {max_range: 90 m, range_noise: "
                   "{uniform: [1 cm, 2 cm]}}, mount: {xyz: [1 m, 0 m, 2 m]}}\n"));
  const Scenario s = folder.run("{a: rigs/a.rig.yaml}",
                                "  one:\n    use: a.a\n    override:\n      top:\n        profile_override:\n"
                                "          max_range: 60 m\n"
                                "          channels: [{elevation: 0 deg}, {elevation: 2 deg, firing_offset: 1 us}]\n");
  REQUIRE(s.sensors.size() == 1);
  const auto& top = std::get<LidarSpec>(s.sensors[0].spec);
  CHECK(top.profile.maxRange_m == 60);
  CHECK(top.profile.channels.size() == 2);
  CHECK(top.profile.rangeNoise_m >= 0.01);
  CHECK(top.profile.rangeNoise_m <= 0.02);
  CHECK(top.profile.wavelength_nm == 903);  // the profile's own
  const Scenario again = sample(fromText(s.resolvedYaml), std::nullopt, 0);
  CHECK(again.resolvedYaml == s.resolvedYaml);
  CHECK(again.digest == s.digest);
  CHECK(std::get<LidarSpec>(again.sensors[0].spec).profile.rangeNoise_m == top.profile.rangeNoise_m);
  CHECK(std::get<LidarSpec>(again.sensors[0].spec).profile.channels[1].firingOffset_s == doctest::Approx(1e-6));
}

TEST_CASE("Mistakes in an override are shown where they stand, with what was meant") {
  const Folder folder;
  folder.write("rigs/a.rig.yaml", rig("a", camera("front") + lidar("top", "0 deg")));
  const std::string imports = "{a: rigs/a.rig.yaml}";
  const auto with = [&](const std::string& change) {
    return said(folder, imports, "  one:\n    use: a.a\n    override:\n      " + change + "\n");
  };
  const auto has = [](const std::string& text, std::initializer_list<const char*> parts) {
    CAPTURE(text);
    for (const char* part : parts) {
      CAPTURE(part);
      CHECK(text.find(part) != std::string::npos);
    }
  };
  has(with("front: {image: {widht: 640}}"), {"E0202", "s.scn.yaml:13:23", "unknown key 'widht' in image", "width"});
  has(with("front: {lens: {fx: 5 m}}"), {"E0207", "s.scn.yaml:13:26"});
  has(with("front: {treshold: false}"), {"E0202", "override of a camera"});
  has(with("front: {threshold: false}"), {"E0202", "unknown key 'threshold' in override of a camera"});
  has(with("front: {kind: lidar}"), {"E0202"});
  has(with("front: {exposure: 90 ms, rate: 20 Hz}"), {"E0214", "s.scn.yaml:13:15", "longer than a frame"});
  has(with("front: {exposure: 9 ms, shutter: {exposure: 8 ms}}"), {"E0214", "s.scn.yaml:13:15", "the same"});
  has(with("top: {profile: velodyne.vlp61}"), {"E0404", "s.scn.yaml:13:22", "velodyne.vlp16"});
  has(with("top: {profile_override: {max_rang: 9 m}}"), {"E0202", "s.scn.yaml:13:32", "max_range"});
  has(with("top: {profile_override: {channels: [{firing_offset: 1 us}]}}"), {"E0201", "channel needs 'elevation'"});
  has(with("top: {profile_override: {min_range: 200 m}}"), {"E0209"});
  has(with("top: {profile_override: {min_range: 100 m, max_range: 50 m}}"), {"E0214", "min_range is not less"});
  has(with("top: {exposure: 9 ms}"), {"E0202", "unknown key 'exposure' in override of a lidar"});
  has(with("front: {image: {width: 640}}"), {"L0211", "s.scn.yaml:13:23"});
  CHECK(with("front: {image: {width: 640}, lens: {fx: 397}}").empty());
}
