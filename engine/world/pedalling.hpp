// How legs go on a bicycle: feet stay on pedals that turn with the way travelled.
#pragma once

#include <array>
#include <glm/glm.hpp>

#include "engine/world/gait.hpp"

namespace nightfog::world {

/// A crank with a pedal and a leg on each side, by Side; x forward, z up, at rest.
class Pedalling {
 public:
  struct Leg {
    LegGeometry geometry;
    glm::dvec2 ankleFromHip_m{0};    ///< x, z
    glm::dvec2 pedalFromCrank_m{0};  ///< x, z
  };
  explicit Pedalling(const std::array<Leg, 2>& legs) : legs_(legs) {}

  /// Of the crank about y, from rest; forward is positive.
  static double crankAngle_rad(double travelled_m);
  /// The foot stays level on its pedal.
  LegAngles leg(Side side, double travelled_m) const;

 private:
  std::array<Leg, 2> legs_;
};

}  // namespace nightfog::world
