// What signals and objects paint on the road, as rectangles of it. Part of tessellate().
#pragma once

#include <vector>

#include "engine/road/surface.hpp"

namespace nightfog::road {

struct PaintedMarks {
  std::vector<SurfaceCut> cuts;
  /// By road: places along it where a mark that is wide and short lies: stretches begin and end there.
  std::vector<std::vector<double>> bounds;
};

/// Stop lines (0.5 m), lines where one gives way (0.5 m, dashed), zebra stripes of 0.5 m on crosswalks, and the lines
/// of parking spaces (0.12 m) [RMS]. Of crosswalks and parking spaces only those that lie along or across their road.
PaintedMarks paintedMarks(const RoadNetwork& network);

}  // namespace nightfog::road
