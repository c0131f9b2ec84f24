// A LiDAR with faults beside the same one without: what is left of beams, where points lie, what the record says.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <map>

#include "engine/shared/cause.h"
#include "sensors/faults/loose_mount.hpp"
#include "sensors/faults/lossy_link.hpp"
#include "sensors/lidar/lidar_faults.hpp"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;
using record::LidarSweep;

namespace {

/// A room with two boxes in it, and a sensor that is noisy as it would be.
Lab room(bool exact) {
  Lab lab;
  lab.ground(-1.7, lab.material(0.2f), classes::kRoad);
  const MeshId wall = lab.plate(400, 60, lab.material(0.3f));
  lab.scenery(wall, RigidTransform::fromTranslation({20, 0, 0}));
  const MeshId box = lab.box({2, 2, 2}, lab.material(0.1f));
  lab.object("near", box, lab::still(RigidTransform::fromTranslation({8, 3, -0.7})));
  lab.object("far", box, lab::still(RigidTransform::fromTranslation({14, -5, -0.7})));
  scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
  spec.noise = spec.threshold = !exact;
  lab.mount(spec, lab::still({}));
  return lab;
}

void breakIt(Lab& lab, decltype(content::SensorFault::kind) kind) {
  lab.faults.push_back({"top", std::move(kind), {}});
}

bool isEqual(const LidarSweep& a, const LidarSweep& b) {
  return a.points.size() == b.points.size() && a.beamOutcomes == b.beamOutcomes &&
         std::memcmp(a.points.data(), b.points.data(), a.points.size() * sizeof(LidarPoint)) == 0;
}

std::map<std::pair<int, int>, const LidarPoint*> byBeam(const LidarSweep& sweep) {
  std::map<std::pair<int, int>, const LidarPoint*> found;
  for (const LidarPoint& p : sweep.points) found[{p.ring, p.column}] = &p;
  return found;
}

size_t count(const LidarSweep& sweep, uint32_t cause) {
  return static_cast<size_t>(std::count(sweep.beamOutcomes.begin(), sweep.beamOutcomes.end(), cause));
}

}  // namespace

TEST_CASE("Faults of severity 0, and another sensor's, change no byte, in clear air and in fog") {
  for (const double extinction : {0.0, 0.05}) {
    Lab lab = room(false);
    lab.media.extinction_1pm = extinction;
    const LidarSweep sound = lab.capture();
    breakIt(lab, content::LensDirt{content::DirtPattern::kMudSplash, 0, 4});
    breakIt(lab, content::WaterFilm{0, 4});
    breakIt(lab, content::DeadChannels{0, 0, 4});
    breakIt(lab, content::DeadChannels{0.5, 1, 4});
    breakIt(lab, content::BlockedSector{1, 0});
    breakIt(lab, content::Misalignment{});
    breakIt(lab, content::Vibration{0, 25, 4});
    breakIt(lab, content::PacketLoss{0, 4, 12, 4});
    breakIt(lab, content::ClockSkew{});
    lab.faults.push_back({"other", content::DeadChannels{1, 0, 4}, {}});
    const LidarSweep faulty = lab.capture();
    CHECK(isEqual(sound, faulty));
    CHECK(!faulty.faults);
  }
}

TEST_CASE("Dead channels are blocked and weak ones dim, and the others do not notice") {
  Lab lab = room(true);
  const LidarSweep sound = lab.capture();
  breakIt(lab, content::DeadChannels{0.25, 0, 9});
  const LidarSweep dead = lab.capture();
  REQUIRE(dead.faults);
  CHECK(count(dead, shared::kCauseBlocked) == dead.beamOutcomes.size() / 4);
  const auto before = byBeam(sound), after = byBeam(dead);
  for (const auto& [beam, point] : before) {
    const bool isDead =
        dead.faults->beamMask[size_t{point->column} * dead.ringCount + point->ring] == faults::kBeamDead;
    const auto found = after.find(beam);
    REQUIRE((found == after.end()) == isDead);
    if (!isDead) CHECK(std::memcmp(found->second, point, sizeof(LidarPoint)) == 0);
  }
  for (size_t i = 0; i < sound.visibility.size(); ++i) {
    CHECK(dead.visibility[i].possibleHits == sound.visibility[i].possibleHits);
    CHECK(dead.visibility[i].hits < sound.visibility[i].hits);
    CHECK(dead.visibility[i].clearHits == dead.visibility[i].hits);
  }
  lab.faults.clear();
  breakIt(lab, content::DeadChannels{1, 0.36, 9});
  const LidarSweep weak = lab.capture();
  REQUIRE(weak.points.size() == sound.points.size());
  for (size_t i = 0; i < weak.points.size(); ++i)
    REQUIRE(weak.points[i].intensity == doctest::Approx(0.36 * sound.points[i].intensity).epsilon(1e-5));
}

