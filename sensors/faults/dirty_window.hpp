// dirty_window: mud, insects or dried salt on a LiDAR's window; what lens_dirt is to a camera.
//
//   parameter  unit  default     range                            meaning
//   coverage   1     0.08        0 … 0.6                          of the light through the used band kept off; 0: clean
//   pattern          mud_splash  mud_splash, insects, salt_film
//
// Dirt lies on the window, and a beam takes up a disc of it as wide as the aperture: of the light, the share u that the
// disc is clear passes on the way out and again on the way back, so that u^2 of the power is left. Blobs smaller than
// the aperture dim, larger ones blind; towards all directions it is the same dirt, wherever the beam's channel looks.
// What dirt sends back lies within the sensor's blind range and is left out.
#pragma once

#include "engine/content/sensor_fault.hpp"
#include "sensors/faults/lidar_beams.hpp"

namespace nightfog::faults {

/// Equal arguments, equal results; more coverage never clears a beam. The window's mean is the coverage within 0.005.
/// Throws Error for a coverage outside 0 … 0.6.
void applyDirtyWindow(const content::LensDirt& fault, const LidarWindow& window, const LidarBeams& beams,
                      BeamFaults& out);

}  // namespace nightfog::faults
