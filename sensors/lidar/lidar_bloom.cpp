#include "sensors/lidar/lidar_bloom.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/transform.hpp"
#include "engine/shared/lidar_beam.h"
#include "engine/shared/lidar_fog.h"

namespace nightfog::lidar {
namespace {

constexpr double kFarthest_rad = 6 * kPi / 180;
/// Light that is this much less than the least is not followed: so much may be missing of a sum.
constexpr double kFollowed = 0.2;

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

/// Solid angle that one beam of each ring stands for: to half way to its neighbours. What lies in gaps wider than the
/// tail is not known from the beams beside them, and is not taken to be like them.
std::vector<double> solidAngles(const LidarTables& tables, double most_rad) {
  if (tables.isRosette()) {
    double least = 1;
    for (const shared::LidarColumn& column : tables.columns)
      least = std::min(least, double{shared::lidarDirection(tables.rings[0], column).x});
    return std::vector<double>(tables.rings.size(), 2 * kPi * (1 - least) / tables.beams());
  }
  std::vector<double> sorted = tables.ringElevation_rad;
  std::sort(sorted.begin(), sorted.end());
  const double step = std::abs(tables.headRate_radps * tables.cycle_s);
  std::vector<double> result;
  for (const double elevation : tables.ringElevation_rad) {
    const auto above = std::upper_bound(sorted.begin(), sorted.end(), elevation);
    const auto below = std::lower_bound(sorted.begin(), sorted.end(), elevation);
    const double same = static_cast<double>(above - below);
    const double up = above != sorted.end() ? *above - elevation : most_rad;
    const double down = below != sorted.begin() ? elevation - *(below - 1) : most_rad;
    const double high = 0.5 * (std::min(up, most_rad) + std::min(down, most_rad)) / same;
    result.push_back(std::min(step, most_rad) * std::cos(elevation) * high);
  }
  return result;
}

/// A beam that meets a retroreflector.
struct BrightBeam {
  uint32_t beam = 0;
  double light = 0;  ///< SNR behind the gain, times the solid angle
};

/// Beams that meet one retroreflector: one object's, in one echo.
struct Retroreflector {
  float range_m = 0;
  uint32_t object = 0;
  double light = 0;
  std::vector<BrightBeam> beams;
};

std::vector<Retroreflector> retroreflectorsOf(const LidarTables& tables, const BeamResults& beams,
                                              const BloomSetting& setting) {
  std::vector<Retroreflector> found;
  std::vector<double> solidAngle_sr;
  const double fullGain2 = setting.fullGain_m * setting.fullGain_m;
  for (size_t beam = 0; beam < beams.axes.size(); ++beam) {
    const shared::LidarAxis& axis = beams.axes[beam];
    if (axis.glow <= 0) continue;
    const double gain = std::min(double{axis.glowRange_m} * double{axis.glowRange_m} / fullGain2, 1.0);
    const double snr = double{axis.glow} * setting.snrScale * gain;
    // Were it all around, its neighbours would get this much.
    if (setting.share * snr < kFollowed * setting.leastSnr) continue;
    if (solidAngle_sr.empty()) solidAngle_sr = solidAngles(tables, setting.angle_rad);
    const auto isSame = [&](const Retroreflector& other) {
      return other.object == axis.glowObject &&
             double{std::abs(other.range_m - axis.glowRange_m)} < setting.pulseLength_m;
    };
    auto mine = std::find_if(found.rbegin(), found.rend(), isSame);
    if (mine == found.rend()) {
      found.push_back({axis.glowRange_m, axis.glowObject, 0, {}});
      mine = found.rbegin();
    }
    const double light = snr * solidAngle_sr[beam % tables.rings.size()];
    mine->light += light;
    mine->beams.push_back({static_cast<uint32_t>(beam), light});
  }
  return found;
}

/// What a beam gets of the retroreflector at hand.
struct Received {
  double density = 0;  ///< sum of light / (theta^2 + theta_0^2)^2
  double most = 0;     ///< its greatest addend, and whose that is
  uint32_t from = 0;
};

}  // namespace

std::vector<BeamBloom> planBlooms(const LidarTables& tables, const BeamResults& beams, const BloomSetting& setting) {
  std::vector<BeamBloom> blooms;
  if (setting.share <= 0) return blooms;
  const std::vector<Retroreflector> retroreflectors = retroreflectorsOf(tables, beams, setting);
  const size_t rings = tables.rings.size();
  const auto columns = static_cast<int64_t>(tables.columns.size());
  const double angle2 = setting.angle_rad * setting.angle_rad;
  const double tail = setting.share * angle2 / kPi;
  std::vector<Received> received;
  std::vector<uint32_t> touched;
  for (const Retroreflector& bright : retroreflectors) {
    // All of it together gives less than what is followed beyond here.
    const double reach2 = std::sqrt(tail * bright.light / (kFollowed * setting.leastSnr)) - angle2;
    if (reach2 <= 0) continue;
    const double reach = std::min(std::sqrt(reach2), kFarthest_rad);
    if (received.empty()) received.resize(beams.axes.size());
    touched.clear();
    for (const BrightBeam& source : bright.beams) {
      const glm::vec3 direction =
          shared::lidarDirection(tables.rings[source.beam % rings], tables.columns[source.beam / rings]);
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
          const bool isNear = double{std::abs(axis.glowRange_m - bright.range_m)} < setting.pulseLength_m;
          const bool seesIt = axis.glow > 0 && (isNear || (bright.object != 0 && axis.glowObject == bright.object));
          if (seesIt) continue;
          const glm::vec3 apart = direction - shared::lidarDirection(tables.rings[ring], tables.columns[column]);
          const double theta2 = double{glm::dot(apart, apart)};
          if (theta2 > reach * reach) continue;
          const double addend = source.light / ((theta2 + angle2) * (theta2 + angle2));
          Received& sum = received[other];
          if (sum.density == 0) touched.push_back(static_cast<uint32_t>(other));
          sum.density += addend;
          if (addend > sum.most) {
            sum.most = addend;
            sum.from = source.beam;
          }
        }
      }
    }
    for (const uint32_t beam : touched) {
      const double snr = tail * received[beam].density;
      const shared::LidarAxis& from = beams.axes[received[beam].from];
      received[beam] = {};
      if (snr < setting.leastSnr) continue;
      blooms.push_back(
          {beam,
           {from.glowRange_m, static_cast<float>(snr / setting.snrScale), from.glowObject, from.glowSemanticMaterial}});
    }
  }
  // Of those that a beam gets light of, the one that gives most.
  std::stable_sort(blooms.begin(), blooms.end(), [](const BeamBloom& a, const BeamBloom& b) {
    return a.beam != b.beam ? a.beam < b.beam : a.bloom.signal > b.bloom.signal;
  });
  const auto isSameBeam = [](const BeamBloom& a, const BeamBloom& b) { return a.beam == b.beam; };
  blooms.erase(std::unique(blooms.begin(), blooms.end(), isSameBeam), blooms.end());
  return blooms;
}

}  // namespace nightfog::lidar
