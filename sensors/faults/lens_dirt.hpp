// lens_dirt: mud, insects or dried salt on the window in front of a camera's lens.
//
// Dirt lies some millimetres before the entrance pupil, far out of focus: through each point of the pupil a pixel looks
// past the dirt elsewhere, so what reaches it is the share of a disc as wide as the pupil that is clean. That is where
// the soft edges come from: a blob smaller than the pupil only dims, however dark it is, and a small aperture draws it
// sharper.
//
//   parameter   unit  default     range                  meaning
//   coverage    1     0.08        0 … 0.6                share of the image's light that is kept off; 0: clean
//   pattern           mud_splash  mud_splash, insects, salt_film
//
// Mud keeps light off and passes a little of it on, scattered; salt passes most of it on, as haze: the image loses
// contrast where it lies. Both are shares of the frame's mean light.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/content/sensor_fault.hpp"

namespace nightfog::faults {

/// Of a window: more would leave no room to place splashes in.
inline constexpr double kMostDirt = 0.6;

/// nullopt: no such pattern.
std::optional<content::DirtPattern> dirtPattern(std::string_view name);

/// The optics that decide how dirt is seen. Pixel coordinates are OpenCV's.
struct LensWindow {
  uint32_t width = 1920, height = 1080;
  double fx = 1000, fy = 1000, cx = 959.5, cy = 539.5;  ///< px
  double fNumber = 1.8;
  double pixelPitch_m = 3e-6;  ///< makes a focal length of fx; automotive imagers have 2.1 … 4.2 um
  double distance_m = 0.025;   ///< from the dirt (a cover glass, a windscreen) to the entrance pupil
};

/// What dirt does to an image: radiance becomes (1 - blocked) * radiance + blocked * scattered * mean radiance.
struct DirtMap {
  uint32_t width = 0, height = 0;
  std::vector<float> blocked;  ///< row by row, share of the pixel's light that is kept off, 0 … 1: the truth mask too
  float scattered = 0;
};

/// Pure: equal arguments, equal bytes. The mean of `blocked` is the coverage within 0.002, and with coverage 0 every
/// pixel is exactly 0. More coverage never clears a pixel. Throws Error for a coverage outside 0 … 0.6.
DirtMap lensDirtMap(const LensWindow& window, const content::LensDirt& dirt);

}  // namespace nightfog::faults
