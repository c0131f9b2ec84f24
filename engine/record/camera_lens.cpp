#include "engine/record/camera_lens.hpp"

#include <algorithm>

namespace nightfog::record {

shared::CameraLens lensOf(const CameraCalibration& c) {
  // Squared radius up to which r (1 + k1 r^2 + k2 r^4 + k3 r^6) rises.
  constexpr double kFurthest2 = 25, kStep2 = 1e-3;
  double radius2 = kFurthest2;
  for (double r2 = 0; r2 < kFurthest2; r2 += kStep2) {
    if (1 + r2 * (3 * c.k1 + r2 * (5 * c.k2 + r2 * 7 * c.k3)) > 0) continue;
    radius2 = std::max(r2 - kStep2, 0.0);
    break;
  }
  const auto f = [](double v) { return static_cast<float>(v); };
  return {f(c.fx), f(c.fy), f(c.cx), f(c.cy), f(c.k1), f(c.k2), f(c.p1), f(c.p2), f(c.k3), f(radius2)};
}

RigidTransform sensorFromOptical() {
  return {glm::dquat(0.5, -0.5, 0.5, -0.5), glm::dvec3(0)};
}

}  // namespace nightfog::record
