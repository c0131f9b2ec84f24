#include "tests/lidar/lab.hpp"

namespace nightfog::lab {
scenario::LidarProfile loadProfile(const std::string& id) {
  return scenario::loadLidarProfile(std::string(NIGHTFOG_SOURCE_DIR "/sensors/profiles/") + id + ".yaml");
}

scenario::LidarSpec exactSpec(const std::string& profile) {
  scenario::LidarSpec spec;
  spec.profile = loadProfile(profile);
  spec.noise = false;
  spec.threshold = false;
  return spec;
}

MaterialId Lab::material(float reflectance905, float transmission) {
  content::Material material;
  material.name = fmt::format("lab {}", content_.materials.size());
  material.reflectance = {0.5f, 0.5f, 0.5f, reflectance905, reflectance905};
  material.roughness = 1;
  material.transmission = transmission;
  return content_.add(std::move(material));
}

MaterialId Lab::metal(float reflectance, float roughness) {
  content::Material material;
  material.name = fmt::format("lab {}", content_.materials.size());
  material.reflectance.fill(reflectance);
  material.roughness = roughness;
  material.metallic = 1;
  return content_.add(std::move(material));
}

MaterialId Lab::retroreflector(float equivalent) {
  content::Material material;
  material.name = fmt::format("lab {}", content_.materials.size());
  material.reflectance.fill(0);
  material.roughness = 1;
  material.retroreflectance = equivalent;
  return content_.add(std::move(material));
}

MeshId Lab::plate(double width, double height, MaterialId material) {
  return content_.add(plateMesh(width, height, material));
}

MeshId Lab::box(const glm::dvec3& size, MaterialId material) {
  return content_.add(boxMesh(size, material));
}

MeshId Lab::wheel(double radius, double width, int sides, MaterialId material) {
  return content_.add(wheelMesh(radius, width, sides, material));
}

MeshId Lab::sphere(double radius, int rings, MaterialId material) {
  return content_.add(sphereMesh(radius, rings, material));
}

void Lab::scenery(MeshId mesh, const RigidTransform& worldFromMesh) {
  content_.scenery.push_back({mesh, worldFromMesh, ObjectId{}});
}

void Lab::ground(double z, MaterialId material, ClassId semantic) {
  content::Mesh mesh = groundMesh(z, material);
  mesh.surfaces[0].semantic = semantic;
  scenery(content_.add(std::move(mesh)), {});
}

ObjectId Lab::object(const std::string& name, MeshId mesh, Motion motion) {
  objects_.push_back({name, mesh, std::move(motion)});
  return ObjectId{static_cast<uint32_t>(objects_.size())};
}

ObjectId Lab::bendingObject(const std::string& name, MeshId mesh, uint32_t shapeCount,
                            std::function<double(double t_s)> shape, Motion motion) {
  const ObjectId id = object(name, mesh, std::move(motion));
  objects_.back().shapeCount = shapeCount;
  objects_.back().shape = std::move(shape);
  return id;
}

MeshId Lab::cycle(MeshId first, uint32_t count, const glm::dvec3& shift) {
  for (uint32_t k = 1; k < count; ++k) {
    content::Mesh mesh = content_.meshes[first.value];
    for (glm::vec3& p : mesh.positions) p += glm::vec3(shift * static_cast<double>(k));
    content_.add(std::move(mesh));
  }
  for (uint32_t k = 0; k < count; ++k)
    content_.meshes[first.value + k].nextShape = MeshId(first.value + (k + 1) % count);
  return first;
}

void Lab::mount(const scenario::LidarSpec& spec, Motion worldFromCarrier, const RigidTransform& carrierFromSensor) {
  mount_.id = "top";
  mount_.actor = "carrier";
  mount_.vehicleFromSensor = carrierFromSensor;
  mount_.spec = spec;
  carrier_ = std::move(worldFromCarrier);
}

content::SceneSnapshot Lab::snapshot(SimTime start, SimTime end) const {
  content::SceneSnapshot snapshot;
  const int64_t step = 10'000'000;
  snapshot.keyStep = SimTime{step};
  const int64_t first = start.ns / step;
  const int64_t last = (end.ns + step - 1) / step;
  snapshot.firstKey = SimTime{first * step};
  snapshot.keyCount = static_cast<uint32_t>(last - first + 1);
  snapshot.media = media;
  snapshot.environment = environment;
  snapshot.faults = faults;
  const auto addObject = [&](const std::string& name, const Motion& motion, const MeshId* mesh) {
    content::SnapshotObject object;
    object.id = ObjectId{static_cast<uint32_t>(snapshot.objects.size() + 1)};
    object.name = name;
    object.semantic = classes::kLabTarget;
    for (int64_t key = first; key <= last; ++key)
      object.worldFromObject.push_back(motion(static_cast<double>(key * step) * 1e-9));
    object.velocity_mps.resize(snapshot.keyCount);
    object.angularVelocity_radps.resize(snapshot.keyCount);
    if (mesh != nullptr) {
      snapshot.instances.push_back(
          {*mesh, object.id, static_cast<uint32_t>(snapshot.poses.size()), snapshot.keyCount, 0xffffffffu});
      snapshot.poses.insert(snapshot.poses.end(), object.worldFromObject.begin(), object.worldFromObject.end());
    }
    snapshot.objects.push_back(std::move(object));
  };
  for (const Object& object : objects_) {
    addObject(object.name, object.motion, &object.mesh);
    if (object.shapeCount == 1) continue;
    snapshot.instances.back().shapeCount = object.shapeCount;
    snapshot.instances.back().firstShape = static_cast<uint32_t>(snapshot.shapes.size());
    for (int64_t key = first; key <= last; ++key)
      snapshot.shapes.push_back(static_cast<float>(object.shape(static_cast<double>(key * step) * 1e-9)));
  }
  addObject("carrier", carrier_, nullptr);
  return snapshot;
}

record::LidarSweep Lab::capture(uint32_t frame, const Options& options) const {
  return Rig(*this, device(), options).capture(frame);
}

Rig::Rig(const Lab& theLab, gpu::Device& theDevice, const Options& options)
    : lab(theLab),
      jobs(options.threads),
      scene(theDevice, theLab.content()),
      tracer(trace::makeTracer(options.tracer, scene, jobs)),
      stream(theDevice),
      sensor(theLab.sensorMount(), {theDevice, scene, *tracer, jobs, options.seed, options.run}) {
  tracer->build();
}

content::SceneSnapshot Rig::prepare(uint32_t frame) {
  const sensing::Exposure exposure = sensor.exposure(frame);
  content::SceneSnapshot snapshot = lab.snapshot(exposure.start, exposure.end);
  scene.setFrame(snapshot, sensor.frameOrigin(snapshot, frame));
  tracer->update();
  return snapshot;
}

record::LidarSweep Rig::capture(uint32_t frame) {
  const content::SceneSnapshot snapshot = prepare(frame);
  return std::get<record::LidarSweep>(sensor.capture(snapshot, frame, stream));
}

}  // namespace nightfog::lab
