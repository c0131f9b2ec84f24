#include "street_scenes.hpp"

#include <cmath>

#include "engine/content/environment.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/scenery.hpp"

namespace nightfog::preview {

namespace {

using namespace content;

struct Placed {
  Model model;
  catalog::AssetInfo asset;
  std::string name;
  RigidTransform worldFromObject;  ///< at t = 0
  double speed_mps = 0;            ///< along its x axis
  bool lampsOn = false;
};

SceneSnapshot snapshotOf(const std::vector<Placed>& all, SimTime start, SimTime end) {
  SceneSnapshot snapshot;
  const int64_t step = 10'000'000;
  const int64_t first = start.ns / step;
  const int64_t last = std::max((end.ns + step - 1) / step, first + 1);
  snapshot.firstKey = SimTime{first * step};
  snapshot.keyStep = SimTime{step};
  snapshot.keyCount = static_cast<uint32_t>(last - first + 1);
  uint32_t id = 0;
  for (const Placed& placed : all) {
    SnapshotObject object;
    object.id = ObjectId{++id};
    object.name = placed.name;
    object.asset = placed.asset.id;
    object.semantic = placed.asset.semantic;
    object.boxSize = placed.asset.boxSize;
    object.boxCentre = placed.asset.boxCentre;
    const glm::dvec3 velocity = placed.worldFromObject.rotate({placed.speed_mps, 0, 0});
    for (int64_t key = first; key <= last; ++key) {
      RigidTransform pose = placed.worldFromObject;
      pose.translation += velocity * (static_cast<double>(key * step) * 1e-9);
      object.worldFromObject.push_back(pose);
      object.velocity_mps.push_back(velocity);
      object.angularVelocity_radps.emplace_back(0);
    }
    const std::vector<RigidTransform> rest = restPoses(placed.model);
    const uint32_t keyCount = placed.speed_mps != 0 ? snapshot.keyCount : 1;
    const auto addPoses = [&](const RigidTransform& objectFromPart) {
      const auto firstKey = static_cast<uint32_t>(snapshot.poses.size());
      for (uint32_t k = 0; k < keyCount; ++k) snapshot.poses.push_back(object.worldFromObject[k] * objectFromPart);
      return firstKey;
    };
    for (size_t part = 0; part < placed.model.parts.size(); ++part) {
      if (!placed.model.parts[part].mesh.isValid()) continue;
      snapshot.instances.push_back({placed.model.parts[part].mesh, object.id, addPoses(rest[part]), keyCount,
                                    0xffffffffu, placed.lampsOn ? 1.0f : 0.0f});
    }
    for (const ModelLamp& lamp : placed.model.lamps) {
      if (placed.lampsOn)
        snapshot.lamps.push_back({lamp.lamp, object.id, addPoses(rest[lamp.part] * lamp.lamp.partFromLamp), keyCount});
    }
    snapshot.objects.push_back(std::move(object));
  }
  return snapshot;
}

}  // namespace

struct StreetScene::Impl {
  Impl(gpu::Device& device, Jobs& jobs, const SceneOptions& sceneOptions) : options(sceneOptions), stream(device) {
    const catalog::Catalog catalog = catalog::loadCatalog(NIGHTFOG_SOURCE_DIR "/assets");
    loadMaterials(NIGHTFOG_SOURCE_DIR "/assets/materials.yaml", content);
    const road::Road road = benchRoad();
    SceneryParameters parameters;
    parameters.seed = 7;
    buildScenery(road, parameters, content);
    const auto put = [&](const char* name, const char* asset, double s, double t, double yaw, double speed,
                         bool lampsOn) {
      const catalog::AssetInfo* info = catalog.find(asset);
      NF_ASSERT(info != nullptr, "no asset {}", asset);
      placed.push_back({buildModel(*info, content), *info, name,
                        road.pose(s, t) * RigidTransform::fromYawPitchRoll({0, 0, road.height_m(s, t)}, yaw), speed,
                        lampsOn});
    };
    put("ego", "vehicle.suv", 80, -1.6, 0, 11, true);
    // Parked cars in the colours cars have: white, grey, silver and black three quarters of them.
    put("hatchback", "vehicle.hatchback.silver", 96, -4.3, 0, 0, false);
    put("van", "vehicle.van.white", 103.5, -4.35, 0, 0, false);
    put("black", "vehicle.sedan.black", 114, -4.25, 0.01, 0, false);
    put("suv_right", "vehicle.suv.grey", 128, -4.3, 0, 0, false);
    put("far_right", "vehicle.hatchback.red", 141, -4.3, 0, 0, false);
    put("saloon", "vehicle.sedan.grey", 98, 4.3, kPi, 0, false);
    put("suv_left", "vehicle.suv.white", 110.5, 4.25, kPi + 0.015, 0, false);
    put("blue", "vehicle.sedan.blue", 126, 4.3, kPi, 0, false);
    put("far_left", "vehicle.hatchback.black", 139, 4.3, kPi, 0, false);
    put("ahead", "vehicle.sedan.white", 117, -1.6, 0, 9, true);
    put("oncoming", "vehicle.hatchback.white", 127, 1.6, kPi, 11, true);
    put("lorry", "vehicle.truck.box.blue", 150, 1.7, kPi, 10, true);
    put("bus", "vehicle.bus", 152, -1.7, 0, 8, true);
    put("cyclist", "cyclist.adult.helmet", 104.5, -2.6, 0, 5, true);
    put("adult", "person.adult.dark_clothes", 98, -6.9, 0.3, 0, false);
    put("woman", "person.adult.beige_jacket", 99.2, -7.1, 3.4, 0, false);
    put("child", "person.child.bright_clothes", 101, 6.4, -1.2, 0, false);
    put("parka", "person.adult.olive_parka", 102, 6.9, -0.2, 0, false);
    put("pedestrian", "person.adult.grey_coat", 121, 0.6, 1.6, 1.4, false);
    mount.id = "front";
    mount.actor = "ego";
    // On the windscreen's top edge, outside, looking ahead and a little down.
    mount.vehicleFromSensor = RigidTransform::fromYawPitchRoll({1.9, 0, 1.62}, 0, 0.035);
    mount.spec = options.spec;
    scene = std::make_unique<trace::SceneBuffers>(device, content);
    tracer = trace::makeTracer(options.tracer, *scene, jobs);
    tracer->build();
    sensor = std::make_unique<camera::CameraSensor>(
        mount, sensing::CaptureServices{device, *scene, *tracer, jobs, 1, 0, content.lamps, options.labelsOnly});
  }

