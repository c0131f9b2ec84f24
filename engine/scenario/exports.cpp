// `exports:`: copies of the record in the formats of others.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "engine/config/suggest.hpp"
#include "engine/scenario/language.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr const char* kReserved[] = {"record.mcap", "resolved.scn.yaml", "preview.png",
                                     "done.json",   "expect.json",       "run.log.json"};

/// As the exporter has them (exporters/common/pinhole_view.hpp), which would refuse when all is rendered.
constexpr double kMostTilt_deg = 1, kMostRectifiedTilt_deg = 35;

/// Whether `name` stays within the episode's folder and overwrites nothing of ours.
bool checkName(const Located<std::string>& name, const char* what, const char* example, ReadContext& context) {
  const std::string& n = name.value;
  const bool leaves = n.starts_with('/') || n.find("..") != std::string::npos || n.find('\\') != std::string::npos;
  if (leaves) {
    context.diagnostics
        .error("E0406", name.node->place(), fmt::format("the {} would lie outside the episode's folder", what))
        .withHelp(fmt::format("write a name such as {}", example));
    return false;
  }
  return true;
}

bool checkDir(const Located<std::string>& dir, ReadContext& context) {
  if (!checkName(dir, "folder", "kitti", context)) return false;
  const std::string& n = dir.value;
  const bool isName = !n.empty() && std::all_of(n.begin(), n.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
  const bool isReserved = std::find(std::begin(kReserved), std::end(kReserved), n) != std::end(kReserved);
  if (isName && !isReserved && !n.starts_with('.') && !n.ends_with(".part")) return true;
  context.diagnostics.error("E0212", dir.node->place(), fmt::format("'{}' is not a folder's name", excerpt(n)))
      .withHelp("letters, digits, '_', '-' and '.', such as kitti; no file of the episode has the name");
  return false;
}

bool checkKeysOfFormat(const ExportFile& e, const Node& node, ReadContext& context) {
  const auto refuse = [&](const char* key, const std::string& why, const char* help) {
    context.diagnostics.error("E0214", node.find(key)->keyPlace(), why).withHelp(help);
    return false;
  };
  if (e.format != "mcap" && e.file)
    return refuse("file", fmt::format("{} is a folder of files", e.format), "name the folder with `dir`");
  if (e.format != "mcap") return true;
  if (e.dir) return refuse("dir", "mcap is one file", "name it with `file`");
  if (e.sensors) return refuse("sensors", "records hold every sensor", "leave it out");
  if (e.rate_hz) return refuse("rate", "records hold every frame", "leave it out");
  if (e.carryMoving) return refuse("carry_moving", "records hold what the sensors saw", "leave it out");
  if (e.rectify) return refuse("rectify", "records hold what the sensors saw", "leave it out");
  return true;
}

/// KITTI pairs one rectified pinhole camera with one LiDAR.
void checkKitti(const ExportFile& file, const Export& wanted, const std::vector<SensorMount>& sensors,
                Diagnostics& diagnostics) {
  std::vector<const SensorMount*> cameras, lidars;
  for (const SensorMount& mount : sensors) {
    const bool isWanted = wanted.sensors.empty() ||
                          std::find(wanted.sensors.begin(), wanted.sensors.end(), mount.id) != wanted.sensors.end();
    if (isWanted) (std::holds_alternative<CameraSpec>(mount.spec) ? cameras : lidars).push_back(&mount);
  }
  const Node* list = file.node->find("sensors");
  const Place place = list != nullptr ? list->place() : file.node->place();
  if (cameras.size() != 1 || lidars.size() != 1) {
    diagnostics
        .error("E0620", place,
               fmt::format("KITTI holds one camera and one LiDAR; here are {} and {}", cameras.size(), lidars.size()))
        .withHelp("name one of each: `sensors: [top, front]`");
    return;
  }
  const CameraSpec& camera = std::get<CameraSpec>(cameras[0]->spec);
  const bool isDistorted = camera.k1 != 0 || camera.k2 != 0 || camera.k3 != 0 || camera.p1 != 0 || camera.p2 != 0;
  if (isDistorted && !wanted.rectify) {
    diagnostics
        .error("E0620", place,
               fmt::format("KITTI's images have no distortion, and the lens of '{}' distorts", cameras[0]->id))
        .withHelp("write `rectify: true` for its rectified twin, or a lens without k1, k2, k3, p1, p2");
  }
  // Sensor axes: x along the optical axis, y to the left of the image.
  const glm::dmat3 vehicleFromSensor = glm::mat3_cast(cameras[0]->vehicleFromSensor.rotation);
  const double tilt_rad = std::max(std::abs(std::asin(std::clamp(vehicleFromSensor[0].z, -1.0, 1.0))),
                                   std::abs(std::asin(std::clamp(vehicleFromSensor[1].z, -1.0, 1.0))));
  const double most_rad = (wanted.rectify ? kMostRectifiedTilt_deg : kMostTilt_deg) * kPi / 180;
  if (tilt_rad > most_rad) {
    diagnostics
        .error("E0620", place,
               fmt::format("KITTI's boxes stand upright in the camera's axes, and '{}' is tilted by {:.1f} deg",
                           cameras[0]->id, tilt_rad * 180 / kPi))
        .withHelp(wanted.rectify ? fmt::format("at most {} deg: choose a camera that looks along the ground",
                                               kMostRectifiedTilt_deg)
                                 : "write `rectify: true` for its level twin, or mount it level");
  }
  if (wanted.rectify && !camera.truth.instance) {
    diagnostics
        .error("E0620", place,
               fmt::format("boxes of the rectified twin come from the instance plane, which '{}' does not write",
                           cameras[0]->id))
        .withHelp("write `truth: {instance: true}` at the camera");
  }
}

}  // namespace