TEST_CASE("A weak channel sees as far as the root of what it has left") {
  // 10 % at 0.6 of the range is as strong at 0.36 of the power as at the whole range: detected with P_d = 0.9.
  for (const bool isWeak : {false, true}) {
    Lab lab;
    scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
    spec.threshold = true;
    const double range = spec.profile.range10_m * (isWeak ? 0.6 : 1.0);
    lab.scenery(lab.sphere(range, 256, lab.material(0.1f)), {});
    if (isWeak) breakIt(lab, content::DeadChannels{1, 0.36, 1});
    lab.mount(spec, lab::still({}));
    const LidarSweep sweep = lab.capture();
    const auto n = static_cast<double>(sweep.beamOutcomes.size());
    // Facets lie up to 4e-4 of the radius inside and are met up to 2e-2 rad aslant: 1e-3 of the SNR, 1e-3 of P_d.
    CHECK(std::abs(static_cast<double>(sweep.points.size()) / n - 0.9) < 4 * std::sqrt(0.09 / n) + 2e-3);
  }
}

TEST_CASE("A sensor that sits askew measures from where it is, and the record says where it should be") {
  Lab lab = room(true);
  const LidarSweep sound = lab.capture();
  content::Misalignment askew;
  askew.shift_m = {0.1, -0.2, 0.05};
  askew.yaw_rad = 0.02;
  askew.pitch_rad = -0.015;
  askew.roll_rad = 0.01;
  askew.yawDrift_radps = 0.01;
  breakIt(lab, askew);
  const LidarSweep off = lab.capture(3);
  REQUIRE(off.faults);
  CHECK(off.worldFromSensor.translation == sound.worldFromSensor.translation);
  size_t onWall = 0;
  for (const LidarPoint& p : off.points) {
    if (p.instance != 0 || p.semantic == classes::kRoad.value) continue;
    const double since_s = off.start.seconds() + p.timeOffset_ns * 1e-9;
    const glm::dvec3 truly = faults::misaligned(askew, since_s) * glm::dvec3(p.x, p.y, p.z);
    if (std::abs(truly.x - 20) > 0.5) continue;
    ++onWall;
    // Keys of floats 10 ms apart, between which the drift's arc is straight within 1e-9 rad.
    REQUIRE(std::abs(truly.x - 20) < 2e-4);
  }
  CHECK(onWall > 1000);
  const RigidTransform said = off.faults->nominalFromTrue;
  const RigidTransform is = faults::misaligned(askew, off.reference.seconds());
  CHECK(glm::length(said.translation - is.translation) < 1e-12);
  CHECK(std::abs(glm::dot(said.rotation, is.rotation)) == doctest::Approx(1).epsilon(1e-12));
  for (const auto& v : off.visibility) CHECK(v.hits + v.occludedBeams <= v.possibleHits);
}

TEST_CASE("A mount that shakes moves each beam by its own instant's angle") {
  Lab lab = room(true);
  const content::Vibration shake{0.01, 30, 6};
  breakIt(lab, shake);
  const LidarSweep sweep = lab.capture(1);
  size_t onWall = 0;
  double moved = 0;
  for (const LidarPoint& p : sweep.points) {
    const double time_s = sweep.start.seconds() + p.timeOffset_ns * 1e-9;
    const glm::dvec3 truly = faults::shaken(shake, time_s) * glm::dvec3(p.x, p.y, p.z);
    if (p.instance != 0 || p.semantic == classes::kRoad.value || std::abs(truly.x - 20) > 0.5) continue;
    ++onWall;
    moved = std::max(moved, std::abs(double{p.x} - 20));
    // Between keys the swing is straight within 0.31 % of its amplitude, on an arm of up to 60 m up or aside.
    REQUIRE(std::abs(truly.x - 20) < 0.0035 * 0.01 * std::hypot(p.y, p.z) + 2e-4);
  }
  CHECK(onWall > 1000);
  CHECK(moved > 0.02);
}

