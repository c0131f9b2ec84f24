#include "sensors/camera/lens.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::camera {

shared::CameraLens makeLens(const scenario::CameraSpec& spec) {
  shared::CameraLens lens{};
  lens.fx = static_cast<float>(spec.fx);
  lens.fy = static_cast<float>(spec.fy);
  lens.cx = static_cast<float>(spec.cx);
  lens.cy = static_cast<float>(spec.cy);
  lens.k1 = static_cast<float>(spec.k1);
  lens.k2 = static_cast<float>(spec.k2);
  lens.p1 = static_cast<float>(spec.p1);
  lens.p2 = static_cast<float>(spec.p2);
  lens.k3 = static_cast<float>(spec.k3);
  // r (1 + k1 r^2 + k2 r^4 + k3 r^6) rises up to the first zero of 1 + 3 k1 s + 5 k2 s^2 + 7 k3 s^3, s = r^2.
  constexpr double kLimit = 100.0;  // 84 degrees off the axis
  auto slope = [&](double s) { return 1 + s * (3 * spec.k1 + s * (5 * spec.k2 + s * 7 * spec.k3)); };
  double low = 0;
  double high = kLimit;
  constexpr double kStep = 1e-3;
  for (double s = kStep; s < kLimit; s += kStep) {
    if (slope(s) <= 0) {
      low = s - kStep;
      high = s;
      for (int i = 0; i < 40; ++i) {
        const double middle = 0.5 * (low + high);
        (slope(middle) > 0 ? low : high) = middle;
      }
      break;
    }
  }
  lens.maxRadius2 = static_cast<float>(high < kLimit ? low : kLimit);
  return lens;
}

shared::CameraLens scaleLens(const shared::CameraLens& lens, double factor) {
  shared::CameraLens scaled = lens;
  const auto f = static_cast<float>(factor);
  scaled.fx = lens.fx * f;
  scaled.fy = lens.fy * f;
  scaled.cx = (lens.cx + 0.5f) * f - 0.5f;  // pixel edges, not centres, keep their place
  scaled.cy = (lens.cy + 0.5f) * f - 0.5f;
  return scaled;
}

RigidTransform sensorFromOptical() {
  // optical x = -y, optical y = -z, optical z = x of the sensor
  const glm::dmat3 m(glm::dvec3(0, -1, 0), glm::dvec3(0, 0, -1), glm::dvec3(1, 0, 0));
  return {glm::quat_cast(m), glm::dvec3(0)};
}

}  // namespace nightfog::camera
