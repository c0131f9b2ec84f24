#include "engine/world/pedalling.hpp"

#include <cmath>

#include "engine/core/transform.hpp"

namespace nightfog::world {
namespace {

/// Way of one turn of the crank: 42 teeth on 19 with a 28 inch wheel; 62 turns a minute at 18 km/h.
constexpr double kDevelopment_m = 4.8;

}  // namespace

double Pedalling::crankAngle_rad(double travelled_m) {
  return 2 * kPi * std::remainder(travelled_m / kDevelopment_m, 1.0);
}

LegAngles Pedalling::leg(Side side, double travelled_m) const {
  const Leg& leg = legs_[side];
  const double angle = crankAngle_rad(travelled_m);
  // Turned about y: z goes to x.
  const glm::dvec2 p = leg.pedalFromCrank_m;
  const glm::dvec2 turned(p.x * std::cos(angle) + p.y * std::sin(angle), p.y * std::cos(angle) - p.x * std::sin(angle));
  const glm::dvec2 ankle = leg.ankleFromHip_m + turned - p;
  return reachFor(leg.geometry, ankle.x, ankle.y);
}

}  // namespace nightfog::world
