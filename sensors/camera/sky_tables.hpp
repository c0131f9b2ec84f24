// The sky of one position of the sun: radiance by direction, and what sun and sky bring to the ground.
#pragma once

#include <glm/glm.hpp>
#include <vector>

namespace nightfog::camera {

/// Radiance in cd/m^2 and irradiance in lx, linear Rec. 709 RGB.
struct Sky {
  glm::dvec3 sunDirection{0, 0, 1};
  glm::vec2 sunAzimuth{1, 0};       ///< unit, horizontal
  std::vector<glm::vec3> radiance;  ///< kSkyTableWidth x kSkyTableHeight, clear sky without the sun's disk; place by
                                    ///< shared::skyTablePlace()
  glm::vec3 sunIrradiance{0};       ///< on a plane facing the sun
  glm::vec3 skyIrradiance{0};       ///< on a horizontal plane
};

/// Single scattering by Rayleigh, Mie and ozone, and all higher orders as isotropic [Hillaire 2020, section 5.5], seen
/// from the ground; plus the glow of a town's night. Takes about a tenth of a second; a function of the direction
/// alone.
Sky makeSky(const glm::dvec3& sunDirection);

}  // namespace nightfog::camera
