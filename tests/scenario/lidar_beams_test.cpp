#include "engine/scenario/lidar_beams.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/core/transform.hpp"
#include "engine/scenario/template.hpp"
#include "tests/scenario/test_library.hpp"

using namespace nightfog;
using namespace nightfog::scenario;

namespace {

LidarProfile base() {
  LidarProfile p;
  p.id = "test.base";
  p.channels = {{0.1, 0.2, 3e-6}, {-0.1, 0, 0}};
  return p;
}

/// The place and code of the first complaint.
std::string complaint(const std::string& name, const std::string& text) {
  LidarProfile p = base();
  config::Diagnostics diagnostics;
  CHECK_FALSE(readLidarBeams(name, text, p, diagnostics));
  CHECK(p.channels.size() == 2);  // untouched
  REQUIRE(diagnostics.errorCount() >= 1);
  const config::Diagnostic d = diagnostics.sorted().front();
  CHECK_FALSE(d.help.empty());
  return fmt::format("{}:{}:{} {}", d.place.file, d.place.line, d.place.column, d.code);
}

}  // namespace

TEST_CASE("A table of beams is read column by column, in the units its header names") {
  LidarProfile p = base();
  config::Diagnostics diagnostics;
  const std::string text =
      "# my sensor\nelevation_deg, azimuth_offset_deg,firing_offset_us,divergence_horizontal_mrad,range_10_percent_m,"
      "origin_up_mm\n-10, 1.5, 2, 3, 40, 25   # the lowest\n\n0,0,4,1.5,80,-25\r\n5,-1.5,6,1.5,80,0\n";
  REQUIRE(readLidarBeams("beams.csv", text, p, diagnostics));
  CHECK(config::renderText(diagnostics.sorted()) == "");
  REQUIRE(p.channels.size() == 3);
  CHECK(p.channels[0].elevation_rad == doctest::Approx(-10 * kPi / 180));
  CHECK(p.channels[0].azimuthOffset_rad == doctest::Approx(1.5 * kPi / 180));
  CHECK(p.channels[1].firingOffset_s == doctest::Approx(4e-6));
  CHECK(p.channels[0].divergenceH_rad.value() == doctest::Approx(3e-3));
  CHECK_FALSE(p.channels[0].divergenceV_rad.has_value());
  CHECK(p.channels[2].range10_m.value() == 80);
  CHECK(p.channels[0].originUp_m == doctest::Approx(0.025));
}

TEST_CASE("What a table does not say stays as the profile has it, where it has as many channels") {
  LidarProfile p = base();
  config::Diagnostics diagnostics;
  REQUIRE(readLidarBeams("beams.csv", "elevation_deg\n1\n2\n", p, diagnostics));
  CHECK(p.channels[0].azimuthOffset_rad == 0.2);
  CHECK(p.channels[0].firingOffset_s == 3e-6);
  REQUIRE(readLidarBeams("beams.csv", "elevation_deg\n1\n2\n3\n", p, diagnostics));
  CHECK(p.channels[0].azimuthOffset_rad == 0);
}

TEST_CASE("Hesai's table is read as it is: degrees, azimuth clockwise") {
  LidarProfile p = base();
  config::Diagnostics diagnostics;
  REQUIRE(readLidarBeams("unit.csv", "Channel,Elevation,Azimuth\n1,12.93,2.4\n2,12.73,-0.65\n", p, diagnostics));
  CHECK(p.channels[0].elevation_rad == doctest::Approx(12.93 * kPi / 180));
  CHECK(p.channels[0].azimuthOffset_rad == doctest::Approx(-2.4 * kPi / 180));
  CHECK(p.channels[1].azimuthOffset_rad == doctest::Approx(0.65 * kPi / 180));
}

TEST_CASE("A mistake in a table of beams is shown at its line and column") {
  CHECK(complaint("b.csv", "elevation_deg,azimuth\n1,2\n") == "b.csv:1:15 E0202");
  CHECK(complaint("b.csv", "elevation_deg\n1\nlow\n") == "b.csv:3:1 E0205");
  CHECK(complaint("b.csv", "# x\nelevation_deg, azimuth_offset_deg\n1,  900\n") == "b.csv:3:5 E0209");
  CHECK(complaint("b.csv", "elevation_deg,azimuth_offset_deg\n1,2\n3\n") == "b.csv:3:1 E0214");
  CHECK(complaint("b.csv", "elevation_deg,elevation_deg\n1,2\n") == "b.csv:1:15 E0103");
  CHECK(complaint("b.csv", "azimuth_offset_deg\n1\n") == "b.csv:1:1 E0201");
  CHECK(complaint("b.csv", "Channel,Elevation\n1,2\n3,2\n") == "b.csv:3:1 E0214");
  CHECK(complaint("b.csv", "elevation_deg\nnan\n") == "b.csv:2:1 E0205");
  CHECK(complaint("b.csv", "elevation_deg\n").find("E0214") != std::string::npos);
  CHECK(complaint("b.csv", "").find("E0214") != std::string::npos);
  std::string many = "elevation_deg\n";
  for (int i = 0; i < 600; ++i) many += "1\n";
  CHECK(complaint("b.csv", many).find("E0214") != std::string::npos);
}

TEST_CASE("A mistake in Velodyne's calibration is shown at its place") {
  const std::string good = "lasers:\n- {laser_id: 0, rot_correction: 0.1, vert_correction: -0.2}\n";
  CHECK(complaint("u.yaml", good).find("u.yaml:1:1 E0214") == 0);  // one laser for two channels
  CHECK(complaint("u.yaml", good + "- {laser_id: 0, rot_correction: 0, vert_correction: 0}\n").find("u.yaml:3:") == 0);
  CHECK(complaint("u.yaml", good + "- {laser_id: 1, rot_correction: 0}\n").find("u.yaml:3:") == 0);
  CHECK(complaint("u.yaml", good + "- {laser_id: 1, rot_correction: 0, vert_correction: 7}\n").find("E0205") !=
        std::string::npos);
}

TEST_CASE("A scenario's sensor takes its beams from a file, and the resolved text holds them") {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("nightfog_beams_{}", getpid());
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "mine.csv") << "elevation_deg\n-2\n0\n2\n";
  const std::string text = onPlane(
      "actors:\n  a: {asset: lab.plate, place: {xyz: [1 m, 0 m, 0 m]}}\n"
      "sensors:\n  top: {kind: lidar, profile: custom, beams: mine.csv, mount: {actor: world, xyz: [0 m, 0 m, 2 "
      "m]}}\n");
  std::ofstream(folder / "s.scn.yaml") << text;
  const auto run = [&](const std::string& t, const std::string& name) {
    return sample(parseScenarioTemplate(t, (folder / name).string(),
                                        {.catalog = testCatalog(), .dataFolder = NIGHTFOG_SOURCE_DIR}),
                  std::nullopt, 0);
  };
  const Scenario first = run(text, "s.scn.yaml");
  const auto& spec = std::get<LidarSpec>(first.sensors.at(0).spec);
  REQUIRE(spec.profile.channels.size() == 3);
  CHECK(spec.profile.channels[0].elevation_rad == doctest::Approx(-2 * kPi / 180));
  CHECK(first.resolvedYaml.find("mine.csv") == std::string::npos);
  std::filesystem::remove_all(folder);
  const Scenario again = run(first.resolvedYaml, "r.scn.yaml");
  CHECK(std::get<LidarSpec>(again.sensors.at(0).spec).profile.channels.size() == 3);
  CHECK(again.resolvedYaml == first.resolvedYaml);
}
