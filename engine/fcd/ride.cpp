#include "engine/fcd/ride.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/transform.hpp"
#include "engine/fcd/path.hpp"

namespace nightfog::fcd {
namespace {

/// Rounding to a centimetre bends a way of knots so far apart by a quarter of a degree at most.
constexpr double kVehicleKnots_m = 2, kPersonKnots_m = 1;
/// People turn over about so much of their way.
constexpr double kPersonTurns_m = 0.35;
constexpr double kLookAhead_s = 3;
/// A change of lanes in the next seconds is indicated as if it were a turn.
constexpr double kChangeCounts_rad = 0.5 * kPi;

/// Where the front axle is, and how the body lies behind it.
struct Drawn {
  double at_m = 0;  ///< of the front axle's way
  glm::dvec3 axle{0};
  double way_rad = 0;      ///< direction of that way
  double heading_rad = 0;  ///< of the body
  double rear_m = 0;       ///< travelled by the rear axle
};

}  // namespace

struct Ride::Impl {
  Figure figure;
  double drawn_m = 0;  ///< the rear axle is so far behind the front axle
  double begin_s = 0, end_s = 0;
  std::vector<Drawn> drawn;
  std::vector<LaneJump> jumps;  ///< along the front bumper's line
  std::vector<double> times_s;
  std::vector<double> way_m;      ///< of the front bumper, by time
  std::vector<double> speed_mps;  ///< slopes of the cubic through them

