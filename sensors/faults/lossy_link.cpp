#include "sensors/faults/lossy_link.hpp"

#include <algorithm>

#include "engine/core/random.hpp"

namespace nightfog::faults {

std::vector<bool> lostPackets(const content::PacketLoss& fault, uint32_t frame, size_t packets) {
  std::vector<bool> lost(packets, false);
  if (!(fault.share > 0)) return lost;
  const double toArriving = 1 / std::max(fault.burst, 1.0);
  const double toLost = fault.share < 1 ? std::min(1.0, toArriving * fault.share / (1 - fault.share)) : 1.0;
  RandomSource random(fault.seed, frame, "packet loss");
  bool isLost = random.uniform() < fault.share;
  for (size_t i = 0; i < packets; ++i) {
    lost[i] = isLost;
    const double draw = random.uniform();
    isLost = isLost ? fault.share >= 1 || draw >= toArriving : draw < toLost;
  }
  return lost;
}

SimTime clockError(const content::ClockSkew& fault, double since_s) {
  return SimTime::fromSeconds(fault.offset_s + fault.drift * since_s);
}

}  // namespace nightfog::faults
