#include "sensors/faults/dead_channels.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"

namespace nightfog::faults {

std::vector<uint32_t> deadChannels(const content::DeadChannels& fault, size_t channels) {
  if (!(fault.share >= 0 && fault.share <= 1 && fault.left >= 0 && fault.left <= 1))
    throw Error(ExitCode::kDiagnostics, fmt::format("dead channels: a share of {}, {} left", fault.share, fault.left),
                "both lie between 0 and 1");
  std::vector<uint32_t> order(channels);
  std::iota(order.begin(), order.end(), 0u);
  RandomSource random(fault.seed, 0, "dead channels");
  for (size_t i = channels; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  order.resize(static_cast<size_t>(std::lround(fault.share * static_cast<double>(channels))));
  std::sort(order.begin(), order.end());
  return order;
}

void applyDeadChannels(const content::DeadChannels& fault, const LidarBeams& beams, BeamFaults& out) {
  for (const uint32_t ring : deadChannels(fault, beams.rings())) {
    for (size_t column = 0; column < beams.columnAzimuth_rad.size(); ++column)
      out.leave(column * beams.rings() + ring, beams.count(), fault.left, fault.left > 0 ? kBeamWeak : kBeamDead);
  }
}

}  // namespace nightfog::faults
