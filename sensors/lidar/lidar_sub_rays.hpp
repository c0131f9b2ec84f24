// The bundle of rays that stands for a beam's footprint.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/shared/lidar_data.h"

namespace nightfog::lidar {

/// 1, 7 or 19 rays: the axis, and one or two rings of 6 and 12 around it, on an ellipse of these full divergence
/// angles.
///
/// The beam is Gaussian in angle, exp(-2 r^2) at r half divergences, cut at r = 1. Each ray stands for the same area of
/// the disc and carries what energy falls on it; the rings' radii are such that the bundle has the beam's second
/// moments. No two rays lie in one plane with the beam's horizontal or vertical but the axis: an edge through the
/// middle halves the rings.
/// @code for (const shared::LidarSubRay& ray : subRays(7, 3e-3, 1.5e-3)) energy += ray.weight; @endcode
std::vector<shared::LidarSubRay> subRays(uint32_t count, double divergenceH_rad, double divergenceV_rad);

}  // namespace nightfog::lidar
