// The sky of one position of the sun: radiance by direction, and what sun and sky bring to the ground.
#pragma once

#include <glm/glm.hpp>
#include <memory>
#include <optional>
#include <vector>

namespace nightfog::camera {

/// Radiance in cd/m^2 and irradiance in lx, linear Rec. 709 RGB.
struct Sky {
  glm::dvec3 sunDirection{0, 0, 1};
  glm::dvec3 beamDirection{0, 0, 1};  ///< of sunIrradiance: the sun's, by moonlight the moon's
  glm::vec2 sunAzimuth{1, 0};         ///< unit, horizontal
  std::vector<glm::vec3> radiance;    ///< kSkyTableWidth x kSkyTableHeight, clear sky without the sun's disk; place by
                                      ///< shared::skyTablePlace()
  glm::vec3 sunIrradiance{0};         ///< on a plane facing the sun
  glm::vec3 skyIrradiance{0};         ///< on a horizontal plane
};

/// Single scattering by Rayleigh, Mie and ozone, and all higher orders as isotropic [Hillaire 2020, section 5.5], seen
/// from the ground; plus the glow of a town's night. Takes about a tenth of a second; a function of the direction
/// alone.
Sky makeSky(const glm::dvec3& sunDirection);

/// Where a moon stands that lights the night: a full moon lies opposite the sun; at least 10 degrees high, lest its
/// beam be stronger than any moon's.
glm::dvec3 moonDirection(const glm::dvec3& sunDirection);

/// The sky of a frame; remembers what it was made from.
class SkyOfFrame {
 public:
  /// `moonIlluminance_lx` on level ground by the moon's beam and its sky together, where the sun is down;
  /// `sunIlluminance_lx` of the beam on a surface that faces it, none: clear air's.
  const Sky& at(const glm::dvec3& sunDirection, double moonIlluminance_lx, std::optional<double> sunIlluminance_lx);

 private:
  std::shared_ptr<const Sky> ofSun_, ofMoon_;
  std::optional<Sky> now_;
  double moon_lx_ = 0;
  std::optional<double> sun_lx_;
};

}  // namespace nightfog::camera
