// The ground of a road network as triangles: lanes with their marks cut in, kerbs, verges. What one sees and what
// wheels roll on come from here.
//
// Neighbours share their vertices to the bit, along the lanes, from stretch to stretch, and where roads are linked:
// there is no crack. Marks are triangles of the surface itself, so nothing lies on anything. Along the road chords
// leave the true surface by at most SurfaceOptions::chordError_m.
// @code
//   for (const SurfaceStretch& stretch : tessellate(map, {}))
//     for (const SurfaceTriangle& triangle : stretch.triangles) …
// @endcode
#pragma once

#include <glm/glm.hpp>
#include <vector>

#include "engine/road/network.hpp"

namespace nightfog::road {

enum class SurfacePart {
  kLane,
  kMark,   ///< painted
  kKerb,   ///< face and top of a step between lanes
  kVerge,  ///< beside the outermost lane
};

/// What a triangle is.
struct SurfaceKind {
  SurfacePart part = SurfacePart::kLane;
  LaneKind lane = LaneKind::kDriving;  ///< of the lane it lies in; of a kerb the higher lane's
  MarkColour colour = MarkColour::kWhite;
  bool isWheelTrack = false;
  int cut = -1;  ///< index of the SurfaceCut it lies in
  bool operator==(const SurfaceKind&) const = default;
};

struct SurfaceTriangle {
  glm::uvec3 points{0};  ///< counter-clockwise from above
  SurfaceKind kind;
};

/// A short piece of one road.
struct SurfaceStretch {
  uint32_t road = 0;
  std::vector<glm::dvec3> points;  ///< world; on a grid of 2^-14 m
  std::vector<SurfaceTriangle> triangles;
};

/// A rectangle of road that is to be told apart: a trench filled in, a stretch resurfaced.
struct SurfaceCut {
  uint32_t road = 0;
  double first_s = 0;
  double last_s = 0;
  double low_t = 0;
  double high_t = 0;
  bool isMark = false;  ///< painted white: its triangles are marks
};

struct SurfaceOptions {
  double chordError_m = 0.004;
  double longest_m = 5;       ///< of a triangle along the road
  bool marks = true;          ///< marks, wheel tracks and bays; false: the bare shape
  double verge_m = 8;         ///< how far grass reaches beside the outermost lanes; 0: not at all
  double vergeSink_m = 0.45;  ///< how deep the verge's outer edge dips into the terrain
  double beyond_m = 0;        ///< how far roads go on beyond ends that meet nothing
};

std::vector<SurfaceStretch> tessellate(const RoadNetwork& network, const SurfaceOptions& options,
                                       const std::vector<SurfaceCut>& cuts = {});

/// How far the verge reaches on a side (1 left, -1 right): less on the inside of a tight bend.
double vergeWidth(const Road& road, double side, double wanted_m);

}  // namespace nightfog::road
