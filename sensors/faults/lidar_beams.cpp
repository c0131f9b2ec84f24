#include "sensors/faults/lidar_beams.hpp"

namespace nightfog::faults {

void BeamFaults::leave(size_t beam, size_t count, double share, uint8_t why) {
  if (share >= 1) return;
  if (lost.empty()) lost.assign(count, 0.0f);
  if (mask.empty()) mask.assign(count, 0);
  lost[beam] = static_cast<float>(1 - (1 - double{lost[beam]}) * share);
  mask[beam] |= why;
}

}  // namespace nightfog::faults
