// A LiDAR and a camera look at one moving world: what the one labels is where the other shows it.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/scenery.hpp"
#include "engine/record/episode_reader.hpp"
#include "engine/record/episode_writer.hpp"
#include "engine/shared/camera.h"
#include "engine/simulation/describe_episode.hpp"
#include "engine/simulation/ground_truth.hpp"
#include "engine/world/world.hpp"
#include "lab.hpp"
#include "sensors/camera/lens.hpp"
#include "sensors/lidar/lidar_sensor.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;

namespace {

constexpr double kRate_hz = 10;

/// 64 rings over 30 degrees, 2048 columns, exact ranges.
scenario::LidarSpec exactLidar() {
  scenario::LidarSpec spec;
  spec.profile.id = "test.64x2048";
  spec.profile.rotationRate_hz = kRate_hz;
  spec.profile.firingCycle_s = 0;
  spec.profile.columnsPerTurn = 2048;
  for (int ring = 0; ring < 64; ++ring) spec.profile.channels.push_back({(8 - 30.0 * ring / 63) * kPi / 180, 0, 0});
  spec.noise = false;
  spec.threshold = false;
  return spec;
}

/// Distortion and rolling shutter on; no image.
scenario::CameraSpec exactCamera() {
  scenario::CameraSpec spec;
  spec.width = 960;
  spec.height = 540;
  spec.fx = spec.fy = 600;
  spec.cx = 479.5;
  spec.cy = 269.5;
  spec.k1 = -0.12;
  spec.k2 = 0.03;
  spec.frameRate_hz = kRate_hz;
  spec.readoutTime_s = 0.02;
  spec.exposureTime_s = 0.008;
  return spec;
}

struct TwoSensors {
  scenario::Scenario scenario;
  catalog::Catalog catalog = catalog::loadCatalog(NIGHTFOG_SOURCE_DIR "/assets");
  content::SceneContent content;
  std::unique_ptr<world::World> world;
};

/// The ego drives at 12 m/s; a car comes towards it, one goes ahead and turns off, one crosses; two people walk, one
/// cycles, one stands.
TwoSensors makeStreet() {
  TwoSensors street;
  scenario::Scenario& s = street.scenario;
  s.id = "two_sensors";
  s.duration = SimTime::fromSeconds(2);
  const auto pose = [](double x, double y, double yaw) { return RigidTransform::fromYawPitchRoll({x, y, 0}, yaw); };
  const auto drive = [](const RigidTransform& from, const glm::dvec3& by, double speed) {
    return scenario::FollowPath{{from.translation, from.translation + by}, speed, SimTime{}};
  };
  const auto put = [&](const char* id, const char* asset, const RigidTransform& at, scenario::Behavior behavior) {
    s.actors.push_back({id, asset, at, std::move(behavior)});
  };
  put("ego", "vehicle.sedan", pose(0, 0, 0), drive(pose(0, 0, 0), {60, 0, 0}, 12));
  put("oncoming", "vehicle.suv", pose(34, 3.6, kPi), drive(pose(34, 3.6, kPi), {-60, 0, 0}, 13));
  put("ahead", "vehicle.van.white", pose(16, -0.5, 0.2), drive(pose(16, -0.5, 0.2), {60, 12, 0}, 9));
  put("crossing", "vehicle.hatchback.blue", pose(24, -14, kPi / 2), drive(pose(24, -14, kPi / 2), {0, 60, 0}, 8));
  put("walker", "person.adult.dark_clothes", pose(13, -4, kPi / 2), scenario::WalkTo{{13, 20, 0}, 1.5, SimTime{}});
  put("child", "person.child.bright_clothes", pose(15, 6, -2), scenario::WalkTo{{10, -6, 0}, 1.8, SimTime{}});
  put("rider", "cyclist.adult.helmet", pose(20, 2, 0.1), drive(pose(20, 2, 0.1), {60, 6, 0}, 4));
  put("waiting", "person.adult.dark_clothes", pose(14, -6, 1), scenario::Parked{});
  const RigidTransform mast = RigidTransform::fromTranslation({1.9, 0, 1.62});
  s.sensors.push_back({"top", "ego", mast, exactLidar()});
  s.sensors.push_back({"front", "ego", mast, exactCamera()});

  const catalog::Catalog& catalog = street.catalog;
  content::loadMaterials(NIGHTFOG_SOURCE_DIR "/assets/materials.yaml", street.content);
  std::vector<world::CastMember> cast;
  for (const scenario::Actor& actor : s.actors) {
    const catalog::AssetInfo* asset = catalog.find(actor.asset);
    REQUIRE(asset != nullptr);
    cast.push_back({actor, content::buildModel(*asset, street.content)});
  }
  content::Mesh ground;
  ground.name = "ground";
  ground.surfaces.push_back({MaterialId{0}, classes::kLabTarget});
  ground.positions = {{-200, -200, 0}, {200, -200, 0}, {200, 200, 0}, {-200, 200, 0}};
  ground.normals.assign(4, {0, 0, 1});
  ground.triangles = {{0, 1, 2}, {0, 2, 3}};
  ground.surfaceOfTriangle = {0, 0};
  street.content.scenery.push_back({street.content.add(std::move(ground)), RigidTransform::identity(), ObjectId{}});
  street.world = std::make_unique<world::World>(s, catalog, std::move(cast));
  return street;
}

struct Counts {
  size_t points = 0;   ///< projected into the image
  size_t hidden = 0;   ///< behind something the camera sees nearer: it has moved on since the point was measured
  size_t atEdge = 0;   ///< on silhouettes
  size_t counted = 0;  ///< the rest
  size_t own = 0;      ///< of these, on their own instance
  void operator+=(const Counts& o) {
    points += o.points;
    hidden += o.hidden;
    atEdge += o.atEdge;
    counted += o.counted;
    own += o.own;
  }
};

/// Where the camera shows a point of an object's part: carried along to the instant of the row that sees it. What the
/// record says is all that it takes.
struct Projector {
  const record::CameraFrame& frame;
  ObjectId carrier;
  RigidTransform carrierFromOptical;
  const scenario::CameraSpec& spec;
  const shared::CameraLens& lens;

