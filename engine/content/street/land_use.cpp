#include "engine/content/street/land_use.hpp"

#include <algorithm>

namespace nightfog::content {
namespace {

/// A house or a crown this far from a tunnel's mouth does not reach into it.
constexpr double kBeforeTunnel_m = 18;

constexpr LandUse kTown{0.94, 3.2, 5.5, 0.92, 0, 0, true};
constexpr LandUse kCountry{0.07, 14, 35, 0.35, 1.5, 8, false};
constexpr LandUse kMotorway{0, 0, 0, 0.30, 9, 18, false};
constexpr LandUse kTunnel{};

}  // namespace

const LandUse& landUse(const road::RoadNetwork& map, uint32_t road, double s) {
  const std::vector<road::Tunnel>& tunnels = map.furniture().tunnels;
  if (std::any_of(tunnels.begin(), tunnels.end(), [&](const road::Tunnel& tunnel) {
        return tunnel.road == road && s > tunnel.first_s - kBeforeTunnel_m && s < tunnel.last_s + kBeforeTunnel_m;
      }))
    return kTunnel;
  const road::Road& line = map.road(road);
  switch (line.type(std::clamp(s, 0.0, line.length_m())).kind) {
    case road::RoadKind::kRural:
      return kCountry;
    case road::RoadKind::kMotorway:
      return kMotorway;
    case road::RoadKind::kUnknown:
    case road::RoadKind::kTown:
    case road::RoadKind::kLowSpeed:
    case road::RoadKind::kPedestrian:
    case road::RoadKind::kBicycle:
      break;
  }
  return kTown;
}

}  // namespace nightfog::content
