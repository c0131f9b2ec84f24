// A laboratory for sensors: surfaces of stated reflectance whose motion is a closed form of time, a carrier, and
// captures of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/core/jobs.hpp"
#include "engine/record/lidar_sweep.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/sensing/sensor.hpp"
#include "engine/trace/tracer.hpp"
#include "sensors/lidar/lidar_sensor.hpp"
#include "tests/lab/lab_scene.hpp"

namespace nightfog::lab {

/// One of sensors/profiles, by id.
scenario::LidarProfile loadProfile(const std::string& id);

/// A profile of sensors/profiles, with noise and threshold off.
scenario::LidarSpec exactSpec(const std::string& profile);

struct Options {
  unsigned threads = 2;
  trace::TracerKind tracer = trace::TracerKind::kAuto;
  uint64_t seed = 1;
  uint32_t run = 0;
};

class Lab {
 public:
  MaterialId material(float reflectance905, float transmission = 0);
  /// Metal of this reflectance in every band.
  MaterialId metal(float reflectance, float roughness);
  /// Sheeting that sends back pi R_A = `equivalent` times what a white Lambertian surface does, and nothing else.
  MaterialId retroreflector(float equivalent);
  /// The meshes of tests/lab/lab_scene.hpp.
  MeshId plate(double width, double height, MaterialId material);
  MeshId box(const glm::dvec3& size, MaterialId material);
  MeshId wheel(double radius, double width, int sides, MaterialId material);
  MeshId sphere(double radius, int rings, MaterialId material);

  void scenery(MeshId mesh, const RigidTransform& worldFromMesh);
  /// Ids are 1, 2, … in the order of calls; the carrier, made last, has the highest.
  ObjectId object(const std::string& name, MeshId mesh, Motion motion);
  /// One that bends: `mesh` is the first of `shapeCount` shapes, `shape` says where among them it is.
  ObjectId bendingObject(const std::string& name, MeshId mesh, uint32_t shapeCount,
                         std::function<double(double t_s)> shape, Motion motion);
  /// Makes a cycle of `count` shapes of the mesh that was added last, each `shift` from the one before.
  MeshId cycle(MeshId first, uint32_t count, const glm::dvec3& shift);
  /// The horizontal plane at this height, 1 km in each direction, as two triangles.
  void ground(double z, MaterialId material, ClassId semantic = classes::kLabTarget);

  void mount(const scenario::LidarSpec& spec, Motion worldFromCarrier, const RigidTransform& carrierFromSensor = {});
  content::Media media;
  content::Environment environment;
  std::vector<content::SensorFault> faults;

  const content::SceneContent& content() const { return content_; }
  const scenario::SensorMount& sensorMount() const { return mount_; }
  content::SceneSnapshot snapshot(SimTime start, SimTime end) const;
  record::LidarSweep capture(uint32_t frame = 0, const Options& options = {}) const;

  /// Exact pose of the sensor at a time.
  RigidTransform worldFromSensor(double t_s) const { return carrier_(t_s) * mount_.vehicleFromSensor; }

 private:
  struct Object {
    std::string name;
    MeshId mesh;
    Motion motion;
    uint32_t shapeCount = 1;
    std::function<double(double t_s)> shape = {};
  };
  content::SceneContent content_;
  std::vector<Object> objects_;
  scenario::SensorMount mount_;
  Motion carrier_;
};

/// What one sensor needs, kept together for several captures.
class Rig {
 public:
  Rig(const Lab& lab, gpu::Device& device, const Options& options);
  record::LidarSweep capture(uint32_t frame);
  /// The snapshot of the frame, set in the scene and the tracer.
  content::SceneSnapshot prepare(uint32_t frame);

  const Lab& lab;
  Jobs jobs;
  trace::SceneBuffers scene;
  std::unique_ptr<trace::Tracer> tracer;
  gpu::Stream stream;
  lidar::LidarSensor sensor;
};

}  // namespace nightfog::lab
