// What turns the beams: heads, mirrors and prisms, against the makers' figures and closed forms.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/scenario/lidar_beams.hpp"
#include "sensors/lidar/lidar_tables.hpp"
#include "sensors/lidar/risley.hpp"
#include "sensors/lidar/swept_ball.hpp"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;

namespace {

constexpr double kDegree = kPi / 180;

double highest_deg(const scenario::LidarProfile& p) {
  double most = -90;
  for (const auto& c : p.channels) most = std::max(most, c.elevation_rad / kDegree);
  return most;
}
double lowest_deg(const scenario::LidarProfile& p) {
  double least = 90;
  for (const auto& c : p.channels) least = std::min(least, c.elevation_rad / kDegree);
  return least;
}

/// Share of the cells of 5 mrad within the field of view that some firing of the first `seconds` looks into: what Livox
/// calls coverage (Livox-SDK, issue 57).
double coverage(const scenario::LidarProfile& p, double half_rad, double seconds) {
  constexpr double kCell_rad = 5e-3;
  std::set<std::pair<int, int>> seen;
  for (int i = 0; i < seconds * 1e5; ++i) {
    const glm::dvec3 d = lidar::risleyDirection(p.prisms, p.refractiveIndex, i * 1e-5);
    seen.insert({static_cast<int>(std::floor(std::atan2(d.y, d.x) / kCell_rad)),
                 static_cast<int>(std::floor(std::atan2(d.z, d.x) / kCell_rad))});
  }
  const int reach = static_cast<int>(half_rad / kCell_rad) + 1;
  int cells = 0;
  int covered = 0;
  for (int y = -reach; y <= reach; ++y) {
    for (int z = -reach; z <= reach; ++z) {
      if (std::hypot(y + 0.5, z + 0.5) * kCell_rad > half_rad) continue;
      ++cells;
      covered += seen.contains({y, z}) ? 1 : 0;
    }
  }
  return double(covered) / cells;
}

}  // namespace

TEST_CASE("Profiles have the points per second, the field of view and the columns that their makers publish") {
  struct Published {
    const char* id;
    size_t channels;
    double points_per_s;
    double top_deg, bottom_deg;
    std::array<uint32_t, 3> columns;  ///< at 5, 10 and 20 Hz
  };
  const Published published[] = {
      {"velodyne.hdl64e_s3", 64, 1'111'110, 1.960, -24.555, {3472, 1736, 868}},
      {"ouster.os0_128", 128, 1'310'720, 46.1999, -46.1999, {1024, 1024, 1024}},
      {"ouster.os0_64", 64, 655'360, 46.1999, -45.1197, {1024, 1024, 1024}},
      {"ouster.os1_64", 64, 655'360, 16.729, -16.679, {1024, 1024, 1024}},
      {"hesai.at128", 128, 1'536'000, 12.93, -12.47, {2400, 1200, 600}},
      {"livox.mid40", 1, 100'000, 0, 0, {20'000, 10'000, 5'000}},
      {"livox.mid70", 1, 100'000, 0, 0, {20'000, 10'000, 5'000}},
      {"generic.waymo_top", 64, 1'696'000, 2.4, -17.6, {2650, 2650, 2650}},
  };
  for (const Published& p : published) {
    CAPTURE(p.id);
    scenario::LidarProfile profile = lab::loadProfile(p.id);
    CHECK(profile.source.size() > 100);
    CHECK(profile.channels.size() == p.channels);
    // A column that only fits in part is not fired.
    CHECK(double(profile.columns()) * double(p.channels) * 10 == doctest::Approx(p.points_per_s).epsilon(1e-3));
    if (p.channels > 1) {
      const double printed = p.id == std::string("velodyne.hdl64e_s3") ? 6e-4 : 1e-9;
      CHECK(std::abs(highest_deg(profile) - p.top_deg) < printed);
      CHECK(std::abs(lowest_deg(profile) - p.bottom_deg) < printed);
    }
    for (int i = 0; i < 3; ++i) {
      profile.rotationRate_hz = 5 << i;
      CHECK(profile.columns() == p.columns[static_cast<size_t>(i)]);
      CHECK(lidar::LidarTables(profile).columns.size() == p.columns[static_cast<size_t>(i)]);
    }
  }
}

