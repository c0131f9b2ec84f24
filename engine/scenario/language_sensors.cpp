#include <fmt/format.h>

#include "engine/config/variant_codec.hpp"
#include "engine/scenario/language.hpp"
#include "engine/scenario/lidar_spec.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

const Codec<double>& rateCodec() {
  static const Codec<double> codec = quantity(Dimension::kFrequency, {0.1, 100});
  return codec;
}

/// Only looked at here; what it says is read by the profile's own table (build.cpp), which needs the profile.
Codec<ProfileOverride> profileOverrideCodec() {
  Codec<ProfileOverride> codec;
  codec.info.kind = ValueInfo::Kind::kObject;
  codec.info.object = &lidarProfileOverrideDescriptor().info();
  codec.read = [](const Node& node, ProfileOverride& out, ReadContext& context) {
    if (!expectKind(node, NodeKind::kMap, context)) return false;
    out.layers.push_back({&node, {}});
    return true;
  };
  codec.write = [](const ProfileOverride& value) { return value.written; };
  return codec;
}

const Descriptor<SensorFile>& sensorDescriptor() {
  static const auto d =
      Descriptor<SensorFile>("sensor", "A sensor.")
          .required("kind", &SensorFile::kind, choice<SensorKind>({{"lidar", SensorKind::kLidar}}), "what it is")
          .required("profile", &SensorFile::profile, located(reference("a profile's id")), "one of sensors/profiles")
          .optional("beams", &SensorFile::beams, located(text()),
                    "a file with the unit's own beams, relative to this one: a table (.csv), or Velodyne's calibration "
                    "(.yaml)")
          .optional("profile_override", &SensorFile::profileOverride, profileOverrideCodec(),
                    "figures that differ from the profile's")
          .required("mount", &SensorFile::mount, object(mountDescriptor()), "where it sits")
          .optional("rate", &SensorFile::rate_hz, rateCodec(), "turns per second; none: the profile's")
          .optional("noise", &SensorFile::noise, boolean(), "range noise and quantisation")
          .optional("threshold", &SensorFile::threshold, boolean(), "false: every surface within range is detected")
          .optional("sub_rays", &SensorFile::subRays, whole<uint32_t>(1, 19),
                    "rays a beam, 1, 7 or 19: its footprint; none: 1")
          .optional("echoes", &SensorFile::echoes,
                    choice<LidarEchoMode>({{"strongest", LidarEchoMode::kStrongest},
                                           {"first", LidarEchoMode::kFirst},
                                           {"last", LidarEchoMode::kLast},
                                           {"second_strongest", LidarEchoMode::kSecondStrongest},
                                           {"dual", LidarEchoMode::kDual}}),
                    "which echoes of a pulse become returns; none: strongest")
          .optional("fog_model", &SensorFile::fogModel,
                    choice<LidarFogModel>(
                        {{"waveform", LidarFogModel::kWaveform}, {"hahner_2021", LidarFogModel::kHahner2021}}),
                    "how fog answers a pulse; none: waveform")
          .optional("false_alarms", &SensorFile::falseAlarms, boolean(),
                    "report noise that crosses the threshold by itself, one in a million chances; none: false")
          .check([](SensorFile& s, const Node& node, ReadContext& context) {
            if (!context.isPartial) s.node = &node;
            const uint32_t rays = s.subRays.value_or(1);
            if (rays != 1 && rays != 7 && rays != 19) {
              const Node* child = node.find("sub_rays");
              context.diagnostics
                  .error("E0214", child != nullptr ? child->keyPlace() : node.place(), fmt::format("{} sub-rays", rays))
                  .withHelp("1, 7 or 19: the beam's axis, and one or two rings around it");
              return false;
            }
            return true;
          });
  return d;
}

/// Which table reads it depends on the sensor it is laid over (rigs.cpp).
Codec<SensorOverride> overrideCodec() {
  Codec<SensorOverride> codec;
  codec.info.kind = ValueInfo::Kind::kUnion;
  codec.info.isKeyed = true;
  codec.info.what = "what differs from the rig's sensor";
  codec.info.words = {"of a lidar", "of a camera"};
  codec.info.alternatives = {&lidarOverrideDescriptor().info(), &cameraOverrideDescriptor().info()};
  codec.read = [](const Node& node, SensorOverride&, ReadContext& context) {
    return expectKind(node, NodeKind::kMap, context);
  };
  codec.write = [](const SensorOverride&) { return YamlValue::map(); };
  return codec;
}

