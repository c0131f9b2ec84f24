#include "engine/content/street/street_line.hpp"

#include <algorithm>
#include <cmath>

#include "engine/content/street/surface.hpp"
#include "engine/road/surface.hpp"

namespace nightfog::content {

StreetMap::StreetMap(const road::RoadNetwork& network, double beyond_m) : network_(network) {
  for (uint32_t r = 0; r < network.roads().size(); ++r) {
    roads_.emplace_back(network, r, beyond_m);
    const road::Road& road = network.road(r);
    if (roads_[r].firstS() < 0 || roads_[r].lastS() > road.length_m()) extended_.push_back(r);
    const bool isInside = road.data().junction >= 0;
    verges_.push_back(isInside ? Verges{}
                               : Verges{road::vergeWidth(road, 1, kVerge_m), road::vergeWidth(road, -1, kVerge_m)});
  }
}

bool StreetMap::besideRoad(uint32_t index, const glm::dvec3& world, bool isNear, Beside& out) const {
  const road::ExtendedRoad& extended = roads_[index];
  const road::Road& road = extended.road();
  const road::RoadPoint on = road.project(world);
  // Beyond an end: how far ahead along the extension.
  const road::PlanPoint at = road.plan(on.s);
  const glm::dvec2 offset = glm::dvec2(world) - at.position;
  const double ahead = offset.x * std::cos(at.heading_rad) + offset.y * std::sin(at.heading_rad);
  const bool isOff = (on.s <= 0 && ahead < 0) || (on.s >= road.length_m() && ahead > 0);
  double s = on.s, past = 0;
  if (isOff) {
    s = std::clamp(on.s + ahead, extended.firstS(), extended.lastS());
    past = std::abs(on.s + ahead - s);
    // A road's end that is linked goes on as another road.
    if (!isNear && past > 0 && s == on.s) return false;
  }
  const double side = on.t > 0 ? 1 : -1;
  const double edge = extended.edge(s, side);
  const double aside = side * on.t - edge;
  const road::Road::CrossSection slice = extended.crossSection(s);
  const double outer = road.height_m(s, side * (edge + 1));
  out.beyond_m = past > 1e-6 ? std::hypot(past, std::max(aside, 0.0)) : aside;
  out.edge_m = slice.at(side * edge, outer).z;
  const double t = std::clamp(on.t, -(extended.edge(s, -1) + kVerge_m), extended.edge(s, 1) + kVerge_m);
  out.surface_m = slice.at(t, aside > 0 ? outer : road.height_m(s, on.t)).z;
  out.verge_m = side > 0 ? verges_[index].left : verges_[index].right;
  return true;
}

StreetMap::Beside StreetMap::beside(const glm::dvec3& world) const {
  Beside best;
  best.beyond_m = 1e9;
  if (const std::optional<road::NetworkPoint> on = network_.locate(world)) besideRoad(on->road, world, true, best);
  // The network does not know of the extensions.
  for (const uint32_t r : extended_) {
    Beside other;
    if (besideRoad(r, world, false, other) && other.beyond_m < best.beyond_m) best = other;
  }
  return best;
}

double StreetLine::kerb(double s, double side, bool& isRaised) const {
  const road::LaneSection& section = road().section(s);
  const double at = std::clamp(s, 0.0, road().length_m());
  isRaised = false;
  for (const road::Lane& lane : side > 0 ? section.left : section.right) {
    const road::Road::Borders borders = road().borders(section, lane.id, at);
    // A median is raised, but traffic drives beyond it.
    if (lane.kind != road::LaneKind::kSidewalk && lane.kind != road::LaneKind::kVerge) continue;
    isRaised = true;
    return side * borders.inner;
  }
  return edge(s, side);
}

}  // namespace nightfog::content