  bool project(ObjectId object, uint32_t part, const record::FrameMotion& then, const glm::dvec3& pointWorld,
               SimTime measured, glm::vec2& pixel, double& depth_m) const {
    const record::FrameMotion& now = frame.motion;
    const record::ObjectMotion* own = now.find(object);
    const glm::dvec3 onPart =
        own != nullptr ? then.partPose(*then.find(object), part, measured).inverse() * pointWorld : pointWorld;
    double row = spec.height / 2;
    for (int i = 0; i < 8; ++i) {
      const SimTime at = frame.image.start + SimTime::fromSeconds(std::clamp(row, 0.0, spec.height - 1.0) *
                                                                      spec.readoutTime_s / spec.height +
                                                                  0.5 * spec.exposureTime_s);
      const glm::dvec3 point = own != nullptr ? now.partPose(*own, part, at) * onPart : onPart;
      const RigidTransform worldFromOptical = now.objectPose(*now.find(carrier), at) * carrierFromOptical;
      const glm::dvec3 seen = worldFromOptical.inverse() * point;
      if (!shared::projectPoint(lens, glm::vec3(seen), pixel)) return false;
      row = pixel.y;
      depth_m = seen.z;
    }
    return true;
  }
};

/// Whether every pixel within `reach` shows the same instance.
bool isInside(const record::CameraImage& image, int x, int y, int reach) {
  const uint32_t own = image.instance[size_t(y) * image.width + size_t(x)];
  for (int v = y - reach; v <= y + reach; ++v) {
    for (int u = x - reach; u <= x + reach; ++u) {
      if (u < 0 || v < 0 || u >= int(image.width) || v >= int(image.height)) return false;
      if (image.instance[size_t(v) * image.width + size_t(u)] != own) return false;
    }
  }
  return true;
}

/// Six frames of both sensors, as a record.
void recordStreet(TwoSensors& street, const std::filesystem::path& path) {
  Jobs jobs(2);
  gpu::Device& device = cameralab::device();
  trace::SceneBuffers scene(device, street.content);
  const auto tracer = trace::makeTracer(trace::TracerKind::kAuto, scene, jobs);
  tracer->build();
  sensing::CaptureServices services{device, scene, *tracer, jobs, 1, 0, {}, true};
  lidar::LidarSensor lidar(street.scenario.sensors[0], services);
  camera::CameraSensor camera(street.scenario.sensors[1], services);
  gpu::Stream stream(device);
  record::EpisodeWriter writer(path, simulation::describeEpisode(street.scenario, street.catalog, street.content), {});
  for (uint32_t frame = 0; frame < 6; ++frame) {
    const sensing::Exposure sweepTime = lidar.exposure(frame);
    const sensing::Exposure imageTime = camera.exposure(frame);
    const content::SceneSnapshot snapshot =
        street.world->snapshot(sweepTime.start, std::max(sweepTime.end, imageTime.knownUntil()));
    scene.setFrame(snapshot, lidar.frameOrigin(snapshot, frame));
    tracer->update();
    writer.write(record::LidarFrame{std::get<record::LidarSweep>(lidar.capture(snapshot, frame, stream)),
                                    simulation::groundTruth(snapshot, sweepTime.reference()),
                                    simulation::objectMotions(snapshot, sweepTime.start, sweepTime.end)});
    scene.setFrame(snapshot, camera.frameOrigin(snapshot, frame));
    tracer->update();
    writer.write(record::CameraFrame{std::get<record::CameraImage>(camera.capture(snapshot, frame, stream)),
                                     simulation::groundTruth(snapshot, imageTime.reference()),
                                     simulation::objectMotions(snapshot, imageTime.start, imageTime.end)});
  }
  writer.close();
}

}  // namespace

