// What a record says of an episode as a whole, and of its moments: plain structs, filled by the simulation, read back
// by exporters.
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ids.hpp"
#include "engine/core/sim_time.hpp"
#include "engine/core/transform.hpp"
#include "engine/record/camera_image.hpp"
#include "engine/record/lidar_sweep.hpp"
#include "engine/record/object_motion.hpp"

namespace nightfog::record {

/// One ring of a LiDAR.
struct LidarBeam {
  double elevation_rad = 0;      ///< above the horizon
  double azimuthOffset_rad = 0;  ///< added to the head's azimuth, counter-clockwise
  double firingOffset_s = 0;     ///< after the firing cycle's start
};

/// A LiDAR as its profile has it.
struct LidarCalibration {
  std::string profileId;  ///< "velodyne.vlp16"
  std::string profileTitle;
  std::string profileSource;  ///< where the figures come from
  double wavelength_nm = 0;
  double rotationRate_hz = 0;
  double firingCycle_s = 0;  ///< between two columns
  uint32_t columnsPerTurn = 0;
  bool clockwise = true;  ///< seen from above
  double minRange_m = 0;
  double maxRange_m = 0;
  double range10_m = 0;          ///< a 10 % Lambertian target is detected with P_d = 0.9
  double rangeNoise_m = 0;       ///< 1 sigma
  double rangeResolution_m = 0;  ///< 0: none
  double divergenceH_rad = 0;
  double divergenceV_rad = 0;
  bool noise = true;             ///< range noise and quantisation were on
  bool threshold = true;         ///< the detection threshold was on
  std::string intensityScale;    ///< what points' intensity is: "velodyne" …
  std::vector<LidarBeam> beams;  ///< ring order
};

/// A camera as its rig has it: pinhole with Brown-Conrady distortion, OpenCV's pixel coordinates.
struct CameraCalibration {
  uint32_t width = 0;
  uint32_t height = 0;
  double fx = 0, fy = 0, cx = 0, cy = 0;  ///< px
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0, k3 = 0;
  double frameRate_hz = 0;
  double readoutTime_s = 0;  ///< 0: global shutter
  double fNumber = 0;
};

/// A sensor of the rig. Frame id of its points: `id`.
struct SensorInfo {
  std::string id;                                ///< "top": letters, digits, '_', '-', '.'; part of topic names
  std::string actor;                             ///< what it is mounted on; frame id of the vehicle
  RigidTransform vehicleFromSensor;              ///< nominal mount
  LidarCalibration lidar;                        ///< of a LiDAR
  std::optional<CameraCalibration> camera = {};  ///< of a camera
};

/// A row of the table that LidarPoint::material indexes.
struct MaterialInfo {
  std::string name;
  std::array<float, 5> reflectance{};  ///< R, G, B, 905 nm, 1550 nm; diffuse albedo
  float roughness = 0;
  float metallic = 0;
  float transmission = 0;
  float retroreflectance = 0;
  std::string source;
};

/// An asset that the episode used: what must be said when the data is passed on.
struct AssetCredit {
  std::string id;
  std::string title;
  std::string licence;  ///< SPDX
  std::string origin;
};

struct EpisodeInfo {
  std::string scenarioId;
  std::string title;
  uint64_t seed = 0;
  uint32_t run = 0;
  std::string digest;                        ///< sha256, of resolvedYaml and all it stands on
  std::string resolvedYaml;                  ///< re-runs to the same record
  std::map<std::string, double> parameters;  ///< drawn values, SI
  std::string engineVersion;
  SimTime duration;
  SimTime step;
  double timeOfDay_s = 0;
  std::optional<double> fogVisibility_m;  ///< none: clear air
  std::vector<SensorInfo> sensors;
  std::vector<MaterialInfo> materials;
  std::vector<AssetCredit> assets;
};

/// Free text about how the record came to be: tracer, device, driver … Sorted in the file. Nothing that differs between
/// equal runs.
using Provenance = std::map<std::string, std::string>;

/// What one frame of a LiDAR leaves in the record.
struct LidarFrame {
  LidarSweep sweep;
  std::vector<ObjectTruth> objects;  ///< at sweep.reference, ascending id
  FrameMotion motion = {};           ///< from sweep.start to sweep.end
};

/// What one frame of a camera leaves in the record. `rgb` is not stored: `encoded` is.
struct CameraFrame {
  CameraImage image;
  std::vector<ObjectTruth> objects;  ///< at image.reference, ascending id
  FrameMotion motion = {};           ///< from image.start to image.end
};

/// The labels of one frame of any sensor.
struct FrameLabels {
  uint32_t frame = 0;
  SimTime reference;                           ///< boxes are stated at this time
  std::vector<ObjectTruth> objects;            ///< ascending id
  std::vector<LidarObjectVisibility> lidar;    ///< of a LiDAR, ascending id
  std::vector<CameraObjectVisibility> camera;  ///< of a camera, ascending id
};

/// The ego vehicle at one instant.
struct EgoState {
  uint32_t frame = 0;  ///< of the episode's reference sensor
  SimTime at;
  RigidTransform worldFromVehicle;
  glm::dvec3 velocity_mps{0};  ///< world axes, of the vehicle's origin
  glm::dvec3 acceleration_mps2{0};
  glm::dvec3 angularVelocity_radps{0};
};

/// Two bodies touched.
struct CollisionEvent {
  SimTime at;
  ObjectId a;
  ObjectId b;  ///< 0: scenery or ground
  glm::dvec3 point{0};
  double impulse_Ns = 0;
};

}  // namespace nightfog::record
