#include "engine/world/pace.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/error.hpp"

namespace nightfog::world {

Pace Pace::steady(double speed_mps, double start_s) {
  NF_ASSERT(speed_mps >= 0, "a pace of {} m/s", speed_mps);
  Pace pace;
  pace.stretches_.push_back({-std::numeric_limits<double>::infinity(), 0, 0, 0});
  pace.stretches_.push_back({start_s, 0, speed_mps, 0});
  return pace;
}

const Pace::Stretch& Pace::stretchAt(double time_s) const {
  const auto after = std::upper_bound(stretches_.begin(), stretches_.end(), time_s,
                                      [](double time, const Stretch& stretch) { return time < stretch.start_s; });
  return after == stretches_.begin() ? stretches_.front() : *std::prev(after);
}

double Pace::distance_m(double time_s) const {
  const Stretch& stretch = stretchAt(time_s);
  if (stretch.speed_mps == 0 && stretch.acceleration_mps2 == 0) return stretch.distance_m;
  const double since_s = time_s - stretch.start_s;
  return stretch.distance_m + stretch.speed_mps * since_s + 0.5 * stretch.acceleration_mps2 * since_s * since_s;
}

double Pace::speed_mps(double time_s) const {
  const Stretch& stretch = stretchAt(time_s);
  if (stretch.acceleration_mps2 == 0) return stretch.speed_mps;
  return std::max(stretch.speed_mps + stretch.acceleration_mps2 * (time_s - stretch.start_s), 0.0);
}

double Pace::acceleration_mps2(double time_s) const {
  return stretchAt(time_s).acceleration_mps2;
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
  stretches_.push_back({now_s, distance, speed, acceleration});
}

void Pace::append(double start_s, double acceleration_mps2, double speed_mps) {
  stretches_.push_back({start_s, distance_m(start_s), speed_mps, acceleration_mps2});
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
