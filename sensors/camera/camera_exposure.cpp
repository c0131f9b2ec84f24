#include "sensors/camera/camera_exposure.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/shared/light.h"

namespace nightfog::camera {

namespace {

constexpr double kKey = 0.19;        ///< signal of the metered mean: the road lies at middle grey
constexpr double kHighlights = 1.2;  ///< flat scenes (fog) are brightened until their highlights reach this signal …
constexpr double kMostLift = 2.4;    ///< … but by no more
constexpr double kNightLuminance = 12;  ///< cd/m^2 below which night is left dark: the key falls with its fourth root
constexpr double kShortestTime_s = 50e-6;
constexpr double kFullWell_e =
    12000;  ///< at ISO 100 and signal 1; 3 um automotive pixels hold 10 to 20 ke- [sensor_physics 4.3]
constexpr double kReadNoise_e = 3;
constexpr float kHeadroom = 8;  ///< split pixels and double gain hold three stops above diffuse white
constexpr double kFasterStops = 1.0;

}  // namespace

double meteredLuminance(std::span<const glm::vec3> radiance, uint32_t width, uint32_t height) {
  std::vector<double> all;
  all.reserve(radiance.size());
  for (const glm::vec3& pixel : radiance) all.push_back(shared::luminanceOf(pixel));
  std::vector<double> sorted = all;
  std::sort(sorted.begin(), sorted.end());
  const double median = std::max(sorted[sorted.size() / 2], 1e-3);
  const double highlights = std::max(sorted[sorted.size() * 95 / 100], 1e-3);
  double sum = 0;
  double weights = 0;
  for (uint32_t y = 0; y < height; ++y) {
    const double weight = 2 * y > height ? 4 : 1;
    for (uint32_t x = 0; x < width; ++x) {
      const double value = std::clamp(all[size_t{y} * width + x], median / 16, median * 16);
      sum += weight * std::log2(value);
      weights += weight;
    }
  }
  const double mean = std::exp2(sum / weights);
  const double lift = std::clamp(kHighlights / (highlights * kKey / mean), 1.0, kMostLift);
  const double night = std::pow(std::min(mean / kNightLuminance, 1.0), 0.25);
  return mean / (mean < kNightLuminance ? night : lift);
}

Exposure exposureFor(const scenario::CameraSpec& spec, double luminance) {
  if (spec.exposure == scenario::ExposureMode::kFixed) return {spec.exposureTime_s, spec.iso};
  // signal = L t S / (120 N^2) = key
  const double timesIso =
      120 * spec.fNumber * spec.fNumber * kKey * std::exp2(spec.exposureBias_ev) / std::max(luminance, 1e-6);
  const double time =
      std::clamp(timesIso / spec.iso, std::min(kShortestTime_s, spec.exposureTime_s), spec.exposureTime_s);
  return {time, std::clamp(timesIso / time, spec.iso, std::max(spec.maxIso, spec.iso))};
}

void AutoExposure::meter(uint32_t frame, double luminance) {
  if (hasMetered(frame)) return;
  NF_ASSERT(frame == target_.size(), "frame {} is metered when {} frames are", frame, target_.size());
  target_.push_back(std::log2(std::max(luminance, 1e-6)));
  if (frame == 0) {
    applied_.push_back(target_[0]);
  } else {
    const double step = 0.5 * (target_[frame - 1] - applied_[frame - 1]);
    applied_.push_back(applied_[frame - 1] + std::clamp(step, -kFasterStops, kFasterStops));
  }
}

double AutoExposure::luminanceFor(uint32_t frame) const {
  NF_ASSERT(frame < applied_.size(), "frame {} is exposed when {} frames are metered", frame, applied_.size());
  return std::exp2(applied_[frame]);
}

shared::SensorModel sensorModel(const scenario::CameraSpec& spec, const Exposure& exposure,
                                const glm::vec3& lightColour) {
  shared::SensorModel sensor{};
  sensor.scale = 1 / shared::saturationLuminance(static_cast<float>(spec.fNumber), static_cast<float>(exposure.time_s),
                                                 static_cast<float>(exposure.iso));
  sensor.headroom = kHeadroom;
  sensor.electronsAtOne = static_cast<float>(kFullWell_e * 100 / exposure.iso);
  sensor.readNoise_e = static_cast<float>(kReadNoise_e);
  // Cameras leave a little of the light's colour: evening stays warm.
  const auto gain = [](float channel) { return std::pow(std::clamp(1 / std::max(channel, 0.05f), 0.3f, 3.5f), 0.85f); };
  sensor.whiteBalance =
      glm::vec3(gain(lightColour.x), gain(lightColour.y), gain(lightColour.z)) * (1 / gain(lightColour.y));
  sensor.vignetting = static_cast<float>(spec.vignetting);
  sensor.softness = static_cast<float>(spec.softness);
  sensor.glare = static_cast<float>(spec.glare);
  sensor.useNoise = spec.noise ? 1 : 0;
  return sensor;
}

}  // namespace nightfog::camera
