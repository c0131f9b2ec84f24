#include "engine/weather/weather.hpp"

#include <cmath>

#include "engine/core/error.hpp"

namespace nightfog::weather {
namespace {

double extinctionFromContrast(double contrast, double distance_m, const char* name) {
  if (!(distance_m > 0) || !std::isfinite(distance_m)) {
    throw Error(ExitCode::kDiagnostics, fmt::format("{} is {} m; it must be a positive length", name, distance_m),
                "leave fog out for clear air");
  }
  return -std::log(contrast) / distance_m;
}

}  // namespace

double extinctionFromMor(double mor_m) {
  return extinctionFromContrast(0.05, mor_m, "the meteorological optical range");
}

double extinctionFromVisualRange(double visualRange_m) {
  return extinctionFromContrast(0.02, visualRange_m, "the visual range");
}

void refuseUnseen(const scenario::WeatherTimeline& weather) {
  const auto refuse = [](const char* what) {
    throw Error(ExitCode::kDiagnostics, fmt::format("{} cannot be rendered by this version", what),
                "remove it from `weather:`; fog can be");
  };
  for (const scenario::WeatherKeyframe& key : weather.keyframes()) {
    if (key.rainRate_mmph.value_or(0) > 0) refuse("rain");
    if (key.snowRate_mmph.value_or(0) > 0) refuse("snowfall");
    if (key.dustVisibility_m) refuse("dust");
    if (key.roadPuddles.value_or(0) > 0) refuse("standing water");
    if (key.roadSnow.value_or(0) > 0) refuse("snow on the road");
  }
}

content::Media mediaFor(const scenario::WeatherState& weather, double groundLevel_m) {
  content::Media media;
  media.groundLevel_m = groundLevel_m;
  if (weather.fogVisibility_m) {
    media.extinction_1pm = extinctionFromMor(*weather.fogVisibility_m);
    media.fogHeight_m = weather.fogHeight_m;
  }
  if (weather.fogLidarRatio_sr) media.lidarRatio_sr = *weather.fogLidarRatio_sr;
  for (const scenario::FogBank& bank : weather.fogBanks) {
    const double speed = bank.driftSpeed_mps.value_or(0);
    const double heading = bank.driftHeading_rad.value_or(0);
    media.banks.push_back({bank.place + glm::dvec3(0, 0, groundLevel_m),
                           glm::dvec3(std::cos(heading), std::sin(heading), 0) * speed,
                           extinctionFromMor(bank.visibility_m),
                           {bank.size_m.x / 2, bank.size_m.y / 2, bank.size_m.z},
                           bank.heading_rad,
                           bank.edge});
  }
  media.roadWetness = weather.roadWetness;
  return media;
}

void lightFor(const scenario::WeatherState& weather, content::Environment& environment) {
  if (weather.cloudCover) environment.cloudCover = *weather.cloudCover;
  environment.moonIlluminance_lx = weather.moonIlluminance_lx.value_or(0);
  environment.sunIlluminance_lx = weather.sunIlluminance_lx;
  if (weather.streetLamps != scenario::StreetLamps::kAuto)
    environment.sceneryLampsOn = weather.streetLamps == scenario::StreetLamps::kLit;
}

}  // namespace nightfog::weather
