// How long and how sensitively a frame is exposed, and what the sensor is then.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/scenario/camera_spec.hpp"
#include "engine/shared/tonemap.h"

namespace nightfog::camera {

struct Exposure {
  double time_s = 0.01;
  double iso = 100;
};

/// Luminance that the exposure should be set for: log-average of a small picture, the road's half counting four times
/// the sky's, single lamps and the sun bounded [sensor_physics 4.3]; brighter for flat scenes, darker by night.
/// `radiance` row by row from the top, cd/m^2.
double meteredLuminance(std::span<const glm::vec3> radiance, uint32_t width, uint32_t height);

/// The exposure that renders this luminance at the key; shortest time first, then gain.
Exposure exposureFor(const scenario::CameraSpec& spec, double luminance);

/// Automatic exposure: remembers what every frame so far was metered at, and exposes frame n by the frames before it,
/// as a camera must. Half of the difference in stops is made up a frame, and at most one stop. The first frame is
/// exposed by itself: the camera has been on for a while.
class AutoExposure {
 public:
  /// Frames must be metered in ascending order without gaps; metering one again changes nothing.
  void meter(uint32_t frame, double luminance);
  bool hasMetered(uint32_t frame) const { return frame < target_.size(); }
  /// Luminance to expose frame `frame` for. Needs frame 0 … frame - 1 metered (frame 0: itself).
  double luminanceFor(uint32_t frame) const;

 private:
  std::vector<double> target_;   ///< log2 luminance metered
  std::vector<double> applied_;  ///< log2 luminance exposed for
};

/// The sensor at an exposure. `lightColour` (luminance 1) is what white balance removes most of.
shared::SensorModel sensorModel(const scenario::CameraSpec& spec, const Exposure& exposure,
                                const glm::vec3& lightColour);

}  // namespace nightfog::camera
