#include "engine/road/painted_marks.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::road {
namespace {

constexpr double kStopLine_m = 0.5;
constexpr double kStopInset_m = 0.15;
constexpr double kStripe_m = 0.5;
constexpr double kWaitGap_m = 0.25;
constexpr double kBayLine_m = 0.12;
constexpr double kAligned_m = 0.05;
constexpr size_t kMostMarkCuts = 100'000;

class Painter {
 public:
  explicit Painter(const RoadNetwork& network) : network_(network) { marks_.bounds.resize(network.roads().size()); }

  PaintedMarks run() {
    for (const Signal& signal : network_.furniture().signals) {
      if (signal.kind == SignalKind::kStopLine || signal.kind == SignalKind::kWaitLine) lineAcross(signal);
    }
    for (const PlacedObject& placed : placedObjects(network_)) {
      const ObjectKind kind = network_.furniture().objects[placed.object].kind;
      if (kind == ObjectKind::kCrosswalk) zebra(placed);
      if (kind == ObjectKind::kParkingSpace) bay(placed);
    }
    return std::move(marks_);
  }

 private:
  void add(uint32_t road, double first_s, double last_s, double low_t, double high_t) {
    if (marks_.cuts.size() >= kMostMarkCuts || !(last_s > first_s) || !(high_t > low_t)) return;
    marks_.cuts.push_back({road, first_s, last_s, low_t, high_t, true});
  }

  void bound(uint32_t road, double first_s, double last_s) {
    marks_.bounds[road].push_back(first_s);
    marks_.bounds[road].push_back(last_s);
  }

  void lineAcross(const Signal& signal) {
    const SignalPlace& place = signal.places.front();
    const bool against = place.direction == SignalDirection::kAgainstS;
    const double first = against ? place.s - kStopLine_m : place.s, last = first + kStopLine_m;
    const double half = 0.5 * std::clamp(signal.width_m, 1.0, 30.0) - kStopInset_m;
    bound(place.road, first, last);
    if (signal.kind == SignalKind::kStopLine) return add(place.road, first, last, place.t - half, place.t + half);
    for (double t = place.t - half; t < place.t + half; t += kStripe_m + kWaitGap_m)
      add(place.road, first, last, t, std::min(t + kStripe_m, place.t + half));
  }

  struct Rectangle {
    double first_s = 1e300, last_s = -1e300, low_t = 1e300, high_t = -1e300;
    bool isAligned = true;
  };
  /// An outline in road coordinates.
  Rectangle rectangleOf(const PlacedObject& placed) const {
    const Road& road = network_.road(network_.furniture().objects[placed.object].road);
    Rectangle found;
    if (placed.outlines.empty() || placed.outlines.front().size() < 4) return {0, 0, 0, 0, false};
    std::vector<RoadPoint> corners;
    for (const OutlineCorner& corner : placed.outlines.front()) {
      corners.push_back(road.project(corner.base));
      found.first_s = std::min(found.first_s, corners.back().s);
      found.last_s = std::max(found.last_s, corners.back().s);
      found.low_t = std::min(found.low_t, corners.back().t);
      found.high_t = std::max(found.high_t, corners.back().t);
    }
    for (const RoadPoint& corner : corners) {
      const double ds = std::min(corner.s - found.first_s, found.last_s - corner.s);
      const double dt = std::min(corner.t - found.low_t, found.high_t - corner.t);
      found.isAligned = found.isAligned && ds < kAligned_m && dt < kAligned_m;
    }
    return found;
  }

  void zebra(const PlacedObject& placed) {
    const Rectangle at = rectangleOf(placed);
    if (!at.isAligned) return;
    const uint32_t road = network_.furniture().objects[placed.object].road;
    bound(road, at.first_s, at.last_s);
    // As many stripes as fit, with equal margins.
    const double width = at.high_t - at.low_t;
    const int count = std::min(200, static_cast<int>(std::floor((width + kStripe_m) / (2 * kStripe_m))));
    const double margin = 0.5 * (width - (2 * count - 1) * kStripe_m);
    for (int i = 0; i < count; ++i) {
      const double t = at.low_t + margin + 2 * i * kStripe_m;
      add(road, at.first_s, at.last_s, t, t + kStripe_m);
    }
  }

  void bay(const PlacedObject& placed) {
    const Rectangle at = rectangleOf(placed);
    if (!at.isAligned) return;
    const uint32_t road = network_.furniture().objects[placed.object].road;
    const double half = 0.5 * kBayLine_m;
    for (const double s : {at.first_s, at.last_s}) add(road, s - half, s + half, at.low_t, at.high_t);
    // The side away from the road.
    const bool isLeft = at.low_t + at.high_t > 0;
    const double t = isLeft ? at.high_t - kBayLine_m : at.low_t;
    add(road, at.first_s, at.last_s, t, t + kBayLine_m);
  }

  const RoadNetwork& network_;
  PaintedMarks marks_;
};

}  // namespace

PaintedMarks paintedMarks(const RoadNetwork& network) {
  return Painter(network).run();
}

}  // namespace nightfog::road
