#include "engine/world/ground.hpp"

#include <algorithm>
#include <cmath>

#include "engine/road/surface.hpp"

namespace nightfog::world {
namespace {

constexpr double kReach_m = 30;
/// Where there are several roads one must not lie on another.
constexpr double kReachBesideOthers_m = 4;
constexpr double kChord_m = 2;
/// Thick enough that nothing sinks through in a substep.
constexpr double kThickness_m = 1;
/// What lies lower is no kerb.
constexpr double kStep_m = 0.005;
/// How far below the lowest point of a hilly map the plane lies.
constexpr double kBelow_m = 0.5;

double reachOf(const road::RoadNetwork& map) {
  return map.roads().size() > 1 ? kReachBesideOthers_m : kReach_m;
}

double heightOf(const road::Lane& lane, double s) {
  double height = 0;
  for (const road::LaneHeight& at : lane.heights) {
    if (at.s <= s) height = 0.5 * (at.inner_m + at.outer_m);
  }
  return height;
}

}  // namespace

std::vector<GroundBox> Ground::raisedBoxes() const {
  std::vector<GroundBox> boxes;
  if (!map_.isFlat()) return boxes;
  for (const road::Road& road : map_.roads()) {
    for (const road::LaneSection& section : road.sections()) {
      raiseSide(road, section, 1, boxes);
      raiseSide(road, section, -1, boxes);
    }
  }
  return boxes;
}

void Ground::raiseSide(const road::Road& road, const road::LaneSection& section, int side,
                       std::vector<GroundBox>& boxes) const {
  const std::vector<road::Lane>& lanes = side > 0 ? section.left : section.right;
  const std::vector<double> stations = road.data().line.stations(1e9, 1e9);  // where its pieces meet
  for (size_t first = 0; first < lanes.size();) {
    // Lanes of one height make one box.
    const double height = heightOf(lanes[first], section.first_s);
    size_t last = first;
    while (last + 1 < lanes.size() && std::abs(heightOf(lanes[last + 1], section.first_s) - height) < kStep_m) ++last;
    const bool isOutermost = last + 1 == lanes.size();
    const size_t from = first;
    first = last + 1;
    if (height < kStep_m) continue;
    for (size_t i = 0; i + 1 < stations.size(); ++i) {
      const double low_s = std::max(stations[i], section.first_s), high_s = std::min(stations[i + 1], section.last_s);
      if (!(high_s > low_s)) continue;
      const bool isBox = road.isUniform() && road.curvature_1pm(0.5 * (low_s + high_s)) == 0;
      const int pieces = isBox ? 1 : static_cast<int>(std::ceil((high_s - low_s) / kChord_m));
      const double piece_s = (high_s - low_s) / pieces;
      for (int k = 0; k < pieces; ++k) {
        const double centre_s = low_s + (k + 0.5) * piece_s;
        const double curvature = side * road.curvature_1pm(centre_s);  // > 0: this side is the inside of the bend
        const double kerb = side * road.borders(section, lanes[from].id, centre_s).inner;
        double outer = side * road.borders(section, lanes[last].id, centre_s).outer + (isOutermost ? reachOf(map_) : 0);
        if (isOutermost) outer = std::min(outer, kerb + kReach_m);
        if (curvature > 0) outer = std::min(outer, 0.9 / curvature);
        if (!(outer > kerb)) continue;
        GroundBox box;
        box.worldFromBox = road.pose(centre_s, side * 0.5 * (kerb + outer));
        box.worldFromBox.translation.z = height - 0.5 * kThickness_m;
        // As long as the piece is at its longer edge: neighbours overlap, and leave no gap.
        const double longer = piece_s * (1 - curvature * (curvature > 0 ? kerb : outer));
        box.halfExtents = {0.5 * longer, 0.5 * (outer - kerb), 0.5 * kThickness_m};
        boxes.push_back(box);
      }
    }
  }
}

std::vector<std::array<glm::dvec3, 3>> Ground::hillTriangles() {
  std::vector<std::array<glm::dvec3, 3>> triangles;
  if (map_.isFlat()) return triangles;
  road::SurfaceOptions options;
  options.marks = false;
  options.chordError_m = 0.005;
  options.verge_m = reachOf(map_);
  options.vergeSink_m = 0;
  options.beyond_m = kReach_m;
  double lowest = 1e300;
  for (const road::SurfaceStretch& stretch : tessellate(map_, options)) {
    for (const road::SurfaceTriangle& t : stretch.triangles) {
      triangles.push_back({stretch.points[t.points.x], stretch.points[t.points.y], stretch.points[t.points.z]});
      for (const glm::dvec3& p : triangles.back()) lowest = std::min(lowest, p.z);
    }
  }
  plane_m_ = lowest - kBelow_m;
  return triangles;
}

}  // namespace nightfog::world
