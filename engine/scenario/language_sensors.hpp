// `sensors:`, rig files and `exports:` as the file says them.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/config/descriptor.hpp"
#include "engine/scenario/language_world.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::scenario {

inline constexpr uint32_t kLastRun = 9'999'999;
inline constexpr const char* kWorldMount = "world";  ///< stands in the map, on nobody

struct MountFile {
  Reference actor{"ego", nullptr};
  glm::dvec3 xyz{0};
  double yaw_rad = 0, pitch_rad = 0, roll_rad = 0;
};
enum class SensorKind { kLidar, kCamera };

struct ImageFile {
  uint32_t width = 1920, height = 1080;
  uint32_t samples = 1;
  ImageEncoding encoding = ImageEncoding::kJpeg;
  uint32_t quality = 92;
  bool filter = true;
};
struct LensFile {
  std::optional<double> fov_rad;  ///< or fx
  std::optional<double> fx, fy, cx, cy;
  double k1 = 0, k2 = 0, p1 = 0, p2 = 0, k3 = 0;
  double fNumber = 1.8;
  double vignetting = 0.35, softness = 0.42, glare = 0.03;
};
struct ShutterFile {
  ExposureMode mode = ExposureMode::kMetered;
  double exposure_s = 0.010;
  double readout_s = 0;
  double iso = 100, maxIso = 6400;
  double bias_ev = 0;
};

/// What a camera says beyond what every sensor does.
struct CameraFile {
  SensorKind kind = SensorKind::kCamera;
  MountFile mount;
  std::optional<double> rate_hz;
  bool noise = true;
  ImageFile image;
  LensFile lens;
  ShutterFile shutter;
  TruthPlanes truth;
  std::optional<double> exposure_s, iso;  ///< of an override: the shutter's, in short
};

/// Figures that differ from the profile's. They are read when the profile is known, one layer over the other.
struct ProfileOverride {
  struct Layer {
    const config::Node* node = nullptr;
    std::string prefix;  ///< of the draws of the file it stands in
  };
  std::vector<Layer> layers;
  config::YamlValue written = config::YamlValue::map();  ///< as a resolved file says it
};

/// A sensor written out.
struct SensorFile {
  SensorKind kind = SensorKind::kLidar;
  Reference profile;
  std::optional<Reference> beams;
  std::optional<ProfileOverride> profileOverride;
  MountFile mount;
  std::optional<double> rate_hz;
  bool noise = true;
  bool threshold = true;
  std::optional<uint32_t> subRays;
  std::optional<LidarEchoMode> echoes;
  std::optional<LidarFogModel> fogModel;
  std::optional<bool> falseAlarms;
  std::optional<CameraFile> camera;  ///< of a camera; mount, rate and noise are above
  const config::Node* node = nullptr;
  std::vector<const config::Node*> overrides;  ///< laid over it, in this order

  /// What was written last under this key; nullptr: nothing.
  const config::Node* find(std::string_view key) const;
};
/// What differs from a rig's sensor; read when it is known which kind of sensor that is.
struct SensorOverride {};
/// Every sensor of a rig, by `import.rig`.
struct RigUse {
  Reference use;
  Reference mount{"ego", nullptr};
  config::Named<config::Located<SensorOverride>> overrides;
};
using SensorEntry = std::variant<SensorFile, RigUse>;

struct RigFile {
  std::string id;
  std::string title;
  config::Named<Reference> imports;
  config::Named<SensorEntry> sensors;
};

struct ExportFile {
  std::string format = "mcap";
  std::optional<config::Located<std::string>> file = {};  ///< of mcap
  std::optional<config::Located<std::string>> dir = {};   ///< of the others; none: named after the format
  std::optional<std::vector<Reference>> sensors = {};
  std::optional<double> rate_hz = {};
  std::optional<bool> rectify = {};
  std::optional<bool> carryMoving = {};
  const config::Node* node = nullptr;
};

const config::Descriptor<RigFile>& rigDescriptor();  ///< format: rig/1
config::Codec<SensorEntry> sensorEntryCodec();
const config::Descriptor<MountFile>& mountDescriptor();
/// The camera with the mount, rate and noise that every sensor has; and back.
CameraFile cameraOf(const SensorFile& sensor);
void setCamera(SensorFile& sensor, CameraFile camera);
/// Every field of a sensor, none required: laid over one that a rig brings.
const config::Descriptor<SensorFile>& lidarOverrideDescriptor();
const config::Descriptor<CameraFile>& cameraOverrideDescriptor();
const config::Descriptor<CameraFile>& cameraDescriptor();
/// The camera a file means. Reports what cannot be; nullopt then.
std::optional<CameraSpec> cameraSpec(const SensorFile& file, const config::Place& place,
                                     config::Diagnostics& diagnostics);
config::Codec<ExportFile> exportCodec();
/// The exports a file means, against the sensors that it has. Reports what cannot be.
std::vector<Export> exportsOf(const std::vector<ExportFile>& files, const std::vector<SensorMount>& sensors,
                              config::Diagnostics& diagnostics);
/// `alias: path`, or `alias: std/name@major`.
config::Codec<Named<Reference>> importsCodec();

}  // namespace nightfog::scenario
