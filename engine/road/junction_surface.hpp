// One ground where ways through a junction overlap. Part of tessellate().
#pragma once

#include <vector>

#include "engine/road/surface.hpp"

namespace nightfog::road {

/// Stretches of one junction.
struct JunctionStretches {
  std::vector<size_t> ways;  ///< of the roads that lead through it, ascending
  std::vector<size_t> arms;  ///< that meet it: they share edges with the ways
};

/// Of what overlaps on one level one layer stays: carriageways before sidewalks before verges, earlier ways before
/// later ones. What is cut shares its new vertices with its neighbours to the bit, and what lies enclosed between the
/// ways and in none of them is paved.
void joinWays(std::vector<SurfaceStretch>& surface, const JunctionStretches& junction);

}  // namespace nightfog::road
