// blocked_sector: something opaque stands at a LiDAR's window: a mast, a strap, a roof box.
//
//   parameter  unit  default  range        meaning
//   azimuth    rad   0        -2 pi … 2 pi  of its middle in the sensor's frame, counter-clockwise
//   width      rad   -        0 … 2 pi      seen from the axis of rotation; 0: nothing stands there
//
// A beam is as wide as the aperture where it passes the window, so that an edge takes a circle's segment from it: of
// the share u of the aperture that stays free, u goes out and u comes back, and u^2 of the power is left.
#pragma once

#include "engine/content/sensor_fault.hpp"
#include "sensors/faults/lidar_beams.hpp"

namespace nightfog::faults {

/// Share of a unit disc on the left of the line x = t.
double discBelow(double t);

void applyBlockedSector(const content::BlockedSector& fault, const LidarWindow& window, const LidarBeams& beams,
                        BeamFaults& out);

}  // namespace nightfog::faults
