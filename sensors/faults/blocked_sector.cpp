#include "sensors/faults/blocked_sector.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/transform.hpp"

namespace nightfog::faults {

double discBelow(double t) {
  const double x = std::clamp(t, -1.0, 1.0);
  return 0.5 + (x * std::sqrt(1 - x * x) + std::asin(x)) / kPi;
}

void applyBlockedSector(const content::BlockedSector& fault, const LidarWindow& window, const LidarBeams& beams,
                        BeamFaults& out) {
  if (!(fault.width_rad > 0)) return;
  const double half = 0.5 * std::min(fault.width_rad, 2 * kPi);
  const double perRadian = window.radius_m / (0.5 * window.aperture_m);  // aperture's radii along the window
  const bool isWhole = half >= kPi;
  for (size_t column = 0; column < beams.columnAzimuth_rad.size(); ++column) {
    for (size_t ring = 0; ring < beams.rings(); ++ring) {
      const double off = wrapAngle(beams.columnAzimuth_rad[column] + beams.ringAzimuth_rad[ring] - fault.azimuth_rad);
      double covered = discBelow((half - off) * perRadian) - discBelow((-half - off) * perRadian);
      // The other way round the window, where the sector is nearly all of it.
      const double behind = off > 0 ? off - 2 * kPi : off + 2 * kPi;
      covered += discBelow((half - behind) * perRadian) - discBelow((-half - behind) * perRadian);
      const double free = isWhole ? 0 : 1 - std::min(covered, 1.0);
      out.leave(column * beams.rings() + ring, beams.count(), free * free, kBeamSector);
    }
  }
}

}  // namespace nightfog::faults
