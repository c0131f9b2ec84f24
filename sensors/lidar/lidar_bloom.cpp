#include "sensors/lidar/lidar_bloom.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/core/transform.hpp"
#include "engine/shared/lidar_beam.h"

namespace nightfog::lidar {
namespace {

constexpr double kFarthest_rad = 3 * kPi / 180;

/// Columns of a ring that may look within `reach_rad` of an azimuth: first, and how many, round the turn.
struct ColumnRange {
  int64_t first = 0;
  int64_t count = 0;
};

ColumnRange columnsNear(const LidarTables& tables, size_t ring, double azimuth_rad, double reach_rad) {
  const auto columns = static_cast<int64_t>(tables.columns.size());
  const double step = tables.headRate_radps * tables.cycle_s;
  if (tables.isRosette() || reach_rad >= kPi) return {0, columns};
  const double turned = wrapAngle(azimuth_rad - tables.startAzimuth_rad - tables.ringAzimuth_rad[ring]);
  // A head's columns go on where the turn ends; a mirror's do not, and what lies outside is passed over by its angle.
  const double middle = turned / step;
  const auto half = static_cast<int64_t>(std::ceil(reach_rad / std::abs(step))) + 1;
  return {static_cast<int64_t>(std::llround(middle)) - half, std::min(2 * half + 1, columns)};
}

}  // namespace

std::vector<BeamBloom> planBlooms(const LidarTables& tables, const BeamResults& beams, const BloomSetting& setting) {
  std::map<uint32_t, shared::LidarBloom> found;
  const size_t rings = tables.rings.size();
  const auto columns = static_cast<int64_t>(tables.columns.size());
  const double angle2 = setting.angle_rad * setting.angle_rad;
  for (size_t beam = 0; beam < beams.axes.size() && setting.share > 0; ++beam) {
    const shared::LidarAxis& bright = beams.axes[beam];
    if (bright.glow <= 0) continue;
    // As far as share glow scale theta_0^2 / (theta^2 + theta_0^2) stays above the least.
    const double most = setting.share * double{bright.glow} * setting.snrScale / setting.leastSnr;
    if (most <= 1) continue;
    const double reach = std::min(setting.angle_rad * std::sqrt(most - 1), kFarthest_rad);
    const glm::vec3 direction = shared::lidarDirection(tables.rings[beam % rings], tables.columns[beam / rings]);
    const double elevation = std::asin(std::clamp(double{direction.z}, -1.0, 1.0));
    const double azimuth = std::atan2(double{direction.y}, double{direction.x});
    for (size_t ring = 0; ring < rings; ++ring) {
      if (!tables.isRosette() && std::abs(tables.ringElevation_rad[ring] - elevation) > reach) continue;
      const double level = std::max(std::min(std::cos(elevation), std::cos(tables.ringElevation_rad[ring])), 1e-3);
      const ColumnRange near = columnsNear(tables, ring, azimuth, 1.1 * reach / level);
      for (int64_t i = 0; i < near.count; ++i) {
        const auto column = static_cast<size_t>(((near.first + i) % columns + columns) % columns);
        const size_t other = column * rings + ring;
        const shared::LidarAxis& axis = beams.axes[other];
        const bool seesIt = axis.glow > 0 && std::abs(axis.glowRange_m - bright.glowRange_m) < setting.pulseLength_m;
        if (seesIt) continue;
        const glm::dvec3 apart =
            glm::dvec3(direction) - glm::dvec3(shared::lidarDirection(tables.rings[ring], tables.columns[column]));
        const double theta2 = glm::dot(apart, apart);
        if (theta2 > reach * reach) continue;
        const auto signal = static_cast<float>(setting.share * double{bright.glow} * angle2 / (theta2 + angle2));
        shared::LidarBloom& bloom = found[static_cast<uint32_t>(other)];
        if (signal > bloom.signal) bloom = {bright.glowRange_m, signal, bright.glowObject, bright.glowSemanticMaterial};
      }
    }
  }
  std::vector<BeamBloom> blooms;
  blooms.reserve(found.size());
  for (const auto& [beam, bloom] : found) blooms.push_back({beam, bloom});
  return blooms;
}

}  // namespace nightfog::lidar
