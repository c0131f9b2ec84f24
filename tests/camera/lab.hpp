// A laboratory for cameras: surfaces of stated reflectance, motions in closed form, a carrier that moves, and captures.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/core/jobs.hpp"
#include "engine/trace/tracer.hpp"
#include "sensors/camera/camera_sensor.hpp"
#include "tests/lab/lab_scene.hpp"

namespace nightfog::cameralab {

using lab::device;
using lab::Motion;
using lab::still;

inline RigidTransform at(double x, double y, double z) {
  return RigidTransform::fromTranslation({x, y, z});
}

/// 320 x 240, global shutter, fixed exposure, no noise.
scenario::CameraSpec plainSpec();

class Lab {
 public:
  MaterialId material(const glm::vec3& reflectance, float roughness = 1);
  /// The meshes of tests/lab/lab_scene.hpp.
  MeshId plate(double width, double height, MaterialId material);
  MeshId box(const glm::dvec3& size, MaterialId material);
  MeshId sphere(double radius, int rings, MaterialId material);
  void scenery(MeshId mesh, const RigidTransform& worldFromMesh);
  /// Ids 1, 2, … in the order of calls. The box given is its 3D box.
  ObjectId object(const std::string& name, MeshId mesh, const glm::dvec3& boxSize, Motion motion);
  /// One that bends: `mesh` is the first of `shapeCount` shapes, `shape` says where among them it is.
  ObjectId bendingObject(const std::string& name, MeshId mesh, uint32_t shapeCount,
                         std::function<double(double t_s)> shape, const glm::dvec3& boxSize, Motion motion);
  void removeObject(ObjectId id);

  content::SceneContent content;
  content::Media media;
  content::Environment environment;
  scenario::CameraSpec spec = plainSpec();
  Motion carrier = still({});
  bool labelsOnly = false;
  unsigned threads = 2;
  uint64_t seed = 1;
  trace::TracerKind tracer = trace::TracerKind::kAuto;
  camera::KernelPlace place = camera::KernelPlace::kAuto;

  content::SceneSnapshot snapshot(SimTime start, SimTime end) const;
  /// Frames 0 … last, in order; the last one, and the stages that made it.
  record::CameraImage capture(uint32_t last = 0, std::vector<gpu::Timing>* timings = nullptr) const;

 private:
  struct Object {
    ObjectId id;
    std::string name;
    MeshId mesh;
    glm::dvec3 boxSize;
    Motion motion;
    uint32_t shapeCount = 1;
    std::function<double(double t_s)> shape = {};
  };
  std::vector<Object> objects_;
};

}  // namespace nightfog::cameralab
