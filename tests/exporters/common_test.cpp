#include <doctest/doctest.h>

#include <unistd.h>
#include <cmath>
#include <filesystem>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "exporters/builtin.hpp"
#include "exporters/common/dataset_folder.hpp"
#include "exporters/common/frame_pairs.hpp"
#include "exporters/common/pinhole_view.hpp"
#include "exporters/common/sensor_choice.hpp"

using namespace nightfog;
using namespace nightfog::exporters;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() : path(fs::temp_directory_path() / ("nightfog_exporters_" + std::to_string(::getpid()))) {
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

/// x = 5 t + t^2, a turn of 0.5 rad/s.
record::EgoState driving(double t) {
  record::EgoState s;
  s.at = SimTime::fromSeconds(t);
  s.worldFromVehicle = RigidTransform::fromYawPitchRoll({5 * t + t * t, 0.1 * t * t * t, 0}, 0.5 * t);
  s.velocity_mps = {5 + 2 * t, 0.3 * t * t, 0};
  s.acceleration_mps2 = {2, 0.6 * t, 0};
  s.angularVelocity_radps = {0, 0, 0.5};
  return s;
}

record::SensorInfo camera(double k1, double pitch_rad) {
  record::SensorInfo s;
  s.id = "front";
  s.actor = "ego";
  s.vehicleFromSensor = RigidTransform::fromYawPitchRoll({2, 0, 1.4}, 0, pitch_rad);
  s.camera = record::CameraCalibration{320, 180, 200, 200, 159.5, 89.5, k1, 0, 0, 0, 0, 10, 0, 2};
  return s;
}

}  // namespace

TEST_CASE("A path of the third degree is found exactly between states, and held beyond them") {
  const record::PoseTrack track({driving(0), driving(0.1), driving(0.2)});
  for (const double t : {0.0, 0.013, 0.05, 0.1, 0.1777, 0.2}) {
    const RigidTransform pose = track.at(SimTime::fromSeconds(t));
    CHECK(glm::distance(pose.translation, driving(t).worldFromVehicle.translation) < 1e-9);
    CHECK(pose.yaw_rad() == doctest::Approx(0.5 * t).epsilon(1e-9));
  }
  // Beyond: jerk 0.6 m/s^3 over 50 ms is 0.6 * 0.05^3 / 6 = 12.5 um off.
  for (const double t : {-0.05, 0.25}) {
    CHECK(glm::distance(track.at(SimTime::fromSeconds(t)).translation, driving(t).worldFromVehicle.translation) < 2e-5);
    CHECK(track.at(SimTime::fromSeconds(t)).yaw_rad() == doctest::Approx(0.5 * t).epsilon(1e-9));
  }
}

TEST_CASE("Points of what stands come back to their place, whenever their beam met it; of what moves, when asked") {
  const RigidTransform mount = RigidTransform::fromYawPitchRoll({1.2, 0.3, 1.9}, 0.2);
  const record::PoseTrack track({driving(0), driving(0.1), driving(0.2)});
  record::LidarFrame frame;
  record::LidarSweep& sweep = frame.sweep;
  sweep.start = SimTime::fromMs(50);
  sweep.end = SimTime::fromMs(150);
  sweep.reference = SimTime::fromMs(100);
  const glm::dvec3 velocity(-3, 1, 0);
  record::ObjectTruth object;
  object.id = ObjectId{4};
  object.worldFromBox.translation = glm::dvec3(20, -2, 1) + velocity * 0.1;
  object.velocity_mps = velocity;
  frame.objects = {object};
  const SimTime at = SimTime::fromMs(70);
  const EgoMotion motion(frame, mount, &track, at, false);
  const EgoMotion carried(frame, mount, &track, at, true);
  for (int ms = 0; ms < 100; ms += 7) {
    const SimTime then = sweep.start + SimTime::fromNs(ms * 1'000'000 + 345'678);
    const auto reported = [&](const glm::dvec3& world, uint32_t instance) {
      const glm::dvec3 p = (track.at(then) * mount).inverse() * world;
      record::LidarPoint point;
      point.x = static_cast<float>(p.x), point.y = static_cast<float>(p.y), point.z = static_cast<float>(p.z);
      point.instance = instance;
      point.timeOffset_ns = static_cast<int32_t>((then - sweep.start).ns);
      return point;
    };
    const auto wanted = [&](const glm::dvec3& world) { return (track.at(at) * mount).inverse() * world; };
    const auto onCar = [&](SimTime t) { return glm::dvec3(19, -1.5, 0.5) + velocity * t.seconds(); };
    // Floats of 30 m, and the millisecond's chord.
    CHECK(glm::distance(motion.move(reported({30, 4, 1}, 0)), wanted({30, 4, 1})) < 1e-5);
    CHECK(glm::distance(carried.move(reported({30, 4, 1}, 0)), wanted({30, 4, 1})) < 1e-5);
    CHECK(glm::distance(carried.move(reported(onCar(then), 4)), wanted(onCar(at))) < 1e-5);
    CHECK(glm::distance(motion.move(reported(onCar(then), 4)), wanted(onCar(then))) < 1e-5);
  }
}

TEST_CASE("A rate keeps the first frame of each slot, also where a period is no whole number of nanoseconds") {
  std::vector<SimTime> thirty, twenty;
  for (int i = 0; i < 12; ++i) {
    thirty.push_back(SimTime::fromNs(33'333'333 * int64_t{i}));
    twenty.push_back(SimTime::fromMs(50 * i));
  }
  CHECK(framesAtRate(thirty, 10.0) == std::vector<size_t>{0, 3, 6, 9});
  CHECK(framesAtRate(twenty, 10.0) == std::vector<size_t>{0, 2, 4, 6, 8, 10});
  CHECK(framesAtRate({twenty.begin() + 3, twenty.end()}, 10.0) == std::vector<size_t>{0, 1, 3, 5, 7});
  CHECK(framesAtRate(twenty, std::nullopt).size() == 12);
}

TEST_CASE("A lens that distorts and an axis that is tilted are refused with the option named") {
  CHECK_NOTHROW(PinholeView(camera(0, 0), false));
  for (const auto& wrong : {camera(-0.1, 0), camera(0, 3 * kPi / 180)}) {
    try {
      const PinholeView view(wrong, false);
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::kUsage);
      CHECK(error.help().find("rectify: true") != std::string::npos);
    }
    CHECK_NOTHROW(PinholeView(wrong, true));
  }
  CHECK_THROWS_AS(PinholeView(camera(0, 50 * kPi / 180), true), Error);
}