TEST_CASE("What lies on the window weakens beams by direction, and bends them where it is a wedge") {
  Lab lab = room(true);
  breakIt(lab, content::LensDirt{content::DirtPattern::kMudSplash, 0.2, 8});
  const LidarSweep muddy = lab.capture();
  REQUIRE(muddy.faults);
  CHECK(count(muddy, shared::kCauseBlocked) > 50);
  lab.faults.clear();
  const LidarSweep sound = lab.capture();
  const auto before = byBeam(sound);
  for (const LidarPoint& p : muddy.points) {
    const LidarPoint& clean = *before.at({p.ring, p.column});
    const double left = 1 - muddy.faults->beamLost[size_t{p.column} * muddy.ringCount + p.ring] / 255.0;
    REQUIRE(p.range_m == clean.range_m);
    REQUIRE(std::abs(p.intensity - left * clean.intensity) < 0.002 * clean.intensity + 1e-6);
  }
  breakIt(lab, content::WaterFilm{0.8e-3, 8});
  const LidarSweep wet = lab.capture();
  const lidar::LidarTables tables(std::get<scenario::LidarSpec>(lab.sensorMount().spec).profile);
  lidar::LidarFaults film("top", tables, 903);
  film.set(lab.snapshot(SimTime{}, SimTime::fromMs(100)), 0);
  size_t onWall = 0;
  for (const LidarPoint& p : wet.points) {
    if (p.instance != 0 || std::abs(p.azimuth_rad) > 0.9f || p.z < 0) continue;
    // The reported direction, bent, meets the wall at the measured range.
    const glm::dvec3 axis = glm::normalize(glm::dvec3(p.x, p.y, p.z));
    const glm::dvec3 left = glm::normalize(glm::dvec3(-axis.y, axis.x, 0));
    const glm::dvec3 up = glm::cross(axis, left);
    const glm::vec2 bent = film.deflections()[size_t{p.column} * wet.ringCount + p.ring];
    const glm::dvec3 truly = glm::normalize(axis + left * double{bent.x} + up * double{bent.y});
    REQUIRE(truly.x * double{p.range_m} == doctest::Approx(20).epsilon(1e-5));
    ++onWall;
  }
  CHECK(onWall > 500);
}

TEST_CASE("Lost packets take their columns whole, and a wrong clock moves nothing but times") {
  Lab lab = room(false);
  const LidarSweep sound = lab.capture(2);
  const content::PacketLoss link{0.2, 3, 24, 5};
  breakIt(lab, link);
  const LidarSweep gaps = lab.capture(2);
  const auto lost = faults::lostPackets(link, 2, (gaps.columnCount + 23) / 24);
  size_t kept = 0;
  for (uint32_t beam = 0; beam < gaps.beamOutcomes.size(); ++beam) {
    const bool isLost = lost[beam / gaps.ringCount / 24];
    REQUIRE(gaps.beamOutcomes[beam] == (isLost ? shared::kCauseLostPacket : sound.beamOutcomes[beam]));
  }
  const auto before = byBeam(sound);
  for (const LidarPoint& p : gaps.points) {
    REQUIRE(!lost[p.column / 24]);
    REQUIRE(std::memcmp(before.at({p.ring, p.column}), &p, sizeof p) == 0);
    ++kept;
  }
  CHECK(kept > 0);
  lab.faults.clear();
  breakIt(lab, content::ClockSkew{0.02, 1e-3});
  const LidarSweep skewed = lab.capture(2);
  REQUIRE(skewed.points.size() == sound.points.size());
  for (size_t i = 0; i < sound.points.size(); ++i) {
    LidarPoint p = skewed.points[i];
    const double at_s = sound.start.seconds() + sound.points[i].timeOffset_ns * 1e-9;
    REQUIRE(std::abs(p.timeOffset_ns - sound.points[i].timeOffset_ns - (20e6 + at_s * 1e6)) < 2);
    p.timeOffset_ns = sound.points[i].timeOffset_ns;
    REQUIRE(std::memcmp(&p, &sound.points[i], sizeof p) == 0);
  }
  CHECK(skewed.faults->clockError.ns == doctest::Approx(20e6 + skewed.reference.seconds() * 1e6));
}

TEST_CASE("With faults the device's kernels write the bytes that the C++ loops write, in fog too") {
  Lab lab = room(false);
  lab.media.extinction_1pm = 0.05;
  breakIt(lab, content::LensDirt{content::DirtPattern::kMudSplash, 0.2, 8});
  breakIt(lab, content::WaterFilm{0.5e-3, 8});
  breakIt(lab, content::DeadChannels{0.25, 0.3, 8});
  const lab::Options options;
  lab::Rig rig(lab, lab::device(), options);
  const LidarSweep onHost = rig.capture(0);
  lidar::LidarSensor sensor(lab.sensorMount(),
                            {lab::device(), rig.scene, *rig.tracer, rig.jobs, options.seed, options.run},
                            lidar::KernelPlace::kDevice);
  const content::SceneSnapshot snapshot = rig.prepare(0);
  const auto onDevice = std::get<LidarSweep>(sensor.capture(snapshot, 0, rig.stream));
  CHECK(isEqual(onHost, onDevice));
}
