#include "engine/road/lane_path.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::road {
namespace {

constexpr double kLongest_m = 2;
constexpr double kTurn_rad = 0.1;
/// Places nearer than this are one.
constexpr double kShortest_m = 1e-6;
/// Of a difference quotient; what is differenced is a cubic or nearly so.
constexpr double kDerivativeStep_m = 1e-3;

/// Gauss-Legendre, 5 points on [-1, 1] [Abramowitz & Stegun, table 25.4].
constexpr double kNode[5] = {-0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831, 0.9061798459386640};
constexpr double kWeight[5] = {0.2369268850561891, 0.4786286704993665, 0.5688888888888889, 0.4786286704993665,
                               0.2369268850561891};

void addStarts(const Profile& profile, std::vector<double>& places) {
  for (const Cubic& piece : profile.pieces()) places.push_back(piece.start);
}

}  // namespace

std::vector<double> LanePath::stations(const Road& road) {
  return road.data().line.stations(kTurn_rad, kLongest_m);
}

LanePath::LanePath(const RoadNetwork& map, const LaneKey& lane) : LanePath(map, lane, stations(map.road(lane.road))) {}

LanePath::LanePath(const RoadNetwork& map, const LaneKey& lane, const std::vector<double>& stations)
    : map_(&map), lane_(lane) {
  const Road& road = map.road(lane.road);
  const LaneSection& section = road.sections()[lane.section];
  const RoadData& data = road.data();
  std::vector<double> places{section.first_s, section.last_s};
  places.insert(places.end(), std::lower_bound(stations.begin(), stations.end(), section.first_s),
                std::upper_bound(stations.begin(), stations.end(), section.last_s));
  addStarts(data.elevation, places);
  addStarts(data.superelevation, places);
  addStarts(data.laneOffset, places);
  for (const Lane& other : lane.lane > 0 ? section.left : section.right) {
    if (std::abs(other.id) > std::abs(lane.lane)) continue;
    addStarts(other.width, places);
    if (other.id != lane.lane) continue;
    for (const LaneHeight& height : other.heights) places.push_back(height.s);
  }
  std::sort(places.begin(), places.end());
  std::vector<double> kept{section.first_s};
  for (const double s : places) {
    if (s - kept.back() > kShortest_m && section.last_s - s > kShortest_m) kept.push_back(s);
  }
  kept.push_back(section.last_s);
  if (road.isAgainstS(lane.lane)) std::reverse(kept.begin(), kept.end());
  double distance = 0;
  samples_.reserve(kept.size());
  for (size_t i = 0; i < kept.size(); ++i) {
    if (i > 0) distance += lengthBetween(kept[i - 1], kept[i]);
    const LanePose pose = map.lanePose(lane, kept[i]);
    samples_.push_back({distance, kept[i], pose.worldFromLane.translation, pose.heading_rad, pose.width_m});
  }
}

// In the frame of the line, with n and z the place's horizontal and vertical distance from it:
// |dp/ds|^2 = (1 - kappa n)^2 + n'^2 + z'^2, the first times the line's own metres per s.
double LanePath::speedAt(double s) const {
  const Road& road = map_->road(lane_.road);
  const LaneSection& section = road.sections()[lane_.section];
  const auto aside = [&](double at) {
    const double t = road.borders(section, lane_.lane, at).centre();
    return road.slicePlace(section, at, t);
  };
  const double from = std::max(s - kDerivativeStep_m, section.first_s),
               to = std::min(s + kDerivativeStep_m, section.last_s);
  const double scale = to > from ? 1 / (to - from) : 0;
  const glm::dvec2 slope = (aside(to) - aside(from)) * scale;
  const PlanPoint line = road.plan(s);
  const double along = line.stretch * (1 - line.curvature_1pm * aside(s).x);
  return std::sqrt(along * along + slope.x * slope.x + slope.y * slope.y);
}

double LanePath::lengthBetween(double from_s, double to_s) const {
  const double middle = 0.5 * (from_s + to_s), half = 0.5 * (to_s - from_s);
  double sum = 0;
  for (int i = 0; i < 5; ++i) sum += kWeight[i] * speedAt(middle + half * kNode[i]);
  return std::abs(half) * sum;
}

double LanePath::sAt(double distance_m) const {
  const double wanted = std::clamp(distance_m, 0.0, length_m());
  const auto after = std::upper_bound(samples_.begin(), samples_.end(), wanted,
                                      [](double d, const Sample& sample) { return d < sample.distance_m; });
  if (after == samples_.end()) return samples_.back().s;
  if (after == samples_.begin()) return samples_.front().s;
  const Sample &a = *(after - 1), &b = *after;
  const double rest = wanted - a.distance_m;
  const double direction = b.s > a.s ? 1 : -1;
  double s = a.s + (b.s - a.s) * rest / (b.distance_m - a.distance_m);
  // Newton: the speed hardly changes within a sample's reach.
  for (int i = 0; i < 4; ++i) {
    const double error = lengthBetween(a.s, s) - rest;
    if (std::abs(error) < 1e-9) break;
    s = std::clamp(s - direction * error / std::max(speedAt(s), 1e-6), std::min(a.s, b.s), std::max(a.s, b.s));
  }
  return s;
}

double LanePath::distanceAt(double s) const {
  const double direction = samples_.back().s >= samples_.front().s ? 1 : -1;
  const auto after = std::upper_bound(samples_.begin(), samples_.end(), direction * s,
                                      [&](double place, const Sample& sample) { return place < direction * sample.s; });
  if (after == samples_.begin()) return 0;
  if (after == samples_.end()) return length_m();
  return (after - 1)->distance_m + lengthBetween((after - 1)->s, s);
}

LanePath::Foot LanePath::foot(const glm::dvec3& world, size_t first, size_t last) const {
  const glm::dvec2 point(world);
  Foot best;
  best.apart_m = 1e300;
  double best_s = samples_[first].s;
  for (size_t i = first; i < std::min(last, samples_.size() - 1); ++i) {
    const glm::dvec2 a(samples_[i].position), b(samples_[i + 1].position);
    const double length2 = glm::dot(b - a, b - a);
    const double share = length2 > 0 ? std::clamp(glm::dot(point - a, b - a) / length2, 0.0, 1.0) : 0;
    const double apart = glm::length(point - a - share * (b - a));
    if (apart >= best.apart_m) continue;
    best.apart_m = apart;
    best_s = samples_[i].s + share * (samples_[i + 1].s - samples_[i].s);
  }
  // The chord's foot is off by the sagitta's second order: two steps along the path put it right.
  double distance = distanceAt(best_s);
  LanePose pose = at(distance);
  for (int i = 0; i < 3; ++i) {
    const glm::dvec2 ahead(std::cos(pose.heading_rad), std::sin(pose.heading_rad));
    const glm::dvec2 offset = point - glm::dvec2(pose.worldFromLane.translation);
    const double left = ahead.x * offset.y - ahead.y * offset.x;
    const double bend = std::max(0.2, 1 - pose.curvature_1pm * left);
    const double step = glm::dot(ahead, offset) / bend;
    distance = std::clamp(distance + step, 0.0, length_m());
    pose = at(distance);
    if (std::abs(step) < 1e-9) break;
  }
  const glm::dvec2 ahead(std::cos(pose.heading_rad), std::sin(pose.heading_rad));
  const glm::dvec2 offset = point - glm::dvec2(pose.worldFromLane.translation);
  best.distance_m = distance;
  best.left_m = ahead.x * offset.y - ahead.y * offset.x;
  best.apart_m = glm::length(offset);
  return best;
}

}  // namespace nightfog::road
