#include "engine/record/cause.hpp"

#include <algorithm>
#include <array>

namespace nightfog::record {
namespace {

using namespace nightfog::shared;

constexpr CauseInfo entry(uint value, std::string_view name, uint32_t colour_rgb, std::string_view description) {
  return {static_cast<uint8_t>(value), name, value < kCauseLostReturn, colour_rgb, description};
}

// Surfaces are quiet, what weather and electronics make is loud, what is lost is dark.
constexpr std::array kCauses = {
    entry(kCauseSurface, "surface", 0x8fa3b5, "a surface along the beam"),
    entry(kCauseGhost, "ghost", 0xff4fd8,
          "a surface met by way of a mirror or a second bounce, reported where it is not"),
    entry(kCauseFog, "fog", 0xf2c14e, "light scattered back by fog"),
    entry(kCauseRain, "rain", 0x4ea8ff, "a raindrop"),
    entry(kCauseSnow, "snow", 0xffffff, "a snowflake"),
    entry(kCauseSpray, "spray", 0x35e0d0, "water thrown up by a wheel"),
    entry(kCauseDust, "dust", 0xd08a4a, "dust in the air"),
    entry(kCauseNoise, "noise", 0xff5a4d, "noise of the detector that passed the threshold"),
    entry(kCauseSun, "sun", 0xffe94a, "sunlight that passed the threshold"),
    entry(kCauseCrosstalk, "crosstalk", 0xb06bff, "light of another channel or another sensor"),
    entry(kCauseBloom, "bloom", 0xff9a3c, "light spilled from a very bright neighbour"),
    entry(kCauseOutOfRange, "out_of_range", 0x1d2630, "nothing within the sensor's range window"),
    entry(kCauseBelowThreshold, "below_threshold", 0x2f5c8f, "a surface was met, too weak to detect"),
    entry(kCauseSpecularAway, "specular_away", 0x2f8f6b, "mirrored or transmitted away, met nothing that came back"),
    entry(kCauseBlocked, "blocked", 0x8f2f3c, "a fault of the sensor blocked the beam"),
    entry(kCauseLostPacket, "lost_packet", 0x6b4a2a, "measured, but its packet did not arrive"),
};
static_assert(std::is_sorted(kCauses.begin(), kCauses.end(),
                             [](const CauseInfo& a, const CauseInfo& b) { return a.value < b.value; }));

}  // namespace

std::span<const CauseInfo> causes() {
  return kCauses;
}

const CauseInfo* findCause(uint8_t value) {
  const auto found = std::lower_bound(kCauses.begin(), kCauses.end(), value,
                                      [](const CauseInfo& info, uint8_t v) { return info.value < v; });
  return found != kCauses.end() && found->value == value ? &*found : nullptr;
}

std::optional<uint8_t> causeByName(std::string_view name) {
  for (const CauseInfo& info : kCauses) {
    if (info.name == name) return info.value;
  }
  return std::nullopt;
}

}  // namespace nightfog::record