TEST_CASE("LiDAR points, carried along with their part to the pixel's own time, land on their own instance") {
  TwoSensors street = makeStreet();
  const nightfog::test::TemporaryFolder folder("both_sensors");
  recordStreet(street, folder.path / "record.mcap");
  record::EpisodeReader reader(folder.path / "record.mcap");
  const auto& spec = std::get<scenario::CameraSpec>(street.scenario.sensors[1].spec);
  const shared::CameraLens lens = camera::makeLens(spec);
  const RigidTransform carrierFromLidar = reader.findSensor("top")->vehicleFromSensor;
  const RigidTransform carrierFromOptical = reader.findSensor("front")->vehicleFromSensor * camera::sensorFromOptical();

  std::map<std::string, Counts> byObject;
  Counts objects;
  for (uint32_t frame = 0; frame < reader.frameCount("top"); ++frame) {
    const record::LidarFrame lidar = reader.lidarFrame("top", frame);
    const record::CameraFrame camera = reader.cameraFrame("front", frame);
    const record::CameraImage& image = camera.image;
    std::map<uint32_t, std::string> names;
    for (const record::ObjectTruth& object : lidar.objects) names[object.id.value] = object.name;
    const ObjectId ego = lidar.objects[0].id;
    REQUIRE(lidar.objects[0].name == "ego");
    const Projector projector{camera, ego, carrierFromOptical, spec, lens};
    for (const record::LidarPoint& point : lidar.sweep.points) {
      const ObjectId object{point.instance};
      if (object == ego) continue;
      if (object.isObject()) {
        REQUIRE(lidar.motion.find(object) != nullptr);
        REQUIRE(point.part < lidar.motion.find(object)->parts.size());
      }
      const SimTime measured = lidar.sweep.start + SimTime{point.timeOffset_ns};
      const RigidTransform worldFromLidar =
          lidar.motion.objectPose(*lidar.motion.find(ego), measured) * carrierFromLidar;
      glm::vec2 pixel(0);
      double depth = 0;
      const glm::dvec3 world = worldFromLidar * glm::dvec3(point.x, point.y, point.z);
      if (!projector.project(object, point.part, lidar.motion, world, measured, pixel, depth)) continue;
      const int x = static_cast<int>(std::lround(pixel.x));
      const int y = static_cast<int>(std::lround(pixel.y));
      if (x < 0 || y < 0 || x >= int(image.width) || y >= int(image.height)) continue;
      Counts c;
      c.points = 1;
      const size_t i = size_t(y) * image.width + size_t(x);
      if (!isInside(image, x, y, 2)) {
        c.atEdge = 1;
      } else if (image.instance[i] != point.instance && image.depth_m[i] < depth - 0.3) {
        c.hidden = 1;
      } else {
        c.counted = 1;
        c.own = image.instance[i] == point.instance ? 1 : 0;
      }
      if (object.isObject()) objects += c;
      byObject[object.isObject() ? names[point.instance] : "ground"] += c;
    }
  }
  for (const auto& [name, c] : byObject) {
    MESSAGE(name, ": ", c.points, " points, ", c.atEdge, " at silhouettes, ", c.hidden, " hidden, ", c.own, " of ",
            c.counted, " on their own instance");
    CHECK(c.counted >= 200);
    CHECK(double(c.own) >= 0.995 * double(c.counted));
  }
  MESSAGE("of points on objects ", 100.0 * double(objects.own) / double(objects.counted), " %");
  CHECK(byObject.size() == 8);
  CHECK(objects.counted > 5000);
  CHECK(double(objects.own) >= 0.995 * double(objects.counted));
  // What it costs: the motion of all that moves against the points of a sensor with 64 x 2048 beams.
  std::map<std::string, size_t> bytes;
  for (const record::McapMessageRef& ref : reader.mcap().messages())
    bytes[reader.mcap().channels().at(ref.channel).topic] += reader.mcap().message(ref).size();
  MESSAGE("a sweep's motion takes ", bytes["/truth/top/motion"] / 6, " bytes, its points ",
          bytes["/lidar/top/points"] / 6, ", a frame's motion ", bytes["/truth/front/motion"] / 6);
  CHECK(bytes["/truth/top/motion"] < bytes["/lidar/top/points"] / 100);
  // Leaving out what is hidden must not be what makes the figure.
  CHECK(objects.hidden < objects.points / 20);
}