  void draw(const Line& line);
  void findSpeeds();
  struct Pace {
    double way_m = 0, speed_mps = 0, acceleration_mps2 = 0;
  };
  Pace paceAt(double time_s) const;
  Drawn drawnAt(double at_m) const;
};

/// A tractrix: the rear axle goes where the body points, and the front axle where the line leads.
void Ride::Impl::draw(const Line& line) {
  const double overhang = std::max(0.0, figure.front_m - figure.wheelbase_m);
  Drawn state;
  const Station& first = line.stations.front();
  state.way_rad = state.heading_rad = first.heading_rad;
  const glm::dvec3 back(std::cos(first.heading_rad), std::sin(first.heading_rad), 0);
  // The way before the first step: straight, so that the axle has a place behind the bumper.
  state.at_m = -overhang;
  state.axle = first.position - overhang * back;
  if (overhang > 0) drawn.push_back(state);
  for (const Station& station : line.stations) {
    Drawn next = state;
    next.at_m = station.at_m;
    next.axle = station.position;
    next.way_rad = station.heading_rad;
    const double step = next.at_m - state.at_m;
    const double middle = state.way_rad + 0.5 * wrapAngle(next.way_rad - state.way_rad);
    // Exact for a straight step: tan(angle / 2) dies away with the way. Backwards is turned from, either way.
    constexpr double kMost_rad = kPi - 0.05;
    const double angle = std::clamp(wrapAngle(middle - state.heading_rad), -kMost_rad, kMost_rad);
    const double left = 2 * std::atan(std::tan(0.5 * angle) * std::exp(-step / drawn_m));
    next.heading_rad = wrapAngle(middle - left);
    next.rear_m = state.rear_m + step * std::cos(0.5 * (angle + left));
    drawn.push_back(next);
    state = next;
  }
}

/// Slopes of a monotone cubic (Fritsch and Carlson): no overshoot, and who stands stands.
void Ride::Impl::findSpeeds() {
  const size_t count = times_s.size();
  speed_mps.assign(count, 0);
  if (count < 2) return;
  std::vector<double> mean(count - 1);
  for (size_t i = 0; i + 1 < count; ++i) mean[i] = (way_m[i + 1] - way_m[i]) / (times_s[i + 1] - times_s[i]);
  for (size_t i = 0; i < count; ++i) {
    const double before = mean[i == 0 ? 0 : i - 1], after = mean[std::min(i, count - 2)];
    const double spanBefore = i == 0 ? 1 : times_s[i] - times_s[i - 1];
    const double spanAfter = i + 1 == count ? 1 : times_s[i + 1] - times_s[i];
    const double slope = (before * spanAfter + after * spanBefore) / (spanBefore + spanAfter);
    speed_mps[i] = std::max(0.0, std::min({slope, 3 * before, 3 * after}));
  }
}

Ride::Impl::Pace Ride::Impl::paceAt(double time_s) const {
  if (times_s.size() < 2 || time_s < times_s.front()) return {way_m.front(), 0, 0};
  if (time_s > times_s.back()) return {way_m.back(), 0, 0};
  const auto after = std::upper_bound(times_s.begin(), times_s.end(), time_s);
  const size_t i = std::min(static_cast<size_t>(after - times_s.begin()), times_s.size() - 1) - 1;
  const double span = times_s[i + 1] - times_s[i];
  const double t = (time_s - times_s[i]) / span, t2 = t * t, t3 = t2 * t;
  const double p = way_m[i], q = way_m[i + 1], u = span * speed_mps[i], v = span * speed_mps[i + 1];
  Pace pace;
  pace.way_m = p + (q - p) * (3 * t2 - 2 * t3) + u * (t3 - 2 * t2 + t) + v * (t3 - t2);
  pace.speed_mps = std::max(0.0, ((q - p) * (6 * t - 6 * t2) + u * (3 * t2 - 4 * t + 1) + v * (3 * t2 - 2 * t)) / span);
  pace.acceleration_mps2 = ((q - p) * (6 - 12 * t) + u * (6 * t - 4) + v * (6 * t - 2)) / (span * span);
  return pace;
}

Drawn Ride::Impl::drawnAt(double at_m) const {
  const auto after = std::upper_bound(drawn.begin(), drawn.end(), at_m,
                                      [](double at, const Drawn& station) { return at < station.at_m; });
  if (after == drawn.begin()) return drawn.front();
  if (after == drawn.end()) return drawn.back();
  const Drawn &a = *(after - 1), &b = *after;
  const double t = b.at_m > a.at_m ? (at_m - a.at_m) / (b.at_m - a.at_m) : 0;
  Drawn out;
  out.at_m = at_m;
  out.axle = glm::mix(a.axle, b.axle, t);
  out.way_rad = a.way_rad + t * wrapAngle(b.way_rad - a.way_rad);
  out.heading_rad = a.heading_rad + t * wrapAngle(b.heading_rad - a.heading_rad);
  out.rear_m = a.rear_m + t * (b.rear_m - a.rear_m);
  return out;
}

Ride::Ride(std::span<const Sample> samples, const Figure& figure, const FindLane& findLane)
    : impl_(std::make_unique<Impl>()) {
  NF_ASSERT(!samples.empty(), "a ride of no steps");
  Impl& ride = *impl_;
  ride.figure = figure;
  const bool isVehicle = figure.wheelbase_m > 0;
  ride.drawn_m = isVehicle ? figure.wheelbase_m : kPersonTurns_m;
  ride.begin_s = samples.front().time_s;
  ride.end_s = samples.back().time_s;
  const Way way = wayOf(samples, figure, findLane);
  const Line line = lineOf(way, isVehicle ? kVehicleKnots_m : kPersonKnots_m);
  ride.draw(line);
  ride.jumps = way.jumps;
  for (const Sample& sample : samples) ride.times_s.push_back(sample.time_s);
  ride.way_m = line.steps_m;
  ride.findSpeeds();
}

Ride::~Ride() = default;
Ride::Ride(Ride&&) noexcept = default;

double Ride::begin_s() const {
  return impl_->begin_s;
}
double Ride::end_s() const {
  return impl_->end_s;
}

RideState Ride::at(double time_s) const {
  const Impl& ride = *impl_;
  const Impl::Pace pace = ride.paceAt(time_s);
  const bool isVehicle = ride.figure.wheelbase_m > 0;
  const double overhang = isVehicle ? std::max(0.0, ride.figure.front_m - ride.figure.wheelbase_m) : 0;
  const Drawn now = ride.drawnAt(pace.way_m - overhang);
  const double steer = wrapAngle(now.way_rad - now.heading_rad);
  const glm::dvec3 ahead(std::cos(now.heading_rad), std::sin(now.heading_rad), 0);
  RideState state;
  state.position = isVehicle ? now.axle - ride.drawn_m * ahead : now.axle;
  state.heading_rad = wrapAngle(now.heading_rad);
  state.speed_mps = pace.speed_mps * (isVehicle ? std::cos(steer) : 1);
  state.acceleration_mps2 = pace.acceleration_mps2;
  state.yawRate_radps = pace.speed_mps * std::sin(steer) / ride.drawn_m;
  state.curvature_1pm = isVehicle ? std::tan(std::clamp(steer, -1.2, 1.2)) / ride.drawn_m : 0;
  state.travelled_m = isVehicle ? now.rear_m : now.at_m;
  if (isVehicle) {
    const double ahead_m = ride.paceAt(time_s + kLookAhead_s).way_m;
    state.turning_rad = wrapAngle(ride.drawnAt(ahead_m).way_rad - now.way_rad);
    for (const LaneJump& jump : ride.jumps) {
      if (pace.way_m < jump.to_m && ahead_m > jump.from_m)
        state.turning_rad = std::copysign(kChangeCounts_rad, jump.left_m);
    }
  }
  return state;
}

}  // namespace nightfog::fcd