TEST_CASE("An AT128's channels lie where its law has them, and a facet sweeps them over 120 degrees in half its time") {
  const scenario::LidarProfile profile = lab::loadProfile("hesai.at128");
  for (int ch = 1; ch <= 128; ++ch) {
    const scenario::LidarChannel& c = profile.channels[static_cast<size_t>(ch - 1)];
    const double side = (ch - 1) / 16 % 2 == 0 ? 1 : -1;
    const double clockwise_deg = side * (ch % 2 == 1 ? 2.4 : -0.65);
    CHECK(std::abs(c.elevation_rad / kDegree - (12.93 - 0.2 * (ch - 1))) < 1e-9);
    CHECK(std::abs(c.azimuthOffset_rad / kDegree + clockwise_deg) < 1e-9);
    CHECK(c.firingOffset_s <= 14.928e-6);
  }
  const lidar::LidarTables tables(profile);
  REQUIRE(tables.columns.size() == 1200);
  CHECK(tables.columns.back().time_ns * 1e-9 == doctest::Approx(0.05).epsilon(1e-3));
  for (size_t c = 0; c + 1 < tables.columns.size(); ++c)
    CHECK(tables.columns[c].azimuth_rad - tables.columns[c + 1].azimuth_rad ==
          doctest::Approx(0.1 * kDegree).epsilon(1e-3));
  CHECK((tables.columns.front().azimuth_rad - tables.columns.back().azimuth_rad) / kDegree ==
        doctest::Approx(120 - 0.1).epsilon(1e-4));
  CHECK(tables.columns.front().azimuth_rad == doctest::Approx(-tables.columns.back().azimuth_rad).epsilon(1e-6));

  // What it sees: a sphere all round, of which only the swath is met, each point in its beam's direction.
  Lab lab;
  lab.scenery(lab.sphere(10, 40, lab.material(0.5f)), {});
  lab.mount(lab::exactSpec("hesai.at128"), lab::still({}));
  const record::LidarSweep sweep = lab.capture();
  CHECK(sweep.points.size() == 128 * 1200);
  for (size_t i = 0; i < sweep.points.size(); i += 97) {
    const LidarPoint& p = sweep.points[i];
    const double time = p.column * 41.666e-6 + profile.channels[p.ring].firingOffset_s;
    const double swept = 2 * 2 * kPi * (10.0 / 3) * time;
    const double start = 0.5 * 1199 * 2 * 2 * kPi * (10.0 / 3) * 41.666e-6;
    const double azimuth = start - swept + profile.channels[p.ring].azimuthOffset_rad;
    REQUIRE(std::abs(wrapAngle(p.azimuth_rad - azimuth)) < 2e-6);
    REQUIRE(std::abs(wrapAngle(std::atan2(double{p.y}, double{p.x}) - azimuth)) < 2e-6);
  }
}

TEST_CASE("Two wedges of 18 degrees sweep a Mid-40's 38.4 degrees, of 29.7 a Mid-70's 70.4") {
  for (const auto& [id, published_deg] : {std::pair{"livox.mid40", 38.4}, {"livox.mid70", 70.4}}) {
    const scenario::LidarProfile profile = lab::loadProfile(id);
    double most = 0;
    double least = 90;
    for (int i = 0; i < 100'000; ++i) {
      const glm::dvec3 d = lidar::risleyDirection(profile.prisms, profile.refractiveIndex, i * 1e-5);
      REQUIRE(std::abs(glm::length(d) - 1) < 1e-12);
      const double off = std::acos(std::min(d.x, 1.0)) / kDegree;
      most = std::max(most, off);
      least = std::min(least, off);
    }
    CHECK(std::abs(2 * most - published_deg) < 0.05);  // one decimal is printed
    CHECK(least < 0.1);                                // no hole in the middle: the wedges are alike
  }
}

TEST_CASE("Thin prisms deflect by (n - 1) times their wedge, and their deflections add as vectors") {
  const std::vector<scenario::LidarPrism> prisms{{1e-3, 7, 0.3}, {2e-3, -3, 1.1}};
  for (double t = 0; t < 2; t += 0.0137) {
    const glm::dvec3 d = lidar::risleyDirection(prisms, 1.5, t);
    const double a = 2 * kPi * 7 * t + 0.3;
    const double b = -2 * kPi * 3 * t + 1.1;
    // A wedge whose sloping face comes second bends light towards its normal's side, the mirrored one the other way.
    const glm::dvec2 first(d.y, d.z);
    const glm::dvec2 expected =
        0.5 * (1e-3 * glm::dvec2(std::cos(a), std::sin(a)) * -1.0 + 2e-3 * glm::dvec2(std::cos(b), std::sin(b)));
    CHECK(glm::length(first - expected) < 1e-8);
  }
}

