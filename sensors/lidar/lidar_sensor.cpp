#include "sensors/lidar/lidar_sensor.hpp"

#include <chrono>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/sensing/fog_banks.hpp"
#include "engine/sensing/sensor_track.hpp"
#include "engine/shared/lidar_fog.h"
#include "engine/shared/lidar_return.h"
#include "sensors/lidar/lidar_compaction.hpp"
#include "sensors/lidar/lidar_faults.hpp"
#include "sensors/lidar/lidar_fog.hpp"
#include "sensors/lidar/lidar_sub_rays.hpp"
#include "sensors/lidar/lidar_visibility.hpp"

namespace nightfog::lidar {
namespace {

static_assert(static_cast<uint32_t>(scenario::LidarIntensityScale::kVelodyne) == shared::kLidarScaleVelodyne);
static_assert(static_cast<uint32_t>(scenario::LidarIntensityScale::kHesai) == shared::kLidarScaleHesai);
static_assert(static_cast<uint32_t>(scenario::LidarIntensityScale::kOuster) == shared::kLidarScaleOuster);
static_assert(static_cast<uint32_t>(scenario::LidarIntensityScale::kOusterSignal) == shared::kLidarScaleOusterSignal);
static_assert(static_cast<uint32_t>(scenario::LidarIntensityScale::kLivox) == shared::kLidarScaleLivox);
static_assert(static_cast<uint32_t>(scenario::LidarIntensityScale::kWaymo) == shared::kLidarScaleWaymo);

constexpr double kSpeedOfLight_mps = 299'792'458;
constexpr uint32_t kFogLosses = 16;         // for how many losses of a beam soft returns are tabulated
constexpr uint64_t kMostRays = 16'000'000;  // a gigabyte of rays and hits

uint32_t echoesOf(scenario::LidarEchoMode mode) {
  switch (mode) {
    case scenario::LidarEchoMode::kStrongest:
      return shared::kLidarStrongest;
    case scenario::LidarEchoMode::kFirst:
      return shared::kLidarFirst;
    case scenario::LidarEchoMode::kLast:
      return shared::kLidarLast;
    case scenario::LidarEchoMode::kSecondStrongest:
      return shared::kLidarSecondStrongest;
    case scenario::LidarEchoMode::kDual:
      break;
  }
  return shared::kLidarDual;
}

std::vector<shared::LidarSubRay> bundleOf(const scenario::LidarSpec& spec, const LidarTables& tables) {
  const uint64_t rays = uint64_t{tables.beams()} * spec.subRays;
  if ((spec.subRays != 1 && spec.subRays != 7 && spec.subRays != 19) || rays > kMostRays) {
    throw Error(
        ExitCode::kDiagnostics,
        fmt::format("LiDAR '{}' with {} sub-rays for each of {} beams", spec.profile.id, spec.subRays, tables.beams()),
        fmt::format("1, 7 or 19 sub-rays, and at most {} rays a turn", kMostRays));
  }
  return subRays(spec.subRays, spec.profile.divergenceH_rad, spec.profile.divergenceV_rad);
}

shared::LidarModel modelOf(const scenario::LidarSpec& spec, const sensing::CaptureServices& services,
                           std::string_view id) {
  const scenario::LidarProfile& p = spec.profile;
  const uint64_t key = hashCombine(hashCombine(hash64(id), services.seed), services.run);
  shared::LidarModel model{};
  model.snrScale = shared::lidarSnrScale(static_cast<float>(p.range10_m));
  model.detectionThreshold = shared::kLidarThreshold;
  model.minRange_m = static_cast<float>(p.minRange_m);
  model.maxRange_m = static_cast<float>(p.maxRange_m);
  model.rangeNoise_m = static_cast<float>(p.rangeNoise_m);
  model.rangeResolution_m = static_cast<float>(p.rangeResolution_m);
  model.band = p.band();
  model.useThreshold = spec.threshold ? 1 : 0;
  model.useNoise = spec.noise ? 1 : 0;
  model.pulseLength_m = static_cast<float>(kSpeedOfLight_mps * p.pulseWidth_s.value_or(scenario::kLidarPulseWidth_s));
  model.echoes = echoesOf(spec.echoes);
  model.intensityScale = static_cast<uint32_t>(p.intensityScale);
  model.signalFull = static_cast<float>(65'535 / (p.signalPhotons * 10 * p.range10_m * p.range10_m));
  model.measuresWidth = p.elongation ? 1 : 0;
  model.keyLow = static_cast<uint32_t>(key);
  model.keyHigh = static_cast<uint32_t>(key >> 32);
  return model;
}

FogSetting fogOf(const scenario::LidarSpec& spec, const shared::LidarModel& model) {
  FogSetting setting;
  setting.model =
      spec.fogModel == scenario::LidarFogModel::kHahner2021 ? shared::kLidarFogHahner : shared::kLidarFogWaveform;
  setting.overlapBegin_m = spec.profile.overlapBegin_m;
  setting.overlapFull_m = spec.profile.overlapFull_m;
  setting.fullGain_m = spec.profile.gainRange_m();
  setting.snrScale = double{model.snrScale};
  setting.threshold = double{model.detectionThreshold};
  setting.pulseLength_m = double{model.pulseLength_m};
  setting.minRange_m = spec.profile.minRange_m;
  setting.maxRange_m = spec.profile.maxRange_m;
  return setting;
}

/// What sends a beam's neighbours over the threshold less often than once in 30 000 is left out.
constexpr double kLeastBloomSigmas = 4;

BloomSetting bloomsOf(const scenario::LidarSpec& spec, const shared::LidarModel& model) {
  BloomSetting setting;
  if (!spec.threshold) return setting;  // surfaces alone
  setting.share = spec.profile.bloomShare;
  setting.angle_rad = spec.profile.bloomAngle_rad;
  setting.snrScale = double{model.snrScale};
  setting.leastSnr = double{model.detectionThreshold} - kLeastBloomSigmas;
  setting.pulseLength_m = double{model.pulseLength_m};
  setting.fullGain_m = spec.profile.gainRange_m();
  return setting;
}

/// Variance that a sun of 100 klx adds to the noise, times its angle to the beam squared: with it, false returns of a
/// VLP-16 3 and 4 degrees beside the sun are as frequent as Linnhoff et al. (Sensors 22(14):5266, 2022) fit them, 0.28
/// and 0.11. At 1550 nm the sun's spectrum has 0.27 / 0.74 of it.
constexpr double kGlare_rad2 = 0.0197;
constexpr double kGlareShare1550 = 0.27 / 0.74;
constexpr double kFullSun_lx = 1e5;

constexpr float kBeyondFog_m = 1e5F;

/// Sun that reaches the sensor, in the sensor's band; 0: none.
double glareOf(const content::Environment& sky, const shared::FogLayer& fog, const std::vector<shared::FogBank>& banks,
               const glm::dvec3& place, double time_s, uint32_t band) {
  if (sky.sunDirection.z <= 0) return 0;
  double through = 1;
  for (const shared::FogBank& bank : banks) {
    through *= std::exp(-double{shared::fogBankDepth(bank, glm::vec3(place), glm::vec3(sky.sunDirection), kBeyondFog_m,
                                                     static_cast<float>(time_s))});
  }
  if (fog.extinction_1pm > 0) {
    if (!shared::fogHasTop(fog)) return 0;
    through *= std::exp(-double{shared::fogDepthAbove(fog, static_cast<float>(place.z))} / sky.sunDirection.z);
  }
  const double light = sky.sunIlluminance_lx.value_or(kFullSun_lx) / kFullSun_lx * through;
  return kGlare_rad2 * light * (band == shared::kBand1550 ? kGlareShare1550 : 1);
}

}  // namespace

struct LidarSensor::Impl {
  Impl(const scenario::SensorMount& sensorMount, const scenario::LidarSpec& lidarSpec,
       const sensing::CaptureServices& captureServices, KernelPlace place)
      : mount(sensorMount),
        services(captureServices),
        tables(lidarSpec.profile),
        model(modelOf(lidarSpec, services, mount.id)),
        pipeline(services, tables, bundleOf(lidarSpec, tables),
                 lidarSpec.echoes == scenario::LidarEchoMode::kDual ? 2 : 1, place),
        faults(mount.id, tables, lidarSpec.profile.wavelength_nm),
        fogSetting(fogOf(lidarSpec, model)),
        blooms(bloomsOf(lidarSpec, model)),
        falseAlarms(lidarSpec.falseAlarms) {}

