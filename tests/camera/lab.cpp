#include "lab.hpp"

#include <algorithm>

namespace nightfog::cameralab {

scenario::CameraSpec plainSpec() {
  scenario::CameraSpec spec;
  spec.width = 320;
  spec.height = 240;
  spec.fx = spec.fy = 300;
  spec.cx = 159.5;
  spec.cy = 119.5;
  spec.exposure = scenario::ExposureMode::kFixed;
  spec.exposureTime_s = 1e-4;
  spec.noise = false;
  spec.truth = {true, true, true, true, false};
  return spec;
}

MaterialId Lab::material(const glm::vec3& reflectance, float roughness) {
  content::Material material;
  material.name = fmt::format("lab {}", content.materials.size());
  material.reflectance = {reflectance.x, reflectance.y, reflectance.z, 0.5f, 0.5f};
  material.roughness = roughness;
  return content.add(std::move(material));
}

MeshId Lab::plate(double width, double height, MaterialId material) {
  return content.add(lab::plateMesh(width, height, material));
}

MeshId Lab::box(const glm::dvec3& size, MaterialId material) {
  return content.add(lab::boxMesh(size, material));
}

MeshId Lab::sphere(double radius, int rings, MaterialId material) {
  return content.add(lab::sphereMesh(radius, rings, material));
}

void Lab::scenery(MeshId mesh, const RigidTransform& worldFromMesh) {
  content.scenery.push_back({mesh, worldFromMesh, ObjectId{}});
}

ObjectId Lab::object(const std::string& name, MeshId mesh, const glm::dvec3& boxSize, Motion motion) {
  const ObjectId id{objects_.empty() ? 1 : objects_.back().id.value + 1};
  objects_.push_back({id, name, mesh, boxSize, std::move(motion)});
  return id;
}

ObjectId Lab::bendingObject(const std::string& name, MeshId mesh, uint32_t shapeCount,
                            std::function<double(double t_s)> shape, const glm::dvec3& boxSize, Motion motion) {
  const ObjectId id = object(name, mesh, boxSize, std::move(motion));
  objects_.back().shapeCount = shapeCount;
  objects_.back().shape = std::move(shape);
  return id;
}

void Lab::removeObject(ObjectId id) {
  std::erase_if(objects_, [&](const Object& object) { return object.id == id; });
}

content::SceneSnapshot Lab::snapshot(SimTime start, SimTime end) const {
  content::SceneSnapshot snapshot;
  const int64_t step = 10'000'000;
  const int64_t first = start.ns / step;
  const int64_t last = std::max((end.ns + step - 1) / step, first + 1);
  snapshot.keyStep = SimTime{step};
  snapshot.firstKey = SimTime{first * step};
  snapshot.keyCount = static_cast<uint32_t>(last - first + 1);
  snapshot.media = media;
  snapshot.environment = environment;
  const auto add = [&](ObjectId id, const std::string& name, const glm::dvec3& boxSize, const Motion& motion,
                       const MeshId* mesh) {
    content::SnapshotObject object;
    object.id = id;
    object.name = name;
    object.boxSize = boxSize;
    object.semantic = classes::kLabTarget;
    for (int64_t key = first; key <= last; ++key)
      object.worldFromObject.push_back(motion(static_cast<double>(key * step) * 1e-9));
    object.velocity_mps.resize(snapshot.keyCount);
    object.angularVelocity_radps.resize(snapshot.keyCount);
    if (mesh != nullptr) {
      snapshot.instances.push_back(
          {*mesh, id, static_cast<uint32_t>(snapshot.poses.size()), snapshot.keyCount, 0xffffffffu, 0.0f});
      snapshot.poses.insert(snapshot.poses.end(), object.worldFromObject.begin(), object.worldFromObject.end());
    }
    snapshot.objects.push_back(std::move(object));
  };
  for (const Object& object : objects_) {
    add(object.id, object.name, object.boxSize, object.motion, &object.mesh);
    if (object.shapeCount == 1) continue;
    snapshot.instances.back().shapeCount = object.shapeCount;
    snapshot.instances.back().firstShape = static_cast<uint32_t>(snapshot.shapes.size());
    for (int64_t key = first; key <= last; ++key)
      snapshot.shapes.push_back(static_cast<float>(object.shape(static_cast<double>(key * step) * 1e-9)));
  }
  add(ObjectId{1000}, "carrier", glm::dvec3(1), carrier, nullptr);
  return snapshot;
}

record::CameraImage Lab::capture(uint32_t last, std::vector<gpu::Timing>* timings) const {
  Jobs jobs(threads);
  trace::SceneBuffers scene(device(), content);
  const std::unique_ptr<trace::Tracer> rays = trace::makeTracer(tracer, scene, jobs);
  rays->build();
  gpu::Stream stream(device());
  scenario::SensorMount mount;
  mount.id = "front";
  mount.actor = "carrier";
  mount.spec = spec;
  camera::CameraSensor sensor(mount, {device(), scene, *rays, jobs, seed, 0, content.lamps, labelsOnly}, place);
  record::CameraImage image;
  for (uint32_t frame = sensor.remembersFrames() ? 0 : last; frame <= last; ++frame) {
    const sensing::Exposure exposure = sensor.exposure(frame);
    const content::SceneSnapshot seen = snapshot(exposure.start, exposure.knownUntil());
    scene.setFrame(seen, sensor.frameOrigin(seen, frame));
    rays->update();
    if (frame < last) {
      sensor.meter(seen, frame, stream);
    } else {
      image = std::get<record::CameraImage>(sensor.capture(seen, frame, stream));
    }
  }
  if (timings != nullptr) *timings = sensor.timings();
  return image;
}

}  // namespace nightfog::cameralab