TEST_CASE("A Mid-40 covers a fifth of its field of view in a frame and nearly all of it in a second") {
  const scenario::LidarProfile profile = lab::loadProfile("livox.mid40");
  const double half_rad = 19.2 * kDegree;
  double before = 0;
  for (const double seconds : {0.1, 0.2, 0.5, 1.0}) {
    const double now = coverage(profile, half_rad, seconds);
    CHECK(now > before * 1.2);  // no frame repeats another
    before = now;
  }
  // Livox: "close to 100 % within a second", in cells of 5 mrad.
  CHECK(before > 0.92);
  CHECK(std::abs(coverage(profile, half_rad, 0.1) - 0.20) < 0.02);
}

TEST_CASE("A rosette goes on from frame to frame; its points lie where the prisms send the beams") {
  Lab lab;
  lab.scenery(lab.sphere(10, 40, lab.material(0.5f)), {});
  const ObjectId plate = lab.object("plate", lab.plate(1, 1, lab.material(0.5f)),
                                    lab::still(RigidTransform::fromTranslation({5, 0.5, 0.7})));
  lab.mount(lab::exactSpec("livox.mid40"), lab::still({}));
  const scenario::LidarProfile& profile = std::get<scenario::LidarSpec>(lab.sensorMount().spec).profile;
  for (const uint32_t frame : {0u, 3u}) {
    const record::LidarSweep sweep = lab.capture(frame);
    REQUIRE(sweep.points.size() > 9990);  // where two facets meet, a ray may slip through
    uint32_t onPlate = 0;
    for (const LidarPoint& p : sweep.points) {
      const glm::dvec3 d =
          lidar::risleyDirection(profile.prisms, profile.refractiveIndex, frame * 0.1 + p.column * 1e-5);
      REQUIRE(glm::length(glm::dvec3(p.x, p.y, p.z) - d * double(p.range_m)) < 1e-5);
      REQUIRE(std::abs(p.azimuth_rad - std::atan2(d.y, d.x)) < 1e-6);
      const glm::dvec3 at = d * (5 / d.x);
      if (std::abs(at.y - 0.5) < 0.499 && std::abs(at.z - 0.7) < 0.499) {
        REQUIRE(p.instance == plate.value);
        ++onPlate;
      }
    }
    REQUIRE(sweep.visibility.at(0).object == plate);
    CHECK(sweep.visibility.at(0).hits >= onPlate);
    CHECK(sweep.visibility.at(0).possibleHits == sweep.visibility.at(0).hits);
    CHECK(onPlate > 50);
  }
}

TEST_CASE("A hidden object's possible hits are the same for a rosette as by brute force") {
  Lab lab;
  const MaterialId grey = lab.material(0.5f);
  lab.scenery(lab.plate(0.6, 0.6, grey), RigidTransform::fromTranslation({4, 0.4, 0.2}));
  lab.object("ball", lab.sphere(0.5, 24, grey), lab::still(RigidTransform::fromTranslation({6, 0.6, 0.3})));
  lab.mount(lab::exactSpec("livox.mid40"), lab::still({}));
  const record::LidarSweep sweep = lab.capture(2);
  Lab alone;
  alone.object("ball", alone.sphere(0.5, 24, alone.material(0.5f)),
               lab::still(RigidTransform::fromTranslation({6, 0.6, 0.3})));
  alone.mount(lab::exactSpec("livox.mid40"), lab::still({}));
  const record::LidarSweep free = alone.capture(2);
  CHECK(sweep.visibility.at(0).possibleHits == free.visibility.at(0).hits);
  CHECK(sweep.visibility.at(0).hits < free.visibility.at(0).hits);
  CHECK(sweep.visibility.at(0).hits + sweep.visibility.at(0).occludedBeams == sweep.visibility.at(0).possibleHits);
}

