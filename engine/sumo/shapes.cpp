// Lanes' middles as corners.
#include <algorithm>
#include <cmath>

#include "engine/sumo/network.hpp"

namespace nightfog::sumo {
namespace {

constexpr double kBeside_m = 0.003;

double besideChord(const glm::dvec3& p, const glm::dvec3& a, const glm::dvec3& b) {
  const glm::dvec3 along = b - a;
  const double square = glm::dot(along, along);
  const double u = square > 0 ? std::clamp(glm::dot(p - a, along) / square, 0.0, 1.0) : 0.0;
  return glm::length(p - (a + u * along));
}

/// Douglas and Peucker's, without recursion.
std::vector<glm::dvec3> thinned(const std::vector<glm::dvec3>& points) {
  std::vector<bool> isKept(points.size());
  isKept.front() = isKept.back() = true;
  std::vector<std::pair<size_t, size_t>> open{{0, points.size() - 1}};
  while (!open.empty()) {
    const auto [first, last] = open.back();
    open.pop_back();
    double worst = kBeside_m;
    size_t at = first;
    for (size_t i = first + 1; i < last; ++i) {
      const double beside = besideChord(points[i], points[first], points[last]);
      if (beside <= worst) continue;
      worst = beside;
      at = i;
    }
    if (at == first) continue;
    isKept[at] = true;
    open.emplace_back(first, at);
    open.emplace_back(at, last);
  }
  std::vector<glm::dvec3> kept;
  for (size_t i = 0; i < points.size(); ++i) {
    if (isKept[i]) kept.push_back(points[i]);
  }
  return kept;
}

}  // namespace

std::vector<glm::dvec3> middleOf(const road::LaneGraph& lanes, road::LaneIndex lane, double from_m, double to_m) {
  const road::LanePath& path = lanes.path(lane);
  std::vector<double> distances{from_m};
  for (const auto& sample : path.samples()) {
    if (sample.distance_m > from_m && sample.distance_m < to_m) distances.push_back(sample.distance_m);
  }
  distances.push_back(to_m);
  std::vector<glm::dvec3> points;
  for (size_t i = 0; i + 1 < distances.size(); ++i) {
    const double step = distances[i + 1] - distances[i];
    const road::LanePose a = path.at(distances[i]), b = path.at(distances[i + 1]);
    const double curvature = std::max(std::abs(a.curvature_1pm), std::abs(b.curvature_1pm));
    // The sagitta of a chord is a third of what is allowed, so that thinning has something to choose from.
    const int parts =
        std::clamp(static_cast<int>(std::ceil(step * std::sqrt(curvature / (8 * kBeside_m / 3)))), 1, 200);
    for (int k = 0; k < parts; ++k)
      points.push_back(path.at(distances[i] + step * k / parts).worldFromLane.translation);
  }
  points.push_back(path.at(to_m).worldFromLane.translation);
  return thinned(points);
}

}  // namespace nightfog::sumo
