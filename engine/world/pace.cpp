#include "engine/world/pace.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/error.hpp"
#include "engine/world/shape.hpp"

namespace nightfog::world {

Pace Pace::steady(double speed_mps, double start_s) {
  NF_ASSERT(speed_mps >= 0, "a pace of {} m/s", speed_mps);
  Pace pace;
  Stretch before, after;
  before.start_s = -std::numeric_limits<double>::infinity();
  after.start_s = start_s;
  after.speed_mps = speed_mps;
  pace.stretches_ = {before, after};
  return pace;
}

const Pace::Stretch& Pace::stretchAt(double time_s) const {
  const auto after = std::upper_bound(stretches_.begin(), stretches_.end(), time_s,
                                      [](double time, const Stretch& stretch) { return time < stretch.start_s; });
  return after == stretches_.begin() ? stretches_.front() : *std::prev(after);
}

double Pace::Stretch::distanceAfter(double since_s) const {
  if (over_s <= 0) {
    if (speed_mps == 0 && acceleration_mps2 == 0) return distance_m;
    return distance_m + speed_mps * since_s + 0.5 * acceleration_mps2 * since_s * since_s;
  }
  const double u = std::min(since_s / over_s, 1.0);
  return distance_m + speed_mps * since_s +
         change_mps * (over_s * areaUnder(shape, u) + std::max(since_s - over_s, 0.0));
}

double Pace::Stretch::speedAfter(double since_s) const {
  if (over_s <= 0) return acceleration_mps2 == 0 ? speed_mps : std::max(speed_mps + acceleration_mps2 * since_s, 0.0);
  return std::max(speed_mps + change_mps * valueOf(shape, since_s / over_s), 0.0);
}

double Pace::Stretch::accelerationAfter(double since_s) const {
  return over_s <= 0 ? acceleration_mps2 : change_mps * slopeOf(shape, since_s / over_s) / over_s;
}

double Pace::distance_m(double time_s) const {
  const Stretch& stretch = stretchAt(time_s);
  return std::isinf(stretch.start_s) ? stretch.distance_m : stretch.distanceAfter(time_s - stretch.start_s);
}

double Pace::speed_mps(double time_s) const {
  const Stretch& stretch = stretchAt(time_s);
  return std::isinf(stretch.start_s) ? stretch.speed_mps : stretch.speedAfter(time_s - stretch.start_s);
}

double Pace::acceleration_mps2(double time_s) const {
  const Stretch& stretch = stretchAt(time_s);
  return std::isinf(stretch.start_s) ? 0 : stretch.accelerationAfter(time_s - stretch.start_s);
}

std::optional<double> Pace::timeAt(double distance) const {
  for (size_t i = 0; i < stretches_.size(); ++i) {
    const Stretch& stretch = stretches_[i];
    const double missing = distance - stretch.distance_m;
    if (missing <= 0) {
      if (std::isfinite(stretch.start_s)) return stretch.start_s;
      continue;  // it stands there from the beginning of time
    }
    const double end_s =
        i + 1 < stretches_.size() ? stretches_[i + 1].start_s : std::numeric_limits<double>::infinity();
    if (stretch.over_s > 0) {
      // Along a curve the distance has no closed inverse; it never decreases, so halving finds the instant.
      double low = 0, high = std::min(end_s - stretch.start_s, stretch.over_s);
      if (stretch.distanceAfter(high) < distance) continue;
      for (int round = 0; round < 60; ++round) {
        const double middle = 0.5 * (low + high);
        (stretch.distanceAfter(middle) < distance ? low : high) = middle;
      }
      return stretch.start_s + high;
    }
    const double v = stretch.speed_mps, a = stretch.acceleration_mps2;
    const double root = v * v + 2 * a * missing;
    if (root < 0 || (v == 0 && a <= 0)) continue;
    const double since_s = 2 * missing / (v + std::sqrt(root));  // the nearer root, without cancellation
    if (stretch.start_s + since_s <= end_s) return stretch.start_s + since_s;
  }
  return std::nullopt;
}

void Pace::cut(double now_s) {
  const double distance = distance_m(now_s), speed = speed_mps(now_s), acceleration = acceleration_mps2(now_s);
  std::erase_if(stretches_, [now_s](const Stretch& stretch) { return stretch.start_s >= now_s; });
  Stretch stretch;
  stretch.start_s = now_s;
  stretch.distance_m = distance;
  stretch.speed_mps = speed;
  stretch.acceleration_mps2 = acceleration;
  stretches_.push_back(stretch);
}

void Pace::append(double start_s, double acceleration_mps2, double speed_mps) {
  Stretch stretch;
  stretch.start_s = start_s;
  stretch.distance_m = distance_m(start_s);
  stretch.speed_mps = speed_mps;
  stretch.acceleration_mps2 = acceleration_mps2;
  stretches_.push_back(stretch);
}

void Pace::changeSpeed(double now_s, double target_mps, double rate_mps2) {
  NF_ASSERT(target_mps >= 0 && rate_mps2 > 0, "to {} m/s at {} m/s^2", target_mps, rate_mps2);
  cut(now_s);
  Stretch& first = stretches_.back();
  const double change = target_mps - first.speed_mps;
  if (change == 0 || std::isinf(rate_mps2)) {
    first.speed_mps = target_mps;
    first.acceleration_mps2 = 0;
    return;
  }
  first.acceleration_mps2 = change > 0 ? rate_mps2 : -rate_mps2;
  append(now_s + std::abs(change) / rate_mps2, 0, target_mps);
}

void Pace::changeSpeed(double now_s, double target_mps, double over_s, scenario::Shape shape) {
  NF_ASSERT(target_mps >= 0, "to {} m/s", target_mps);
  cut(now_s);
  Stretch& first = stretches_.back();
  first.acceleration_mps2 = 0;
  const double change = target_mps - first.speed_mps;
  if (change == 0 || !(over_s > 0) || shape == scenario::Shape::kStep) {
    first.speed_mps = target_mps;
    return;
  }
  first.change_mps = change;
  first.over_s = over_s;
  first.shape = shape;
  append(now_s + over_s, 0, target_mps);
}

void Pace::profile(double now_s, std::span<const Entry> entries) {
  cut(now_s);
  stretches_.back().acceleration_mps2 = 0;
  double at_s = now_s;
  for (const Entry& entry : entries) {
    Stretch& last = stretches_.back();
    if (entry.after_s > 0) last.acceleration_mps2 = (entry.speed_mps - last.speed_mps) / entry.after_s;
    at_s += std::max(entry.after_s, 0.0);
    append(at_s, 0, entry.speed_mps);
  }
}

void Pace::schedule(double now_s, std::span<const Knot> knots) {
  cut(now_s);
  stretches_.back().acceleration_mps2 = 0;
  if (knots.size() < 2) return;
  const double here_m = stretches_.back().distance_m;
  if (knots.front().after_s > 0) stretches_.back().speed_mps = 0;
  double speed = -1;
  for (size_t i = 0; i + 1 < knots.size(); ++i) {
    const double over_s = knots[i + 1].after_s - knots[i].after_s;
    if (!(over_s > 0)) continue;
    const double mean = (knots[i + 1].distance_m - knots[i].distance_m) / over_s;
    if (speed < 0) speed = mean;
    const double last = 2 * mean - speed;
    const bool isSmooth = last >= 0 && last <= 2 * mean;
    const double begin_s = now_s + std::max(knots[i].after_s, 0.0);
    std::erase_if(stretches_, [begin_s](const Stretch& stretch) { return stretch.start_s >= begin_s; });
    Stretch stretch;
    stretch.start_s = begin_s;
    stretch.distance_m = here_m + knots[i].distance_m - knots.front().distance_m;
    stretch.speed_mps = isSmooth ? speed : mean;
    stretch.acceleration_mps2 = isSmooth ? (last - speed) / over_s : 0;
    stretches_.push_back(stretch);
    speed = isSmooth ? last : mean;
  }
  append(now_s + knots.back().after_s, 0, std::max(speed, 0.0));
}

void Pace::accelerate(double now_s, double acceleration_mps2) {
  cut(now_s);
  Stretch& first = stretches_.back();
  first.acceleration_mps2 = acceleration_mps2;
  if (acceleration_mps2 >= 0) return;
  if (first.speed_mps == 0) {
    first.acceleration_mps2 = 0;
    return;
  }
  append(now_s + first.speed_mps / -acceleration_mps2, 0, 0);
}

}  // namespace nightfog::world
