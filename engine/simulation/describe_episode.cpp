#include "engine/simulation/describe_episode.hpp"

#include <cmath>
#include <set>

#include "engine/core/version.hpp"

namespace nightfog::simulation {
namespace {

record::LidarCalibration describeLidar(const scenario::LidarSpec& spec) {
  const scenario::LidarProfile& profile = spec.profile;
  record::LidarCalibration lidar;
  lidar.profileId = profile.id;
  lidar.profileTitle = profile.title;
  lidar.profileSource = profile.source;
  lidar.wavelength_nm = profile.wavelength_nm;
  lidar.rotationRate_hz = profile.rotationRate_hz;
  lidar.firingCycle_s = profile.firingCycle_s;
  lidar.columnsPerTurn = profile.columns();
  lidar.clockwise = profile.clockwise;
  lidar.minRange_m = profile.minRange_m;
  lidar.maxRange_m = profile.maxRange_m;
  lidar.range10_m = profile.range10_m;
  lidar.rangeNoise_m = profile.rangeNoise_m;
  lidar.rangeResolution_m = profile.rangeResolution_m;
  lidar.divergenceH_rad = profile.divergenceH_rad;
  lidar.divergenceV_rad = profile.divergenceV_rad;
  lidar.noise = spec.noise;
  lidar.threshold = spec.threshold;
  lidar.intensityScale = scenario::nameOf(profile.intensityScale);
  for (const auto& channel : profile.channels) {
    lidar.beams.push_back({channel.elevation_rad, channel.azimuthOffset_rad, channel.firingOffset_s});
  }
  return lidar;
}

record::CameraCalibration describeCamera(const scenario::CameraSpec& s) {
  return {s.width,        s.height,        s.fx,     s.fy, s.cx, s.cy, s.k1, s.k2, s.p1, s.p2, s.k3,
          s.frameRate_hz, s.readoutTime_s, s.fNumber};
}

}  // namespace

record::EpisodeInfo describeEpisode(const scenario::Scenario& scenario, const catalog::Catalog& catalog,
                                    const content::SceneContent& content) {
  record::EpisodeInfo info;
  info.scenarioId = scenario.id;
  info.title = scenario.title;
  info.seed = scenario.seed;
  info.run = scenario.run;
  info.digest = scenario.digest;
  info.resolvedYaml = scenario.resolvedYaml;
  info.parameters = scenario.parameters;
  info.engineVersion = engineVersion();
  info.duration = scenario.duration;
  info.step = scenario.step;
  info.timeOfDay_s = scenario.timeOfDay_s;
  info.fogVisibility_m = scenario.weather.at(SimTime{}).fogVisibility_m;
  for (const auto& mount : scenario.sensors) {
    record::SensorInfo sensor{mount.id, mount.actor, mount.vehicleFromSensor, {}};
    if (const auto* camera = std::get_if<scenario::CameraSpec>(&mount.spec)) {
      sensor.camera = describeCamera(*camera);
    } else {
      sensor.lidar = describeLidar(std::get<scenario::LidarSpec>(mount.spec));
    }
    info.sensors.push_back(std::move(sensor));
  }
  for (const auto& material : content.materials) {
    info.materials.push_back({material.name, material.reflectance, material.roughness, material.metallic,
                              material.transmission, material.retroreflectance, material.source});
  }
  std::set<std::string> used;
  for (const auto& actor : scenario.actors) used.insert(actor.asset);
  double logWeight = 0;
  for (const auto& injector : scenario.injectors) {
    if (!(injector.severity > 0)) continue;
    info.parameters["injectors/" + injector.id + "/log_prior"] = injector.logPrior;
    logWeight += injector.logImportanceWeight;
    if (const auto asset = injector.parameters.find("asset"); asset != injector.parameters.end()) {
      if (const auto* name = std::get_if<scenario::InjectorName>(&asset->second)) used.insert(name->value);
    }
  }
  // What a statistic over runs weighs this one by, to speak of the world instead of the scenario's choice.
  if (!scenario.injectors.empty()) info.parameters["importance_weight"] = std::exp(logWeight);
  for (const auto& id : used) {
    if (const auto* asset = catalog.find(id))
      info.assets.push_back({asset->id, asset->title, asset->licence, asset->origin});
  }
  return info;
}

record::Provenance describeProvenance(const EpisodeServices& services, std::string_view tracer) {
  return {{"tracer", std::string(tracer)},
          {"device", services.device.info().name},
          {"driver", services.device.info().driver}};
}

}  // namespace nightfog::simulation
