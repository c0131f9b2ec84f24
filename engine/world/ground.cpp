#include "engine/world/ground.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace nightfog::world {
namespace {

constexpr double kReach_m = 30;
constexpr double kChord_m = 2;
/// Thick enough that nothing sinks through in a substep.
constexpr double kThickness_m = 1;

/// |t| of the kerb, where there is one.
std::optional<double> kerbEdge(const std::vector<road::Lane>& lanes) {
  double edge = 0;
  for (const road::Lane& lane : lanes) {
    if (lane.kind == road::LaneKind::kSidewalk || lane.kind == road::LaneKind::kVerge) return edge;
    edge += lane.width_m;
  }
  return std::nullopt;
}

}  // namespace

double Ground::height_m(const glm::dvec3& place) const {
  return road_ == nullptr ? 0 : road_->height_m(road_->project(place).t);
}

std::vector<GroundBox> Ground::raisedBoxes() const {
  std::vector<GroundBox> boxes;
  if (road_ == nullptr || !(road_->kerbHeight_m() > 0)) return boxes;
  raiseSide(1, boxes);
  raiseSide(-1, boxes);
  return boxes;
}

void Ground::raiseSide(double side, std::vector<GroundBox>& boxes) const {
  const std::optional<double> kerb = kerbEdge(side > 0 ? road_->left() : road_->right());
  if (!kerb) return;
  double first_s = 0;
  for (const road::Segment& segment : road_->line().segments) {
    const double curvature = segment.curvature_1pm * side;  // > 0: this side is the inside of the bend
    double outer = *kerb + kReach_m;
    if (curvature > 0) outer = std::min(outer, 0.9 / curvature);
    const int pieces = curvature == 0 ? 1 : static_cast<int>(std::ceil(segment.length_m / kChord_m));
    const double piece_s = segment.length_m / pieces;
    if (outer > *kerb) {
      for (int i = 0; i < pieces; ++i) {
        const double centre_s = first_s + (i + 0.5) * piece_s;
        const double centre = 0.5 * (*kerb + outer);
        GroundBox box;
        box.worldFromBox = road_->pose(centre_s, side * centre);
        box.worldFromBox.translation.z = road_->kerbHeight_m() - 0.5 * kThickness_m;
        // As long as the piece is at its longer edge: neighbours overlap, and leave no gap.
        const double longer = piece_s * (1 - curvature * (curvature > 0 ? *kerb : outer));
        box.halfExtents = {0.5 * longer, 0.5 * (outer - *kerb), 0.5 * kThickness_m};
        boxes.push_back(box);
      }
    }
    first_s += segment.length_m;
  }
}

}  // namespace nightfog::world
