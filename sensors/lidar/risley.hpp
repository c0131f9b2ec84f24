// Where turning wedge prisms send a beam.
#pragma once

#include <glm/glm.hpp>
#include <span>

#include "engine/scenario/lidar_spec.hpp"

namespace nightfog::lidar {

/// Unit direction, in the sensor's frame, of light that comes along x through `prisms` at a time after the episode's
/// start: Snell's law at every face, from air (index 1) into glass and out again. Prisms 0, 2, … have their flat face
/// first, prisms 1, 3, … their sloping one, so that sloping faces meet as in a Livox Mid-40: two wedges of 18° and
/// index 1.51 then sweep 38.4°, as published. A zero vector where light is totally reflected.
/// @code const glm::dvec3 d = risleyDirection(profile.prisms, 1.51, 0.1); @endcode
glm::dvec3 risleyDirection(std::span<const scenario::LidarPrism> prisms, double refractiveIndex, double time_s);

}  // namespace nightfog::lidar