const Descriptor<RigUse>& rigUseDescriptor() {
  static const auto d =
      Descriptor<RigUse>("rig use", "Every sensor of a rig.")
          .required("use", &RigUse::use, located(reference("import.rig")), "an imported rig")
          .optional("mount", &RigUse::mount, located(reference("an actor's id")), "who carries it")
          .optional("override", &RigUse::overrides, mapOf(located(overrideCodec())), "by sensor: any field of it");
  return d;
}

}  // namespace

const Node* SensorFile::find(std::string_view key) const {
  for (auto layer = overrides.rbegin(); layer != overrides.rend(); ++layer) {
    if (const Node* found = (*layer)->find(key)) return found;
  }
  return node != nullptr ? node->find(key) : nullptr;
}

CameraFile cameraOf(const SensorFile& sensor) {
  CameraFile camera = *sensor.camera;
  camera.mount = sensor.mount;
  camera.rate_hz = sensor.rate_hz;
  camera.noise = sensor.noise;
  return camera;
}

void setCamera(SensorFile& sensor, CameraFile camera) {
  sensor.mount = camera.mount;
  sensor.rate_hz = camera.rate_hz;
  sensor.noise = camera.noise;
  sensor.camera = std::move(camera);
}

const Descriptor<SensorFile>& lidarOverrideDescriptor() {
  static const auto d =
      sensorDescriptor().partial("override of a lidar", "What differs from the rig's LiDAR.", {"kind"});
  return d;
}

Codec<Named<Reference>> importsCodec() {
  Codec<Named<Reference>> codec = mapOf(located(text()), 100);
  codec.info.what = "a path relative to this file, or std/name@major";
  return codec;
}

namespace {

/// Written when a scenario is resolved; reading is done before everything else (Draws::readParameters).
Codec<Named<Value>> parametersCodec() {
  const auto write = [](const Named<Value>& values) {
    YamlValue map = YamlValue::map();
    for (const auto& [name, value] : values) {
      if (const auto* q = std::get_if<Quantity>(&value)) {
        map.add(name, YamlValue::raw(formatQuantity(q->si, q->dimension)));
      } else if (const auto* truth = std::get_if<bool>(&value)) {
        map.add(name, YamlValue::raw(*truth ? "true" : "false"));
      } else {
        map.add(name, YamlValue::string(std::get<std::string>(value)));
      }
    }
    return map;
  };
  return custom<Named<Value>>(
      "names with constants or distributions", [](const Node&, Named<Value>&, ReadContext&) { return true; }, write);
}

/// `{layers: [L3], sources: [CODA/debris]}`: free groups of free words.
Codec<Named<std::vector<std::string>>> tagsCodec() {
  return mapOf(listOf(text(), 0, 100), 100);
}

Codec<uint32_t> runCodec() {
  return whole<uint32_t>(0, kLastRun);
}

}  // namespace

const Descriptor<MountFile>& mountDescriptor() {
  const Codec<double> angle = quantity(Dimension::kAngle, {-2 * kPi, 2 * kPi});
  static const auto d = Descriptor<MountFile>("mount", "Where a sensor sits on its actor.")
                            .optional("actor", &MountFile::actor, located(reference("an actor's id")),
                                      "whose frame; `world`: it stands in the map")
                            .required("xyz", &MountFile::xyz, vec3(Dimension::kLength, {-1000, 1000}),
                                      "of the sensor's origin, from the actor's")
                            .optional("yaw", &MountFile::yaw_rad, angle, "left positive")
                            .optional("pitch", &MountFile::pitch_rad, angle, "nose down positive")
                            .optional("roll", &MountFile::roll_rad, angle, "right side down positive");
  return d;
}