  sensing::SensorTrack trackOf(const content::SceneSnapshot& snapshot) const {
    return {snapshot, mount.actor, mount.vehicleFromSensor};
  }
  /// The table of soft returns; made anew when the fog or the sensor's height in it changed.
  std::span<const shared::LidarFogRow> fogTable(const shared::FogLayer& layer, double lidarRatio_sr, double height_m,
                                                uint32_t losses) {
    if (layer.extinction_1pm <= 0) return {};
    FogSetting wanted = fogSetting;
    wanted.fog = layer;
    wanted.lidarRatio_sr = lidarRatio_sr;
    wanted.sensorHeight_m = shared::fogHasTop(layer) ? height_m : 0;
    if (fogTableRows.empty() || !(wanted == fogTableOf) || losses != fogTableLosses) {
      fogTableRows.clear();
      for (uint32_t loss = 0; loss < losses; ++loss) {
        FogSetting weaker = wanted;
        weaker.snrScale *= double{shared::lidarFogLossLeaves(loss, losses)};
        const auto rows = fogRows(weaker);
        fogTableRows.insert(fogTableRows.end(), rows.begin(), rows.end());
      }
      fogTableOf = wanted;
      fogTableLosses = losses;
    }
    return fogTableRows;
  }
  template <class Body>
  void timed(const char* name, Body&& body) {
    const auto begin = std::chrono::steady_clock::now();
    body();
    timings.push_back(
        {name, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count()});
  }

