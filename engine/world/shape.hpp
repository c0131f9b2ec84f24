// Shapes of a change from 0 to 1 while u goes from 0 to 1: value, slope, second derivative, area below. Closed forms;
// beyond the ends they hold.
#pragma once

#include <algorithm>
#include <cmath>

#include "engine/core/transform.hpp"
#include "engine/scenario/action.hpp"

namespace nightfog::world {

inline double valueOf(scenario::Shape shape, double u) {
  if (u <= 0) return 0;
  if (u >= 1 || shape == scenario::Shape::kStep) return 1;
  if (shape == scenario::Shape::kSinusoidal) return 0.5 * (1 - std::cos(kPi * u));
  if (shape == scenario::Shape::kCubic) return u * u * (3 - 2 * u);
  return u;
}

inline double slopeOf(scenario::Shape shape, double u) {
  if (u < 0 || u >= 1 || shape == scenario::Shape::kStep) return 0;
  if (shape == scenario::Shape::kSinusoidal) return 0.5 * kPi * std::sin(kPi * u);
  if (shape == scenario::Shape::kCubic) return 6 * u * (1 - u);
  return 1;
}

inline double curvatureOf(scenario::Shape shape, double u) {
  if (u < 0 || u >= 1) return 0;
  if (shape == scenario::Shape::kSinusoidal) return 0.5 * kPi * kPi * std::cos(kPi * u);
  if (shape == scenario::Shape::kCubic) return 6 - 12 * u;
  return 0;
}

inline double areaUnder(scenario::Shape shape, double u) {
  if (shape == scenario::Shape::kStep) return u;
  if (shape == scenario::Shape::kSinusoidal) return 0.5 * (u - std::sin(kPi * u) / kPi);
  if (shape == scenario::Shape::kCubic) return u * u * u * (1 - 0.5 * u);
  return 0.5 * u * u;
}

/// The steepest slope: a change at a given peak rate takes change * steepest / rate.
inline double steepest(scenario::Shape shape) {
  return shape == scenario::Shape::kSinusoidal ? 0.5 * kPi : shape == scenario::Shape::kCubic ? 1.5 : 1.0;
}

/// The largest second derivative; of a straight line, which has none, that of a parabola pair in its place.
inline double sharpest(scenario::Shape shape) {
  return shape == scenario::Shape::kSinusoidal ? 0.5 * kPi * kPi : shape == scenario::Shape::kCubic ? 6.0 : 4.0;
}

}  // namespace nightfog::world
