// A bank of fog from its definition (engine/shared/fog_bank.h), in doubles and by sums: what its closed form is held
// to.
#pragma once

#include <algorithm>
#include <cmath>

#include "engine/content/scene.hpp"

namespace nightfog::test {

/// Share of the bank's full extinction at a place.
inline double bankShareAt(const content::FogBank& bank, const glm::dvec3& place, double time_s) {
  const glm::dvec3 p = place - bank.centre - bank.velocity_mps * time_s;
  const double c = std::cos(bank.heading_rad);
  const double s = std::sin(bank.heading_rad);
  const glm::dvec3 scaled = glm::dvec3(p.x * c + p.y * s, p.y * c - p.x * s, p.z) / bank.radius_m;
  const double full = (1 - bank.edge) * (1 - bank.edge);
  const double u = std::clamp((glm::dot(scaled, scaled) - full) / (1 - full), 0.0, 1.0);
  return 1 - u * u * (3 - 2 * u);
}

/// What it takes from a straight path, by `steps` steps.
inline double bankDepth(const content::FogBank& bank, const glm::dvec3& origin, const glm::dvec3& direction,
                        double length, double time_s, int steps = 20'000) {
  double sum = 0;
  for (int k = 0; k < steps; ++k) sum += bankShareAt(bank, origin + direction * ((k + 0.5) * length / steps), time_s);
  return bank.extinction_1pm * sum * length / steps;
}

}  // namespace nightfog::test