/// A map with `kind: lidar`, with `kind: camera`, or with `use:`.
Codec<SensorEntry> sensorEntryCodec() {
  Codec<SensorEntry> codec = keyed<SensorEntry>("a sensor", {alternative<SensorEntry>("kind", sensorDescriptor()),
                                                             alternative<SensorEntry>("use", rigUseDescriptor())});
  codec.info.words.emplace_back("kind");
  codec.info.alternatives.push_back(&cameraDescriptor().info());
  codec.read = [others = codec.read](const Node& node, SensorEntry& out, ReadContext& context) {
    const Node* kind = node.isMap() ? node.find("kind") : nullptr;
    if (kind == nullptr || !kind->isScalar() || kind->text != "camera") return others(node, out, context);
    CameraFile camera;
    const bool ok = cameraDescriptor().read(node, camera, context);
    SensorFile sensor;
    sensor.kind = SensorKind::kCamera;
    sensor.node = &node;
    setCamera(sensor, std::move(camera));
    out = std::move(sensor);
    return ok;
  };
  codec.write = [others = codec.write](const SensorEntry& entry) {
    const auto* sensor = std::get_if<SensorFile>(&entry);
    if (sensor == nullptr || !sensor->camera) return others(entry);
    return cameraDescriptor().write(cameraOf(*sensor));
  };
  return codec;
}

const Descriptor<RigFile>& rigDescriptor() {
  static const auto d = Descriptor<RigFile>("rig", "Sensors as they sit on a vehicle.")
                            .header("rig/1")
                            .required("id", &RigFile::id, identifier(false, "a rig's id"), "scenarios say import.id")
                            .optional("title", &RigFile::title, text(), "for people")
                            .optional("imports", &RigFile::imports, importsCodec(), "other rigs")
                            .required("sensors", &RigFile::sensors, mapOf(sensorEntryCodec(), 100), "by id");
  return d;
}

const Descriptor<ScenarioFile>& scenarioDescriptor() {
  static const auto d =
      Descriptor<ScenarioFile>("scenario", "A scenario.")
          .header("scenario/1")
          .required("id", &ScenarioFile::id, identifier(false, "a scenario's id"), "the output's folder")
          .optional("title", &ScenarioFile::title, text(), "for people")
          .optional("tags", &ScenarioFile::tags, tagsCodec(), "groups of words to select by")
          .optional("seed", &ScenarioFile::seed, whole<uint64_t>(), "of everything drawn; `--seed` overrides it")
          .optional("run", &ScenarioFile::run, runCodec(), "of a resolved file: which run it stands for")
          .optional("attempt", &ScenarioFile::attempt, whole<uint32_t>(0, kMostAttempts),
                    "of a resolved file: which attempt met the constraints")
          .optional("variant", &ScenarioFile::variant, mapOf(text(), 1000), "of a resolved file: what the sweep chose")
          .optional("extends", &ScenarioFile::extends, text(), "a file that this one is laid over")
          .optional("remove", &ScenarioFile::remove, listOf(text(), 0, 1000),
                    "paths in the extended file that are left out, `actors/van`")
          .optional("imports", &ScenarioFile::imports, importsCodec(), "rigs and libraries")
          .required("world", &ScenarioFile::world, object(worldDescriptor()), "where and how long")
          .optional("params", &ScenarioFile::params, parametersCodec(), "drawn once a run; written $name elsewhere")
          .optional("actors", &ScenarioFile::actors, mapOf(actorCodec(), 1000, Unsound::kKeep),
                    "in this order; object ids count from 1")
          .optional("points", &ScenarioFile::points, mapOf(pointCodec(), 1000), "places with names")
          .optional("weather", &ScenarioFile::weather, listOf(weatherCodec(), 0, 100), "keyframes")
          .optional("traffic", &ScenarioFile::traffic, object(trafficDescriptor()), "who else is on the map")
          .optional("injectors", &ScenarioFile::injectors, mapOf(injectorCodec(), 100), "rare events")
          .optional("events", &ScenarioFile::events, listOf(eventCodec(), 0, 1000), "in this order, which breaks ties")
          .optional("constraints", &ScenarioFile::constraints, listOf(expressionCodec(false), 0, 100),
                    "what a draw must meet before the run; else it is drawn again")
          .optional("max_attempts", &ScenarioFile::maxAttempts, whole<uint32_t>(1, kMostAttempts),
                    "draws until the constraints are met")
          .optional("sweep", &ScenarioFile::sweep, sweepCodec(), "the runs of this file; none: one")
          .optional("sensors", &ScenarioFile::sensors, mapOf(sensorEntryCodec(), 100), "rigs, or sensors written out")
          .optional("exports", &ScenarioFile::exports, listOf(exportCodec(), 0, 100), "besides record.mcap")
          .optional("expect", &ScenarioFile::expectations, listOf(expectationCodec(), 0, 1000),
                    "what must be true of the exported labels")
          .optional("min_engine", &ScenarioFile::minEngine, text(), "oldest version of nightfog that will do");
  return d;
}

}  // namespace nightfog::scenario