  SceneOptions options;
  SceneContent content;
  std::vector<Placed> placed;
  scenario::SensorMount mount;
  gpu::Stream stream;
  std::unique_ptr<trace::SceneBuffers> scene;
  std::unique_ptr<trace::Tracer> tracer;
  std::unique_ptr<camera::CameraSensor> sensor;
};

StreetScene::StreetScene(gpu::Device& device, Jobs& jobs, const SceneOptions& options)
    : impl_(std::make_unique<Impl>(device, jobs, options)) {}
StreetScene::~StreetScene() = default;

record::CameraImage StreetScene::capture(uint32_t frame) {
  const sensing::Exposure exposure = impl_->sensor->exposure(frame);
  SceneSnapshot snapshot = snapshotOf(impl_->placed, exposure.start, exposure.knownUntil());
  if (impl_->options.fogVisibility_m > 0)
    snapshot.media.extinction_1pm = std::log(20.0) / impl_->options.fogVisibility_m;
  snapshot.environment = environmentAt(impl_->options.timeOfDay_h * 3600);
  switchLamps(snapshot);
  impl_->scene->setFrame(snapshot, impl_->sensor->frameOrigin(snapshot, frame));
  impl_->tracer->update();
  return std::get<record::CameraImage>(impl_->sensor->capture(snapshot, frame, impl_->stream));
}

const std::vector<gpu::Timing>& StreetScene::timings() const {
  return impl_->sensor->timings();
}

}  // namespace nightfog::preview
