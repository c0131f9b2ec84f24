#include "tools/farm/cost.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::farm {
namespace {

// Measured on two cores with lavapipe and Embree: see tools/farm/README.md.
constexpr double kEpisode_ms = 100;      // world, scenery, files
constexpr double kPixel_ms = 2.6e-3;     // rendered, with labels
constexpr double kLabelPixel_ms = 4e-4;  // labels alone
constexpr double kBeam_ms = 6e-4;
constexpr double kActorStep_ms = 5e-3;  // an actor in a step of the world

struct SensorCost {
  double rate_hz = 10;
  double frame_ms = 0;
};

SensorCost costOf(const scenario::SensorMount& mount, bool labelsOnly) {
  if (const auto* camera = std::get_if<scenario::CameraSpec>(&mount.spec)) {
    const double pixels = double(camera->width) * camera->height;
    return {camera->frameRate_hz, pixels * (labelsOnly ? kLabelPixel_ms : kPixel_ms * camera->samplesPerPixel)};
  }
  const auto& profile = std::get<scenario::LidarSpec>(mount.spec).profile;
  return {profile.rotationRate_hz, kBeam_ms * profile.columns() * double(profile.channels.size())};
}

}  // namespace

Cost estimateCost(const scenario::Scenario& scenario, const std::optional<simulation::FrameRange>& frames,
                  bool labelsOnly) {
  double seconds = scenario.duration.seconds();
  if (frames && !scenario.sensors.empty()) {
    const double rate_hz = costOf(scenario.sensors.front(), labelsOnly).rate_hz;
    seconds = std::min(seconds, (double(frames->last - frames->first) + 1) / rate_hz);
  }
  double total_ms = kEpisode_ms, count = 0;
  for (const scenario::SensorMount& mount : scenario.sensors) {
    const SensorCost cost = costOf(mount, labelsOnly);
    const double looks = std::floor(seconds * cost.rate_hz + 1e-6);
    count += looks;
    total_ms += looks * cost.frame_ms;
  }
  total_ms += kActorStep_ms * double(scenario.actors.size()) * scenario.duration.seconds() /
              std::max(1e-4, scenario.step.seconds());
  return {static_cast<uint32_t>(std::clamp(count, 0.0, 4e9)),
          static_cast<uint64_t>(std::clamp(std::round(total_ms), 1.0, 1e15))};
}

}  // namespace nightfog::farm
