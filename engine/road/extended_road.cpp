#include "engine/road/extended_road.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::road {
namespace {

constexpr double kProbe_m = 6;
constexpr double kClear_m = 6;  ///< kept from other roads

bool isClear(const RoadNetwork& network, uint32_t index, const ExtendedRoad& road, bool atEnd, double beyond_m) {
  if (network.roads().size() == 1) return true;
  for (double ahead = kProbe_m; ahead <= beyond_m; ahead += kProbe_m) {
    const double s = atEnd ? road.road().length_m() + ahead : -ahead;
    for (const double t : {road.road().leftEdge_m(s), 0.0, road.road().rightEdge_m(s)}) {
      const std::optional<NetworkPoint> on = network.locate(road.pose(s, t).translation);
      if (on && on->road != index && on->beyond_m < kClear_m) return false;
    }
  }
  return true;
}

}  // namespace

ExtendedRoad::ExtendedRoad(const RoadNetwork& network, uint32_t road, double beyond_m)
    : ExtendedRoad(network.road(road), beyond_m) {
  const RoadData& data = road_->data();
  const bool isInside = data.junction >= 0;
  const bool goesBefore =
      !isInside && data.predecessor.to == RoadLink::To::kNothing && isClear(network, road, *this, false, beyond_m);
  const bool goesAfter =
      !isInside && data.successor.to == RoadLink::To::kNothing && isClear(network, road, *this, true, beyond_m);
  if (!goesBefore) before_m_ = 0;
  if (!goesAfter) after_m_ = 0;
}

glm::dvec3 ExtendedRoad::past(double s) const {
  const double past_m = s < 0 ? s : std::max(0.0, s - road_->length_m());
  if (past_m == 0) return glm::dvec3(0);
  const double heading = road_->plan(s).heading_rad;
  // The slope falls linearly to level at the extension's end.
  const double reach = s < 0 ? before_m_ : after_m_;
  const double fade = reach > 0 ? std::max(0.0, 1 - 0.5 * std::abs(past_m) / reach) : 0;
  return past_m * glm::dvec3(std::cos(heading), std::sin(heading), road_->grade(s) * fade);
}

double ExtendedRoad::grade(double s) const {
  const double past_m = s < 0 ? -s : std::max(0.0, s - road_->length_m());
  const double reach = s < 0 ? before_m_ : after_m_;
  const double fade = past_m == 0 ? 1 : reach > 0 ? std::max(0.0, 1 - past_m / reach) : 0;
  return road_->grade(s) * fade;
}

RigidTransform ExtendedRoad::pose(double s, double t, double h) const {
  RigidTransform at = road_->pose(s, t, h);
  at.translation += past(s);
  return at;
}

Road::CrossSection ExtendedRoad::crossSection(double s) const {
  Road::CrossSection at = road_->crossSection(s);
  at.origin += past(s);
  return at;
}

}  // namespace nightfog::road
