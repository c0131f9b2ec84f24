#include "tests/lidar/lab.hpp"

#include <cmath>

namespace nightfog::lab {
namespace {

content::Mesh emptyMesh(const std::string& name, MaterialId material) {
  content::Mesh mesh;
  mesh.name = name;
  mesh.surfaces.push_back({material, classes::kLabTarget});
  return mesh;
}

void addTriangle(content::Mesh& mesh, const glm::dvec3& a, const glm::dvec3& b, const glm::dvec3& c) {
  const auto first = static_cast<uint32_t>(mesh.positions.size());
  const glm::dvec3 normal = glm::normalize(glm::cross(b - a, c - a));
  for (const glm::dvec3& p : {a, b, c}) {
    mesh.positions.emplace_back(p);
    mesh.normals.emplace_back(normal);
  }
  mesh.triangles.emplace_back(first, first + 1, first + 2);
  mesh.surfaceOfTriangle.push_back(0);
}

void addQuad(content::Mesh& mesh, const glm::dvec3& a, const glm::dvec3& b, const glm::dvec3& c, const glm::dvec3& d) {
  addTriangle(mesh, a, b, c);
  addTriangle(mesh, a, c, d);
}

}  // namespace

gpu::Device& device() {
  static gpu::Device theDevice({.name = "auto", .validation = true});
  return theDevice;
}

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

MeshId Lab::plate(double width, double height, MaterialId material) {
  content::Mesh mesh = emptyMesh("plate", material);
  const double y = width / 2;
  const double z = height / 2;
  addQuad(mesh, {0, y, -z}, {0, y, z}, {0, -y, z}, {0, -y, -z});
  return content_.add(std::move(mesh));
}

MeshId Lab::box(const glm::dvec3& size, MaterialId material) {
  content::Mesh mesh = emptyMesh("box", material);
  const glm::dvec3 h = size * 0.5;
  for (int axis = 0; axis < 3; ++axis) {
    for (double side : {-1.0, 1.0}) {
      const auto corner = [&](double u, double v) {
        glm::dvec3 p;
        p[axis] = side * h[axis];
        p[(axis + 1) % 3] = u * h[(axis + 1) % 3] * side;
        p[(axis + 2) % 3] = v * h[(axis + 2) % 3];
        return p;
      };
      addQuad(mesh, corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1));
    }
  }
  return content_.add(std::move(mesh));
}

MeshId Lab::wheel(double radius, double width, int sides, MaterialId material) {
  content::Mesh mesh = emptyMesh("wheel", material);
  const auto corner = [&](int i, double y) {
    const double angle = 2 * kPi * i / sides;
    return glm::dvec3(radius * std::cos(angle), y, radius * std::sin(angle));
  };
  const double y = width / 2;
  for (int i = 0; i < sides; ++i) {
    addQuad(mesh, corner(i, -y), corner(i, y), corner(i + 1, y), corner(i + 1, -y));
    addTriangle(mesh, {0, y, 0}, corner(i + 1, y), corner(i, y));
    addTriangle(mesh, {0, -y, 0}, corner(i, -y), corner(i + 1, -y));
  }
  return content_.add(std::move(mesh));
}

MeshId Lab::sphere(double radius, int rings, MaterialId material) {
  content::Mesh mesh = emptyMesh("sphere", material);
  const auto corner = [&](int ring, int segment) {
    const double polar = kPi * ring / rings;
    const double azimuth = kPi * segment / rings;
    return radius *
           glm::dvec3(std::sin(polar) * std::cos(azimuth), std::sin(polar) * std::sin(azimuth), std::cos(polar));
  };
  for (int ring = 0; ring < rings; ++ring) {
    for (int segment = 0; segment < 2 * rings; ++segment) {
      if (ring > 0) addTriangle(mesh, corner(ring, segment), corner(ring + 1, segment), corner(ring, segment + 1));
      if (ring + 1 < rings)
        addTriangle(mesh, corner(ring, segment + 1), corner(ring + 1, segment), corner(ring + 1, segment + 1));
    }
  }
  return content_.add(std::move(mesh));
}

void Lab::scenery(MeshId mesh, const RigidTransform& worldFromMesh) {
  content_.scenery.push_back({mesh, worldFromMesh, ObjectId{}});
}

void Lab::ground(double z, MaterialId material, ClassId semantic) {
  content::Mesh mesh = emptyMesh("ground", material);
  mesh.surfaces[0].semantic = semantic;
  addQuad(mesh, {-1000, -1000, z}, {1000, -1000, z}, {1000, 1000, z}, {-1000, 1000, z});
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
