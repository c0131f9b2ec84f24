#include "sensors/lidar/lidar_sub_rays.hpp"

#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::lidar {
namespace {

/// Share of exp(-2 r^2) between two squared radii, and its second moment there: with u = 2 r^2 the integrals of e^-u
/// and of u e^-u / 2.
double energyOf(double inner2, double outer2) {
  return std::exp(-2 * inner2) - std::exp(-2 * outer2);
}
double momentOf(double inner2, double outer2) {
  return 0.5 * ((2 * inner2 + 1) * std::exp(-2 * inner2) - (2 * outer2 + 1) * std::exp(-2 * outer2));
}

}  // namespace

std::vector<shared::LidarSubRay> subRays(uint32_t count, double divergenceH_rad, double divergenceV_rad) {
  NF_ASSERT(count == 1 || count == 7 || count == 19, "{} sub-rays", count);
  const double whole = energyOf(0, 1);
  std::vector<shared::LidarSubRay> bundle{{0, 0, static_cast<float>(energyOf(0, 1.0 / count) / whole)}};
  double ringsMoment = 0;
  for (uint32_t ring = 1, before = 1; before < count; before += 6 * ring, ++ring)
    ringsMoment += momentOf(1.0 * before / count, 1.0 * (before + 6 * ring) / count);
  const double stretch2 = ringsMoment > 0 ? momentOf(0, 1) / ringsMoment : 0;
  for (uint32_t ring = 1, before = 1; before < count; before += 6 * ring, ++ring) {
    const uint32_t rays = 6 * ring;
    const double inner2 = 1.0 * before / count;
    const double outer2 = 1.0 * (before + rays) / count;
    const double energy = energyOf(inner2, outer2);
    const double radius = std::sqrt(stretch2 * momentOf(inner2, outer2) / energy);
    for (uint32_t i = 0; i < rays; ++i) {
      const double angle = 2 * kPi * (i + 0.25) / rays;  // no multiple of a right angle
      bundle.push_back({static_cast<float>(std::tan(0.5 * divergenceH_rad * radius * std::cos(angle))),
                        static_cast<float>(std::tan(0.5 * divergenceV_rad * radius * std::sin(angle))),
                        static_cast<float>(energy / (rays * whole))});
    }
  }
  return bundle;
}

}  // namespace nightfog::lidar
