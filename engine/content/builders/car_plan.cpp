// The car's side as a surface: plan, tuck of the sill, shoulder, wheel arches.
#include <algorithm>
#include <cmath>

#include "engine/content/builders/car_body.hpp"

namespace nightfog::content {
namespace {

constexpr double kArchGap_m = 0.055;
constexpr double kCornerLength_m = 0.70;

/// How far the side lies inside the plan's outline at a share of the height between sill and shoulder.
double tuck(double share) {
  const double low = share < 0.30 ? 0.055 * std::pow(1 - share / 0.30, 2) : 0.0;
  const double waist = 0.012 * smoothStep(0.30, 0.50, share) * (1 - smoothStep(0.52, 0.68, share));
  const double high = share > 0.74 ? 0.085 * std::pow((share - 0.74) / 0.26, 2.2) : 0.0;
  return low + waist + high;
}

}  // namespace

double archRadius(const CarShape& shape) {
  return shape.wheelRadius_m + kArchGap_m;
}

double lowerEdge(const CarShape& shape, double station) {
  for (const double wheel : {0.0, shape.wheelbase_m}) {
    const double dx = station - wheel;
    const double r = archRadius(shape);
    if (std::abs(dx) < r - 0.002) return shape.wheelRadius_m + std::sqrt(r * r - dx * dx);
  }
  return shape.clearance_m;
}

CarPlan::CarPlan(const CarShape& shape)
    : frontStation(shape.front_m - shape.frontBow_m), rearStation(shape.rear_m + shape.rearBow_m) {}

double CarPlan::halfWidth(const CarShape& shape, double station) const {
  const double ahead = std::max(0.0, station - (frontStation - kCornerLength_m)) / kCornerLength_m;
  const double behind = std::max(0.0, rearStation + kCornerLength_m - station) / kCornerLength_m;
  return shape.halfWidth_m *
         (1 - (1 - shape.frontCorner) * std::pow(ahead, 2.6) - (1 - shape.rearCorner) * std::pow(behind, 2.6));
}

glm::dvec3 CarPlan::side(const CarShape& shape, double station, double rise) const {
  const double low = lowerEdge(shape, station);
  const double high = shape.shoulder(station);
  const double z = mix(low, high, rise);
  double y = halfWidth(shape, station) - tuck((z - shape.clearance_m) / (high - shape.clearance_m));
  // A lip around the wheel arches.
  for (const double wheel : {0.0, shape.wheelbase_m}) {
    const double off = std::hypot(station - wheel, z - shape.wheelRadius_m) - archRadius(shape);
    if (z > shape.wheelRadius_m * 0.6) y += 0.016 * std::exp(-std::pow(off / 0.045, 2));
  }
  const double nose = smoothStep(frontStation - 0.55, frontStation, station);
  const double tail = 1 - smoothStep(rearStation, rearStation + 0.45, station);
  return {station - nose * shape.noseSetback(z) + tail * shape.tailSetback(z), y, z};
}

}  // namespace nightfog::content