Codec<ExportFile> exportCodec() {
  static const auto d =
      Descriptor<ExportFile>("export", "A further copy of the record, in the episode's folder.")
          .required("format", &ExportFile::format, choice<std::string>({{"mcap", "mcap"}, {"kitti", "kitti"}}), "which")
          .optional("file", &ExportFile::file, located(text()), "of mcap: its name; `record.mcap` is always there")
          .optional("dir", &ExportFile::dir, located(text()),
                    "of the others: the folder; named as the format if absent")
          .optional("sensors", &ExportFile::sensors, listOf(located(reference("a sensor's id")), 1, 100),
                    "which; absent: the only camera and the only LiDAR")
          .optional("rate", &ExportFile::rate_hz, quantity(Dimension::kFrequency, {1e-3, 1e4}),
                    "frames a second of simulated time; absent: all")
          .optional("rectify", &ExportFile::rectify, boolean(),
                    "write what an ideal, level pinhole camera would have seen; needed where the lens distorts")
          .optional("carry_moving", &ExportFile::carryMoving, boolean(),
                    "LiDAR points on moving things lie where those are at the image's time")
          .check([](ExportFile& e, const Node& node, ReadContext& context) {
            e.node = &node;
            if (!checkKeysOfFormat(e, node, context)) return false;
            if (e.file && !checkName(*e.file, "file", "run.mcap", context)) return false;
            return !e.dir || checkDir(*e.dir, context);
          });
  return object(d);
}

std::vector<Export> exportsOf(const std::vector<ExportFile>& files, const std::vector<SensorMount>& sensors,
                              Diagnostics& diagnostics) {
  std::vector<std::string> ids;
  for (const SensorMount& mount : sensors) ids.push_back(mount.id);
  std::vector<Export> exports;
  for (const ExportFile& file : files) {
    Export e;
    e.format = file.format;
    if (file.file) e.file = file.file->value;
    if (file.format != "mcap") e.dir = file.dir ? file.dir->value : file.format;
    e.rate_hz = file.rate_hz;
    e.rectify = file.rectify.value_or(false);
    e.carryMoving = file.carryMoving.value_or(false);
    bool areKnown = true;
    for (const Reference& sensor : file.sensors.value_or(std::vector<Reference>{})) {
      e.sensors.push_back(sensor.value);
      if (std::find(ids.begin(), ids.end(), sensor.value) != ids.end()) continue;
      areKnown = false;
      diagnostics.error("E0420", sensor.node->place(), fmt::format("unknown sensor '{}'", excerpt(sensor.value)))
          .withHelp(suggestionHelp(sensor.value, ids));
    }
    if (!e.dir.empty() && std::any_of(exports.begin(), exports.end(), [&](const Export& o) { return o.dir == e.dir; }))
      diagnostics.error("E0411", file.node->place(), fmt::format("two exports into the folder '{}'", e.dir))
          .withHelp("give one of them a `dir` of its own");
    if (e.format == "kitti" && areKnown) checkKitti(file, e, sensors, diagnostics);
    exports.push_back(std::move(e));
  }
  return exports;
}

}  // namespace nightfog::scenario
