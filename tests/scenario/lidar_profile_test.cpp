#include <doctest/doctest.h>

#include <filesystem>

#include "engine/config/descriptor.hpp"
#include "engine/scenario/lidar_spec.hpp"

using namespace nightfog;
using namespace nightfog::scenario;

namespace {

const std::string kProfile =
    "format: lidar_profile/1\nid: test.two\ntitle: Two beams\nsource: made up for this test\nwavelength: 1550 nm\n"
    "rotation_rate: 10 Hz\nfiring_cycle: 50 us\nmin_range: 0.5 m\nmax_range: 100 m\nrange_10_percent: 60 "
    "m\nrange_noise: 2 cm\n"
    "range_resolution: 4 mm\ndivergence_horizontal: 3 mrad\ndivergence_vertical: 1.5 mrad\n"
    "channels:\n  - {elevation: -15 deg}\n  - {elevation: 90 deg, azimuth_offset: -3 deg, firing_offset: -3.62 us}\n";

LidarProfile read(const std::string& text, config::Diagnostics& diagnostics) {
  LidarProfile profile;
  const auto document = config::parseDocument(text, "p.yaml", diagnostics);
  REQUIRE(document);
  config::ReadContext context{diagnostics};
  lidarProfileDescriptor().read(document->root(), profile, context);
  return profile;
}

void checkRefused(const std::string& from, const std::string& to, const std::string& code) {
  std::string text = kProfile;
  text.replace(text.find(from), from.size(), to);
  CAPTURE(text);
  config::Diagnostics diagnostics;
  read(text, diagnostics);
  REQUIRE(diagnostics.errorCount() >= 1);
  CHECK(diagnostics.sorted().front().code == code);
}

}  // namespace

TEST_CASE("A profile is read in SI") {
  config::Diagnostics diagnostics;
  const LidarProfile p = read(kProfile, diagnostics);
  CHECK(config::renderText(diagnostics.sorted()) == "");
  CHECK(p.id == "test.two");
  CHECK(p.wavelength_nm == 1550);
  CHECK(p.band() == 4);
  CHECK(p.columns() == 2000);
  CHECK(p.rangeNoise_m == 0.02);
  CHECK(p.divergenceV_rad == 0.0015);
  REQUIRE(p.channels.size() == 2);
  CHECK(p.channels[0].elevation_rad == doctest::Approx(-15 * 3.14159265358979 / 180));
  CHECK(p.channels[1].firingOffset_s == doctest::Approx(-3.62e-6));
}

TEST_CASE("Columns per turn are those of the datasheets") {
  LidarProfile p;
  p.rotationRate_hz = 10;
  p.firingCycle_s = 55.296e-6;  // VLP-16
  CHECK(p.columns() == 1808);
  p.rotationRate_hz = 20;
  CHECK(p.columns() == 904);
  p.rotationRate_hz = 10;
  p.firingCycle_s = 64 / 1'333'312.0;  // HDL-64E S2.1
  CHECK(p.columns() == 2083);
  p.columnsPerTurn = 1024;
  CHECK(p.columns() == 1024);
}

TEST_CASE("Impossible profiles are refused") {
  checkRefused("firing_cycle: 50 us\n", "", "E0214");
  checkRefused("firing_cycle: 50 us\n", "columns_per_turn: 2001\nfiring_cycle: 50.2 us\n", "E0214");
  checkRefused("firing_cycle: 50 us\n", "firing_cycle: 1 us\n", "E0214");
  checkRefused("source: made up for this test\n", "", "E0201");
  checkRefused("50 us", "50 m", "E0207");
  checkRefused("elevation: -15 deg", "elevation: -95 deg", "E0209");
  checkRefused("min_range: 0.5 m", "min_range: 100 m", "E0214");
  checkRefused("10 Hz", "10", "E0206");
  checkRefused("rotation_rate", "rotationRate", "E0202");
}

TEST_CASE("Every profile that is shipped is sound and has its makers' number of channels") {
  const auto profiles = listLidarProfiles(std::filesystem::path(NIGHTFOG_SOURCE_DIR) / "sensors" / "profiles");
  std::map<std::string, std::pair<size_t, uint32_t>> found;
  for (const LidarProfile& p : profiles) found[p.id] = {p.channels.size(), p.columns()};
  // Rays per turn at 10 Hz: sensor_physics.md §5.4.
  CHECK(found.at("velodyne.vlp16") == std::pair<size_t, uint32_t>(16, 28'928 / 16));
  CHECK(found.at("velodyne.hdl64e_s2_1") == std::pair<size_t, uint32_t>(64, 133'312 / 64));
  CHECK(found.at("ouster.os1_128") == std::pair<size_t, uint32_t>(128, 131'072 / 128));
  CHECK(found.at("velodyne.vls128") == std::pair<size_t, uint32_t>(128, 240'128 / 128));
  CHECK(found.at("hesai.pandar128") == std::pair<size_t, uint32_t>(128, 230'400 / 128));
  CHECK(found.at("hesai.xt32") == std::pair<size_t, uint32_t>(32, 64'000 / 32));
  CHECK(found.at("velodyne.vlp32c") == std::pair<size_t, uint32_t>(32, 57'856 / 32));
  CHECK(found.at("velodyne.hdl32e") == std::pair<size_t, uint32_t>(32, 69'440 / 32));
  CHECK(found.at("hesai.pandar64") == std::pair<size_t, uint32_t>(64, 115'200 / 64));
}