TEST_CASE("Beams begin where the unit's calibration has them, and points lie there plus their range") {
  // Four lasers as the file prints them.
  const std::string printed =
      "lasers:\n"
      "- {laser_id: 0, rot_correction: -0.07648247457737148, vert_correction: -0.1261818455292898,"
      " vert_offset_correction: 0.21569468, horiz_offset_correction: 0.025999999}\n"
      "- {laser_id: 1, rot_correction: 0.09919490315516696, vert_correction: 0.010306535403103584,"
      " vert_offset_correction: 0.20583200000000001, horiz_offset_correction: -0.025999999}\n"
      "- {laser_id: 2, rot_correction: -0.1278634161583795, vert_correction: -0.39021216204755743,"
      " vert_offset_correction: 0.15970787, horiz_offset_correction: 0.025999999}\n"
      "- {laser_id: 3, rot_correction: 0.0290479702718764, vert_correction: -0.2079266762969834,"
      " vert_offset_correction: 0.14725984, horiz_offset_correction: -0.025999999}\n";
  scenario::LidarProfile four = lab::loadProfile("velodyne.hdl64e_s3");
  const scenario::LidarProfile whole = four;
  const size_t ids[4] = {0, 3, 32, 63};
  four.channels = {whole.channels[0], whole.channels[3], whole.channels[32], whole.channels[63]};
  config::Diagnostics diagnostics;
  REQUIRE(scenario::readLidarBeams("unit.yaml", printed, four, diagnostics));
  for (size_t i = 0; i < 4; ++i) {
    const scenario::LidarChannel& a = four.channels[i];
    const scenario::LidarChannel& b = whole.channels[ids[i]];
    CHECK(std::abs(a.elevation_rad - b.elevation_rad) < 1e-8);
    CHECK(std::abs(a.azimuthOffset_rad - b.azimuthOffset_rad) < 1e-8);
    CHECK(std::abs(a.originForward_m - b.originForward_m) < 6e-6);
    CHECK(std::abs(a.originLeft_m - b.originLeft_m) < 6e-6);
    CHECK(std::abs(a.originUp_m - b.originUp_m) < 6e-6);
  }
  // The driver's own formula (ros-drivers/velodyne, rawdata.cc): x forward, y left.
  Lab lab;
  lab.ground(-1.5, lab.material(0.3f));
  scenario::LidarSpec spec = lab::exactSpec("velodyne.hdl64e_s3");
  spec.profile.channels = four.channels;
  lab.mount(spec, lab::still({}));
  const lidar::LidarTables tables(spec.profile);
  const double vertical[4] = {0.21569468, 0.205832, 0.15970787, 0.14725984};
  int checked = 0;
  for (const LidarPoint& p : lab.capture().points) {
    const scenario::LidarChannel& c = four.channels[p.ring];
    const double lateral = p.ring % 2 == 0 ? 0.025999999 : -0.025999999;
    const double ground = p.range_m * std::cos(c.elevation_rad) - vertical[p.ring] * std::sin(c.elevation_rad);
    const double a = p.azimuth_rad;
    REQUIRE(std::abs(p.x - (ground * std::cos(a) - lateral * std::sin(a))) < 1e-4);
    REQUIRE(std::abs(p.y - (ground * std::sin(a) + lateral * std::cos(a))) < 1e-4);
    REQUIRE(std::abs(p.z + 1.5) < 1e-3);
    ++checked;
  }
  CHECK(checked > 5000);
}

TEST_CASE("A channel with half the range of the others sees a quarter of their signal") {
  Lab lab;
  lab.scenery(lab.plate(40, 40, lab.material(0.1f)), RigidTransform::fromTranslation({20, 0, 0}));
  scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
  spec.threshold = true;
  spec.profile.range10_m = 40;
  spec.profile.channels = {{0.01, 0, 0}, {0, 0, 0}};
  spec.profile.channels[1].range10_m = 18;  // the plate is beyond it, and well within the other's
  lab.mount(spec, lab::still({}));
  int seen[2] = {0, 0};
  for (const LidarPoint& p : lab.capture().points) {
    if (std::abs(p.y) > 2) continue;
    ++seen[p.ring];
    CHECK(p.intensity == doctest::Approx(0.1 / 2.55).epsilon(0.02));  // each is calibrated by itself
  }
  CHECK(seen[0] > 50);
  CHECK(seen[1] < seen[0] * 8 / 10);
}

TEST_CASE("Figures that make no scanner are refused") {
  scenario::LidarProfile mirror = lab::loadProfile("hesai.at128");
  mirror.facets = 0;
  CHECK_THROWS_AS(lidar::LidarTables{mirror}, Error);
  mirror = lab::loadProfile("hesai.at128");
  mirror.fieldOfView_rad = 5;  // wider than a facet passes in its time
  CHECK_THROWS_AS(lidar::LidarTables{mirror}, Error);
  scenario::LidarProfile rosette = lab::loadProfile("livox.mid40");
  rosette.prisms.clear();
  CHECK_THROWS_AS(lidar::LidarTables{rosette}, Error);
}
