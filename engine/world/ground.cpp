#include "engine/world/ground.hpp"

#include <algorithm>
#include <cmath>

#include "engine/content/scenery.hpp"

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

Ground::Ground(road::RoadNetwork map) : map_(std::move(map)) {
  for (uint32_t r = 0; r < map_.roads().size(); ++r) roads_.emplace_back(map_, r, content::kStreetBeyondEnds_m);
}

GroundPoint Ground::under(const glm::dvec3& place) const {
  GroundPoint point;
  if (map_.isFlat()) return point;
  const std::optional<road::NetworkPoint> on = map_.locate(place);
  if (!on) return point;
  const road::ExtendedRoad& extended = roads_[on->road];
  const road::Road& road = extended.road();
  const road::PlanPoint line = road.plan(on->s);
  const glm::dvec2 forward(std::cos(line.heading_rad), std::sin(line.heading_rad));
  const glm::dvec2 across(-forward.y, forward.x);
  const glm::dvec2 offset = glm::dvec2(place) - line.position;
  // Beyond an end the line's tangent goes on.
  const double past_m = on->s <= 0 || on->s >= road.length_m() ? glm::dot(offset, forward) : 0;
  const double s = std::clamp(on->s + past_m, extended.firstS(), extended.lastS());
  const double roll = road.data().superelevation.value(on->s);
  // Lateral distances seen from above: t lies in the banked plane.
  const double wanted_m = glm::dot(offset, across), shrink = std::cos(roll);
  const double aside_m = std::clamp(wanted_m, road.rightEdge_m(on->s) * shrink, road.leftEdge_m(on->s) * shrink);
  point.height_m = extended.crossSection(s).at(aside_m / shrink, 0).z;
  // z = elevation(s) + aside tan(roll(s)); a step along the road at that distance is (1 - curvature aside) ds long.
  const double twist = road.data().superelevation.slope(on->s);
  const double isOnRoad = s > 0 && s < road.length_m() ? 1 : 0;
  const double along = (extended.grade(s) + isOnRoad * twist * aside_m / (shrink * shrink)) /
                       (1 - isOnRoad * line.curvature_1pm * aside_m);
  const double sideways = aside_m == wanted_m ? std::tan(roll) : 0;
  point.normal = glm::normalize(glm::dvec3(-along * forward - sideways * across, 1));
  return point;
}

std::vector<GroundBox> Ground::raisedBoxes() const {
  std::vector<GroundBox> boxes;
  for (const road::ExtendedRoad& extended : roads_) {
    for (const road::LaneSection& section : extended.road().sections()) {
      raiseSide(extended, section, 1, boxes);
      raiseSide(extended, section, -1, boxes);
    }
  }
  return boxes;
}

void Ground::raiseSide(const road::ExtendedRoad& extended, const road::LaneSection& section, int side,
                       std::vector<GroundBox>& boxes) const {
  const road::Road& road = extended.road();
  const std::vector<road::Lane>& lanes = side > 0 ? section.left : section.right;
  std::vector<double> stations = road.data().line.stations(1e9, 1e9);  // where its pieces meet
  stations.insert(stations.begin(), extended.firstS());
  stations.push_back(extended.lastS());
  const double first_s = section.first_s <= 0 ? extended.firstS() : section.first_s;
  const double sectionEnd_s = section.last_s >= road.length_m() ? extended.lastS() : section.last_s;
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
      const double low_s = std::max(stations[i], first_s), high_s = std::min(stations[i + 1], sectionEnd_s);
      if (!(high_s > low_s)) continue;
      const double middle_s = 0.5 * (low_s + high_s);
      const bool isPast = middle_s < 0 || middle_s > road.length_m();
      const bool isStraight = isPast || (road.isUniform() && road.curvature_1pm(middle_s) == 0);
      const bool isBox = map_.isFlat() && isStraight;
      const int pieces = isBox ? 1 : static_cast<int>(std::ceil((high_s - low_s) / kChord_m));
      const double piece_s = (high_s - low_s) / pieces;
      for (int k = 0; k < pieces; ++k) {
        const double centre_s = low_s + (k + 0.5) * piece_s;
        const double curvature =
            isPast ? 0 : side * road.curvature_1pm(centre_s);  // > 0: this side is the inside of the bend
        const double on_s = std::clamp(centre_s, 0.0, road.length_m());
        const double kerb = side * road.borders(section, lanes[from].id, on_s).inner;
        double outer = side * road.borders(section, lanes[last].id, on_s).outer + (isOutermost ? reachOf(map_) : 0);
        if (isOutermost) outer = std::min(outer, kerb + kReach_m);
        if (curvature > 0) outer = std::min(outer, 0.9 / curvature);
        if (!(outer > kerb)) continue;
        GroundBox box;
        box.worldFromBox = extended.pose(centre_s, side * 0.5 * (kerb + outer), height - 0.5 * kThickness_m);
        // As long as the piece is at its longer edge: neighbours overlap, and leave no gap.
        const double longer = piece_s * (1 - curvature * (curvature > 0 ? kerb : outer));
        box.halfExtents = {0.5 * longer, 0.5 * (outer - kerb), 0.5 * kThickness_m};
        boxes.push_back(box);
      }
    }
  }
}

}  // namespace nightfog::world