  scenario::SensorMount mount;
  sensing::CaptureServices services;
  LidarTables tables;
  shared::LidarModel model;
  LidarPipeline pipeline;
  LidarCompaction compaction;
  LidarVisibility visibility;
  std::vector<shared::PoseKey> keys;
  LidarFaults faults;
  ObjectHits objectHits;
  FogSetting fogSetting;  ///< but for the frame's fog
  FogSetting fogTableOf;
  uint32_t fogTableLosses = 1;
  BloomSetting blooms;
  bool falseAlarms = false;
  std::vector<shared::LidarFogRow> fogTableRows;
  std::vector<shared::Hit> aimedHits;
  std::vector<gpu::Timing> timings;
};

LidarSensor::LidarSensor(const scenario::SensorMount& mount, const sensing::CaptureServices& services,
                         KernelPlace place)
    : impl_(std::make_unique<Impl>(mount, std::get<scenario::LidarSpec>(mount.spec), services, place)) {}

LidarSensor::~LidarSensor() = default;

const std::string& LidarSensor::id() const {
  return impl_->mount.id;
}

sensing::Exposure LidarSensor::exposure(uint32_t frame) const {
  return sensing::exposureOf(impl_->mount, frame);
}

glm::dvec3 LidarSensor::frameOrigin(const content::SceneSnapshot& snapshot, uint32_t frame) const {
  return impl_->trackOf(snapshot).worldFromSensor(exposure(frame).reference()).translation;
}

sensing::Reading LidarSensor::capture(const content::SceneSnapshot& snapshot, uint32_t frame, gpu::Stream& stream) {
  Impl& self = *impl_;
  self.timings.clear();
  const sensing::Exposure when = exposure(frame);
  NF_ASSERT(snapshot.firstKey <= when.start, "the snapshot begins {} ns after the sweep",
            (snapshot.firstKey - when.start).ns);
  const sensing::SensorTrack track = self.trackOf(snapshot);
  self.faults.set(snapshot, frame);
  SimTime keyStep = snapshot.keyStep;
  if (!self.faults.writeTrueKeys(snapshot, track, self.services.scene.origin(), self.keys, keyStep))
    track.writePoseKeys(self.services.scene.origin(), self.keys);
  shared::LidarModel model = self.model;
  model.frame = frame;
  const content::Media& media = snapshot.media;
  const shared::FogLayer fog =
      shared::fogLayer(static_cast<float>(media.extinction_1pm),
                       static_cast<float>(media.groundLevel_m - self.services.scene.origin().z),
                       static_cast<float>(media.fogHeight_m.value_or(0)));
  const glm::dvec3 place = track.worldFromSensor(when.reference()).translation - self.services.scene.origin();
  LidarPipeline::Frame frameInput;
  frameInput.model = model;
  frameInput.fog = fog;
  frameInput.fogModel = self.fogSetting.model;
  const bool isHahner = self.fogSetting.model == shared::kLidarFogHahner;
  frameInput.fogLosses = self.faults.losses().empty() || isHahner ? 1 : kFogLosses;
  frameInput.fogRows = self.fogTable(fog, media.lidarRatio_sr, place.z, frameInput.fogLosses);
  frameInput.beamLosses = self.faults.losses();
  frameInput.deflections = self.faults.deflections();
  const std::vector<shared::FogBank> banks = sensing::fogBanksInFrame(media, self.services.scene.origin());
  frameInput.banks = banks;
  frameInput.fogFirst_m = static_cast<float>(self.fogSetting.overlapBegin_m);
  frameInput.lidarRatio_sr = static_cast<float>(media.lidarRatio_sr);
  frameInput.fullGain_m = static_cast<float>(self.fogSetting.fullGain_m);
  frameInput.roadWetness = static_cast<float>(media.roadWetness);
  frameInput.sensorKeys = self.keys;
  frameInput.keyStep = keyStep;
  frameInput.sweepStart = when.start - snapshot.firstKey;
  frameInput.blooms = self.blooms;
  frameInput.falseAlarms = self.falseAlarms;
  frameInput.sunDirection = glm::vec3(snapshot.environment.sunDirection);
  const RigidTransform worldFromSensor = track.worldFromSensor(when.reference());
  if (self.tables.canLookAt(worldFromSensor.rotation, snapshot.environment.sunDirection,
                            double{shared::kLidarGlareEnd_rad}))
    frameInput.glare_rad2 = static_cast<float>(
        glareOf(snapshot.environment, fog, banks, place, (when.reference() - snapshot.firstKey).seconds(), model.band));
  frameInput.columnsChanged = self.tables.setFrame(frame);
  self.pipeline.traceBeams(frameInput, stream);

  record::LidarSweep sweep;
  sweep.sensor = self.mount.id;
  sweep.frame = frame;
  sweep.start = when.start;
  sweep.end = when.end;
  sweep.reference = when.reference();
  sweep.ringCount = static_cast<uint32_t>(self.tables.rings.size());
  sweep.columnCount = static_cast<uint32_t>(self.tables.columns.size());
  sweep.worldFromSensor = track.worldFromSensor(sweep.reference);
  sweep.worldFromVehicle = track.worldFromCarrier(sweep.reference);
  BeamResults beams = self.pipeline.results();
  beams.lostCauses = self.faults.lostCauses();
  self.timed("lidar compaction",
             [&] { self.compaction.run(beams, snapshot.objects, self.services.jobs, sweep, self.objectHits); });
  const LidarVisibility::Frame visibilityFrame{snapshot,
                                               track,
                                               self.tables,
                                               beams,
                                               when.start,
                                               model.minRange_m,
                                               model.maxRange_m,
                                               self.faults.aside_rad(),
                                               self.faults.aside_m()};
  self.timed("lidar visibility plan",
             [&] { self.visibility.plan(visibilityFrame, self.services.scene.host().meshBounds, self.services.jobs); });
  self.pipeline.traceAims(self.visibility.aims(), stream, self.aimedHits);
  self.timed("lidar visibility",
             [&] { sweep.visibility = self.visibility.finish(visibilityFrame, self.aimedHits, self.objectHits); });
  self.faults.tell(sweep);
  self.timings.insert(self.timings.begin(), self.pipeline.timings().begin(), self.pipeline.timings().end());
  return sweep;
}

const std::vector<gpu::Timing>& LidarSensor::timings() const {
  return impl_->timings;
}

}  // namespace nightfog::lidar