TEST_CASE("The rectified view is level and keeps what was in the middle") {
  const double pitch = 3 * kPi / 180;
  const PinholeView view(camera(-0.1, pitch), true);
  CHECK(view.intrinsics().cx == doctest::Approx(159.5));
  CHECK(view.intrinsics().cy == doctest::Approx(89.5 - 200 * std::tan(pitch)));  // the horizon
  // Straight up is straight up in the view: the vehicle's z is the view's -y.
  const glm::dvec3 up = view.viewFromOptical() * glm::dvec3(0, -std::cos(pitch), -std::sin(pitch));
  CHECK(glm::distance(up, glm::dvec3(0, -1, 0)) < 1e-12);
}

TEST_CASE(
    "Truncation is the share outside: of the hull's area, and of the volume where the box reaches behind the camera") {
  PinholeFrame view;
  view.width = 320, view.height = 180, view.fx = view.fy = 200, view.cx = 159.5, view.cy = 89.5;
  RigidTransform box{glm::dquat(1, 0, 0, 0), {0, 0, 10}};
  CHECK(truncation(box, {2, 2, 1e-6}, view) == doctest::Approx(0));
  box.translation.x = -8;  // the image ends 8 m to the left at this distance
  CHECK(truncation(box, {2, 2, 1e-6}, view) == doctest::Approx(0.5).epsilon(1e-4));
  box.translation = {0, 0, -10};
  CHECK(truncation(box, {2, 2, 2}, view) == 1);
  box.translation = {0, 0, 0};  // half of it behind; of the front half, a pyramid is seen
  const float half = truncation(box, {1, 1, 10}, view);
  CHECK(half > 0.5);
  CHECK(half < 0.75);
}

TEST_CASE("A data set appears whole, is not overwritten unasked, and leaves nothing when it fails") {
  const Folder folder;
  const fs::path target = folder.path / "set";
  {
    DatasetFolder files(target, false);
    files.write("training/label_2/000000.txt", std::string_view());
    files.write("a.txt", std::string_view("a"));
    CHECK(!fs::exists(target));
    CHECK(files.commit() == std::vector<std::string>{"a.txt", "training/label_2/000000.txt"});
  }
  CHECK(readFile(target / "a.txt") == "a");
  CHECK_THROWS_AS(DatasetFolder(target, false), Error);
  {
    DatasetFolder files(target, true);
    files.write("b.txt", std::string_view("b"));
  }  // never committed
  CHECK(readFile(target / "a.txt") == "a");
  {
    DatasetFolder files(target, true);
    files.write("b.txt", std::string_view("b"));
    files.commit();
  }
  CHECK(!fs::exists(target / "a.txt"));
  CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 1);
  CHECK_THROWS_AS(exportRecords("kitty", {}, folder.path / "x", {}, Existing::kRefuse), Error);
  CHECK(findExporter("kitti") != nullptr);
}
